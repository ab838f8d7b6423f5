// The events of a log, taken as they are: every change on the way, in the log's own order, whatever order they came in.
import { keyName, afterName } from '../../sql/images.ts';
import { sequenceName, type EventTable } from '../../sql/events.ts';
import { ands, commas, id, sql, table, verbatim, type Fragment } from '../../sql/fragment.ts';
import { joined, rootColumns } from '../desired/joins.ts';
import { rootKeyName } from '../target-work.ts';
import { eventKeyName, eventStoreColumns } from './event-store.ts';
import type { HistoryWork } from './history-work.ts';

/** What of an event is no column of the root, on its way through the joins. */
const carried = (column: string): string => `tidemark.${column}`;

const ownColumns = ({ store }: HistoryWork): readonly string[] => [
  'op',
  'at',
  ...store.sequence.map((_, place) => sequenceName(place)),
  'tie',
  'identity',
  'absent',
];

/** Events that are told again are the same event. */
const newEvents = ({ work, store, scratch, isRead }: HistoryWork, events: EventTable): Fragment => {
  const stored = isRead === true ? scratch.stored : store.table;
  const keys = store.key.map(({ name }) => id('e', keyName(events, name)));
  const known =
    store.stored === undefined
      ? verbatim('')
      : sql` and not exists (select 1 from ${table(stored)} as s where s.identity = n.identity and ${ands(
          store.key.map(({ name, nullable }) =>
            work.dialect.sameKey(id('s', eventKeyName(name)), id('n', keyName(events, name)), nullable),
          ),
        )})`;
  return sql`select n.* from (select e.*, row_number() over (partition by ${commas([...keys, sql`e.identity`])} order by e.tie collate "C") as told from ${table(events.table)} as e) as n where n.told = 1${known}`;
};

/** The events as rows of the root, so that look-ups can be joined as they stand now. */
const asRoot = (history: HistoryWork, events: EventTable): Fragment => {
  const columns = rootColumns(history.work).map((name) => {
    const isKey = events.key.some((column) => column.name === name);
    return sql`${id('e', isKey ? keyName(events, name) : afterName(events, name))} as ${id(name)}`;
  });
  const own = ownColumns(history).map((name) => sql`${id('e', name)} as ${id(carried(name))}`);
  return sql`select ${commas([sql`true as "tidemark.present"`, ...columns, ...own])} from (${newEvents(history, events)}) as e`;
};

export const fillFromLog = (history: HistoryWork, events: EventTable, moment: string): Fragment => {
  const { work, store, scratch } = history;
  const { alias } = work.target.root;
  const own = (name: string): Fragment => id(alias, carried(name));
  const unmet = work.target.joins
    .filter(({ type }) => type === 'inner')
    .map((join) => sql` when ${id(join.alias, 'tidemark.present')} is null then 'D'`);
  const op = unmet.length === 0 ? own('op') : sql`case${sql.join(unmet, verbatim(''))} else ${own('op')} end`;
  const values = [
    op,
    own('at'),
    sql`cast(${moment} as timestamptz)`,
    ...store.sequence.map((_, place) => own(sequenceName(place))),
    own('tie'),
    own('identity'),
    own('absent'),
    ...store.key.map(({ name }) => id(alias, name)),
    ...store.raw.map(({ ref }) => id(ref.alias, ref.column)),
    ...store.seeded.map(({ type }) => sql`cast(null as ${verbatim(type)})`),
  ];
  return sql`insert into ${table(scratch.fresh)} (${commas(eventStoreColumns(store).map(({ name }) => id(name)))})
select ${commas(values)} from ${joined(work, asRoot(history, events), work.target.joins, 'left only')}`;
};

/** The keys of a log's events, each with the change that it ended in: late ones end in none. */
export const affectedByLog = ({ work, store }: HistoryWork, events: EventTable, offset: number): Fragment => {
  const names = [...store.key.map((_, place) => id(rootKeyName(place))), id('cause')];
  const keys = store.key.map(({ name }) => id('e', keyName(events, name)));
  return sql`insert into ${table(work.scratch.affected)} (${commas(names)})
select distinct ${commas([...keys, sql`e.change + ${sql.lit(offset)}`])} from ${table(events.table)} as e`;
};
