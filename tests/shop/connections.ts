// What the shop's tests ask of a database: run SQL, and read one column as texts.
import type { Execute } from '../../scripts/shop/schema.ts';

/** The first column of every row, as text; NULL as null. */
export const firstColumn = async (execute: Execute, sql: string): Promise<readonly (string | null)[]> => {
  const rows = (await execute(sql)) as readonly Readonly<Record<string, string | number | null>>[];
  return rows.map((row) => {
    const [value] = Object.values(row);
    return value === null || value === undefined ? null : String(value);
  });
};

/** Every row of a query as one text each, columns joined: the same on every engine for the types the shop has. */
export const rowTexts = async (
  execute: Execute,
  table: string,
  columns: readonly string[],
): Promise<readonly string[]> => {
  const texts = columns.map((column) => `coalesce(cast(${column} as varchar), '<null>')`);
  const rows = await firstColumn(execute, `select ${texts.join(` || '·' || `)} from ${table}`);
  return rows.map(String).toSorted();
};
