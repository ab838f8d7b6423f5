// Rows of a log that an undo set back: the log's events still say what was undone, so that one that leaves columns out
// would bring it back with them. A mark right behind a row's newest event says all of what the mirror has instead.
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

/** Sorts behind upserts (`1`) and deletes (`2`) of the same sequence. */
const mark = sql.lit('3');

const isMark = (alias: string): Fragment => sql`${id(alias, 'tie')} like '3%'`;

/** The newest sequence of each key. */
const newest = (events: EventTable, from: TableName): Fragment => {
  const key = listed(keyNames(events), 'f');
  const order = sql.join(sequenceNames(events).map((name) => sql`${id('f', name)} desc`));
  const names = listed([...keyNames(events), ...sequenceNames(events)], 'f');
  return sql`(select distinct ${names} from (select f.*, rank() over (partition by ${key} order by ${order}) as newest from ${table(from)} as f where f.op <> 'T') as f where f.newest = 1)`;
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

/** In the state, for the images of an undo: what was marked before, what is older than the newest, and the marks. */
export const markUndone = (marking: Marking, images: ImageTable, state: TableName): readonly Fragment[] => {
  const { dialect, events } = marking;
  const reached = sql`exists (select 1 from ${table(images.table)} as i where ${ofKey(marking, images)})`;
  const keeping = { dialect, events };
  const said = rowText(dialect, images.columns, (column) => id('i', afterName(images, column)));
  const names = listed(stateColumns(events).map(({ name }) => name));
  const values = listed([...keyNames(events), ...sequenceNames(events)], 'f');
  return [
    sql`delete from ${table(state)} as f where f.op <> 'T' and ${reached} and (${isMark('f')} or exists (
  select 1 from ${table(state)} as g where g.op <> 'T' and ${sameKeyOf(keeping, 'g', 'f')} and ${isLater(events, 'g', 'f')}))`,
    sql`insert into ${table(state)} (${names})
select distinct ${values}, ${mark}, case when i.op = 'D' then 'D' else 'U' end, cast(null as varchar), case when i.op <> 'D' then ${said} end
from ${table(state)} as f join ${table(images.table)} as i on ${ofKey(marking, images)} where f.op <> 'T'`,
  ];
};

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
select ${values}, ${mark}, case when h.mirror is null then 'D' else 'U' end, cast(null as varchar), h.mirror, ${verbatim('cast(null as bigint), 0, 1, false')}
from ${newest(events, kept)} as f join ${table(holds)} as h on ${stands}`;
};

export interface Held {
  readonly holds: TableName;
  readonly ended: TableName;
}
