// Canonical JSON of one value in DuckDB, and the way back.
import { sql, verbatim, type Fragment } from '../../sql/fragment.ts';
import { duckDbBaseType } from './base-type.ts';

const bare = new Set(['tinyint', 'smallint', 'integer', 'utinyint', 'usmallint', 'uinteger', 'boolean']);

const asString = (value: Fragment): Fragment => sql`cast(to_json(cast(${value} as varchar)) as varchar)`;

/** JSON knows no such numbers: their names, spelt as Postgres spells them. */
const float = (value: Fragment): Fragment =>
  sql`case when isfinite(${value}) then cast(${value} as varchar) when isnan(${value}) then '"NaN"'
 when ${value} > 0 then '"Infinity"' when ${value} < 0 then '"-Infinity"' end`;

/** Infinity, years before Christ and after 9999 stay in the engine's own text. */
const instant = (value: Fragment, atUtc: Fragment, end: string): Fragment =>
  sql`case when ${atUtc} between timestamp '0001-01-01' and timestamp '9999-12-31 23:59:59.999999'
 then strftime(${atUtc}, ${verbatim(`'"%Y-%m-%dT%H:%M:%S.%f${end}'`)}) else ${asString(value)} end`;

const json = (value: Fragment, type: string): Fragment => {
  const base = duckDbBaseType(type);
  if (bare.has(base)) return sql`cast(${value} as varchar)`;
  switch (base) {
    case 'float':
    case 'double':
      return float(value);
    case 'timestamp':
    case 'timestamp_s':
    case 'timestamp_ms':
      return instant(value, sql`cast(${value} as timestamp)`, '"');
    case 'timestamp with time zone':
      return instant(value, sql`timezone('UTC', ${value})`, 'Z"');
    case 'blob':
      return sql`'"' || lower(hex(${value})) || '"'`;
    default:
      return asString(value);
  }
};

export const duckDbJsonValue = (value: Fragment, type: string): Fragment => {
  const typed = sql`(${value})`;
  return sql`coalesce(${json(typed, type)}, 'null')`;
};

export const duckDbFromJsonText = (text: Fragment, type: string): Fragment =>
  duckDbBaseType(type) === 'blob' ? sql`unhex(${text})` : sql`cast(${text} as ${verbatim(type)})`;

/** A JSON pointer takes any name as it is; a path would read `$` in it. */
const pointer = (name: string): Fragment => sql.lit(`/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`);

export const duckDbJsonText = (object: Fragment, name: string): Fragment =>
  sql`json_extract_string(${object}, ${pointer(name)})`;

export const duckDbJsonHas = (object: Fragment, name: string): Fragment =>
  sql`json_exists(${object}, ${pointer(name)})`;

export const duckDbJsonWith = (object: Fragment, name: string, text: Fragment): Fragment =>
  sql`json_merge_patch(${object}, json_object(${sql.lit(name)}, ${text}))`;
