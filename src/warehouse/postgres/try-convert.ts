// Text to a typed value in Postgres, or NULL where it is none. Servers from 16 on can be asked whether a text is of
// a type (0.6 s per million); before that, the usual types have rules of their own.
import { sql, verbatim, type Fragment } from '../../sql/fragment.ts';
import { openType, postgresBaseType } from './base-type.ts';
import { validByRule } from './valid-text.ts';

export type IsValid = (text: Fragment, type: string) => Fragment;

export const validByServer: IsValid = (text, type) => sql`pg_input_is_valid(${text}, ${sql.lit(type)})`;

const integers = new Set(['smallint', 'integer', 'bigint']);

/** JSON may write 5 as `5.0`; `5.7` stays what it is, and is none. */
const whole = (text: Fragment): Fragment =>
  sql`case when strpos(${text}, '.') > 0 then regexp_replace(${text}, '\.0*\s*$', '') else ${text} end`;

/** Servers from 16 on read `0x10` and `1_000`; others, and other engines, do not. */
const isDecimal = (text: Fragment): Fragment =>
  sql`(lower(${text}) = upper(${text}) and strpos(${text}, '_') = 0)`;

const isMoment = (base: string): boolean => base === 'date' || base.startsWith('timestamp');

/** `now` and `today` are moments as well, another one each time. */
const isWritten = (text: Fragment): Fragment =>
  sql`(ascii(ltrim(${text})) between 48 and 57 or ltrim(${text}) in ('infinity', '-infinity'))`;

/** By way of the zoned type: a plain timestamp passes over the offset that a text names. */
const asMoment = (text: Fragment, type: string): Fragment => {
  const zoned = sql`cast(${text} as timestamptz)`;
  return postgresBaseType(type) === 'timestamp with time zone'
    ? zoned
    : sql`cast(${zoned} as ${verbatim(openType(type))})`;
};

export const postgresTryConvert =
  (isValid: IsValid | undefined) =>
  (text: Fragment, type: string): Fragment => {
    const base = postgresBaseType(type);
    if (base === 'text' || type.toLowerCase() === 'character varying' || type.toLowerCase() === 'varchar')
      return text;
    const judge = (each: Fragment, as: string): Fragment =>
      isValid === undefined ? validByRule(each, as) : isValid(each, as);
    if (integers.has(base))
      return sql`case when ${isDecimal(text)} and ${judge(whole(text), type)} then cast(${whole(text)} as ${verbatim(type)}) end`;
    if (isMoment(base))
      return sql`case when ${isWritten(text)} and ${judge(text, 'timestamptz')} then ${asMoment(text, type)} end`;
    return sql`case when ${judge(text, type)} then cast(${text} as ${verbatim(openType(type))}) end`;
  };
