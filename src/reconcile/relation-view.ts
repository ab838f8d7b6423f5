// A relation as a batch sees it: the table as committed, and the images that will be laid over it.
import type { Column, KeyColumn } from '../sql/dialect.ts';
import type { Fragment } from '../sql/fragment.ts';
import type { ImageTable } from '../sql/images.ts';
import type { TableName } from '../sql/table-name.ts';
import type { Restored } from '../sql/undone.ts';

export interface ImageSummary {
  readonly inserted: number;
  readonly updated: number;
  readonly deleted: number;
  /** Changed cells of updated rows; columns without any are left out. */
  readonly columns: ReadonlyMap<string, number>;
  /** Order-free over all images. */
  readonly digest: string;
}

/** Of a relation that stays as it is. */
export const nothing: ImageSummary = { inserted: 0, updated: 0, deleted: 0, columns: new Map(), digest: '' };

/** Where the change ids that caused an image are found. */
export type Causes =
  /** A source: the image's own number, moved by what sources before it have. */
  | { readonly kind: 'numbered'; readonly offset: number }
  /** A target: a table of pairs (key of the target, change number). */
  | { readonly kind: 'listed'; readonly table: TableName }
  /** A first run, or a reconcile of all keys: no single change is the reason. */
  | { readonly kind: 'none' };

export interface RelationImages {
  readonly table: ImageTable;
  readonly summary: ImageSummary;
  readonly causes: Causes;
  /** Of an undo: inserted rows that come back with columns that no image carries. */
  readonly restored?: Restored | undefined;
}

export interface RelationView {
  readonly name: string;
  readonly key: readonly KeyColumn[];
  readonly columns: readonly Column[];
  /** The mirror or target as committed, as something to select from; none before the first run. */
  readonly base?: Fragment | undefined;
  /** Left out where nothing changes. */
  readonly images?: RelationImages | undefined;
}

export const changedRows = (summary: ImageSummary): number =>
  summary.inserted + summary.updated + summary.deleted;

/** The images can change what a reader of these columns sees. */
export const concerns = (images: RelationImages, columns: ReadonlySet<string>): boolean => {
  const { summary } = images;
  if (summary.inserted + summary.deleted > 0) return true;
  return [...columns].some((column) => summary.columns.has(column));
};
