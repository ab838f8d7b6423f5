// Rows of a log that an undo set back: the log's events still say what was undone, so that one that leaves columns out
// would bring it back with them. A mark right behind a row's newest event says all of what the mirror has instead.
import { call } from '../../sql/call.ts';
import { ands, id, sql, table, verbatim, type Fragment } from '../../sql/fragment.ts';
import type { EventTable } from '../../sql/events.ts';
import { afterName, keyName, type ImageTable } from '../../sql/images.ts';
import { keysMatch } from '../../sql/keys.ts';
import type { Dialect } from '../../sql/dialect.ts';
import type { TableName } from '../../sql/table-name.ts';
import { rowText } from '../holds.ts';
import { keyText } from '../missing.ts';
import { sameKeyOf, type Keeping } from './keep-events.ts';
import { isLater, keyNames, listed, sequenceNames, stateColumns } from './log-state.ts';

/** Its tie is no event's, and lists those of the events behind which it stands in its sequence: what was there when it
 *  was made. What comes after that goes behind the mark. */
const mark = (behind: Fragment): Fragment => sql`'3' || ${behind}`;

export const isMark = (alias: string): Fragment => sql`${id(alias, 'tie')} like '3%'`;

/** Kept events, each with what goes before its tie in the order of its sequence: before the mark, the mark, behind it. */
export const besideMark = (events: EventTable, rows: Fragment): Fragment => {
  const group = listed([...keyNames(events), ...sequenceNames(events)], 's');
  return sql`(select s.*, case when s.mark is null then 0 when ${isMark('s')} then 1 when ${call('strpos', [sql`s.mark`, sql`s.tie`])} > 0 then 0 else 2 end as beside
    from (select s.*, max(case when ${isMark('s')} then s.tie end) over (partition by ${group}) as mark from ${rows} as s) as s)`;
};

/** The newest sequence of each key, with the ties of its events. */
const newest = (events: EventTable, from: TableName): Fragment => {
  const key = listed(keyNames(events), 'f');
  const order = sql.join(sequenceNames(events).map((name) => sql`${id('f', name)} desc`));
  const names = listed([...keyNames(events), ...sequenceNames(events)], 'f');
  const ties = call('string_agg', [sql`f.tie`, sql`','`]);
  return sql`(select ${names}, ${ties} as ties from (select f.*, rank() over (partition by ${key} order by ${order}) as newest from ${table(from)} as f where f.op <> 'T') as f where f.newest = 1 group by ${names})`;
};

interface Marking {
  readonly dialect: Dialect;
  readonly events: EventTable;
}

const ofKey = ({ dialect, events }: Marking, images: ImageTable): Fragment =>
  keysMatch(
    dialect,
    events.key,
    (name) => id('i', keyName(images, name)),
    (name) => id('f', keyName(events, name)),
  );

/** In the state, for the images of an undo: what was marked before, what is older than the newest, and the marks. A row
 *  of which nothing is held says again what its events say: they go behind its mark. */
export const markUndone = (
  marking: Marking,
  images: ImageTable,
  { state, holds, source }: Marked,
): readonly Fragment[] => {
  const { dialect, events } = marking;
  const reached = sql`exists (select 1 from ${table(images.table)} as i where ${ofKey(marking, images)})`;
  const keeping = { dialect, events };
  const said = rowText(dialect, images.columns, (column) => id('i', afterName(images, column)));
  const names = listed(stateColumns(events).map(({ name }) => name));
  const values = listed([...keyNames(events), ...sequenceNames(events)], 'f');
  const held = sql`h.source = ${source} and h.key = ${keyText(dialect, events, 'f')}`;
  const behind = mark(sql`case when h.key is null then '' else f.ties end`);
  return [
    sql`delete from ${table(state)} as f where f.op <> 'T' and ${reached} and (${isMark('f')} or exists (
  select 1 from ${table(state)} as g where g.op <> 'T' and ${sameKeyOf(keeping, 'g', 'f')} and ${isLater(events, 'g', 'f')}))`,
    sql`insert into ${table(state)} (${names})
select ${values}, ${behind}, case when i.op = 'D' then 'D' else 'U' end, cast(null as varchar), case when i.op <> 'D' then ${said} end
from ${newest(events, state)} as f join ${table(images.table)} as i on ${ofKey(marking, images)} left join ${table(holds)} as h on ${held}`,
  ];
};

export interface Marked {
  readonly state: TableName;
  readonly holds: TableName;
  readonly source: string;
}

/** The same where the state is made anew from the whole log, of what is held. */
export const markHeld = (keeping: Keeping, { holds, ended }: Held, source: string): Fragment => {
  const { events, kept, dialect } = keeping;
  const names = listed([...stateColumns(events).map(({ name }) => name), 'n', 'turn', 'rank', 'alone']);
  const values = listed([...keyNames(events), ...sequenceNames(events)], 'f');
  const stands = ands([
    sql`h.source = ${source}`,
    sql`h.key = ${keyText(dialect, events, 'f')}`,
    sql`not exists (select 1 from ${table(ended)} as e where e.key = h.key)`,
  ]);
  return sql`insert into ${table(kept)} (${names})
select ${values}, ${mark(sql`f.ties`)}, case when h.mirror is null then 'D' else 'U' end, cast(null as varchar), h.mirror, ${verbatim('cast(null as bigint), 0, 1, false')}
from ${newest(events, kept)} as f join ${table(holds)} as h on ${stands}`;
};

export interface Held {
  readonly holds: TableName;
  readonly ended: TableName;
}
