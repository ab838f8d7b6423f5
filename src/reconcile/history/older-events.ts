// Older versions as events of a history: they have no sequence and come before all that have one. What the history
// knows itself stands: a version ends where that begins, and one that begins later is passed over.
import type { ScratchColumn } from '../../sql/dialect.ts';
import { ands, commas, id, sql, table, verbatim, type Fragment } from '../../sql/fragment.ts';
import { keysMatch } from '../../sql/keys.ts';
import { rootKeyName } from '../target-work.ts';
import { eventKeyName, eventStoreColumns, storedOrder } from './event-store.ts';
import { asInstant, entityKey, neededColumn, type HistoryWork } from './history-work.ts';
import { eachVersion, endName, nextName, rowName, startName, type OlderVersions } from './older-versions.ts';
import { isDeleted, shownValues } from './seeds.ts';
import { isOlder, olderTie } from './set-aside.ts';
import { happened } from './timeline.ts';

const fateName = 'tidemark.fate';

/** The rows with the keys of the root, and what becomes of each: `new`, `known` where it was handed in before, or
 *  `passed` where the history knows better. */
export const judgedColumns = (
  { store }: HistoryWork,
  { columns }: OlderVersions,
): readonly ScratchColumn[] => [
  ...store.key.map(({ type }, place) => ({ name: rootKeyName(place), type })),
  { name: startName, type: 'timestamptz' },
  /** None where another version follows. */
  { name: endName, type: 'timestamptz' },
  { name: fateName, type: 'varchar' },
  { name: rowName, type: 'varchar' },
  ...columns.map(({ name, type }) => ({ name, type })),
];

const sameRootKey = ({ work, store }: HistoryWork, event: string, version: string): Fragment =>
  ands(
    store.key.map(({ name, nullable }, place) =>
      work.dialect.sameKey(id(event, eventKeyName(name)), id(version, rootKeyName(place)), nullable),
    ),
  );

interface Known {
  /** When the history itself first knows something of a key. */
  readonly first: Fragment;
  /** The older versions that it was given before. */
  readonly had: Fragment;
}

const knownOf = (history: HistoryWork): Known => {
  const { store } = history;
  const keys = commas(store.key.map(({ name }) => id('e', eventKeyName(name))));
  if (store.stored === undefined) throw new RangeError(`${history.work.target.name} has no events`);
  const turn = store.isLog ? sql`, 0 as turn` : sql``;
  const of = (which: Fragment): Fragment =>
    sql`(select e.*${turn} from ${table(store.table)} as e where e.set_aside is null and ${which} and exists (select 1 from versions as v where ${sameRootKey(history, 'e', 'v')})) as e`;
  const window = sql`(partition by ${keys} order by ${storedOrder(store, 'e')})`;
  return {
    first: sql`select f.* from (select ${keys}, ${happened(history)} as at, row_number() over ${window} as place from ${of(sql`not ${isOlder('e')}`)}) as f where f.place = 1`,
    had: sql`select h.* from (select ${keys}, e.op, e.at, e.identity, lead(e.at) over ${window} as until from ${of(isOlder('e'))}) as h where h.op = 'S'`,
  };
};

const identity = sql`'h' || md5(${id('v', rowName)})`;

