// What every step of a batch shares: the project, its graph, the warehouse, and what we knew when it began.
import type { MirrorPlan } from '../detect/mirror-plan.ts';
import type { Problem, TidemarkError } from '../errors/tidemark-error.ts';
import type { Graph } from '../graph/graph.ts';
import type { Project } from '../project/project.ts';
import { showTable, type TableName } from '../sql/table-name.ts';
import type { KnownState } from './known-state.ts';
import type { ChangedKeys } from './freeze/changed-keys.ts';
import type { HeldColumns } from './drift/held.ts';
import type { Healing, Observation } from './drift/watch.ts';
import type { OlderWish } from './older-versions/wish.ts';
import type { Part } from './parts/part.ts';
import type { UndoWish } from './undo/wish.ts';
import type { ScratchSpace, TableInfo, Warehouse } from '../warehouse/port.ts';

export interface BatchOptions {
  /** Targets that somebody asked to compare in full. */
  readonly reconcile: ReadonlySet<string>;
  /** Targets that may be rewritten though they differ when first seen. */
  readonly adopt: ReadonlySet<string>;
  /** What guards let through: `name:deletes`, `name:touched`. */
  readonly allow: ReadonlySet<string>;
  /** Events of logs that were set aside are read again. */
  readonly rejected?: boolean | undefined;
  /** A log with an event that cannot be taken is left out. */
  readonly strict?: boolean | undefined;
  /** The only keys to look at, by source. */
  readonly changes?: ChangedKeys | undefined;
  /** One part of a target that is compared in parts. */
  readonly part?: Part | undefined;
  /** Earlier batches are taken back: staging is not read. */
  readonly undo?: UndoWish | undefined;
  /** Older versions are merged into a history: staging is not read. */
  readonly older?: OlderWish | undefined;
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
  /** What each relation's mapping says, in the form that is kept of it, by name. */
  readonly mappings: ReadonlyMap<string, string>;
  /** How the mirror of each source stands. */
  readonly mirrors: ReadonlyMap<string, MirrorPlan>;
  /** Sources and targets that are left out because tables changed under them. */
  readonly refused: ReadonlyMap<string, TidemarkError>;
  /** Targets whose rows an undo set back, and that are left out since. */
  readonly setBack: ReadonlyMap<string, TidemarkError>;
  /** Hash of each target's whole mapping, held columns included. */
  readonly wholeMappings: ReadonlyMap<string, string>;
  /** Mapped columns that were taken out of the targets. */
  readonly held: HeldColumns;
  /** What changed in the sources' tables and does no harm. */
  readonly notices: readonly Problem[];
  readonly progress: Progress;
  /** The tables that we maintain, as the batch found them. */
  readonly observed: ReadonlyMap<string, Observation>;
  readonly healing: Healing;
}

/** Told what happens now, for people who watch. */
export interface Progress {
  /** `of`: how many steps the phase has, where that is known. */
  step(phase: 'freeze' | 'compute' | 'commit' | 'verify', name: string, of?: number): void;
  /** Of a target that is compared in parts. */
  part?(now: { readonly name: string; readonly place: number; readonly of: number }): void;
  /** The batch that is about to be written. */
  batch?(number: number): void;
}

export const silent: Progress = { step: () => undefined };

export const tableInfo = (context: BatchContext, table: TableName): TableInfo | undefined =>
  context.tables.get(showTable(table));
