// Whether a text is of a type, for servers that cannot be asked (before 16): rules for the types that images hold.
// A text that only looks odd (`Jan 5 2024`) is taken for none; a type without a rule is left to the server, which
// then fails the statement.
import { sql, type Fragment } from '../../sql/fragment.ts';
import { postgresBaseType } from './base-type.ts';

const matches = (text: Fragment, pattern: string): Fragment => sql`${text} ~ ${sql.lit(pattern)}`;

/** Nothing is worked out where the pattern does not match. */
const when = (text: Fragment, pattern: string, further: Fragment): Fragment =>
  sql`case when ${matches(text, pattern)} then ${further} else false end`;

const whole = (text: Fragment, least: string, most: string): Fragment =>
  when(
    text,
    '^\\s*[-+]?[0-9]{1,40}\\s*$',
    sql`cast(${text} as numeric) between ${sql.lit(least)}::numeric and ${sql.lit(most)}::numeric`,
  );

const decimalPattern = '^\\s*[-+]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][-+]?[0-9]{1,3})?\\s*$';

const precisionOf = (type: string): { readonly digits: number; readonly scale: number } | undefined => {
  const [, digits, scale = '0'] = /\(\s*(\d+)\s*(?:,\s*(\d+)\s*)?\)/.exec(type) ?? [];
  return digits === undefined ? undefined : { digits: Number(digits), scale: Number(scale) };
};

const decimal = (text: Fragment, type: string): Fragment => {
  const precision = precisionOf(type);
  const { digits, scale } = precision ?? { digits: 0, scale: 0 };
  const fits = sql`abs(round(cast(${text} as numeric), ${sql.lit(scale)})) < 10::numeric ^ ${sql.lit(digits - scale)}`;
  return sql`(lower(trim(${text})) = 'nan' or ${when(text, decimalPattern, precision === undefined ? sql`true` : fits)})`;
};

const floating = (text: Fragment, most: string): Fragment =>
  sql`(lower(trim(${text})) in ('nan', 'infinity', '-infinity') or ${when(text, decimalPattern, sql`abs(cast(${text} as numeric)) < ${sql.lit(most)}::numeric`)})`;

const length = (text: Fragment, type: string): Fragment => {
  const limit = precisionOf(type)?.digits;
  return limit === undefined ? sql`true` : sql`char_length(rtrim(${text}, ' ')) <= ${sql.lit(limit)}`;
};

const day = '[0-9]{4}-[0-9]{2}-[0-9]{2}';
const clock = '[0-9]{2}:[0-9]{2}(:[0-9]{2}(\\.[0-9]+)?)?';
const zone = '(Z|z| ?UTC|[-+][0-9]{2}(:?[0-9]{2})?)?';

const number = (text: Fragment, from: number, digits: number): Fragment =>
  sql`cast(substr(trim(${text}), ${sql.lit(from)}, ${sql.lit(digits)}) as integer)`;

/** The first of the next month, less a day, has the last day of this one. */
const isDay = (text: Fragment): Fragment => {
  const [year, month, of] = [number(text, 1, 4), number(text, 6, 2), number(text, 9, 2)];
  const leap = sql`(${year} % 4 = 0 and (${year} % 100 <> 0 or ${year} % 400 = 0))`;
  const last = sql`case when ${month} = 2 then case when ${leap} then 29 else 28 end when ${month} in (4, 6, 9, 11) then 30 else 31 end`;
  return sql`(${year} > 0 and ${month} between 1 and 12 and ${of} between 1 and ${last})`;
};

const isClock = (text: Fragment, from: number): Fragment =>
  sql`(${number(text, from, 2)} < 24 and ${number(text, from + 3, 2)} < 60 and coalesce(substring(substr(trim(${text}), ${sql.lit(from + 5)}) from '^:([0-9]{2})')::integer, 0) < 60 and coalesce(substring(substr(trim(${text}), ${sql.lit(from + 5)}) from '[-+]([0-9]{2})')::integer, 0) < 16)`;

const moment = (text: Fragment): Fragment =>
  sql`(trim(${text}) in ('infinity', '-infinity') or ${when(
    text,
    `^\\s*${day}([ T]${clock}\\s*${zone})?\\s*$`,
    sql`${isDay(text)} and (length(trim(${text})) = 10 or ${isClock(text, 12)})`,
  )})`;

const time = (text: Fragment): Fragment => when(text, `^\\s*${clock}\\s*${zone}\\s*$`, isClock(text, 1));

const truths = ['true', 'false', 't', 'f', 'yes', 'no', 'y', 'n', 'on', 'off', '1', '0'];

const uuid = '^\\s*\\{?[0-9a-fA-F]{8}-?([0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12}\\}?\\s*$';

export const validByRule = (text: Fragment, type: string): Fragment => {
  switch (postgresBaseType(type)) {
    case 'smallint':
      return whole(text, '-32768', '32767');
    case 'integer':
      return whole(text, '-2147483648', '2147483647');
    case 'bigint':
      return whole(text, '-9223372036854775808', '9223372036854775807');
    case 'numeric':
      return decimal(text, type);
    case 'real':
      return floating(text, '3.4e38');
    case 'double precision':
      return floating(text, '1.79e308');
    case 'boolean':
      return sql`lower(trim(${text})) in (${sql.join(truths.map((word) => sql.lit(word)))})`;
    case 'varchar':
    case 'bpchar':
      return length(text, type);
    case 'uuid':
      return matches(text, uuid);
    case 'date':
    case 'timestamp without time zone':
    case 'timestamp with time zone':
      return moment(text);
    case 'time without time zone':
    case 'time with time zone':
      return time(text);
    case 'bytea':
      return matches(text, '^\\\\x([0-9a-fA-F]{2})*$');
    default:
      return sql`true`;
  }
};