export const fillJudged = (history: HistoryWork, older: OlderVersions): Fragment => {
  const { first, had } = knownOf(history);
  const roots = shownValues(history, true).slice(0, history.store.key.length);
  const keys = roots.map((value, place) => sql`${value} as ${id(rootKeyName(place))}`);
  const [start, end] = [id('v', startName), id('v', endName)];
  const until = sql`coalesce(${end}, ${id('v', nextName)}, f.at, 'infinity')`;
  const inTheWay = sql`h.at < ${until} and ${start} < coalesce(h.until, f.at, 'infinity')`;
  const among = (which: Fragment): Fragment =>
    sql`exists (select 1 from had as h where ${sameRootKey(history, 'h', 'v')} and ${which})`;
  const fate = sql`case when ${among(sql`h.identity = ${identity}`)} then 'known' when f.at <= ${start} or ${among(inTheWay)} then 'passed' else 'new' end`;
  const values: readonly Fragment[] = [
    ...keys.map((_, place) => id('v', rootKeyName(place))),
    start,
    sql`case when ${end} is distinct from ${id('v', nextName)} then case when f.at < ${end} then f.at else ${end} end end`,
    fate,
    id('v', rowName),
    ...older.columns.map(({ name }) => id('v', name)),
  ];
  // versions: what was handed in; first: when the history first knows of each key; had: what was handed in before.
  return sql`insert into ${table(older.judged)} (${commas(judgedColumns(history, older).map(({ name }) => id(name)))})
with versions as (select ${commas(keys)}, t.* from (${eachVersion(history, older)}) as t),
first as (${first}),
had as (${had})
select ${commas(values)} from versions as v left join first as f on ${sameRootKey(history, 'f', 'v')}`;
};

export const fillOlder = (history: HistoryWork, older: OlderVersions, moment: string): Fragment => {
  const { store, scratch } = history;
  const event = (facts: { readonly op: Fragment; readonly at: string; readonly ends: boolean }): Fragment => {
    const at = id('t', facts.at);
    const nature = facts.ends ? sql`'hd' || cast(${at} as varchar)` : sql`'h' || md5(${id('t', rowName)})`;
    return sql`select ${commas([
      facts.op,
      at,
      sql`cast(${moment} as timestamptz)`,
      ...store.sequence.map(({ type }) => sql`cast(null as ${verbatim(type)})`),
      olderTie(at, facts.ends),
      nature,
      sql`cast(null as varchar)`,
      ...shownValues(history, !facts.ends),
    ])} from versions as t`;
  };
  const names = commas(eventStoreColumns(store).map(({ name }) => id(name)));
  const opens = event({
    op: sql`case when ${isDeleted(history)} then 'D' else 'S' end`,
    at: startName,
    ends: false,
  });
  const ends = event({ op: sql`'D'`, at: endName, ends: true });
  return sql`insert into ${table(scratch.fresh)} (${names})
with versions as (select j.* from ${table(older.judged)} as j where ${id('j', fateName)} = 'new')
${opens}
union all
${ends} where ${id('t', endName)} is not null and not ${isDeleted(history)}`;
};

export const affectedByOlder = ({ work, store }: HistoryWork, { judged }: OlderVersions): Fragment => {
  const keys = store.key.map((_, place) => id('j', rootKeyName(place)));
  const names = [...store.key.map((_, place) => id(rootKeyName(place))), id('cause')];
  return sql`insert into ${table(work.scratch.affected)} (${commas(names)})
select distinct ${commas([...keys, sql`cast(null as bigint)`])} from ${table(judged)} as j where ${id('j', fateName)} = 'new'`;
};

/** Versions that were passed over though the table shows none like them. */
export const passedOver = (history: HistoryWork, older: OlderVersions, limit: number): Fragment => {
  const { work } = history;
  const { target } = work;
  const from = neededColumn(history.history, 'valid_from');
  const entity = keysMatch(
    work.dialect,
    entityKey(work),
    (name) => id('t', name),
    (name) => id('j', name),
  );
  const otherwise = target.columns
    .filter(({ name }) => history.history.track.includes(name))
    .map(({ name, type }) => sql`not ${work.dialect.differs(id('t', name), id('j', name), type)}`);
  const shown = commas([...entityKey(work).map(({ name }) => name), from.name].map((name) => id('j', name)));
  return sql`select ${shown}, cast(count(*) over () as varchar) as "tidemark.rows" from ${table(older.judged)} as j where ${id('j', fateName)} = 'passed'
  and not exists (select 1 from ${table(target.table)} as t where ${ands([entity, sql`${asInstant(history, id('t', from.name), from.type)} = ${id('j', startName)}`, ...otherwise])})
order by ${shown} limit ${sql.lit(limit)}`;
};
