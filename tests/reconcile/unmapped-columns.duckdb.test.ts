// A target may read columns of another target that no mapping fills: they belong to whoever built that table.
import { afterEach, expect, it } from 'vitest';
import { createSandbox, type Sandbox } from '../support/sandbox.ts';

const recipe = {
  tables: [
    'create schema staging',
    'create schema marts',
    'create table staging.companies (id integer, name varchar(40))',
    `insert into staging.companies values (1, 'Adler'), (2, 'Blanc')`,
    'create table marts.vendor (vendor_id integer, name varchar(40), region varchar(40))',
    `insert into marts.vendor values (1, 'Adler', 'north'), (2, 'Blanc', 'south')`,
    'create table marts.sale (sale_id integer, vendor_id integer, vendor_name varchar(40))',
    `insert into marts.sale values (10, 1, 'Adler'), (11, 2, 'Blanc'), (12, 1, 'Adler')`,
  ],
  mappings: {
    'sources.yml': 'sources: { companies: { key: id } }',
    'vendor.yml': `target: vendor
key: vendor_id
from: companies
columns: { vendor_id: companies.id, name: companies.name }
`,
    'sale.yml': `target: sale
key: sale_id
join: { companies: this.vendor_id = companies.id }
columns: { vendor_name: companies.name }
`,
    'sale_region.yml': `target: sale_region
key: sale_id
from: sale
join: { vendor: sale.vendor_id = vendor.vendor_id }
columns: { sale_id: sale.sale_id, label: "sale.vendor_name || ' of ' || coalesce(vendor.region, 'nowhere')" }
`,
    'vendor_region.yml': `target: vendor_region
key: vendor_id
from: vendor
columns: { vendor_id: vendor.vendor_id, label: "vendor.name || ' of ' || coalesce(vendor.region, 'nowhere')" }
`,
  },
};

let sandbox: Sandbox | undefined;
afterEach(() => sandbox?.remove());

it('I1: reads them of rows that change, that come and that go', async () => {
  sandbox = await createSandbox('duckdb', recipe);
  await sandbox.run();
  await sandbox.sql(
    `update staging.companies set name = 'Adler & Sons' where id = 1`,
    'delete from staging.companies where id = 2',
    `insert into staging.companies values (3, 'Conti')`,
  );
  const { report } = await sandbox.run();
  expect(report.behind).toEqual([]);
  const labels = async (table: string) =>
    ((await sandbox?.sql(`select label from marts.${table} order by 1`)) ?? []).map(({ label }) => label);
  expect(await labels('vendor_region')).toEqual(['Adler & Sons of north', 'Conti of nowhere']);
  expect(await labels('sale_region')).toEqual([
    'Adler & Sons of north',
    'Adler & Sons of north',
    'Blanc of nowhere',
  ]);
});
