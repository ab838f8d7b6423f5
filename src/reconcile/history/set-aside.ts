// An undo takes events back without forgetting them: they are set aside, and count again when the undo is undone.
import { keyText } from '../../detect/missing.ts';
import { ands, commas, id, sql, table, verbatim, type Fragment } from '../../sql/fragment.ts';
import { keyName, type ImageTable } from '../../sql/images.ts';
import { keysMatch } from '../../sql/keys.ts';
import type { TableName } from '../../sql/table-name.ts';
import { rootKeyName } from '../target-work.ts';
import { eventKeyName } from './event-store.ts';
import type { HistoryWork, Undone, UndoneEvents } from './history-work.ts';

/** The batch that brought an event, and the one that set it aside. */
export const batchName = 'tidemark.batch';
export const asideName = 'tidemark.aside';

/** Stands for the number of a batch that is not committed yet: later than all that are. */
export const thisBatch = Number.MAX_SAFE_INTEGER;

const listed = (batches: readonly number[]): Fragment => commas(batches.map((batch) => sql.lit(batch)));

const numbers = ({ batches }: UndoneEvents): Fragment => listed(batches);

/** Before the ties of versions that were there when the history was taken over, and in the same order everywhere. */
const placeFirst = '000000000000 ';

/** An event of an older version that somebody handed in. */
export const isOlder = (alias: string): Fragment =>
  sql`(${id(alias, 'tie')} like ${sql.lit(`${placeFirst}%`)})`;

/** In the order of time; an end before what begins at the same moment. */
export const olderTie = (instant: Fragment, ends: boolean): Fragment =>
  sql`${sql.lit(placeFirst)} || cast(timezone('UTC', ${instant}) as varchar) || ${sql.lit(ends ? ' 0' : ' 1')}`;

const concerned = ({ onlyLookUps }: Undone): Fragment =>
  onlyLookUps ? sql`(e.op = 'L' or ${isOlder('e')})` : sql`(e.op <> 'S' or ${isOlder('e')})`;

/** Versions that were taken over were not brought by a batch; what another undo set aside stays there. */
export const takenBack = (undone: Undone): Fragment =>
  sql`(e.batch in (${numbers(undone)}) and ${concerned(undone)} and (e.set_aside is null or e.set_aside in (${numbers(undone)})))`;

/** Set aside by a batch that is undone, or by one that had brought it back. */
export const isGivenBack = (undone: UndoneEvents): Fragment => {
  const { batches, by } = undone.again;
  const direct = sql`e.set_aside in (${numbers(undone)})`;
  if (batches.length === 0 || by.length === 0) return direct;
  return sql`(${direct} or (e.set_aside in (${listed(by)}) and e.batch in (${listed(batches)})))`;
};

export const restored = (undone: Undone): Fragment =>
  sql`(e.set_aside is not null and ${isGivenBack(undone)} and ${concerned(undone)})`;

/** By which batch an event will have been set aside. */
export const asideAfter = ({ undone }: HistoryWork): Fragment =>
  undone === undefined
    ? sql`e.set_aside`
    : sql`case when ${takenBack(undone)} then ${sql.lit(thisBatch)} when ${restored(undone)} then null else e.set_aside end`;

/** `batch` is the undo; none where nothing is undone. */
export const setAside = ({ work, store, undone }: HistoryWork, batch: number): Fragment | undefined => {
  if (undone === undefined || store.stored === undefined) return undefined;
  const match = ands(
    store.key.map(({ name, nullable }, place) =>
      work.dialect.sameKey(id('e', eventKeyName(name)), id('a', rootKeyName(place)), nullable),
    ),
  );
  const reached =
    work.scope === 'all'
      ? verbatim('')
      : sql` and exists (select 1 from ${table(work.scratch.affected)} as a where ${match})`;
  return sql`update ${table(store.table)} as e set set_aside = case when ${takenBack(undone)} then ${sql.lit(batch)} end
where (${takenBack(undone)} or ${restored(undone)})${reached}`;
};

/** Rows of the root that an undo looked at. */
export interface LookedAt {
  readonly table: TableName;
  /** Those to which anything is done. */
  readonly images: ImageTable;
  /** Cells and rows that somebody changed since. */
  readonly conflicts: TableName;
}

/** Rows that are taken back are found by their images; what is left because of a conflict keeps its events. */
const isUndecided = (
  { work, store }: HistoryWork,
  { table: pairs, images, conflicts }: LookedAt,
): Fragment => {
  const { dialect } = work;
  const byKey = (left: string): Fragment =>
    keysMatch(
      dialect,
      store.key,
      (name) => id(left, keyName(images, name)),
      (name) => id('e', eventKeyName(name)),
    );
  return sql`not exists (select 1 from ${table(images.table)} as i where ${byKey('i')})
  and not exists (select 1 from ${table(pairs)} as p join ${table(conflicts)} as c on c.key = ${keyText(dialect, images, 'p')} where ${byKey('p')})`;
};

const isLookedAt = ({ work, store }: HistoryWork, looked: LookedAt): Fragment =>
  sql`exists (select 1 from ${table(looked.table)} as p where ${keysMatch(
    work.dialect,
    store.key,
    (name) => id('p', keyName(looked.images, name)),
    (name) => id('e', eventKeyName(name)),
  )})`;

/** Keys of events that no inverse image reaches: they changed no row, as late ones, or the row is again, or still, what
 *  it was without them. `narrowed`: only rows that were looked at are undone. */
export const affectedByUndo = (
  history: HistoryWork,
  looked: LookedAt | undefined,
  narrowed: boolean,
): Fragment | undefined => {
  const { work, store, undone } = history;
  if (undone === undefined || store.stored === undefined) return undefined;
  if (narrowed && looked === undefined) return undefined;
  const names = [...store.key.map((_, place) => id(rootKeyName(place))), id('cause')];
  const where = ands([
    sql`(${takenBack(undone)} or ${restored(undone)})`,
    ...(looked === undefined ? [] : [isUndecided(history, looked)]),
    ...(narrowed && looked !== undefined ? [isLookedAt(history, looked)] : []),
  ]);
  return sql`insert into ${table(work.scratch.affected)} (${commas(names)})
select distinct ${commas([...store.key.map(({ name }) => id('e', eventKeyName(name))), sql`cast(null as bigint)`])}
from ${table(store.table)} as e where ${where}`;
};

/** Older versions that are handed back again reach rows of which no source changed. */
export const affectedByOlderUndone = ({ work, store, undone }: HistoryWork): Fragment | undefined => {
  if (undone === undefined || store.stored === undefined) return undefined;
  const names = [...store.key.map((_, place) => id(rootKeyName(place))), id('cause')];
  return sql`insert into ${table(work.scratch.affected)} (${commas(names)})
select distinct ${commas([...store.key.map(({ name }) => id('e', eventKeyName(name))), sql`cast(null as bigint)`])}
from ${table(store.table)} as e where ${isOlder('e')} and (${takenBack(undone)} or ${restored(undone)})`;
};
