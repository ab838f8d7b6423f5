// Text to a typed value in Snowflake, or NULL where it is none.
import { sql, verbatim, type Fragment } from '../../sql/fragment.ts';
import { numberShape, snowflakeBaseType } from './base-type.ts';

/** TRY_CAST rounds `5.7` to 6; JSON may write 5 as `5.0`. */
const whole = (text: Fragment): Fragment =>
  sql`iff(regexp_like(trim(${text}), '[+-]?[0-9]+([.]0*)?'), split_part(trim(${text}), '.', 1), null)`;

/** By way of the zoned type, or the offset that a text names would be passed over. Digits alone would be seconds. */
const moment = (text: Fragment): Fragment =>
  sql`try_cast(iff(regexp_like(trim(${text}), '[0-9]{4}-[0-9]{2}-[0-9]{2}.*'), ${text}, null) as timestamp_tz)`;

export const snowflakeTryConvert = (text: Fragment, type: string): Fragment => {
  const typed = verbatim(type);
  switch (snowflakeBaseType(type)) {
    case 'varchar':
      return text;
    case 'number':
      return numberShape(type).scale === 0
        ? sql`try_cast(${whole(text)} as ${typed})`
        : sql`try_cast(${text} as ${typed})`;
    case 'timestamp_tz':
      return moment(text);
    case 'timestamp_ltz':
    case 'timestamp_ntz':
    case 'date':
      return sql`cast(cast(${moment(text)} as timestamp_ltz) as ${typed})`;
    case 'binary':
      return sql`try_hex_decode_binary(${text})`;
    case 'variant':
    case 'object':
    case 'array':
      return sql`try_parse_json(${text})`;
    default:
      return sql`try_cast(${text} as ${typed})`;
  }
};
