// A small dbt project with one table for each thing that `init` has to tell apart.
import type { Engine } from '../support/sandbox.ts';
import type { DbtProject } from './dbt-projects.ts';

interface Model {
  readonly sql: string;
  readonly materialized?: string;
  readonly rawCode?: string;
  /** What dbt built, where that is not what its SQL yields. */
  readonly builtAs?: string;
  readonly built?: boolean;
  readonly compiled?: boolean;
  readonly unique?: readonly string[];
  readonly tags?: readonly string[];
  readonly reads?: readonly string[];
  /** It is a version of this model; the second is the latest. */
  readonly version?: { readonly of: string; readonly number: number };
}

const models: Readonly<Record<string, Model>> = {
  stg_customers: {
    materialized: 'view',
    sql: 'select id as customer_id, name, tier, country_id from raw.customers',
  },
  fct_orders: {
    sql: 'select o.id as order_id, o.customer_id, c.name as customer_name, o.amount from raw.orders o left join marts.stg_customers c on o.customer_id = c.customer_id',
    unique: ['order_id'],
    tags: ['nightly'],
    reads: ['model.corner.stg_customers'],
  },
  order_totals: {
    sql: 'select customer_id, sum(amount) as total from marts.fct_orders group by customer_id',
    unique: ['customer_id'],
    reads: ['model.corner.fct_orders'],
  },
  // One row is older than its source.
  dim_stale: {
    sql: 'select id, upper(name) as shouted, tier from raw.customers',
    builtAs: `select id, case when id = 2 then 'BEFORE' else upper(name) end as shouted, tier from raw.customers`,
    unique: ['id'],
  },
  // Its own table stands in its SQL; the name passes through, what is counted from it does not.
  inc_orders: {
    materialized: 'incremental',
    sql: 'select o.id as order_id, o.customer_id, c.name as customer_name, c.tier, length(c.tier) as tier_length, o.changed_at from raw.orders o left join raw.customers c on o.customer_id = c.id where o.changed_at > (select max(changed_at) from marts.inc_orders)',
    builtAs:
      'select o.id as order_id, o.customer_id, c.name as customer_name, c.tier, length(c.tier) as tier_length, o.changed_at from raw.orders o left join raw.customers c on o.customer_id = c.id',
    rawCode:
      '{% if is_incremental() %} where o.changed_at > (select max(changed_at) from {{ this }}) {% endif %}',
    unique: ['order_id'],
  },
  // Reads a model whose SQL names its own table.
  after_inc: {
    sql: 'select order_id, tier from marts.inc_orders',
    unique: ['order_id'],
    reads: ['model.corner.inc_orders'],
  },
  moments: {
    sql: 'select id, name, now() as seen_at from raw.customers',
    unique: ['id'],
  },
  not_built: { sql: 'select id from raw.customers', built: false },
  not_compiled: { sql: 'select id as code, name from raw.customers', compiled: false },
  no_key: { sql: `select cast('x' as varchar(4)) as word from raw.customers` },
  prices_v1: {
    sql: 'select id, amount from raw.orders',
    unique: ['id'],
    version: { of: 'prices', number: 1 },
  },
  prices_v2: {
    sql: 'select id, amount * 2 as doubled from raw.orders',
    unique: ['id'],
    version: { of: 'prices', number: 2 },
  },
  read_prices: {
    sql: 'select id, doubled from marts.prices_v2',
    unique: ['id'],
    reads: ['model.corner.prices_v2'],
  },
  of_events: {
    sql: 'select kind, count(*) as events from raw.events group by kind',
    unique: ['kind'],
  },
};

const metadata = (engine: Engine) => ({
  dbt_schema_version: 'https://schemas.getdbt.com/dbt/manifest/v12.json',
  dbt_version: '1.12.0',
  project_name: 'corner',
  adapter_type: engine,
});

