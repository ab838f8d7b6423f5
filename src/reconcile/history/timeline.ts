// The desired versions of the affected keys, from their events: a pure function of the set of events.
import type { Expression } from '../../dictionary/dictionary.ts';
import { commas, id, ors, sql, table, verbatim, type Fragment } from '../../sql/fragment.ts';
import { rootKeyName } from '../target-work.ts';
import { desiredColumns } from '../desired/desired.ts';
import { eventKeyName, bareRef, overEvents, seededName, storedColumn, storedOrder } from './event-store.ts';
import {
  asInstant,
  asStored,
  entityKey,
  entityList,
  neededColumn,
  sameEntity,
  timelineColumns,
  valueName,
  type HistoryWork,
} from './history-work.ts';
import { wholeEvents, type EventsWish } from './all-events.ts';
import { versionHash } from './scd-id.ts';

const hasZone = ({ work, store }: HistoryWork, at: Expression): boolean => {
  const ref = bareRef(at);
  const column = store.raw.find((each) => each.ref.alias === ref?.alias && each.ref.column === ref.column);
  return column !== undefined && work.dialect.baseType(column.type) === 'timestamp with time zone';
};

/** When the event happened. */
export const happened = (history: HistoryWork): Fragment => {
  const { store } = history;
  const { at, atIsWritten, timezone } = history.history;
  if (at === undefined) return sql`coalesce(e.at, e.moment)`;
  const value = overEvents(store, at, 'e');
  const instant =
    timezone === 'UTC' || hasZone(history, at)
      ? sql`cast(${value} as timestamptz)`
      : sql`timezone(${timezone}, cast(${value} as timestamp))`;
  const upsert = atIsWritten ? sql`${instant}, e.at` : sql`e.at, ${instant}`;
  return sql`case e.op when 'U' then coalesce(${upsert}, e.moment) else coalesce(e.at, e.moment) end`;
};

/** The row that the event leaves is one of the history. */
const shown = ({ work, store }: HistoryWork): Fragment => {
  const { where } = work.target;
  const passes = where === undefined ? sql`true` : sql`coalesce(${overEvents(store, where, 'e')}, false)`;
  return sql`case e.op when 'D' then false when 'S' then true else ${passes} end`;
};

/** A mapped value of an event; what was taken over is known only as it stood in the version. */
const mappedValue = ({ work, store }: HistoryWork, place: number, alias: string): Fragment => {
  const column = work.target.columns[place];
  if (column === undefined) throw new RangeError(`${work.target.name} has no column ${place}`);
  const { expression, type, name } = column;
  const ref = bareRef(expression);
  if (ref !== undefined) return work.dialect.convert(storedColumn(store, ref, alias), type);
  const value = work.dialect.convert(overEvents(store, expression, alias), type);
  return sql`case when ${id(alias, 'op')} = 'S' then ${id(alias, seededName(name))} else ${value} end`;
};

interface TimelineWish extends EventsWish {
  /** The place of the only mapped column to be computed. */
  readonly only?: number | undefined;
}

/** Each event of the affected keys with its place, its effective time and its mapped values. */
export const fillTimeline = (history: HistoryWork, { only, ...wish }: TimelineWish): Fragment => {
  const { work, store } = history;
  const start = neededColumn(history.history, 'valid_from');
  const names = timelineColumns(history).map(({ name }) => id(name));
  const keys = store.key.map(
    ({ name }, place) => sql`${id('e', eventKeyName(name))} as ${id(rootKeyName(place))}`,
  );
  const order = storedOrder(store, 'e');
  const window = sql`partition by ${commas(store.key.map(({ name }) => id('e', eventKeyName(name))))} order by ${order}`;
  const values = work.target.columns.map(({ type }, place) =>
    only === undefined || only === place
      ? sql`case when e.shown then ${mappedValue(history, place, 'e')} end`
      : sql`cast(null as ${verbatim(type)})`,
  );
  const kept = history.history.deletes === 'keep' ? sql` where ${shown(history)}` : verbatim('');
  const time = asStored(history, happened(history), start.type);
  // events: of the affected keys, each with the whole row after it; marked: those that count, with their time.
  return sql`insert into ${table(history.scratch.timeline)} (${commas(names)})
with events as (${wholeEvents(history, wish)}),
marked as (select e.*, ${shown(history)} as shown, ${time} as happened from events as e${kept})
select ${commas([
    ...keys,
    sql`row_number() over (${window})`,
    sql`e.shown`,
    sql`(e.op = 'U' and e.happened <= max(e.happened) over (${window} rows between unbounded preceding and 1 preceding))`,
    sql`max(e.happened) over (${window} rows between unbounded preceding and current row)`,
    ...values,
  ])} from marked as e`;
};

