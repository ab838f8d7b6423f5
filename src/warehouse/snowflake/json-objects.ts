// JSON objects in Snowflake: VARIANT columns, or texts parsed once per row.
import type { JsonObjects } from '../../sql/dialect.ts';
import { sql, type Fragment } from '../../sql/fragment.ts';
import { snowflakeBaseType } from './base-type.ts';

const isVariant = (type: string): boolean => ['variant', 'object', 'array'].includes(snowflakeBaseType(type));

const parsed = (column: Fragment, type: string): Fragment =>
  isVariant(type) ? column : sql`try_parse_json(to_varchar(${column}))`;

const member = (opened: Fragment, name: string): Fragment => sql`get(${opened}, ${sql.lit(name)})`;

export const snowflakeJsonObjects: JsonObjects = {
  open: (column, type) => {
    const json = parsed(column, type);
    return sql`iff(typeof(${json}) = 'OBJECT', ${json}, null)`;
  },
  isObject: (opened) => sql`(${opened} is not null)`,
  isBroken: (column, type, opened) =>
    sql`(${column} is not null and ${opened} is null and coalesce(typeof(${parsed(column, type)}), '') <> 'NULL_VALUE')`,
  has: (opened, { name }) => sql`(${member(opened, name)} is not null)`,
  isNumber: (opened, { name }) =>
    sql`coalesce(typeof(${member(opened, name)}) in ('INTEGER', 'DECIMAL', 'DOUBLE'), false)`,
  text: (opened, { name }, { type }) => {
    const value = member(opened, name);
    const base = snowflakeBaseType(type);
    if (['variant', 'object', 'array'].includes(base))
      return sql`iff(typeof(${value}) = 'NULL_VALUE', null, to_json(${value}))`;
    return sql`cast(${value} as varchar)`;
  },
};
