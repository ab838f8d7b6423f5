// The texts of a log's rows as typed values, and what is wrong with them: layer three, one row per row of the log
// still.
import type { EpochUnit } from '../../dictionary/detection.ts';
import type { Column, Dialect } from '../../sql/dialect.ts';
import { commas, id, sql, verbatim, type Fragment } from '../../sql/fragment.ts';
import { logColumn, textRows, type LogTable } from './log-rows.ts';
import { isPlaceholder } from './placeholder.ts';

const microseconds: Readonly<Record<EpochUnit, number>> = {
  days: 86_400_000_000,
  s: 1_000_000,
  ms: 1000,
  us: 1,
  ns: 0.001,
};

/** The years 1 to 9999: outside of them an engine may have no such moment. */
const [firstMoment, lastMoment] = [-62_135_596_800_000_000, 253_402_300_799_000_000];

/** Numbers that count time; a double holds the microseconds of these years exactly enough to round them. */
const counted = (dialect: Dialect, number: Fragment, unit: EpochUnit): Fragment => {
  const factor = microseconds[unit];
  const [from, to] = [firstMoment / factor, lastMoment / factor].map((each) => sql.lit(Math.trunc(each)));
  const scaled = sql`cast(round(${number} * cast(${sql.lit(String(factor))} as double precision)) as bigint)`;
  return sql`case when ${number} between ${from} and ${to} then ${dialect.instantOf(scaled)} end`;
};

/** A time of day with a zone behind it. */
const zoned = String.raw`:[0-9]{2}([.][0-9]+)? *([zZ]|UTC|GMT|[+-][0-9]{2}(:?[0-9]{2})?)$`;
const namesZone = (text: Fragment): Fragment =>
  sql`regexp_replace(trim(${text}), ${sql.lit(zoned)}, '') <> trim(${text})`;

/** A text that is a number, or else a time as people write it. */
const countedOrWritten = (
  dialect: Dialect,
  text: Fragment,
  of: { readonly type: string; readonly unit: EpochUnit; readonly timezone?: string | undefined },
): Fragment => {
  const number = dialect.tryConvert(text, 'double precision');
  const written =
    of.timezone === undefined
      ? dialect.tryConvert(text, of.type)
      : sql`case when ${namesZone(text)} then ${dialect.tryConvert(text, of.type)} else timezone(${sql.lit(of.timezone)}, ${dialect.tryConvert(text, 'timestamp')}) end`;
  return sql`case when ${number} is null then ${written} else cast(${counted(dialect, number, of.unit)} as ${verbatim(of.type)}) end`;
};

/** When it happened; NULL where the log says nothing, or nothing that is a time. */
const eventTime = ({ dialect, source, columns }: LogTable): Fragment => {
  const { time } = source.detect;
  if (time === undefined) return sql`cast(null as timestamptz)`;
  const value = logColumn(columns, time.column);
  switch (time.kind) {
    case 'moment': {
      const type = columns.find(({ name }) => name === time.column)?.type ?? '';
      return time.timezone === undefined || dialect.baseType(type) === 'timestamp with time zone'
        ? sql`cast(${value} as timestamptz)`
        : sql`timezone(${sql.lit(time.timezone)}, cast(${value} as timestamp))`;
    }
    case 'number':
      return counted(dialect, sql`cast(${value} as double precision)`, time.unit);
    case 'text':
      return countedOrWritten(dialect, sql`cast(${value} as varchar)`, {
        type: 'timestamptz',
        unit: time.unit,
        timezone: time.timezone,
      });
  }
};

const sequenceValues = ({ dialect, source, columns }: LogTable): readonly Fragment[] =>
  source.detect.sequence.map(({ name, type, converted }) => {
    const value = logColumn(columns, name);
    return converted ? dialect.tryConvert(sql`cast(${value} as varchar)`, type) : value;
  });

const converted = (log: LogTable, column: Column, text: Fragment): Fragment => {
  const { image } = log.source.detect;
  const unit = image.kind === 'json' ? image.units.get(column.name) : undefined;
  return unit === undefined
    ? log.dialect.tryConvert(text, column.type)
    : countedOrWritten(log.dialect, text, { type: column.type, unit });
};

const isText = (dialect: Dialect, type: string): boolean =>
  ['varchar', 'text', 'bpchar'].includes(dialect.baseType(type));

/** Typed columns say everything, but for texts that stand for nothing. */
const typedValues = ({ dialect, source, columns }: LogTable): readonly Fragment[] => {
  const { unavailable } = source.detect;
  const keys = new Set(source.key.map(({ name }) => name));
  return source.columns.flatMap((column, place): readonly Fragment[] => {
    const value = logColumn(columns, column.name);
    const names = [id(`v#${place}`), id(`g#${place}`)] as const;
    if (keys.has(column.name) || !isText(dialect, column.type))
      return [sql`${value} as ${names[0]}`, sql`false as ${names[1]}`];
    const missing = isPlaceholder(dialect, value, { unavailable, type: column.type });
    return [
      sql`case when not ${missing} then ${value} end as ${names[0]}`,
      sql`(r.kind <> 'D' and ${missing}) as ${names[1]}`,
    ];
  });
};

const jsonValues = (log: LogTable): readonly Fragment[] => {
  const { source, columns } = log;
  const { image } = source.detect;
  if (image.kind === 'typed') return [];
  const keys = new Set(source.key.map(({ name }) => name));
  return source.columns.flatMap((column, place): readonly Fragment[] => {
    const value = id(`v#${place}`);
    if (image.beside.has(column.name)) return [sql`${logColumn(columns, column.name)} as ${value}`];
    if (!keys.has(column.name)) return [sql`${converted(log, column, id('r', `t#${place}`))} as ${value}`];
    const now = sql`${converted(log, column, id('r', `k#${place}`))} as ${value}`;
    const before = sql`${converted(log, column, id('r', `o#${place}`))} as ${id(`w#${place}`)}`;
    return image.before === undefined ? [now] : [now, before];
  });
};

/** Layer three: `v#` the value of each column, `w#` that of a key column before, `s#` the sequence, `at` the time. */
export const valueRows = (log: LogTable): Fragment => {
  const { dialect, source } = log;
  const isTyped = source.detect.image.kind === 'typed';
  const values = [
    sql`r.*`,
    ...sequenceValues(log).map((value, place) => sql`${value} as ${id(`s#${place}`)}`),
    sql`${eventTime(log)} as happened`,
    ...(isTyped ? typedValues(log) : jsonValues(log)),
  ];
  const filter = isTyped ? sql`where r.kind is distinct from '-'` : sql``;
  return sql`select ${commas(values)}
  from (${textRows(log)}) as r ${filter} ${dialect.fence}`;
};
