// How a table that dbt built differs from the one that our script built from the committed SQL.
import type { Execute } from './shop/schema.ts';

/** What `execute` answers to a query of one column, as texts. */
const texts = async (execute: Execute, sql: string): Promise<readonly string[]> => {
  const rows = (await execute(sql)) as readonly Readonly<Record<string, unknown>>[];
  return rows.map((row) => String(Object.values(row)[0]));
};

const columnsOf = (schema: string, name: string): string =>
  `select column_name || ' ' || data_type || coalesce('(' || character_maximum_length || ')', '')
     || coalesce('(' || numeric_precision || ',' || numeric_scale || ')', '')
   from information_schema.columns where table_schema = '${schema}' and table_name = '${name}'
   order by ordinal_position`;

const rowsOnlyIn = (left: string, right: string): string =>
  `select count(*) from (select * from ${left} except all select * from ${right}) as rest`;

/** Differences in words; none when the tables are equal and hold rows. */
export const differences = async (
  execute: Execute,
  name: string,
  schemas: { readonly dbt: string; readonly rebuilt: string },
): Promise<readonly string[]> => {
  const found: string[] = [];
  const byDbt = await texts(execute, columnsOf(schemas.dbt, name));
  const byUs = await texts(execute, columnsOf(schemas.rebuilt, name));
  if (byDbt.length === 0 || byDbt.join() !== byUs.join()) {
    found.push(`${name}: dbt's columns are ${byDbt.join(', ')}; ours ${byUs.join(', ')}`);
  }
  const [rows] = await texts(execute, `select count(*) from "${schemas.dbt}"."${name}"`);
  if (rows === '0') found.push(`${name}: no rows`);
  for (const [left, right] of [
    [schemas.dbt, schemas.rebuilt],
    [schemas.rebuilt, schemas.dbt],
  ] as const) {
    const [count] = await texts(execute, rowsOnlyIn(`"${left}"."${name}"`, `"${right}"."${name}"`));
    if (count !== '0') found.push(`${name}: ${count} rows are only in ${left}`);
  }
  return found;
};
