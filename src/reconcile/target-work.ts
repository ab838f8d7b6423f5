// Everything the SQL of one target's computation needs: the target, the relations it reads, its scratch tables.
import { historyOf } from '../dictionary/history-of.ts';
import type { Target } from '../dictionary/dictionary.ts';
import { columnsRead, relationOf } from '../graph/reads.ts';
import type { Column, Dialect } from '../sql/dialect.ts';
import type { ImageShape, ImageTable } from '../sql/images.ts';
import type { Fragment } from '../sql/fragment.ts';
import type { TableName } from '../sql/table-name.ts';
import type { RelationView } from './relation-view.ts';

export interface TargetScratch {
  /** Pairs (key of the root, change number): which root rows may look different, and why. */
  readonly affected: TableName;
  /** The root's rows of those keys, as they will be. */
  readonly root: TableName;
  /** Pairs (key of the target, key of the root), before and after. */
  readonly keys: TableName;
  /** The rows that the target should hold. */
  readonly desired: TableName;
  /** The rows that it holds, of the affected keys. */
  readonly current: TableName;
  /** Pairs (key of the target, change number). */
  readonly causes: TableName;
  /** Of a part: keys of the root that the images reach. */
  readonly reached: TableName;
  readonly images: ImageTable;
}

/** Some keys of a target, as a condition on its key columns, whatever they are called where it is asked. */
export type Within = (key: (name: string) => Fragment) => Fragment;

export interface TargetWork {
  readonly dialect: Dialect;
  readonly target: Target;
  /** By relation name; a target rooted in itself is among them under its own name. */
  readonly views: ReadonlyMap<string, RelationView>;
  readonly scratch: TargetScratch;
  /** `affected` limits the work to what the images reach; `all` compares every row. */
  readonly scope: 'affected' | 'all';
  /** Of `all`: only rows with these keys. */
  readonly within?: Within | undefined;
  /** Beside what the images reach, the rows of these keys. */
  readonly part?: TargetPart | undefined;
}

interface TargetPart {
  readonly range: KeyRange;
  /** Of these rows only these columns are looked at; none: all. */
  readonly columns: readonly string[];
}

/** Ends of a range of keys, their columns as text; none: it is open there. */
export interface KeyRange {
  /** Left out itself. */
  readonly from?: readonly string[] | undefined;
  readonly to?: readonly string[] | undefined;
}

export const viewOf = (work: TargetWork, alias: string): RelationView => {
  const view = work.views.get(relationOf(work.target, alias));
  if (view === undefined) throw new RangeError(`${work.target.name}: no view of ${alias}`);
  return view;
};

export const rootView = (work: TargetWork): RelationView => viewOf(work, work.target.root.alias);

/** The columns that images of a target carry: the mapped ones, and those of validity. */
export const imageShapeOf = ({ key, columns, form }: Target): ImageShape => ({
  key,
  columns: [...columns, ...(historyOf({ form })?.columns ?? [])],
});

/** What the mapping reads of the target's own rows decides what is written into them: others who may change it in
 *  the middle of a batch must be noticed. */
export const guardsOf = (dialect: Dialect, target: Target): readonly Column[] => {
  if (target.root.kind !== 'this' || !dialect.capabilities.concurrentWriters) return [];
  const read = columnsRead(target, 'this');
  return target.tableColumns.filter(
    ({ name }) => read.has(name) && !target.key.some((column) => column.name === name),
  );
};

/** Root keys in scratch tables, by place: their names belong to another relation than the target's. */
export const rootKeyName = (place: number): string => `r#${place}`;

/** Marks in the desired rows that a cell keeps what the target has. */
export const keepName = (place: number): string => `keep#${place}`;
