// Values that records hide: what is kept of one tells whether another is the same, to whoever has the key, and no more.
import type { Column, Dialect } from './dialect.ts';
import { sql, type Fragment } from './fragment.ts';

/** What hidden values begin with; no text of a person does. */
export const redactedMark = 'tidemark:redacted:';

/** What stands in records is the hash as text, whatever the type of the value. */
export const recordedType = (column: Pick<Column, 'type' | 'redacted'>): string =>
  column.redacted === true ? 'varchar' : column.type;

/** Hashed twice over: from the hash of one text none of a longer text that begins with it follows. */
const hidden = (dialect: Dialect, value: Fragment, type: string, key: string): Fragment => {
  const secret = sql`cast(${key} as varchar)`;
  const inner = dialect.sha256(sql`${secret} || ${dialect.jsonValue(value, type)}`);
  return sql`(case when ${value} is not null then ${sql.lit(redactedMark)} || ${dialect.sha256(sql`${secret} || ${inner}`)} end)`;
};

/** A value as records keep it, of `recordedType`. */
export const asRecorded = (
  dialect: Dialect,
  column: Pick<Column, 'type' | 'redacted'>,
  value: Fragment,
  key: string | undefined,
): Fragment => {
  if (column.redacted !== true) return value;
  // Whoever gives none has no redacted columns: the dictionary was refused.
  if (key === undefined) throw new RangeError('a redacted column, and no key to hide it with');
  return hidden(dialect, value, column.type, key);
};

/** The same as JSON text. */
export const recordedJson = (
  dialect: Dialect,
  column: Pick<Column, 'type' | 'redacted'>,
  value: Fragment,
  key: string | undefined,
): Fragment => dialect.jsonValue(asRecorded(dialect, column, value, key), recordedType(column));
