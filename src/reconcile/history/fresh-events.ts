// The events that a batch finds where its source tells no more than how a row was and how it is: one per key whose
// row differs from what the key's newest event left.
import { sequenceName } from '../../sql/events.ts';
import { ands, commas, id, ors, sql, table, verbatim, type Fragment } from '../../sql/fragment.ts';
import { rootRows } from '../desired/root.ts';
import { joined } from '../desired/joins.ts';
import { rootKeyName } from '../target-work.ts';
import {
  eventKeyName,
  eventStoreColumns,
  overEvents,
  seededName,
  storedColumn,
  storedOrder,
  bareRef,
} from './event-store.ts';
import type { HistoryWork } from './history-work.ts';
import { wholeEvents, type EventsWish } from './all-events.ts';

export interface Taken extends EventsWish {
  /** The batch's number: the sequence of what it finds. */
  readonly batch: number;
  readonly moment: string;
}

/** The root's rows as they will be, with what is read of look-ups, under the names of the store. */
const rowsNow = ({ work, store }: HistoryWork): Fragment => {
  const { alias } = work.target.root;
  const keys = store.key.map(({ name }) => sql`${id(alias, name)} as ${id(eventKeyName(name))}`);
  const raw = store.raw.map(({ ref, name }) => sql`${id(ref.alias, ref.column)} as ${id(name)}`);
  return sql`select ${commas([sql`true as here`, ...keys, ...raw])} from ${joined(work, rootRows(work), work.target.joins, 'as declared')}`;
};

/** The newest event of each key. */
const newest = (history: HistoryWork, taken: Taken): Fragment => {
  const { store } = history;
  const keys = commas(store.key.map(({ name }) => id('e', eventKeyName(name))));
  return sql`select e.* from (select e.*, row_number() over (partition by ${keys} order by ${storedOrder(store, 'e', 'desc')}) as back from (${wholeEvents(history, taken)}) as e) as e where e.back = 1`;
};

/** The row differs in a column that the mapping reads; after a take-over, from what the version shows. */
const differs = ({ work, store }: HistoryWork, rootOnly: boolean): Fragment => {
  const { dialect, target } = work;
  const raw = store.raw
    .filter(({ ref }) => !rootOnly || ref.alias === store.rootAlias)
    .map(({ name, type }) => dialect.differs(id('now', name), id('last', name), type));
  if (rootOnly) return ors(raw);
  const shown = target.columns.map(({ expression, type, name }) => {
    const ref = bareRef(expression);
    const was = ref === undefined ? id('last', seededName(name)) : storedColumn(store, ref, 'last');
    const is = dialect.convert(overEvents(store, expression, 'now'), type);
    return dialect.differs(is, dialect.convert(was, type), type);
  });
  const gone =
    target.where === undefined ? [] : [sql`not coalesce(${overEvents(store, target.where, 'now')}, false)`];
  return sql`case when last.op = 'S' then ${ors([...shown, ...gone])} else ${ors(raw)} end`;
};

/** Of a log, whatever else differs was told by an event that is yet to come; unless an undo set the mirror back, of
 *  which the log says nothing. */
const isTold = ({ store, undone }: HistoryWork, { patched }: Taken): boolean =>
  store.isLog && undone === undefined && !patched;

const onlyLookUpsDiffer = (history: HistoryWork, taken: Taken): Fragment =>
  isTold(history, taken) ? sql`true` : sql`not ${differs(history, true)}`;

/** Only a look-up changed: the row itself says nothing of when. */
const operation = (history: HistoryWork, taken: Taken): Fragment => {
  const { target } = history.work;
  const onlyLookUps =
    target.joins.length > 0
      ? sql`when last.op in ('U', 'L') and ${onlyLookUpsDiffer(history, taken)} then 'L' `
      : verbatim('');
  return sql`case when now.here is null then 'D' ${onlyLookUps}else 'U' end`;
};

/** When an undo sets the row of a log back, it was never otherwise since the event that it has from. */
const timeOf = (history: HistoryWork, taken: Taken): Fragment =>
  history.store.isLog && !isTold(history, taken)
    ? sql`case when last.op = 'U' and ${differs(history, true)} or now.here is null then last.at end`
    : verbatim('cast(null as timestamptz)');

