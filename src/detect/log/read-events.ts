// The rows of a log as events in scratch, each judged by itself: what the freeze of a log begins with. An update
// that moves a row to another key is two events: the delete of the old key and the upsert of the new one.
import type { LogSource } from '../../dictionary/dictionary.ts';
import type { Column } from '../../sql/dialect.ts';
import { tieOf } from '../../sql/event-order.ts';
import { absentList, type EventTable } from '../../sql/events.ts';
import { id, ors, sql, verbatim, type Fragment } from '../../sql/fragment.ts';
import { afterName, keyName } from '../../sql/images.ts';
import { joinTexts, jsonObject } from '../../sql/json.ts';
import { fillEvents } from './events-scratch.ts';
import { judgedRows, type FlawedReading } from './flaws.ts';
import { isUpsert, logColumn } from './log-rows.ts';

export interface EventReading extends FlawedReading {
  readonly events: EventTable;
}

const kind = id('r', 'kind');
const isOld = id('p', 'is_old');
const separator = sql`chr(31)`;
const nothing = sql`chr(30)`;

const text = (value: Fragment): Fragment => sql`cast(${value} as varchar)`;

const placeOf = (source: LogSource, name: string): number =>
  source.columns.findIndex((column) => column.name === name);

/** Key columns that an image holds as they were before. */
const movable = ({ detect: { image }, key }: LogSource): readonly string[] =>
  image.kind === 'typed' || image.before === undefined
    ? []
    : key.map(({ name }) => name).filter((name) => !image.beside.has(name));

/** The key was another one before, whole; a log that does not tell it all tells no move. */
export const isMoved = (reading: Pick<EventReading, 'dialect' | 'source'>): Fragment => {
  const { dialect, source } = reading;
  const names = movable(source);
  if (names.length === 0) return sql`false`;
  const before = (name: string): Fragment => id('r', `w#${placeOf(source, name)}`);
  const known = names.map((name) => {
    const nullable = source.key.some((column) => column.name === name && column.nullable);
    return nullable ? sql`true` : sql`${before(name)} is not null`;
  });
  const moved = names.map((name) => {
    const place = placeOf(source, name);
    return dialect.differs(before(name), id('r', `v#${place}`), source.columns[place]?.type ?? '');
  });
  return sql`${isUpsert(kind)} and ${sql.join(known, sql` and `)} and ${ors(moved)}`;
};

/** A hash of the image as the log holds it: re-reading it under another mapping gives the same. NULLs of typed
 *  columns are left out, so that a new column makes no other event of an old one. */
const imageHash = (reading: EventReading, side: 'before' | 'after'): Fragment => {
  const { source, columns } = reading;
  const { image } = source.detect;
  if (image.kind === 'json') {
    const name = image[side];
    return name === undefined ? sql`null` : sql`md5(${text(logColumn(columns, name))})`;
  }
  if (side === 'before') return sql`null`;
  const parts = source.columns.map(
    ({ name }) => sql`${sql.lit(`${name}=`)} || ${text(logColumn(columns, name))}`,
  );
  return sql`md5(${joinTexts(parts, separator)})`;
};

const orNothing = (value: Fragment): Fragment => sql`coalesce(${text(value)}, ${nothing})`;

/** All that the log says, but for where it stands. */
const contentHash = (reading: EventReading): Fragment => {
  const { source, columns } = reading;
  const { image, op, time } = source.detect;
  const beside = image.kind === 'json' ? [...image.beside] : [];
  const further = [op?.column, time?.column, ...beside].flatMap((name) => name ?? []);
  return sql`md5(${joinTexts(
    [
      sql`coalesce(r.hash_before, ${nothing})`,
      sql`coalesce(r.hash_after, ${nothing})`,
      ...further.map((name) => orNothing(logColumn(columns, name))),
    ],
    separator,
  )})`;
};

const identity = ({ source, columns }: EventReading): Fragment => {
  const named = source.detect.identity;
  const parts =
    named.length > 0
      ? named.map((name) => orNothing(logColumn(columns, name)))
      : [id('r', 'content'), ...source.detect.sequence.map((_, place) => orNothing(id('r', `s#${place}`)))];
  const half = sql`case when ${isOld} then 'old key' else '' end`;
  return sql`md5(${joinTexts([half, ...parts], separator)})`;
};

