// JSON objects in Postgres: parsed once per row into jsonb, whose members are found by binary search.
import type { JsonObjects } from '../../sql/dialect.ts';
import { sql, type Fragment } from '../../sql/fragment.ts';
import { postgresBaseType } from './base-type.ts';

const isArray = (type: string): boolean => postgresBaseType(type).endsWith(']');

/** A JSON array of plain values as the text of an array: `[1,2]` is written `{1,2}` here. */
const arrayText = (value: Fragment): Fragment =>
  sql`case when jsonb_typeof(${value}) = 'array' then coalesce((select cast(array_agg(e.v order by e.n) as text) from jsonb_array_elements_text(case when jsonb_typeof(${value}) = 'array' then ${value} end) with ordinality as e(v, n)), '{}') else ${value} #>> '{}' end`;

/** `isValid`: a text is of a type; none where the server cannot tell (before 16), and what is broken fails. */
export const postgresJsonObjects = (
  isValid: ((text: Fragment, type: string) => Fragment) | undefined,
): JsonObjects => ({
  open: (column, type) => {
    if (postgresBaseType(type) === 'jsonb') return column;
    const text = sql`cast(${column} as text)`;
    // An escaped zero byte is JSON, but no text that this server can hold.
    return isValid === undefined
      ? sql`cast(${text} as jsonb)`
      : sql`case when ${isValid(text, 'jsonb')} then cast(${text} as jsonb) end`;
  },
  isObject: (opened) => sql`coalesce(jsonb_typeof(${opened}) = 'object', false)`,
  isBroken: (column, _type, opened) =>
    sql`(${column} is not null and coalesce(jsonb_typeof(${opened}) not in ('object', 'null'), true))`,
  has: (opened, { name }) => sql`coalesce(jsonb_exists(${opened}, ${sql.lit(name)}), false)`,
  isNumber: (opened, { name }) =>
    sql`coalesce(jsonb_typeof(${opened} -> ${sql.lit(name)}) = 'number', false)`,
  text: (opened, { name }, { type }) => {
    const value = sql`${opened} -> ${sql.lit(name)}`;
    const base = postgresBaseType(type);
    if (base === 'json' || base === 'jsonb') return sql`nullif(cast(${value} as text), 'null')`;
    return isArray(type) ? arrayText(sql`(${value})`) : sql`(${opened} ->> ${sql.lit(name)})`;
  },
});
