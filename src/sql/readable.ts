// Values of our canonical JSON as people and programs want them: integers that a double holds exactly are numbers, and
// redacted values are hidden, whether the record hides them or not. The audit keeps 64-bit integers as text, so that
// nothing is lost on the way back into the warehouse.
import type { Column } from './dialect.ts';
import { redactedMark } from './redacted.ts';

export type Values = Readonly<Record<string, unknown>>;

/** What people see instead of a value. */
const hidden = '(redacted)';

export const isHash = (value: unknown): boolean =>
  typeof value === 'string' && value.startsWith(redactedMark);

const wideInteger = /^(bigint|int8|hugeint|ubigint|uhugeint)\b/i;

export const readable = (
  values: Values,
  columns: readonly Pick<Column, 'name' | 'type' | 'redacted'>[],
): Values => {
  const wide = new Set(columns.filter(({ type }) => wideInteger.test(type)).map(({ name }) => name));
  const redacted = new Set(columns.filter((column) => column.redacted === true).map(({ name }) => name));
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      if ((redacted.has(name) && value !== null) || isHash(value)) return [name, hidden];
      const number = wide.has(name) && typeof value === 'string' ? Number(value) : Number.NaN;
      return [name, Number.isSafeInteger(number) ? number : value];
    }),
  );
};
