// Values of our canonical JSON as people and programs want them: integers that a double holds exactly are numbers.
// The audit keeps 64-bit integers as text, so that nothing is lost on the way back into the warehouse.
import type { Column } from './dialect.ts';

export type Values = Readonly<Record<string, unknown>>;

const wideInteger = /^(bigint|int8|hugeint|ubigint|uhugeint)\b/i;

export const readable = (values: Values, columns: readonly Pick<Column, 'name' | 'type'>[]): Values => {
  const wide = new Set(columns.filter(({ type }) => wideInteger.test(type)).map(({ name }) => name));
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      const number = wide.has(name) && typeof value === 'string' ? Number(value) : Number.NaN;
      return [name, Number.isSafeInteger(number) ? number : value];
    }),
  );
};