/** The row of the log, for people. */
const rawRow = ({ dialect, columns }: EventReading): Fragment =>
  jsonObject(
    columns.map(({ name, type }) => ({
      name,
      value: dialect.jsonValue(logColumn(columns, name), type),
    })),
  );

const keyValue = (source: LogSource, name: string): Fragment => {
  const place = placeOf(source, name);
  const now = id('r', `v#${place}`);
  return movable(source).includes(name)
    ? sql`case when ${isOld} then ${id('r', `w#${place}`)} else ${now} end`
    : now;
};

const isDelete = sql`(${isOld} or ${kind} = 'D')`;

const columnValue = (source: LogSource, column: Column): Fragment => {
  const place = placeOf(source, column.name);
  return sql`case when ${isUpsert(kind)} and not ${isOld} then ${id('r', `v#${place}`)} end`;
};

/** Of the columns of an upsert, those that it says nothing of. */
const absent = (source: LogSource): Fragment => {
  const { image } = source.detect;
  const keys = new Set(source.key.map(({ name }) => name));
  const beside = image.kind === 'json' ? image.beside : new Set<string>();
  const silent = source.columns.flatMap(({ name }, place) =>
    keys.has(name) || beside.has(name) ? [] : [{ name, when: id('r', `g#${place}`) }],
  );
  return sql`case when ${isUpsert(kind)} and not ${isOld} then ${absentList(silent)} end`;
};

const valuesOf = (reading: EventReading): ReadonlyMap<string, Fragment> => {
  const { source, columns, events } = reading;
  const { arrival } = source.detect;
  const flawed = sql`r.flaw is not null`;
  return new Map<string, Fragment>([
    ['n', sql`row_number() over ()`],
    ['declared', sql`case when ${isDelete} then 'D' when ${kind} in ('I', 'U') then ${kind} end`],
    ['flaw', id('r', 'flaw')],
    [
      'arrival',
      arrival === undefined
        ? sql`null`
        : sql`case when ${flawed} then ${text(logColumn(columns, arrival.name))} end`,
    ],
    ['raw', sql`case when ${flawed} then ${rawRow(reading)} end`],
    ['change', sql`cast(null as bigint)`],
    ['op', sql`case when ${kind} = 'T' then 'T' when ${isDelete} then 'D' else 'U' end`],
    ['at', id('r', 'happened')],
    ...source.detect.sequence.map((_, place) => [`s#${place}`, id('r', `s#${place}`)] as const),
    [
      'tie',
      tieOf({
        isDelete,
        content: id('r', 'content'),
        before: id('r', 'hash_before'),
        after: id('r', 'hash_after'),
      }),
    ],
    ['identity', identity(reading)],
    ['absent', absent(source)],
    ...source.key.map(({ name }) => [keyName(events, name), keyValue(source, name)] as const),
    ...source.columns.map((column) => [afterName(events, column.name), columnValue(source, column)] as const),
  ]);
};

/** Fills the event table; flawed events and truncates are among them. */
export const readEvents = (reading: EventReading): Fragment => {
  const { dialect, events } = reading;
  const hashed = sql`select r.*, ${imageHash(reading, 'before')} as hash_before, ${imageHash(reading, 'after')} as hash_after
  from (${judgedRows(reading)}) as r ${dialect.fence}`;
  const whole = sql`select r.*, ${contentHash(reading)} as content from (${hashed}) as r ${dialect.fence}`;
  // Twice a row whose key moved: as what it was, and as what it is.
  const halves = sql`(select false as is_old union all select true) as p on not p.is_old or (r.flaw is null and ${isMoved(reading)})`;
  const single = sql`(select false as is_old) as p`;
  const joined = movable(reading.source).length === 0 ? sql`cross join ${single}` : sql`join ${halves}`;
  const values = valuesOf(reading);
  return fillEvents(
    events,
    (column) => values.get(column) ?? verbatim('null'),
    sql`from (${whole}) as r ${joined}`,
  );
};
