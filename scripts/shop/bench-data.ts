// A big shop for benchmarks, made inside the warehouse: companies with their look-ups, and sales as dbt's fact_sales.
// By itself: `tsx scripts/shop/bench-data.ts FILE.duckdb|postgres://… [COMPANIES SALES]`.
import { pathToFileURL } from 'node:url';
import { buildTargets, type ShopEngine } from './build-targets.ts';
import { generateShop, type Scale } from './generate.ts';
import { sqlDraws } from './random.ts';
import type { Execute } from './schema.ts';
import { withDuckDb } from './shop-file.ts';

const LARGE: Scale = { companies: 1_000_000, sales: 5_000_000 };

export interface BenchOptions {
  readonly engine: ShopEngine;
  readonly seed?: number;
  readonly scale?: Scale;
}

/** The sales without their vendors' names: apart, since a join straight to the series is planned blindly. */
const drawnSales = (seed: number, scale: Scale): string => {
  const draw = sqlDraws(seed, 's.id');
  const vendor = `1 + ${draw.number('vendor', scale.companies)}`;
  const price = `cast(${draw.number('price', 20_000_000)} as numeric(12, 4)) * cast(0.0001 as numeric(5, 4))`;
  return `create temporary table drawn_sales as
select
  s.id,
  ${vendor} as vendor_id,
  1 + ${draw.number('buyer', scale.companies)} as buyer_id,
  1 + ${draw.number('product', scale.companies)} as product_id,
  1 + ${draw.number('quantity', 40)} as quantity,
  ${price} as unit_price,
  ${draw.number('day', 360)} as day
from (select cast(n as bigint) as id from generate_series(1, ${scale.sales}) as series(n)) as s`;
};

/** Columns and types as in the dbt model; the orders and products behind the sales are left out. */
const SALES = `create table marts.fact_sales as
select
  cast(sales.id * 1000 + 1 as bigint) as sale_id,
  cast(sales.id as bigint) as order_id,
  cast(1 as integer) as line_no,
  cast(sales.buyer_id as bigint) as buyer_id,
  cast(sales.product_id as bigint) as product_id,
  cast(sales.vendor_id as bigint) as vendor_id,
  cast(companies.name as varchar(120)) as vendor_name,
  cast(companies.country_id as varchar(2)) as vendor_country_id,
  date '2024-01-01' + cast(sales.day as integer) as sold_on,
  cast(sales.quantity as integer) as quantity,
  cast(sales.unit_price as numeric(12, 2)) as unit_price,
  cast(sales.unit_price * sales.quantity as numeric(14, 2)) as net_amount,
  timestamp '2024-01-01 00:00:00' + sales.day * interval '1 day' as _updated_at,
  cast(null as varchar(200)) as row_note
from drawn_sales as sales
left join staging.companies as companies on sales.vendor_id = companies.id`;

/** What a platform engineer would add on a row store; a column store scans. */
const INDEXES = [
  'create unique index on marts.fact_sales (sale_id)',
  'create index on marts.fact_sales (vendor_id)',
  'create unique index on marts.fact_vendor (vendor_id)',
  'create index on staging.companies (updated_at)',
  'analyze',
];

/** Makes staging.companies with its look-ups, marts.fact_vendor and marts.fact_sales anew. */
export const generateBench = async (execute: Execute, options: BenchOptions): Promise<void> => {
  const { engine, seed = 1, scale = LARGE } = options;
  await generateShop(execute, { seed, scale, tables: ['countries', 'industries', 'companies'] });
  await buildTargets(execute, { engine, only: ['fact_vendor'] });
  await execute('drop table if exists marts.fact_sales');
  await execute(drawnSales(seed, scale));
  await execute(SALES);
  await execute('drop table drawn_sales');
  if (engine === 'duckdb') await execute('checkpoint');
  else for (const index of INDEXES) await execute(index);
};

const withPostgres = async (url: string, work: (execute: Execute) => Promise<void>): Promise<void> => {
  const { Client } = await import('pg');
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await work((sql) => client.query(sql));
  } finally {
    await client.end();
  }
};

const main = async (
  where: string,
  companies: string | undefined,
  sales: string | undefined,
): Promise<void> => {
  const scale = {
    companies: Number(companies ?? LARGE.companies),
    sales: Number(sales ?? LARGE.sales),
  };
  const started = performance.now();
  if (where.startsWith('postgres')) {
    await withPostgres(where, (execute) => generateBench(execute, { engine: 'postgres', scale }));
  } else {
    await withDuckDb(where, (execute) => generateBench(execute, { engine: 'duckdb', scale }));
  }
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${scale.companies} companies and ${scale.sales} sales in ${seconds} s`);
};

const [, script, where, companies, sales] = process.argv;
if (script !== undefined && import.meta.url === pathToFileURL(script).href) {
  if (where === undefined) throw new Error('where to? a DuckDB file or a postgres:// address');
  await main(where, companies, sales);
}
