// `init` on Snowflake's double, where a model's own SQL cannot be the mapping yet: its columns are tried instead.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { init } from '../../src/batch/init/init.ts';
import { createSandbox, type Sandbox } from '../support/sandbox.ts';
import { shopPassword } from '../support/snowflake-shop.ts';

const tables = [
  'create schema STAGING',
  'create schema MARTS',
  'create table STAGING.COUNTRIES (CODE varchar, NAME varchar)',
  'create table STAGING.CUSTOMERS (ID bigint, NAME varchar, COUNTRY varchar)',
  `insert into STAGING.COUNTRIES values ('DE', 'Germany'), ('FR', 'France')`,
  `insert into STAGING.CUSTOMERS values (1, 'Adler', 'DE'), (2, 'Blanc', 'FR'), (3, 'Dorn', 'DE')`,
  'create table MARTS.DIM_CUSTOMER (ID bigint, NAME varchar, COUNTRY_NAME varchar)',
  `insert into MARTS.DIM_CUSTOMER values (1, 'Adler', 'Germany'), (2, 'Blanc', 'France'), (3, 'Dorn', 'Germany')`,
];

const sourceOf = (name: string) => ({
  resource_type: 'source',
  name,
  source_name: 'staging',
  package_name: 'shop',
  database: 'SHOP',
  schema: 'STAGING',
  identifier: name.toUpperCase(),
});

const uniqueOf = (node: string, column: string) => ({
  resource_type: 'test',
  name: `unique_${node}_${column}`,
  package_name: 'shop',
  column_name: column,
  test_metadata: { name: 'unique', kwargs: { column_name: column } },
  depends_on: { nodes: [node] },
  config: {},
});

const manifest = {
  metadata: {
    dbt_schema_version: 'https://schemas.getdbt.com/dbt/manifest/v12.json',
    dbt_version: '1.12.0',
    project_name: 'shop',
    adapter_type: 'snowflake',
  },
  nodes: {
    'model.shop.dim_customer': {
      resource_type: 'model',
      name: 'dim_customer',
      package_name: 'shop',
      database: 'SHOP',
      schema: 'MARTS',
      alias: 'DIM_CUSTOMER',
      config: { materialized: 'table' },
      depends_on: { nodes: ['source.shop.staging.customers', 'source.shop.staging.countries'] },
      original_file_path: 'models/dim_customer.sql',
      compiled_code: `select c.id, c.name, n.name as country_name
from shop.staging.customers as c left join shop.staging.countries as n on c.country = n.code`,
    },
    'test.shop.a': uniqueOf('model.shop.dim_customer', 'ID'),
    'test.shop.b': uniqueOf('source.shop.staging.customers', 'ID'),
    'test.shop.c': uniqueOf('source.shop.staging.countries', 'CODE'),
  },
  sources: {
    'source.shop.staging.customers': sourceOf('customers'),
    'source.shop.staging.countries': sourceOf('countries'),
  },
};

let box: Sandbox<'snowflake'>;

beforeEach(async () => {
  box = await createSandbox('snowflake', { tables, mappings: {} });
  rmSync(join(box.folder, 'tidemark.yml'), { force: true });
  rmSync(join(box.folder, 'mappings'), { recursive: true, force: true });
  writeFileSync(join(box.folder, 'dbt_project.yml'), 'name: shop\nprofile: shop\n');
  writeFileSync(
    join(box.folder, 'profiles.yml'),
    `shop: { target: dev, outputs: { dev: { type: snowflake, account: acme, user: tide, password: "{{ env_var('SECRET') }}", role: LOADER, warehouse: WH, database: SHOP, schema: MARTS, host: "${box.place}" } } }\n`,
  );
  mkdirSync(join(box.folder, 'target'));
  writeFileSync(join(box.folder, 'target/manifest.json'), JSON.stringify(manifest));
});
afterEach(async () => {
  await box.remove();
});

it('maps the columns of a model, and says why not its SQL', async () => {
  const variables = { HOME: '/nowhere', SECRET: shopPassword };
  const report = await init({
    directory: box.folder,
    variables,
    agree: () => Promise.resolve(true),
  });
  const [target] = report.targets;
  expect(target?.reason).toContain('dbt models as mappings are not supported on this warehouse yet');
  expect(target).toMatchObject({ status: 'mapped', form: 'this', match: 100 });
  expect(report.written).toBe(true);
});