const nodeOf = (name: string, model: Model, database: string) => ({
  resource_type: 'model',
  name: model.version?.of ?? name,
  alias: name,
  ...(model.version === undefined ? {} : { version: model.version.number, latest_version: 2 }),
  package_name: 'corner',
  database,
  schema: 'marts',
  tags: model.tags ?? [],
  config: { materialized: model.materialized ?? 'table' },
  depends_on: { nodes: model.reads ?? ['source.corner.raw.customers', 'source.corner.raw.orders'] },
  original_file_path: `models/${name}.sql`,
  raw_code: model.rawCode ?? '',
  ...(model.compiled === false ? {} : { compiled_code: model.sql }),
});

const tests = Object.entries(models).flatMap(([name, { unique = [] }]) =>
  unique.map((column) => [
    `test.corner.unique_${name}_${column}`,
    {
      resource_type: 'test',
      name: `unique_${name}_${column}`,
      package_name: 'corner',
      column_name: column,
      attached_node: `model.corner.${name}`,
      test_metadata: { name: 'unique', kwargs: { column_name: column } },
      depends_on: { nodes: [`model.corner.${name}`] },
      config: {},
    },
  ]),
);

const snapshot = (database: string) => ({
  resource_type: 'snapshot',
  name: 'customers_snapshot',
  package_name: 'corner',
  database,
  schema: 'marts',
  config: { materialized: 'snapshot', strategy: 'timestamp', updated_at: 'updated_at', unique_key: 'id' },
  depends_on: { nodes: ['source.corner.raw.customers'] },
  original_file_path: 'snapshots/customers_snapshot.sql',
  compiled_code: 'select * from raw.customers',
});

const sourceOf = (name: string, database: string) => ({
  resource_type: 'source',
  name,
  source_name: 'raw',
  package_name: 'corner',
  database,
  schema: 'raw',
  identifier: name,
  loaded_at_field: name === 'orders' ? 'changed_at' : null,
});

const scdId = (key: string): string =>
  `md5(coalesce(cast(${key} as varchar), '') || '|' || coalesce(cast(updated_at as varchar), ''))`;

export const cornerProject = (engine: Engine): DbtProject => ({
  name: 'corner',
  tables: [
    'create schema raw',
    'create schema marts',
    'create table raw.customers (id bigint, name varchar(20), tier varchar(10), country_id bigint, updated_at timestamp)',
    `insert into raw.customers values (1, 'Ada', 'gold', 1, '2026-01-01'), (2, 'Björn', 'silver', 2, '2026-01-02'), (3, 'Chloé', null, 1, '2026-01-03')`,
    'create table raw.orders (id bigint primary key, customer_id bigint, amount numeric(10, 2), changed_at timestamp)',
    `insert into raw.orders values (10, 1, 5, '2026-01-01'), (11, 1, 7.5, '2026-01-02'), (12, 2, 1, '2026-01-03'), (13, 9, 2, '2026-01-04')`,
    'create table raw.events (kind varchar(10), happened_at timestamp)',
    `insert into raw.events values ('a', '2026-01-01'), ('a', '2026-01-01'), ('b', '2026-01-01')`,
    ...Object.entries(models).flatMap(([name, { sql, materialized, builtAs, built = true }]) =>
      built
        ? [`create ${materialized === 'view' ? 'view' : 'table'} marts.${name} as ${builtAs ?? sql}`]
        : [],
    ),
    `create table marts.customers_snapshot as select *, ${scdId('id')} as dbt_scd_id, updated_at as dbt_updated_at, updated_at as dbt_valid_from, cast(null as timestamp) as dbt_valid_to from raw.customers`,
  ],
  fill: () => Promise.resolve(),
  manifest: (database) =>
    Promise.resolve({
      metadata: metadata(engine),
      nodes: Object.fromEntries([
        ...Object.entries(models).map(([name, model]) => [
          `model.corner.${name}`,
          nodeOf(name, model, database),
        ]),
        ['snapshot.corner.customers_snapshot', snapshot(database)],
        ...tests,
      ]) as never,
      sources: Object.fromEntries(
        ['customers', 'orders', 'events'].map((name) => [
          `source.corner.raw.${name}`,
          sourceOf(name, database),
        ]),
      ) as never,
    }),
});
