// The events of a log that say what its keys are now: those just read, with what was kept of the keys that they
// speak of. From these few the rows of the mirror follow; they are what is kept from now on.
import type { Dialect, ScratchColumn } from '../../sql/dialect.ts';
import { isAbsent, type EventTable } from '../../sql/events.ts';
import { sameGroup, turnsOf } from '../../sql/event-order.ts';
import { commas, id, ors, sql, table, type Fragment } from '../../sql/fragment.ts';
import { keyName } from '../../sql/images.ts';
import { keysMatch } from '../../sql/keys.ts';
import type { TableName } from '../../sql/table-name.ts';
import { eventNames, isLater, isReset, keyNames, listed, sequenceNames, stateColumns } from './log-state.ts';

/** What is known of the keys so far, and how much of it counts. */
export type Known =
  /** Nothing: the log tells it all. */
  | { readonly kind: 'nothing' }
  /** The log was read from a position on: what was kept stands for the rest. */
  | { readonly kind: 'since'; readonly state: TableName }
  /** The log was read whole; what was kept stands for events that it no longer holds. */
  | { readonly kind: 'beside'; readonly state: TableName };

export interface Keeping {
  readonly dialect: Dialect;
  readonly events: EventTable;
  /** Scratch with `keptColumns`. */
  readonly kept: TableName;
  readonly known: Known;
}

/** Beside the columns of the state: `n` of the event if it was just read, `turn` among those of one sequence, `rank`
 *  of the sequence from the newest, and whether it is the only one of its key and says everything. */
export const keptColumns = (events: EventTable): readonly ScratchColumn[] => [
  ...stateColumns(events).map(({ name, type }) => ({ name, type })),
  { name: 'n', type: 'bigint' },
  { name: 'turn', type: 'bigint' },
  { name: 'rank', type: 'bigint' },
  { name: 'alone', type: 'boolean' },
];

export const sameKeyOf = (
  { dialect, events }: Pick<Keeping, 'dialect' | 'events'>,
  left: string,
  right: string,
): Fragment =>
  keysMatch(
    dialect,
    events.key,
    (name) => id(left, keyName(events, name)),
    (name) => id(right, keyName(events, name)),
  );

/** Events of keys, no truncates. */
const read = ({ events }: Keeping, filter: Fragment): Fragment =>
  sql`select ${listed(eventNames(events), 'e')}, e.n, cast(null as varchar) as said from ${table(events.table)} as e where ${filter}`;

const remembered = ({ events }: Keeping, state: TableName, filter: Fragment): Fragment =>
  sql`select ${listed(eventNames(events), 'f')}, cast(null as bigint) as n, f.said from ${table(state)} as f where f.op <> 'T' and ${filter}`;

/** Neither kept already, nor older than one that says everything. */
const isNews = (keeping: Keeping, state: TableName): Fragment => {
  const { dialect, events } = keeping;
  return sql`not exists (select 1 from ${table(state)} as f where ${sameGroup(dialect, events, 'f', 'e')} and f.tie = e.tie)
    and not exists (select 1 from ${table(state)} as f where ${sameKeyOf(keeping, 'f', 'e')} and f.op <> 'T' and ${isReset('f')} and ${isLater(events, 'f', 'e')})`;
};

const everything = (keeping: Keeping): Fragment => {
  const { known, events } = keeping;
  switch (known.kind) {
    case 'nothing':
      return sql`everything as (${read(keeping, sql`true`)})`;
    case 'beside':
      return sql`everything as (${read(keeping, sql`true`)} union all ${remembered(keeping, known.state, sql`true`)})`;
    case 'since':
      return sql`news as (${read(keeping, isNews(keeping, known.state))}),
  touched as (select distinct ${listed(keyNames(events), 'w')} from news as w),
  everything as (select * from news
    union all ${remembered(keeping, known.state, sql`exists (select 1 from touched as t where ${sameKeyOf(keeping, 't', 'f')})`)})`;
  }
};

