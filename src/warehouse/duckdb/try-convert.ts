// Text to a typed value in DuckDB, or NULL where it is none.
import { sql, verbatim, type Fragment } from '../../sql/fragment.ts';
import { duckDbBaseType } from './base-type.ts';

const integers = new Set([
  'tinyint',
  'smallint',
  'integer',
  'bigint',
  'hugeint',
  'utinyint',
  'usmallint',
  'uinteger',
  'ubigint',
  'uhugeint',
]);

/** TRY_CAST rounds `5.7` to 6 and takes `0x10` for 16. */
const whole = (text: Fragment): Fragment =>
  sql`case when regexp_full_match(trim(${text}), '[+-]?[0-9]+(\\.0*)?') then split_part(trim(${text}), '.', 1) end`;

/** By way of the zoned type, or the offset that a text names would be passed over. Words of the clock are none. */
const moment = (text: Fragment): Fragment =>
  sql`try_cast(case when regexp_full_match(trim(${text}), '-?(infinity|[0-9].*)') then ${text} end as timestamptz)`;

const isNested = (base: string): boolean =>
  base.endsWith(']') || base === 'struct' || base === 'map' || base === 'list' || base === 'union';

export const duckDbTryConvert = (text: Fragment, type: string): Fragment => {
  const base = duckDbBaseType(type);
  const typed = verbatim(type);
  if (base === 'varchar') return text;
  if (integers.has(base)) return sql`try_cast(${whole(text)} as ${typed})`;
  if (base === 'date' || base.startsWith('timestamp')) return sql`try_cast(${moment(text)} as ${typed})`;
  if (isNested(base)) return sql`try_cast(try_cast(${text} as json) as ${typed})`;
  return sql`try_cast(${text} as ${typed})`;
};
