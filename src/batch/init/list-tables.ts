// The tables of a warehouse that nobody described, and which of its schemas are loaded and which are built.
import { id, sql } from '../../sql/fragment.ts';
import type { TableName } from '../../sql/table-name.ts';
import type { Warehouse } from '../../warehouse/port.ts';

const systems = /^(?:information_schema|pg_.*|tidemark.*|staging_public)$/i;

/** Without views: those show at once what changes. */
export const listTables = (warehouse: Warehouse): Promise<readonly TableName[]> =>
  warehouse.session(async (session) => {
    const rows = await session.rows<TableName>(
      sql`select TABLE_SCHEMA as ${id('schema')}, TABLE_NAME as ${id('name')} from INFORMATION_SCHEMA.TABLES where TABLE_CATALOG = current_database() and TABLE_TYPE = 'BASE TABLE' order by 1, 2`,
    );
    return rows.filter(({ schema }) => !systems.test(schema)).map(({ schema, name }) => ({ schema, name }));
  });

const loaded = /stag|stg|raw|src|source|land|bronze|ods|load|ingest|public/i;
const built = /mart|target|dwh|warehouse|gold|report|analytic|fact|dim|prod|core/i;

/** What is built, by the name of its table, where it stands among what is loaded. */
export const looksBuilt = ({ name }: TableName): boolean => /^(?:fct|fact|dim|agg|mart|rpt)_/i.test(name);

export const guessSchemas = (
  tables: readonly TableName[],
): { readonly staging: string; readonly targets: string } => {
  const names = [...new Set(tables.map(({ schema }) => schema))];
  const [first = 'staging', ...others] = names;
  if (others.length === 0) return { staging: first, targets: first };
  const targets =
    names.find((name) => built.test(name)) ??
    names.find((name) => tables.some((each) => each.schema === name && looksBuilt(each))) ??
    names.find((name) => !loaded.test(name)) ??
    first;
  const rest = names.filter((name) => name !== targets);
  return { staging: rest.find((name) => loaded.test(name)) ?? rest[0] ?? first, targets };
};
