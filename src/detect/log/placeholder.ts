// What Debezium writes for a value that it does not have (an unchanged TOAST column), as the text of a member: it
// depends on the type of the column.
import type { Dialect } from '../../sql/dialect.ts';
import { commas, sql, type Fragment } from '../../sql/fragment.ts';

/** A UUID made of bytes, as Java makes it: their MD5, with the version and the variant in their places. */
const nameUuid = (text: string): Fragment => {
  const hash = sql`md5(${sql.lit(text)})`;
  const part = (from: number, length: number): Fragment =>
    sql`substr(${hash}, ${sql.lit(from)}, ${sql.lit(length)})`;
  const variant = sql`substr('89ab89ab89ab89ab', strpos('0123456789abcdef', ${part(17, 1)}), 1)`;
  return sql`concat(${part(1, 8)}, '-', ${part(9, 4)}, '-3', ${part(14, 3)}, '-', ${variant}, ${part(18, 3)}, '-', ${part(21, 12)})`;
};

const isNumeric = (base: string): boolean => /^(tinyint|smallint|integer|bigint|date)/.test(base);

/** An array of texts holds the placeholder, one of numbers the codes of its letters; engines write arrays each in
 *  their own way. */
const ofArray = (unavailable: string, base: string): readonly string[] => {
  const codes = [...Buffer.from(unavailable)];
  return isNumeric(base)
    ? [`[${codes.join(',')}]`, `[${codes.join(', ')}]`, `{${codes.join(',')}}`]
    : [JSON.stringify([unavailable]), `{${unavailable}}`];
};

const spellings = (dialect: Dialect, unavailable: string, type: string): readonly Fragment[] => {
  const base = dialect.baseType(type);
  if (base.endsWith(']')) return ofArray(unavailable, base).map((each) => sql.lit(each));
  switch (base) {
    case 'json':
    case 'jsonb':
      return [sql.lit(JSON.stringify(unavailable))];
    case 'uuid':
      return [nameUuid(unavailable)];
    case 'bytea':
    case 'blob':
      return [sql.lit(Buffer.from(unavailable).toString('base64'))];
    default:
      return [sql.lit(unavailable)];
  }
};

export const isPlaceholder = (
  dialect: Dialect,
  text: Fragment,
  of: { readonly unavailable: string; readonly type: string },
): Fragment => sql`coalesce(${text} in (${commas(spellings(dialect, of.unavailable, of.type))}), false)`;
