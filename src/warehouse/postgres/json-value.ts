// Canonical JSON of one value in Postgres, and the way back.
import { sql, verbatim, type Fragment } from '../../sql/fragment.ts';
import { openType, postgresBaseType } from './base-type.ts';

const asString = (value: Fragment): Fragment => sql`to_json(cast(${value} as text))::text`;

/** Infinity, years before Christ and after 9999 stay in the server's own text. */
const instant = (value: Fragment, atUtc: Fragment, end: string): Fragment =>
  sql`case when ${atUtc} between timestamp '0001-01-01' and timestamp '9999-12-31 23:59:59.999999'
 then '"' || to_char(${atUtc}, 'YYYY-MM-DD"T"HH24:MI:SS.US') || ${verbatim(`'${end}'`)} else ${asString(value)} end`;

const json = (value: Fragment, type: string): Fragment => {
  switch (postgresBaseType(type)) {
    case 'smallint':
    case 'integer':
    case 'boolean':
      return sql`to_json(${value})::text`;
    case 'real':
    case 'double precision':
      // jsonb would forget the sign of a negative zero; NaN and infinity become strings by themselves.
      return sql`case when ${value} = 0 then ${asString(value)} else to_json(${value})::text end`;
    case 'timestamp without time zone':
      return instant(value, value, '"');
    case 'timestamp with time zone':
      return instant(value, sql`timezone('UTC', ${value})`, 'Z"');
    case 'bytea':
      return sql`'"' || encode(${value}, 'hex') || '"'`;
    default:
      return asString(value);
  }
};

export const postgresJsonValue = (value: Fragment, type: string): Fragment =>
  sql`coalesce(${json(sql`(${value})`, type)}, 'null')`;

export const postgresFromJsonText = (text: Fragment, type: string): Fragment =>
  postgresBaseType(type) === 'bytea'
    ? sql`decode(${text}, 'hex')`
    : sql`cast(${text} as ${verbatim(openType(type))})`;

export const postgresJsonText = (object: Fragment, name: string): Fragment =>
  sql`(${object} ->> ${sql.lit(name)})`;

/** Not `?`, which some clients take for a parameter. */
export const postgresJsonHas = (object: Fragment, name: string): Fragment =>
  sql`jsonb_exists(${object}, ${sql.lit(name)})`;

export const postgresJsonWith = (object: Fragment, name: string, text: Fragment): Fragment =>
  sql`(${object} || jsonb_build_object(${sql.lit(name)}, ${text}))`;