/** A look-up of a log's row changed: directly behind the event that the row has from. */
const placeOf = ({ store }: HistoryWork, { batch }: Taken): readonly Fragment[] =>
  store.isLog
    ? [
        ...store.sequence.map((_, place) => id('last', sequenceName(place))),
        sql`case when last.op is null then 'm' else '3' end || lpad(${sql.lit(String(batch))}, 12, '0')`,
      ]
    : [...store.sequence.map(() => sql.lit(batch)), sql`''`];

const saysNothingOf = (history: HistoryWork, taken: Taken): Fragment => {
  const { store } = history;
  if (!store.isLog) return verbatim('cast(null as varchar)');
  const names = store.raw.filter(({ ref }) => ref.alias === store.rootAlias).map(({ ref }) => ref.column);
  const isLookUp = isTold(history, taken)
    ? sql`true`
    : sql`now.here is not null and ${onlyLookUpsDiffer(history, taken)}`;
  return sql`case when last.op in ('U', 'L') and ${isLookUp} then ${sql.lit(JSON.stringify(names))} end`;
};

/** The rows that make an event. A log tells of changes and deletes itself; its rows stand for what was never told,
 *  because the log was read before there was a history, or a history before there was the log. */
const counts = (history: HistoryWork, taken: Taken): Fragment => {
  const { store } = history;
  if (!isTold(history, taken)) {
    const appeared = sql`(last.op is null or last.op = 'D' or ${differs(history, false)})`;
    return sql`(now.here is not null and ${appeared}) or (now.here is null and last.op is not null and last.op <> 'D')`;
  }
  const lookUps = store.raw
    .filter(({ ref }) => ref.alias !== store.rootAlias)
    .map(({ name, type }) => history.work.dialect.differs(id('now', name), id('last', name), type));
  return sql`now.here is not null and (last.op is null or (last.op in ('U', 'L') and ${ors(lookUps)}) or (last.op = 'S' and ${differs(history, false)}))`;
};

/** Fills the fresh events from the difference between the rows as they will be and the newest events. */
export const fillFresh = (history: HistoryWork, taken: Taken): Fragment => {
  const { work, store, scratch } = history;
  const match = (left: (name: string, place: number) => Fragment, right: string): Fragment =>
    ands(
      store.key.map(({ name, nullable }, place) =>
        work.dialect.sameKey(left(name, place), id(right, eventKeyName(name)), nullable),
      ),
    );
  const byPlace = (_: string, place: number): Fragment => id('d', rootKeyName(place));
  const byName = (name: string): Fragment => id('now', eventKeyName(name));
  const keys = commas(store.key.map((_, place) => id(rootKeyName(place))));
  const from =
    work.scope === 'all'
      ? sql`(${rowsNow(history)}) as now full join last on ${match(byName, 'last')}`
      : sql`(select distinct ${keys} from ${table(work.scratch.affected)}) as d
left join (${rowsNow(history)}) as now on ${match(byPlace, 'now')} left join last on ${match(byPlace, 'last')}`;
  const key = store.key.map(({ name }, place) =>
    work.scope === 'all'
      ? sql`coalesce(${id('now', eventKeyName(name))}, ${id('last', eventKeyName(name))})`
      : id('d', rootKeyName(place)),
  );
  const values: readonly Fragment[] = [
    operation(history, taken),
    timeOf(history, taken),
    sql`cast(${taken.moment} as timestamptz)`,
    ...placeOf(history, taken),
    sql`${sql.lit(`b${taken.batch}`)}`,
    saysNothingOf(history, taken),
    ...key,
    ...store.raw.map(({ name }) => id('now', name)),
    ...store.seeded.map(({ type }) => sql`cast(null as ${verbatim(type)})`),
  ];
  const names = commas(eventStoreColumns(store).map(({ name }) => id(name)));
  return sql`insert into ${table(scratch.fresh)} (${names})
with last as (${newest(history, taken)})
select ${commas(values)} from ${from} where ${counts(history, taken)}`;
};
