// What was known of a row when a batch took an event of it: the event before it in the log's order, of those that had
// arrived by then. One that came late, or that an undo put there, says nothing of what the event was told against.
import type { ScratchColumn } from '../../sql/dialect.ts';
import { ands, commas, id, sql, type Fragment } from '../../sql/fragment.ts';
import { eventKeyName, storedOrder } from './event-store.ts';
import type { HistoryWork } from './history-work.ts';
import { asideName, batchName } from './set-aside.ts';

/** The last batch that set an event before it aside. */
export const undoneName = 'undone#';

const placeName = 'n#';
const beforeName = 'before#';

/** A column of the event before. */
export const lastName = (column: string): string => `last ${column}`;

const sameKey = ({ work, store }: HistoryWork, left: string, right: string): Fragment =>
  ands(
    store.key.map(({ name, nullable }) =>
      work.dialect.sameKey(id(left, eventKeyName(name)), id(right, eventKeyName(name)), nullable),
    ),
  );

/** `events` with what the event before it had in `columns`, and in `op`. */
export const knownBefore = (
  history: HistoryWork,
  events: Fragment,
  columns: readonly Pick<ScratchColumn, 'name'>[],
): Fragment => {
  const { store } = history;
  const keys = (alias: string): Fragment =>
    commas(store.key.map(({ name }) => id(alias, eventKeyName(name))));
  const place = (alias: string): Fragment => id(alias, placeName);
  const arrived = sql`coalesce(${id('b', batchName)}, 0) <= coalesce(${id('a', batchName)}, 0)`;
  const last = ['op', ...columns.map(({ name }) => name)].map(
    (name) => sql`${id('l', name)} as ${id(lastName(name))}`,
  );
  return sql`with numbered as (select e.*, row_number() over (partition by ${keys('e')} order by ${storedOrder(store, 'e')}) as ${id(placeName)} from (${events}) as e),
known as (select ${keys('a')}, ${place('a')}, max(${place('b')}) as ${id(beforeName)}, max(${id('b', asideName)}) as ${id(undoneName)}
  from numbered as a join numbered as b on ${sameKey(history, 'a', 'b')} and ${place('b')} < ${place('a')} and ${arrived}
  group by ${keys('a')}, ${place('a')})
select e.*, ${id('k', undoneName)}, ${commas(last)} from numbered as e
left join known as k on ${sameKey(history, 'e', 'k')} and ${place('k')} = ${place('e')}
left join numbered as l on ${sameKey(history, 'e', 'l')} and ${place('l')} = ${id('k', beforeName)}`;
};
