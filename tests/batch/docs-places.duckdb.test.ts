// `docs` in dbt projects as they are laid out: paths written in other ways, links, descriptions in folders of other
// things; and files that stay whole while they are written.
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { withDuckDb } from '../../scripts/shop/shop-file.ts';
import { docs } from '../../src/batch/docs/docs.ts';
import { readProject } from '../../src/project/read-project.ts';

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'tidemark-places-')));
const path = (file: string): string => join(folder, file);
const read = (file: string): string => readFileSync(path(file), 'utf8');
const put = (file: string, text: string | Buffer): void => {
  mkdirSync(dirname(path(file)), { recursive: true });
  writeFileSync(path(file), text);
};

const manifestWith = (patch: string | null): string =>
  JSON.stringify({
    metadata: {
      dbt_schema_version: 'https://schemas.getdbt.com/dbt/manifest/v12.json',
      dbt_version: '1.12.0',
      project_name: 'shop',
      adapter_type: 'duckdb',
    },
    nodes: {
      'model.shop.dim_vendor': {
        resource_type: 'model',
        name: 'dim_vendor',
        package_name: 'shop',
        database: 'shop',
        schema: 'marts',
        config: { materialized: 'table' },
        depends_on: { nodes: [] },
        original_file_path: 'models/dim_vendor.sql',
        patch_path: patch,
      },
    },
  });

const schema = 'models:\n  - name: dim_vendor\n    columns:\n      - name: vendor_id\n';
const own = 'models/tidemark/_tidemark.yml';
const dbtProject = 'name: shop\nversion: 1.0.0\n';

const run = (more: object = {}) =>
  docs({ project: readProject({ directory: folder, variables: {} }), write: true, ...more });

const told = async (more: object = {}) => {
  const { status, targets, left } = await run(more);
  return { status, file: targets[0]?.file, untold: targets[0]?.left, left };
};

beforeAll(async () => {
  await withDuckDb(path('shop.duckdb'), async (execute) => {
    for (const sql of [
      'create schema raw',
      'create schema marts',
      'create table raw.companies (id integer, name varchar)',
      'create table marts.dim_vendor as select id as vendor_id, name as label from raw.companies',
    ])
      await execute(sql);
  });
  put(
    'tidemark.yml',
    'version: 1\nname: shop\nwarehouse: { type: duckdb, path: shop.duckdb }\nschemas: { staging: raw, targets: marts }\nmanifest: target/manifest.json\n',
  );
  put('mappings/sources.yml', 'sources: { companies: { key: id } }\n');
  put(
    'mappings/dim_vendor.yml',
    'target: dim_vendor\nkey: vendor_id\nfrom: companies\ncolumns: { vendor_id: companies.id, label: companies.name }\n',
  );
});

beforeEach(() => {
  for (const each of ['models', 'seeds', 'docs', 'shared'])
    rmSync(path(each), { recursive: true, force: true });
  mkdirSync(path('models'));
  put('dbt_project.yml', dbtProject);
  put('target/manifest.json', manifestWith(null));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.sequential('where dbt describes a model', () => {
  it.for(['models/', './models', './models//'])(
    'is found however the path is written: %s',
    async (written) => {
      put('dbt_project.yml', `${dbtProject}model-paths: [${JSON.stringify(written)}]\n`);
      expect(await told()).toMatchObject({ status: 'written', file: own, untold: [] });
      const text = read(own);
      // dbt has taken it over meanwhile.
      put('target/manifest.json', manifestWith(`shop://${own}`));
      expect(await told()).toEqual({ status: 'current', file: own, untold: [], left: [] });
      expect(read(own)).toBe(text);
      await run({ remove: true });
      expect(existsSync(path(own))).toBe(false);
    },
  );

  it.skipIf(process.platform === 'win32')('is found behind links, and once', async () => {
    put('shared/schema.yml', schema);
    symlinkSync(path('shared'), path('models/linked'));
    symlinkSync(path('models'), path('shared/round'));
    symlinkSync(path('nowhere.yml'), path('models/broken.yml'));
    put('target/manifest.json', manifestWith('shop://models/linked/schema.yml'));
    expect(await told()).toMatchObject({ file: 'models/linked/schema.yml', untold: [] });
    expect(read('shared/schema.yml')).toContain('- name: "label" # tidemark docs: generated');
    expect(read(own)).not.toContain('models:');
    await run({ remove: true });
    expect(read('shared/schema.yml')).toBe(schema);
  });

  it('is found below the paths of other things', async () => {
    put('seeds/schema.yml', schema);
    expect(await told()).toMatchObject({ file: 'seeds/schema.yml', untold: [] });
    expect(read(own)).not.toContain('models:');
  });

  it.for([
    ['dbt found it where we do not look', 'docs/schema.yml', schema],
    ['its file is no YAML that can be read', 'models/schema.yml', `${schema}    : no: yaml: [\n`],
    ['its file is no UTF-8', 'models/schema.yml', Buffer.from(`${schema}# M\xfcller\n`, 'latin1')],
  ] as const)('is believed of the manifest: %s', async ([, file, text]) => {
    put(file, text);
    put('target/manifest.json', manifestWith(`shop://${file}`));
    expect(await told()).toMatchObject({
      file: null,
      untold: [`it is described in \`${file}\`, which we cannot add to`],
    });
    expect(readFileSync(path(file))).toEqual(Buffer.from(text));
    expect(read(own)).not.toContain('models:');
  });

  it('is ours where their file says nothing of it any more', async () => {
    put('models/schema.yml', 'models:\n  - name: other\n');
    put('target/manifest.json', manifestWith('shop://models/schema.yml'));
    expect(await told()).toMatchObject({ file: own, untold: [] });
  });
});

describe.sequential('a file of somebody else', () => {
  it('stays as it is where his lines hang on ours, and it is said', async () => {
    put('models/schema.yml', schema);
    await run();
    const given = `${read('models/schema.yml')}        data_tests: [not_null]\n`;
    put('models/schema.yml', given);
    const left = [
      {
        file: 'models/schema.yml',
        reason: expect.stringContaining('line 10 is yours and hangs on line 7') as string,
      },
    ];
    expect(await told()).toEqual({
      status: 'current',
      file: 'models/schema.yml',
      untold: ['its file is left as it is'],
      left,
    });
    expect(await told({ remove: true })).toMatchObject({ status: 'written', left });
    expect(read('models/schema.yml')).toBe(given);
  });

  it.skipIf(process.platform === 'win32')(
    'keeps its mode and its link, and no draft lies beside it',
    async () => {
      put('shared/schema.yml', schema.trimEnd());
      chmodSync(path('shared/schema.yml'), 0o640);
      symlinkSync(path('shared/schema.yml'), path('models/schema.yml'));
      const before = statSync(path('shared/schema.yml'));
      await run();
      const after = statSync(path('shared/schema.yml'));
      expect([after.mode, lstatSync(path('models/schema.yml')).isSymbolicLink()]).toEqual([
        before.mode,
        true,
      ]);
      // Another file was put in its place: it was never there in part.
      expect(after.ino).not.toBe(before.ino);
      expect(readdirSync(path('shared'))).toEqual(['schema.yml']);
      await run({ remove: true });
      expect(read('shared/schema.yml')).toBe(schema.trimEnd());
    },
  );
});