/** Fills `kept`: of each key the events from the newest sequence that says everything on. */
export const keepEvents = (keeping: Keeping): Fragment => {
  const { events, kept } = keeping;
  const key = listed(keyNames(events), 'w');
  const newest = commas(sequenceNames(events).map((name) => sql`${id('w', name)} desc`));
  const names = eventNames(events);
  return sql`insert into ${table(kept)} (${listed([...names, 'n', 'said', 'rank', 'turn', 'alone'])})
with ${everything(keeping)},
  ranked as (select w.*, rank() over (partition by ${key} order by ${newest}) as rank from everything as w),
  -- floor: the newest sequence with an event that says everything
  floored as (select w.*, min(case when ${isReset('w')} then w.rank end) over (partition by ${key}) as floor from ranked as w),
  -- each event once, however often it was delivered
  single as (select ${listed(names, 'w')}, min(w.n) as n, max(w.said) as said, min(w.rank) as rank
    from floored as w where w.rank <= coalesce(w.floor, w.rank) group by ${listed(names, 'w')})
select ${listed(names, 'w')}, w.n, w.said, w.rank, 0, ${isReset('w')} and count(*) over (partition by ${key}) = 1 from single as w`;
};

/** How many rows of `kept` share their key with another one, or leave columns out: most logs have none. */
export const countEntangled = ({ kept }: Keeping): Fragment =>
  sql`select count(*) as rows from ${table(kept)} as s where not s.alone`;

export const setTurns = (keeping: Keeping): Fragment => {
  const { dialect, events, kept } = keeping;
  const rows = sql`select ${listed([...keyNames(events), ...sequenceNames(events), 'tie'], 's')} from ${table(kept)} as s where not s.alone`;
  return sql`update ${table(kept)} as s set turn = o.turn from (${turnsOf(dialect, events, rows)}) as o
where not s.alone and ${sameGroup(dialect, events, 's', 'o')} and s.tie = o.tie`;
};

export const speaksOf = (alias: string, column: string): Fragment =>
  sql`(${id(alias, 'op')} = 'U' and not ${isAbsent(id(alias, 'absent'), column)})`;

/** The columns of which an event can be silent. */
export const silentColumns = (events: EventTable): readonly string[] => {
  const key = new Set(events.key.map(({ name }) => name));
  return events.columns.map(({ name }) => name).filter((name) => !key.has(name));
};

/** Upserts of all whose columns later ones speak as well: whatever comes late, they decide nothing any more. */
export const dropCovered = (keeping: Keeping): Fragment => {
  const { events, kept } = keeping;
  const columns = silentColumns(events);
  const key = listed(keyNames(events), 's');
  const newest = columns.map(
    (name, place) => sql`min(s.rank) filter (where ${speaksOf('s', name)}) as ${id(`m${place}`)}`,
  );
  const last = columns.map(
    (name, place) => sql`(${speaksOf('x', name)} and x.rank <= ${id('m', `m${place}`)})`,
  );
  return sql`delete from ${table(kept)} as x using (
  select ${commas([key, sql`min(case when ${isReset('s')} then s.rank end) as floor`, ...newest])}
  from ${table(kept)} as s where not s.alone group by ${key}) as m
where ${sameKeyOf(keeping, 'x', 'm')} and not x.alone and x.op = 'U' and x.absent is not null
  and (m.floor is null or x.rank < m.floor) and x.rank > 1 and not ${ors(last)}`;
};

/** Keys of which nothing new was read need not be written again. */
export const dropUnchanged = (keeping: Keeping, state: TableName): Fragment => {
  const { events, kept } = keeping;
  const names = listed([...keyNames(events), ...sequenceNames(events), 'tie']);
  const one = (from: TableName): Fragment => sql`select ${names} from ${table(from)} where op <> 'T'`;
  const differing = sql`((${one(kept)}) except (${one(state)})) union all ((${one(state)}) except (${one(kept)}))`;
  return sql`delete from ${table(kept)} as s where s.op <> 'T' and not exists (
  select 1 from (${differing}) as d where ${sameKeyOf(keeping, 'd', 's')})`;
};
