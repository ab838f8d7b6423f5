// Fills the staging tables inside the warehouse: for one seed the same rows on every engine, whatever the scale.
import { createStaging, STAGING_TABLES, stagingColumns, type Execute, type StagingTable } from './schema.ts';
import { literal, sqlDraws } from './random.ts';
import { rowsOf, sizesFor, type Sizes } from './rows.ts';
import { COUNTRIES, INDUSTRIES } from './words.ts';

export interface Scale {
  readonly companies: number;
  readonly sales: number;
}

/** About 10,000 rows over all tables. */
export const SMALL: Scale = { companies: 1000, sales: 2400 };

export interface GenerateOptions {
  readonly seed: number;
  readonly scale: Scale;
  readonly schema?: string;
  readonly tables?: readonly StagingTable[];
}

const FIRST_DAY = `timestamp '2024-01-01 00:00:00'`;

const countryRows = COUNTRIES.map(
  ([id, name, region, vat, eu]) =>
    `(${literal(id)}, ${literal(name)}, ${literal(region)}, ${vat}, ${eu}, ${FIRST_DAY}, ${FIRST_DAY})`,
);

const industryRows = INDUSTRIES.map(([code, name], index) => {
  const parent = index < 5 ? 'null' : String(1 + (index % 5));
  return `(${index + 1}, ${literal(code)}, ${literal(name)}, ${parent}, ${FIRST_DAY}, ${FIRST_DAY})`;
});

const fill = (schema: string, name: StagingTable, seed: number, sizes: Sizes): string => {
  const columns = stagingColumns(name).join(', ');
  const into = `insert into "${schema}"."${name}" (${columns})`;
  if (name === 'countries') return `${into} values\n${countryRows.join(',\n')}`;
  if (name === 'industries') return `${into} values\n${industryRows.join(',\n')}`;
  const seedOfTable = seed * 100 + STAGING_TABLES.indexOf(name);
  const rows = rowsOf(name, sqlDraws(seedOfTable, 'r.id'), sizes);
  const values = stagingColumns(name).map((column) => {
    const expression = rows.columns[column];
    if (expression === undefined) throw new Error(`no expression for ${name}.${column}`);
    return `  ${expression} as ${column}`;
  });
  const source = `(select cast(n as bigint) as id from generate_series(1, ${rows.count}) as series(n)) as r`;
  return `${into}\nselect\n${values.join(',\n')}\nfrom ${source}`;
};

/** Makes the staging tables anew and fills them. Answers how many rows of each kind there are. */
export const generateShop = async (execute: Execute, options: GenerateOptions): Promise<Sizes> => {
  const schema = options.schema ?? 'staging';
  const tables = options.tables ?? STAGING_TABLES;
  const sizes = sizesFor(options.scale.companies, options.scale.sales);
  await createStaging(execute, { schema, tables });
  for (const name of tables) await execute(fill(schema, name, options.seed, sizes));
  return sizes;
};
