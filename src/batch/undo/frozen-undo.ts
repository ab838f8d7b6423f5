// What an undo knows beside the images of its sources.
import type { LookedAt } from '../../reconcile/history/set-aside.ts';
import type { TableName } from '../../sql/table-name.ts';
import type { ImageSummary } from '../../reconcile/relation-view.ts';
import type { ImageTable } from '../../sql/images.ts';
import type { UndoneTable } from '../../sql/undone.ts';
import type { Conflict } from './conflicts.ts';
import type { UndoScope } from './scope.ts';

/** A target that is set back from the audit. */
export interface FrozenWrites {
  /** What the undone batches wrote into it for no source change. */
  readonly undone: UndoneTable;
  /** What its rows must become. */
  readonly images: ImageTable;
  readonly summary: ImageSummary;
  readonly conflicts: number;
}

export interface FrozenUndo {
  readonly scope: UndoScope;
  readonly conflicts: readonly Conflict[];
  /** How many there are, where they are too many to list. */
  readonly conflictCount: number;
  /** Scratch by source: the rows that are taken back, as holds. */
  readonly holds: ReadonlyMap<string, TableName>;
  /** Scratch by source: every row that the undone batches changed. */
  readonly looked: ReadonlyMap<string, LookedAt>;
  /** By target. */
  readonly writes: ReadonlyMap<string, FrozenWrites>;
}