const differsFromLast = ({ work, history }: HistoryWork): readonly Fragment[] =>
  work.target.columns.flatMap((column, place) => {
    if (!history.track.includes(column.name)) return [];
    const value = id('c', valueName(place));
    return [work.dialect.differs(value, sql`lag(${value}) over w`, column.type)];
  });

/** The end of a version as its column shows it. */
const endOf = (history: HistoryWork): Fragment => {
  const { validToCurrent } = history.history;
  const { type } = neededColumn(history.history, 'valid_to');
  const start = neededColumn(history.history, 'valid_from');
  const end = asStored(history, asInstant(history, id('x', 'until'), start.type), type);
  if (validToCurrent === undefined) return end;
  return sql`coalesce(${end}, cast(${validToCurrent} as ${verbatim(type)}))`;
};

const startOf = (history: HistoryWork): Fragment => {
  const { type } = neededColumn(history.history, 'valid_from');
  if (history.history.firstValidFrom === 'at') return sql`x.eff`;
  const beginning = asStored(history, sql`cast('1900-01-01 00:00:00+00' as timestamptz)`, type);
  return sql`case when x.place = 1 then least(x.eff, ${beginning}) else x.eff end`;
};

const validity = (history: HistoryWork): readonly Fragment[] => {
  const flagged = sql`(x.kind = 'flagged')`;
  return history.history.columns.map(({ role, type }) => {
    switch (role) {
      case 'surrogate_key':
        return sql`cast(null as ${verbatim(type)})`;
      case 'valid_from':
        return startOf(history);
      case 'valid_to':
        return endOf(history);
      case 'is_current':
        return sql`(x.until is null)`;
      case 'deleted':
        return history.work.dialect.baseType(type) === 'boolean'
          ? flagged
          : sql`case when ${flagged} then 'True' else 'False' end`;
      case 'scd_id':
        return versionHash(history);
      case 'updated_at':
        return asStored(
          history,
          asInstant(history, sql`x.eff`, neededColumn(history.history, 'valid_from').type),
          type,
        );
    }
  });
};

/** Fills the desired rows: one per version, with the key of its row in the root. */
export const fillVersions = (history: HistoryWork): Fragment => {
  const { work } = history;
  const { target } = work;
  const { deletes, overwrite } = history.history;
  const tombstones = deletes === 'tombstone';
  const keys = (alias: string): Fragment => entityList(history, alias);
  const values = (alias: string): readonly Fragment[] =>
    target.columns.map((_, place) => id(alias, valueName(place)));
  const kind = tombstones
    ? sql`case when p.shown then 'row' when p.picture is null then 'gap' else 'flagged' end`
    : sql`case when p.shown then 'row' else 'gap' end`;
  const source = tombstones ? 'i' : 'p';
  const pictures = tombstones
    ? sql` left join pictured as i on ${sameEntity(history, 'i', 'p')} and i.n = p.picture`
    : verbatim('');
  const last =
    overwrite.length === 0
      ? verbatim('')
      : sql` left join pictured as l on ${sameEntity(history, 'l', 'x')} and l.n = x.newest`;
  const cell = (name: string): Fragment => {
    const place = target.columns.findIndex((column) => column.name === name);
    return id(overwrite.includes(name) ? 'l' : 'x', valueName(place));
  };
  const entity = entityKey(work).map(({ name }) => cell(name));
  const columns = desiredColumns(work).map(({ name }) => id(name));
  // pictured: which event shows the row last, up to here and of all. counted: the last event of each effective
  // time. opened: which of them begins another state than the one before. versions: each state with its end.
  return sql`insert into ${table(work.scratch.desired)} (${commas(columns)})
with pictured as materialized (select t.*, max(case when t.shown then t.n end) over (partition by ${keys('t')} order by t.n rows between unbounded preceding and current row) as picture,
  max(case when t.shown then t.n end) over (partition by ${keys('t')}) as newest,
  lead(t.eff) over (partition by ${keys('t')} order by t.n) as next_eff from ${table(history.scratch.timeline)} as t),
counted as (select ${commas([keys('p'), sql`p.n`, sql`p.eff`, sql`p.newest`, sql`${kind} as kind`, ...values(source)])} from pictured as p${pictures} where p.next_eff is distinct from p.eff),
opened as (select c.*, (lag(c.kind) over w is distinct from c.kind or (c.kind <> 'gap' and ${ors(differsFromLast(history))})) as opens from counted as c window w as (partition by ${keys('c')} order by c.n)),
versions as (select o.*, lead(o.eff) over w as until, lag(o.eff) over w as eff_before, row_number() over w as place from opened as o where o.opens window w as (partition by ${keys('o')} order by o.n))
select ${commas([
    ...entity,
    startOf(history),
    ...target.columns.map(({ name }) => cell(name)),
    ...validity(history),
    keys('x'),
  ])} from versions as x${last} where x.kind <> 'gap'`;
};
