// A second dbt project, of another style than the sample shop: staging views, ephemeral and intermediate models,
// dimensions with keys by hash, CTE chains, stars, DISTINCT and row numbers. Its compiled SQL stands beside.
import { readdirSync, readFileSync } from 'node:fs';

export const sources: Readonly<Record<string, { readonly key: readonly string[]; readonly ddl: string }>> = {
  account_versions: {
    key: ['account_id', 'version'],
    ddl: 'account_id bigint, version bigint, name varchar(40), tier varchar(10), region_code varchar(4)',
  },
  regions: { key: ['code'], ddl: 'code varchar(4), label varchar(20), zone_code varchar(4)' },
  zones: { key: ['code'], ddl: 'code varchar(4), label varchar(20)' },
  orders: {
    key: ['order_no'],
    ddl: 'order_no bigint, account_id bigint, placed_at timestamp, status varchar(10), note varchar(20)',
  },
  order_lines: {
    key: ['order_no', 'line_no'],
    ddl: 'order_no bigint, line_no bigint, product_code varchar(4), quantity bigint, unit_price numeric(10, 2)',
  },
  products: { key: ['code'], ddl: 'code varchar(4), label varchar(20), category varchar(10)' },
  payments: {
    key: ['payment_id'],
    ddl: 'payment_id bigint, order_no bigint, amount numeric(10, 2), paid_at timestamp',
  },
};

/** Views and ephemeral models, in the order in which they can be made. */
export const between = ['stg_accounts', 'stg_orders', 'stg_lines', 'int_order_totals'] as const;

export interface ModelTarget {
  readonly key: readonly string[];
  /** What it reads that cannot be traced, and so is compared in full. */
  readonly inFull: readonly string[];
}

/** In the order in which they can be built. */
export const targets: Readonly<Record<string, ModelTarget>> = {
  dim_account: { key: ['account_key'], inFull: [] },
  fct_orders: { key: ['order_key'], inFull: [] },
  fct_order_lines: { key: ['order_id', 'line_no'], inFull: [] },
  dim_category: { key: ['category'], inFull: [] },
  agg_account_days: { key: ['account_id', 'placed_on'], inFull: [] },
  latest_orders: { key: ['account_id'], inFull: [] },
  order_sequence: { key: ['order_no'], inFull: [] },
  parties: { key: ['kind', 'code'], inFull: [] },
  region_totals: { key: ['region'], inFull: [] },
  category_ranks: { key: ['code'], inFull: ['products'] },
  unpaid_orders: { key: ['order_no'], inFull: ['payments'] },
  largest_payments: { key: ['payment_id'], inFull: ['payments'] },
  first_payments: { key: ['order_no'], inFull: [] },
  zone_products: { key: ['code'], inFull: ['products', 'zones'] },
  codes: { key: ['code'], inFull: [] },
};

export type Engine = 'duckdb' | 'postgres';

export const compiled = (engine: Engine, model: string): string =>
  readFileSync(new URL(`compiled/${engine}/${model}.sql`, import.meta.url), 'utf8');

const modelNames = (engine: Engine): readonly string[] =>
  readdirSync(new URL(`compiled/${engine}/`, import.meta.url)).map((file) => file.replace('.sql', ''));

/** What dbt writes of it, as far as it is read. */
export const manifest = (
  engine: Engine,
  change: (name: string, sql: string) => string | undefined,
): unknown => ({
  metadata: {
    dbt_schema_version: 'https://schemas.getdbt.com/dbt/manifest/v12.json',
    dbt_version: '1.12.0',
    project_name: 'dimensional',
    adapter_type: engine,
  },
  nodes: Object.fromEntries(
    modelNames(engine).map((name) => [
      `model.dimensional.${name}`,
      {
        resource_type: 'model',
        name,
        package_name: 'dimensional',
        schema: 'marts',
        config: { materialized: (between as readonly string[]).includes(name) ? 'view' : 'table' },
        depends_on: { nodes: [] },
        original_file_path: `models/${name}.sql`,
        // What a block of configuration above it leaves behind.
        compiled_code: change(name, `\n\n    ${compiled(engine, name)}\n`),
      },
    ]),
  ),
  sources: {},
});
