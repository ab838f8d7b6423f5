// A mapping that stands in dbt's own file, under `meta: {tidemark: …}` of its model, is one like any other.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { validate } from '../../src/batch/validate.ts';
import { createSandbox, type Sandbox } from '../support/sandbox.ts';

const sql = 'select id as company_id, name, upper(country) as country from staging.companies';

const node = (name: string, more: object): object => ({
  resource_type: 'model',
  name,
  package_name: 'shop',
  schema: 'marts',
  depends_on: { nodes: [] },
  original_file_path: `models/${name}.sql`,
  compiled_code: sql,
  ...more,
});

const manifest = (name: string): unknown => ({
  metadata: {
    dbt_schema_version: 'https://schemas.getdbt.com/dbt/manifest/v12.json',
    dbt_version: '1.12.0',
    project_name: 'shop',
    adapter_type: 'duckdb',
  },
  nodes: {
    // dbt 1.10 and newer keep it under `config`, older ones beside it.
    'model.shop.dim_whole': node('dim_whole', {
      config: { materialized: 'table', meta: { tidemark: { key: 'company_id' } } },
    }),
    'model.shop.dim_names': node('dim_names', {
      config: { materialized: 'table' },
      meta: {
        owner: 'me',
        tidemark: {
          key: 'company_id',
          join: { companies: 'this.company_id = companies.id' },
          columns: { name },
        },
      },
    }),
    'model.shop.dim_other': node('dim_other', { config: { materialized: 'table', meta: { owner: 'me' } } }),
  },
  sources: {},
});

describe('a mapping in the meta of a dbt model', () => {
  let sandbox: Sandbox;
  const write = (name: string): void =>
    writeFileSync(join(sandbox.folder, 'target/manifest.json'), JSON.stringify(manifest(name)));
  beforeAll(async () => {
    sandbox = await createSandbox('duckdb', {
      tables: [
        'create schema staging',
        'create schema marts',
        'create table staging.companies (id bigint primary key, name varchar, country varchar)',
        `insert into staging.companies values (1, 'Ada', 'de'), (2, 'Bob', 'fr')`,
        ...['dim_whole', 'dim_names', 'dim_other'].map((name) => `create table marts.${name} as ${sql}`),
      ],
      mappings: { 'sources.yml': 'sources:\n  companies: { key: id }\n' },
    });
    mkdirSync(join(sandbox.folder, 'target'));
    writeFileSync(
      join(sandbox.folder, 'tidemark.yml'),
      `version: 1\nname: shop\nwarehouse: { type: duckdb, path: workshop.duckdb }\nmanifest: target/manifest.json\n`,
    );
    write('companies.name');
  });
  afterAll(() => sandbox.remove());

  it('is taken over and kept in step: its own SQL where it says nothing else, else what it says', async () => {
    expect((await validate({ project: sandbox.project() })).problems).toEqual([]);
    expect((await sandbox.run()).report).toMatchObject({ behind: [], errors: [], targets: [] });
    await sandbox.sql(`update staging.companies set name = 'Eve', country = 'it' where id = 1`);
    const { report } = await sandbox.run();
    expect(report.targets).toMatchObject([
      { name: 'dim_names', updated: 1, columns: { name: 1 } },
      { name: 'dim_whole', updated: 1, columns: { name: 1, country: 1 } },
    ]);
  });

  it('is told by the file of the model where it is wrong', async () => {
    write('companies.nme');
    const { problems } = await validate({ project: sandbox.project() });
    expect(problems).toMatchObject([
      { code: 'unknown_column', at: { file: 'models/dim_names.sql (meta.tidemark)' } },
    ]);
    write('companies.name');
  });

  it('stands beside no file that maps the same table', async () => {
    sandbox.map('dim_whole.yml', 'target: dim_whole\nkey: company_id\nmodel: dim_whole\n');
    const { problems } = await validate({ project: sandbox.project() });
    expect(problems).toMatchObject([
      { code: 'duplicate_mapping', at: { file: 'models/dim_whole.sql (meta.tidemark)' } },
    ]);
    rmSync(join(sandbox.folder, 'mappings/dim_whole.yml'));
  });
});
