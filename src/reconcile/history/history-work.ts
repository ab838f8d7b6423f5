// What the SQL of a history needs besides what that of any target does.
import type { History, HistoryColumn, HistoryRole } from '../../dictionary/dictionary.ts';
import type { KeyColumn, ScratchColumn } from '../../sql/dialect.ts';
import { commas, id, sql, verbatim, type Fragment } from '../../sql/fragment.ts';
import type { TableName } from '../../sql/table-name.ts';
import { rootKeyName, type TargetWork } from '../target-work.ts';
import type { EventStore } from './event-store.ts';

export interface HistoryScratch {
  /** Stored events of the affected keys. */
  readonly stored: TableName;
  /** Events that this batch found. */
  readonly fresh: TableName;
  /** All events of the affected keys, evaluated and in order. */
  readonly timeline: TableName;
  /** Pairs (version, surrogate key). */
  readonly numbers: TableName;
}

/** Whose events an undo takes back. */
export interface UndoneEvents {
  /** Their events count no more, and those that they had set aside count again. */
  readonly batches: readonly number[];
  /** Events of `batches` count again as well if they were set aside by one of `by`: rollbacks by which those that are
   *  undone were in effect again. */
  readonly again: { readonly batches: readonly number[]; readonly by: readonly number[] };
}

/** What an undo takes back of a history. */
export interface Undone extends UndoneEvents {
  /** The log itself is not undone, only what was looked up for its rows. */
  readonly onlyLookUps: boolean;
}

export interface HistoryWork {
  readonly work: TargetWork;
  readonly history: History;
  readonly store: EventStore;
  readonly scratch: HistoryScratch;
  /** The stored events of the affected keys are in scratch. */
  readonly isRead?: boolean;
  readonly undone?: Undone | undefined;
}

export const roleColumn = ({ columns }: History, role: HistoryRole): HistoryColumn | undefined =>
  columns.find((column) => column.role === role);

export const neededColumn = (history: History, role: HistoryRole): HistoryColumn => {
  const column = roleColumn(history, role);
  if (column === undefined) throw new RangeError(`a history without ${role}`);
  return column;
};

/** The key of the row whose versions these are: the target's key without the start. */
export const entityKey = ({ target }: TargetWork): readonly KeyColumn[] => target.key.slice(0, -1);

const entityNames = ({ store }: HistoryWork): readonly string[] =>
  store.key.map((_, place) => rootKeyName(place));

export const sameEntity = ({ work, store }: HistoryWork, left: string, right: string): Fragment =>
  sql.join(
    store.key.map(({ nullable }, place) =>
      work.dialect.sameKey(id(left, rootKeyName(place)), id(right, rootKeyName(place)), nullable),
    ),
    sql` and `,
  );

export const entityList = (history: HistoryWork, alias: string): Fragment =>
  commas(entityNames(history).map((name) => id(alias, name)));

/** An instant as the column keeps it: without a zone it is that of UTC. */
export const asStored = ({ work }: HistoryWork, instant: Fragment, type: string): Fragment =>
  work.dialect.baseType(type) === 'timestamp with time zone'
    ? instant
    : sql`cast(timezone('UTC', ${instant}) as ${verbatim(type)})`;

/** The instant that a time of a column of ours stands for. */
export const asInstant = ({ work }: HistoryWork, time: Fragment, type: string): Fragment =>
  work.dialect.baseType(type) === 'timestamp with time zone'
    ? time
    : sql`timezone('UTC', cast(${time} as timestamp))`;

/** Mapped values in scratch, by place. */
export const valueName = (place: number): string => `v#${place}`;

export const timelineColumns = ({ work, history, store }: HistoryWork): readonly ScratchColumn[] => [
  ...store.key.map(({ type }, place) => ({ name: rootKeyName(place), type })),
  { name: 'n', type: 'bigint' },
  { name: 'shown', type: 'boolean' },
  /** Its time is not after that of the event before. */
  { name: 'back', type: 'boolean' },
  { name: 'eff', type: neededColumn(history, 'valid_from').type },
  ...work.target.columns.map(({ type }, place) => ({ name: valueName(place), type })),
];
