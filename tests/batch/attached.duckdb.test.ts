// Files that the dbt profile attaches: loaders fill them, staging views read them, and they are read as sources are.
import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { run } from '../../src/batch/run.ts';
import { validate } from '../../src/batch/validate.ts';
import { readProject } from '../../src/project/read-project.ts';
import { createSandbox, type Sandbox } from '../support/sandbox.ts';

const node = (name: string, database: string, schema: string, more: object = {}): object => ({
  resource_type: 'model',
  name,
  package_name: 'shop',
  database,
  schema,
  config: { materialized: 'table' },
  depends_on: { nodes: [] },
  original_file_path: `models/${name}.sql`,
  ...more,
});

const manifest = (database: string): object => ({
  metadata: {
    dbt_schema_version: 'https://schemas.getdbt.com/dbt/manifest/v12.json',
    dbt_version: '1.12.0',
    project_name: 'shop',
    adapter_type: 'duckdb',
  },
  nodes: {
    'model.shop.stg_customers': node('stg_customers', database, 'staging', {
      config: { materialized: 'view' },
    }),
    'model.shop.dim_customer': node('dim_customer', database, 'marts'),
    'model.shop.totals': node('totals', 'raw', 'main'),
  },
  sources: {
    'source.shop.app.cities': node('cities', 'raw', 'main', { resource_type: 'source', source_name: 'app' }),
    'source.shop.lake.cities': node('cities', 'lake', 'main', {
      resource_type: 'source',
      source_name: 'lake',
    }),
  },
});

const sources = (cities: string): string =>
  `sources:
  customers: { model: stg_customers, key: id }
  cities: { dbt_source: ${cities}, key: id }
`;

const mapping = `target: dim_customer
key: id
from: customers
join: { cities: customers.city = cities.id }
columns: { id: customers.id, name: customers.name, city: cities.name }
`;

describe('files that the profile of dbt attaches', () => {
  let sandbox: Sandbox;
  const file = (name: string, text: string): void => {
    mkdirSync(join(sandbox.folder, name, '..'), { recursive: true });
    writeFileSync(join(sandbox.folder, name), text);
  };
  /** A loader, alone with its file. */
  const load = async (...statements: readonly string[]): Promise<void> => {
    const instance = await DuckDBInstance.create(join(sandbox.folder, 'raw.duckdb'));
    const connection = await instance.connect();
    for (const statement of statements) await connection.run(statement);
    connection.closeSync();
    instance.closeSync();
  };
  const project = () => readProject({ directory: sandbox.folder, variables: {} });
  const names = async (): Promise<readonly string[]> =>
    (await sandbox.sql('select id, name, city from marts.dim_customer order by 1')).map((row) =>
      Object.values(row).map(String).join(' '),
    );

  beforeEach(async () => {
    sandbox = await createSandbox('duckdb', {
      tables: ['create schema staging', 'create schema marts'],
      mappings: { 'sources.yml': sources('app.cities'), 'dim_customer.yml': mapping },
    });
    await load(
      'create table customers (id bigint, name varchar, city bigint)',
      "insert into customers values (1, 'Ann', 1), (2, 'Ben', 2)",
      'create table cities (id bigint primary key, name varchar)',
      "insert into cities values (1, 'Bonn'), (2, 'Oslo')",
      'create table totals (id bigint primary key, name varchar)',
    );
    const raw = join(sandbox.folder, 'raw.duckdb');
    await sandbox.sql(
      `attach '${raw}' as raw (read_only)`,
      'create view staging.stg_customers as select * from raw.main.customers',
      'create table marts.dim_customer as select c.id, c.name, t.name as city from raw.main.customers as c join raw.main.cities as t on c.city = t.id',
      'detach raw',
    );
    const place = basename(sandbox.place);
    file('tidemark.yml', 'version: 1\nname: shop\nwarehouse: { dbt: . }\n');
    file('dbt_project.yml', 'name: shop\nprofile: shop\n');
    file(
      'profiles.yml',
      `shop:\n  target: me\n  outputs:\n    me: { type: duckdb, path: ${place}, schema: marts, attach: [{ path: raw.duckdb }, { path: "s3://lake/x.duckdb", alias: lake }, { path: app.db, type: sqlite }] }\n`,
    );
    file('target/manifest.json', JSON.stringify(manifest(basename(place, '.duckdb'))));
  });
  afterEach(() => sandbox.remove());

  it('are sources, by their nodes and through views', async () => {
    expect((await validate({ project: project() })).problems).toEqual([]);
    expect(await run({ project: project() })).toMatchObject({ exit: 0, report: { behind: [] } });
    expect(await run({ project: project() })).toMatchObject({ report: { status: 'idle' } });
    await load(
      "update customers set name = 'Anna' where id = 1",
      "update cities set name = 'Ulm' where id = 2",
    );
    expect(await run({ project: project() })).toMatchObject({ exit: 0, report: { status: 'applied' } });
    expect(await names()).toEqual(['1 Anna Bonn', '2 Ben Ulm']);
    expect(await run({ project: project() })).toMatchObject({ report: { status: 'idle' } });
  });

  it('are missed by name', async () => {
    file(
      'profiles.yml',
      `shop:\n  target: me\n  outputs:\n    me: { type: duckdb, path: ${basename(sandbox.place)}, schema: marts, attach: [{ path: gone.duckdb }] }\n`,
    );
    await expect(run({ project: project() })).rejects.toMatchObject({
      code: 'database_missing',
      details: { path: join(sandbox.folder, 'gone.duckdb') },
    });
  });

  it('are no place for a target, and others are not read', async () => {
    sandbox.map('sources.yml', sources('lake.cities'));
    sandbox.map(
      'totals.yml',
      'target: totals\nkey: id\nfrom: customers\ncolumns: { id: customers.id, name: customers.name }\n',
    );
    expect((await validate({ project: project() })).problems.map(({ message }) => message)).toEqual([
      expect.stringContaining('dbt builds `lake.cities` in the database `lake`'),
      '`totals` is `raw.main.totals`, in a file that is attached and only read',
    ]);
  });
});
