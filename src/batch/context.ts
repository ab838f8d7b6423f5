// What every step of a batch shares: the project, its graph, the warehouse, and what we knew when it began.
import type { Graph } from '../graph/graph.ts';
import type { Project } from '../project/project.ts';
import { showTable, type TableName } from '../sql/table-name.ts';
import type { Position } from '../store/positions.ts';
import type { Fingerprint } from '../store/fingerprints.ts';
import type { KnownRelation } from '../store/relations.ts';
import type { Healing, Observation } from './watch.ts';
import type { ScratchSpace, TableInfo, Warehouse } from '../warehouse/port.ts';

/** Our own tables as read at the start. */
export interface KnownState {
  /** 0: we have no tables here yet. */
  readonly version: number;
  readonly lastBatch: number;
  readonly positions: ReadonlyMap<string, Position>;
  readonly relations: ReadonlyMap<string, KnownRelation>;
  readonly fingerprints: ReadonlyMap<string, Fingerprint>;
}

export interface BatchOptions {
  /** Targets that may be rewritten though they differ when first seen. */
  readonly adopt: ReadonlySet<string>;
  /** What guards let through: `name:deletes`, `name:touched`. */
  readonly allow: ReadonlySet<string>;
}

export interface BatchContext {
  readonly project: Project;
  readonly graph: Graph;
  readonly warehouse: Warehouse;
  readonly scratch: ScratchSpace;
  readonly known: KnownState;
  /** Tables that exist, by their shown name: sources, mirrors, targets. */
  readonly tables: ReadonlyMap<string, TableInfo>;
  readonly options: BatchOptions;
  /** Hash of each relation's mapping, by name. */
  readonly mappings: ReadonlyMap<string, string>;
  readonly progress: Progress;
  /** The tables that we maintain, as the batch found them. */
  readonly observed: ReadonlyMap<string, Observation>;
  readonly healing: Healing;
}

/** Told what happens now, for people who watch. */
export interface Progress {
  step(phase: 'freeze' | 'compute' | 'commit' | 'verify', name: string): void;
}

export const silent: Progress = { step: () => undefined };

export const tableInfo = (context: BatchContext, table: TableName): TableInfo | undefined =>
  context.tables.get(showTable(table));
