// The tables of the soak, their mappings, and the same targets by hand: what must be there at the end.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const tables: readonly string[] = [
  'create schema staging',
  'create schema marts',
  'create table staging.companies (id bigint primary key, name text, country text, updated_at timestamptz)',
  'create table staging.orders (id bigint primary key, company_id bigint, amount numeric(12, 2), updated_at timestamptz)',
  `insert into staging.companies select n, 'company ' || n, 'C' || n % 7, now() from generate_series(1, 300) as g(n)`,
  `insert into staging.orders select n, 1 + n % 300, n % 97 + 0.25, now() from generate_series(1, 3000) as g(n)`,
];

const mappings: Readonly<Record<string, string>> = {
  'sources.yml': `sources:
  companies: { key: id, updated_at: updated_at, deletes: every run }
  orders: { key: id, updated_at: updated_at, deletes: every run }
`,
  'fact_order.yml': `target: fact_order
key: order_id
from: orders
join: { companies: orders.company_id = companies.id }
columns: { order_id: orders.id, company: "coalesce(companies.name, 'gone')", country: companies.country, amount: orders.amount }
`,
  'company_totals.yml': `target: company_totals
key: company_id
from: companies
join: { orders: { on: orders.company_id = companies.id, many: true } }
columns: { company_id: companies.id, orders: count(orders.id), amount: "coalesce(sum(orders.amount), 0)" }
`,
  'companies_scd.yml': `target: companies_scd
key: company_id
from: companies
columns: { company_id: companies.id, name: companies.name, country: companies.country }
history: { track: [name, country], valid_from: valid_from, valid_to: valid_to, is_current: is_current }
`,
};

export const writeProject = (folder: string, url: string): void => {
  mkdirSync(join(folder, 'mappings'), { recursive: true });
  for (const [file, text] of Object.entries(mappings)) writeFileSync(join(folder, 'mappings', file), text);
  // A process that is down for a while finds much changed at once: that is no mistake here.
  writeFileSync(
    join(folder, 'tidemark.yml'),
    `version: 1
name: soak
warehouse: { type: postgres, url: ${JSON.stringify(url)} }
limits: { deletes: 90%, touched: 100% }
mappings: mappings
`,
  );
};

/** Rows that are in one of both and not in the other. */
const unlike = (left: string, right: string): string =>
  `select count(*) as n from ((${left} except all ${right}) union all (${right} except all ${left})) as d`;

const orders = `select o.id, coalesce(c.name, 'gone'), c.country, o.amount from staging.orders as o left join staging.companies as c on c.id = o.company_id`;
const totals = `select c.id, count(o.id), coalesce(sum(o.amount), 0) from staging.companies as c left join staging.orders as o on o.company_id = c.id group by c.id`;

/** By what each says, a query whose `n` must be 0. */
export const mustBeNothing: Readonly<Record<string, string>> = {
  'rows of fact_order unlike a rebuild': unlike(
    'select order_id, company, country, amount from marts.fact_order',
    orders,
  ),
  'rows of company_totals unlike a rebuild': unlike(
    'select company_id, orders, amount from marts.company_totals',
    totals,
  ),
  'current versions unlike staging': unlike(
    'select company_id, name, country from marts.companies_scd where is_current',
    'select id, name, country from staging.companies',
  ),
  'rows of mirrors unlike staging': unlike(
    'select id, company_id, amount from staging_public.orders',
    'select id, company_id, amount from staging.orders',
  ),
  'versions that overlap the next one': `select count(*) as n from (select valid_to, lead(valid_from) over (partition by company_id order by valid_from) as following from marts.companies_scd) as v where v.following < coalesce(v.valid_to, 'infinity')`,
  'numbers of batches that are missing': `select max(batch) - count(*) as n from tidemark.batches`,
  'changes of no batch': `select count(*) as n from tidemark.changes as c where not exists (select 1 from tidemark.batches as b where b.batch = c.batch)`,
  'changes that begin with something else than the one before left': `select count(*) as n from (select before, lag(after) over (partition by source, key order by change_id) as left_by from tidemark.changes) as c, jsonb_each(c.left_by) as p(name, value) where c.before ? p.name and c.before -> p.name <> p.value`,
  'scratch tables that nobody owns': `select count(*) as n from pg_class as c join pg_namespace as s on s.oid = c.relnamespace where s.nspname = 'tidemark_scratch' and c.relkind = 'r'`,
  'sessions that are left': `select count(*) as n from pg_stat_activity where application_name = 'tidemark' and datname = current_database()`,
  'locks that are left': `select count(*) as n from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())`,
};
