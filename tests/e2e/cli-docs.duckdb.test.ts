// `tidemark docs` as a user types it: what would be written, written, found as it is, and taken away again.
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { withDuckDb } from '../../scripts/shop/shop-file.ts';
import { start } from '../init/program.ts';
import { schemaErrors } from './cli-schemas.ts';

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'tidemark-docs-')));
const run = (...args: readonly string[]) => start(folder, ['docs', ...args]);
const read = (file: string): string => readFileSync(join(folder, file), 'utf8');
const own = 'models/tidemark/_tidemark.yml';

const schema = `models:
  - name: dim_vendor
    description: by hand   # a remark
    columns:
      - name: vendor_id
        description: also by hand
`;

const node = (name: string, more: object = {}) => ({
  resource_type: 'model',
  name,
  package_name: 'shop',
  database: 'shop',
  schema: 'marts',
  config: { materialized: 'table' },
  depends_on: { nodes: ['source.shop.raw.companies'] },
  original_file_path: `models/${name}.sql`,
  ...more,
});

const manifest = {
  metadata: {
    dbt_schema_version: 'https://schemas.getdbt.com/dbt/manifest/v12.json',
    dbt_version: '1.12.0',
    project_name: 'shop',
    adapter_type: 'duckdb',
  },
  nodes: {
    'model.shop.dim_vendor': node('dim_vendor'),
    'model.shop.names': node('names', {
      compiled_code: 'select id, upper(name) as shouted from raw.companies',
    }),
    'model.shop.hidden': node('hidden', { access: 'private' }),
    'model.pack.theirs': node('theirs', { package_name: 'pack' }),
  },
  sources: {
    'source.shop.raw.companies': {
      resource_type: 'source',
      source_name: 'raw',
      name: 'companies',
      package_name: 'shop',
      database: 'shop',
      schema: 'raw',
      identifier: 'companies',
    },
  },
};

const files: Readonly<Record<string, string>> = {
  'dbt_project.yml': 'name: shop\nversion: 1.0.0\n',
  'models/schema.yml': schema,
  'target/manifest.json': JSON.stringify(manifest),
  'tidemark.yml':
    'version: 1\nname: shop\nwarehouse: { type: duckdb, path: shop.duckdb }\nschemas: { staging: raw, targets: marts }\nmanifest: target/manifest.json\n',
  'mappings/sources.yml': 'sources: { companies: { key: id } }\n',
  'mappings/dim_vendor.yml':
    'target: dim_vendor\nkey: vendor_id\nowner: sales@shop.example\nfrom: companies\ncolumns: { vendor_id: companies.id, label: "coalesce(companies.name, \'{{ none }}\')" }\n',
  'mappings/names.yml': 'target: names\nkey: id\nmodel: names\n',
  'mappings/hidden.yml':
    'target: hidden\nkey: id\nowner: the warehouse team\nfrom: companies\ncolumns: { id: companies.id }\n',
  'mappings/theirs.yml': 'target: theirs\nkey: id\nfrom: companies\ncolumns: { id: companies.id }\n',
  'mappings/loose.yml': 'target: loose\nkey: id\nfrom: companies\ncolumns: { id: companies.id }\n',
};

