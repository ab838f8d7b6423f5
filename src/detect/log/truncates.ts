// A truncate empties the table at its moment: it is a delete of every key that is known, and of every key that turns
// up later with an event from before it. It is kept for those.
import { tieOf } from '../../sql/event-order.ts';
import { id, sql, table, unionAll, verbatim, type Fragment } from '../../sql/fragment.ts';
import { joinTexts } from '../../sql/json.ts';
import { fillEvents } from './events-scratch.ts';
import { sameKeyOf, type Keeping } from './keep-events.ts';
import { keyNames, listed, sequenceNames } from './log-state.ts';

const stateOf = ({ known }: Keeping): Fragment | undefined =>
  known.kind === 'nothing' ? undefined : table(known.state);

/** Truncates that were just read, and whether any were kept. */
export const countTruncates = (keeping: Keeping): Fragment => {
  const state = stateOf(keeping);
  const kept = state === undefined ? sql`0` : sql`(select count(*) from ${state} where op = 'T')`;
  return sql`select (select count(*) from ${table(keeping.events.table)} where op = 'T') as fresh, ${kept} as kept`;
};

const truncates = (keeping: Keeping, which: 'fresh' | 'all'): Fragment => {
  const { events } = keeping;
  const names = [...sequenceNames(events), 'tie'];
  const state = stateOf(keeping);
  const fresh = sql`select ${listed(names, 'e')}, e.at from ${table(events.table)} as e where e.op = 'T'`;
  if (which === 'fresh' || state === undefined) return fresh;
  return unionAll([
    fresh,
    sql`select ${listed(names, 'f')}, cast(f.said as timestamptz) from ${state} as f where f.op = 'T'`,
  ]);
};

/** Every key that was just read, with every truncate; every other key with the new ones. */
const concerned = (keeping: Keeping): Fragment => {
  const { events } = keeping;
  const names = keyNames(events);
  const state = stateOf(keeping);
  const read = sql`select distinct ${listed(names, 'e')} from ${table(events.table)} as e where e.op <> 'T'`;
  const pairs = sql`select k.*, t.* from (${read}) as k cross join (${truncates(keeping, 'all')}) as t`;
  if (state === undefined) return pairs;
  const others = sql`select distinct ${listed(names, 'f')} from ${state} as f where f.op <> 'T' and not exists (select 1 from (${read}) as e where ${sameKeyOf(keeping, 'e', 'f')})`;
  return unionAll([
    pairs,
    sql`select k.*, t.* from (${others}) as k cross join (${truncates(keeping, 'fresh')}) as t`,
  ]);
};

const text = (value: Fragment): Fragment => sql`coalesce(cast(${value} as varchar), chr(30))`;

/** Adds the deletes; the truncates themselves stay until `takeTruncates`. */
export const spreadTruncates = (keeping: Keeping): Fragment => {
  const { events } = keeping;
  const identity = sql`md5(${joinTexts(
    [sql`x.tie`, ...[...sequenceNames(events), ...keyNames(events)].map((name) => text(id('x', name)))],
    sql`chr(31)`,
  )})`;
  const content = sql`substr(x.tie, 2, 16)`;
  const unknown = sql`cast(null as varchar)`;
  const values = new Map<string, Fragment>([
    ['n', sql`(select coalesce(max(n), 0) from ${table(events.table)}) + row_number() over ()`],
    ['declared', sql`'D'`],
    ['op', sql`'D'`],
    ['at', sql`x.at`],
    ['tie', tieOf({ isDelete: sql`true`, content, before: unknown, after: unknown })],
    ['identity', identity],
    ...[...sequenceNames(events), ...keyNames(events)].map((name) => [name, id('x', name)] as const),
  ]);
  return fillEvents(
    events,
    (column) => values.get(column) ?? verbatim('null'),
    sql`from (${concerned(keeping)}) as x`,
  );
};

/** What is kept of a truncate: when in the order it happened, and by the clock. */
export const keepTruncates = ({ events, kept }: Keeping): Fragment => {
  const names = [...sequenceNames(events), 'tie'];
  return sql`insert into ${table(kept)} (${listed([...names, 'op', 'said', 'rank', 'turn', 'alone'])})
select distinct ${listed(names, 'e')}, 'T', cast(e.at as varchar), 1, 0, true from ${table(events.table)} as e where e.op = 'T'`;
};

export const dropTruncates = (events: Keeping['events']): Fragment =>
  sql`delete from ${table(events.table)} as e where e.op = 'T'`;
