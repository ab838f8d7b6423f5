// Canonical JSON of one value in Snowflake, and the way back.
import { sql, verbatim, type Fragment } from '../../sql/fragment.ts';
import { numberShape, openType, snowflakeBaseType } from './base-type.ts';

const text = (value: Fragment): Fragment => sql`to_varchar(${value})`;

/** A text as a JSON text: a variant that holds it, written as JSON. */
const asString = (value: Fragment): Fragment => sql`to_json(to_variant(${text(value)}))`;

const asDigits = (value: Fragment): Fragment => sql`'"' || ${text(value)} || '"'`;

/** JSON knows no such numbers: their names, spelt as Postgres spells them. A VARIANT forgets the sign of zero. */
const float = (value: Fragment): Fragment =>
  sql`case ${text(value)} when 'NaN' then '"NaN"' when 'inf' then '"Infinity"' when '-inf' then '"-Infinity"' when '-0' then '"-0"' else ${text(value)} end`;

const moment = (value: Fragment, end: string): Fragment =>
  sql`'"' || to_varchar(${value}, 'YYYY-MM-DD"T"HH24:MI:SS.FF6') || ${sql.lit(`${end}"`)}`;

/** Nanoseconds are written where the column has them: microseconds would not come back as what they were. */
const exactMoment = (value: Fragment, end: string): Fragment =>
  sql`'"' || to_varchar(${value}, 'YYYY-MM-DD"T"HH24:MI:SS.FF9') || ${sql.lit(`${end}"`)}`;

const precisionOf = (type: string): number | undefined => {
  const digits = /\((\d+)\)/.exec(type)?.[1];
  return digits === undefined ? undefined : Number(digits);
};

const momentOf = (value: Fragment, type: string, end: string): Fragment =>
  (precisionOf(type) ?? 6) > 6
    ? sql`case when date_part('nanosecond', ${value}) % 1000 = 0 then ${moment(value, end)} else ${exactMoment(value, end)} end`
    : moment(value, end);

const json = (value: Fragment, type: string): Fragment => {
  switch (snowflakeBaseType(type)) {
    case 'number': {
      const { precision, scale } = numberShape(type);
      // A double holds nine digits, whoever reads it.
      return scale === 0 && precision <= 9 ? text(value) : asDigits(value);
    }
    case 'float':
      return float(value);
    case 'boolean':
      return text(value);
    case 'timestamp_ntz':
      return momentOf(value, type, '');
    case 'timestamp_ltz':
    case 'timestamp_tz':
      // The session is UTC, and an instant of another offset is brought there.
      return momentOf(sql`cast(${value} as timestamp_ltz)`, type, 'Z');
    case 'binary':
      return sql`'"' || lower(hex_encode(${value})) || '"'`;
    case 'time':
      return sql`'"' || regexp_replace(${text(value)}, '[.]?0+$', '') || '"'`;
    case 'date':
      return sql`'"' || to_varchar(${value}, 'YYYY-MM-DD') || '"'`;
    case 'variant':
    case 'object':
    case 'array':
      return sql`to_json(to_variant(to_json(${value})))`;
    default:
      return asString(value);
  }
};

export const snowflakeJsonValue = (value: Fragment, type: string): Fragment =>
  sql`coalesce(${json(sql`(${value})`, type)}, 'null')`;

export const snowflakeFromJsonText = (written: Fragment, type: string): Fragment => {
  switch (snowflakeBaseType(type)) {
    case 'binary':
      return sql`hex_decode_binary(${written})`;
    case 'float':
      return sql`cast(replace(${written}, 'Infinity', 'inf') as float)`;
    case 'variant':
    case 'object':
    case 'array':
      return sql`parse_json(${written})`;
    default:
      return sql`cast(${written} as ${verbatim(openType(type))})`;
  }
};

/** Members are found by the name as it is; JSON's null becomes NULL when it is read as a text. */
export const snowflakeJsonText = (object: Fragment, name: string): Fragment =>
  sql`cast(get(parse_json(${object}), ${sql.lit(name)}) as varchar)`;

/** JSON's null is a value here, and no NULL. */
export const snowflakeJsonHas = (object: Fragment, name: string): Fragment =>
  sql`case when ${object} is not null then get(parse_json(${object}), ${sql.lit(name)}) is not null end`;

export const snowflakeJsonWith = (object: Fragment, name: string, member: Fragment): Fragment =>
  sql`to_json(object_insert(parse_json(${object}), ${sql.lit(name)}, ${member}, true))`;