const write = (): void => {
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(join(folder, file, '..'), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
};

beforeAll(async () => {
  write();
  await withDuckDb(join(folder, 'shop.duckdb'), async (execute) => {
    for (const sql of [
      'create schema raw',
      'create schema marts',
      'create table raw.companies (id integer, name varchar)',
      'create table marts.dim_vendor as select id as vendor_id, name as label from raw.companies',
      'create table marts.names as select id, upper(name) as shouted from raw.companies',
      'create table marts.hidden as select id from raw.companies',
      'create table marts.theirs as select id from raw.companies',
      'create table marts.loose as select id from raw.companies',
    ])
      await execute(sql);
  });
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.sequential('tidemark docs', () => {
  it('shows the lines, and writes nothing', async () => {
    const { exit, stdout, stderr } = await run();
    expect([exit, stderr]).toEqual([0, '']);
    expect(stdout).toContain('would write the docs of 5 targets into 2 files');
    expect(stdout).toContain('models/schema.yml (changed)');
    expect(stdout).toContain('theirs: not told: the package `pack` describes it');
    expect(stdout).toContain("loose: not told: no node of dbt's manifest is this table");
    expect(stdout).toContain('nothing was written: `tidemark docs --write` does it');
    expect([read('models/schema.yml'), existsSync(join(folder, own))]).toEqual([schema, false]);
    expect((await run('--check', '--quiet')).exit).toBe(3);
  });

  it('writes them, and finds them as they are', async () => {
    const { exit, stdout } = await run('--write', '--json');
    const report = JSON.parse(stdout) as Record<string, unknown>;
    expect([exit, schemaErrors(report), report['status']]).toEqual([0, [], 'written']);
    expect(parse(read('models/schema.yml'))).toMatchObject({
      models: [
        {
          name: 'dim_vendor',
          description: 'by hand',
          columns: [
            {
              name: 'vendor_id',
              description: 'also by hand',
              config: { meta: { tidemark: { from: ['companies.id'] } } },
            },
            {
              name: 'label',
              description: "`coalesce(companies.name, '{ { none }}')`; kept in step by Tidemark",
            },
          ],
        },
      ],
    });
    const again = await run('--check');
    expect([again.exit, again.stdout.trim().split('\n')[0]]).toEqual([
      0,
      'the docs of 5 targets are as the mappings say',
    ]);
  });

  it('exposes each target where it comes from, and names no private model', () => {
    const { exposures, models } = parse(read(own)) as Record<string, readonly Record<string, unknown>[]>;
    expect(models?.map(({ name }) => name)).toEqual(['hidden', 'names']);
    expect(models?.[1]).toMatchObject({
      columns: [
        { name: 'id', description: '`companies.id`; kept in step by Tidemark' },
        { name: 'shouted', description: 'made of `companies.name`; kept in step by Tidemark' },
      ],
    });
    const told = exposures?.map(({ name, owner, depends_on: on }) => [name, owner, on]);
    const source = "source('raw', 'companies')";
    expect(told).toEqual([
      ['tidemark_dim_vendor', { email: 'sales@shop.example' }, ["ref('dim_vendor')", source]],
      ['tidemark_hidden', { name: 'the warehouse team' }, [source]],
      ['tidemark_loose', { name: 'Tidemark' }, [source]],
      ['tidemark_names', { name: 'Tidemark' }, ["ref('names')", source]],
      ['tidemark_theirs', { name: 'Tidemark' }, ["ref('pack', 'theirs')", source]],
    ]);
  });

  it('follows the mappings, and goes away with all that it wrote', async () => {
    writeFileSync(
      join(folder, 'mappings/names.yml'),
      'target: names\nkey: id\nmodel: names\nenabled: false\n',
    );
    expect((await run('--write')).exit).toBe(0);
    expect(read(own)).not.toContain('tidemark_names');
    const shown = await run('--remove');
    expect(shown.stdout).toContain('would take what was written out of 2 files');
    const taken = await run('--remove', '--write');
    expect([taken.exit, taken.stdout.split('\n')[0]]).toEqual([0, 'took what was written out of 2 files']);
    expect([read('models/schema.yml'), existsSync(join(folder, 'models/tidemark'))]).toEqual([schema, false]);
    expect((await run('--remove', '--check')).exit).toBe(0);
  });

  it('refuses what it cannot know', async () => {
    expect(await run('--check', '--write')).toMatchObject({
      exit: 2,
      stderr: expect.stringContaining('`--check` looks and `--write` writes') as string,
    });
    mkdirSync(join(folder, 'models/tidemark'), { recursive: true });
    writeFileSync(join(folder, own), 'version: 2\n');
    expect(await run('--write')).toMatchObject({
      exit: 2,
      stderr: expect.stringContaining('was not written by `tidemark docs`') as string,
    });
    rmSync(join(folder, own));
    rmSync(join(folder, 'dbt_project.yml'));
    expect(await run()).toMatchObject({
      exit: 2,
      stderr: expect.stringContaining('there is no dbt_project.yml above') as string,
    });
  });
});
