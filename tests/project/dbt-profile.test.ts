// `warehouse: {dbt: …}`: the connection that dbt itself uses, from its own files, and every way they can be wrong.
import { describe, expect, it } from 'vitest';
import { parseProject } from '../../src/project/parse-project.ts';
import type { ParsedProject } from '../../src/project/parse-project.ts';

const profiles = `
shop:
  target: "{{ env_var('DBT_TARGET_NAME', 'dev') }}"
  outputs:
    dev:
      type: duckdb
      path: "{{ env_var('SHOP_FILE', '../data/shop.duckdb') }}"
      schema: dbt_me
    small:
      type: duckdb
      path: ../data/shop.duckdb
      settings: { memory_limit: "{{ env_var('MEMORY', '1GB') }}", temp_directory: spill }
      config_options: { threads: 2, storage_compatibility_version: v1.5.0 }
    prod:
      type: postgres
      host: "{{ env_var('PG_HOST') }}"
      port: "{{ env_var('PG_PORT', '5432') | as_number }}"
      user: me
      pass: "{{ env_var('PG_PASSWORD') }}"
      dbname: "{{ 'shop' ~ '_' ~ env_var('STAGE', 'live') | lower }}"
      schema: marts
      sslmode: verify-ca
      sslrootcert: certs/root.pem
      role: transformer
    memory: { type: duckdb }
    lake: { type: duckdb, path: "md:shop" }
    wide: { type: bigquery, project: x }
    clever: { type: postgres, host: "{{ target.host }}", user: me, dbname: shop, port: 5432 }
    port: { type: postgres, host: db, user: me, dbname: shop, port: http, sslmode: maybe }
    bare: { type: postgres, port: 5432 }
other: { target: dev, outputs: {} }
`;

const files: Readonly<Record<string, string>> = {
  '/shop/transform/dbt_project.yml': "name: shop\nprofile: \"{{ env_var('PROFILE', 'shop') }}\"\n",
  '/home/me/.dbt/profiles.yml': profiles,
  '/elsewhere/profiles.yml': profiles.replace('dbt_me', 'dbt_you'),
  '/nameless/dbt_project.yml': 'name: shop\n',
};

const parse = (warehouse: string, variables: Readonly<Record<string, string>> = {}): ParsedProject =>
  parseProject({
    file: 'tidemark.yml',
    text: `version: 1\nname: shop\nwarehouse: ${warehouse}\n`,
    path: '/shop/tidemark.yml',
    directory: '/shop',
    variables: { HOME: '/home/me', ...variables },
    files: { read: (path) => files[path], exists: (path) => path in files },
  });

describe('the connection of dbt', () => {
  it('is that of the profile and target that dbt would take', () => {
    const { project, problems } = parse('{ dbt: transform }');
    expect(problems).toEqual([]);
    expect(project).toMatchObject({
      connection: { type: 'duckdb', path: '/shop/data/shop.duckdb' },
      schemas: { targets: { schema: 'dbt_me' }, staging: { schema: 'staging' } },
    });
  });

  it('has what the profile lets the engine take of the machine', () => {
    const { project, problems } = parse('{ dbt: transform, target: small }');
    expect(problems).toEqual([]);
    expect(project?.connection).toMatchObject({
      type: 'duckdb',
      path: '/shop/data/shop.duckdb',
      limits: { memory: '1GB', threads: 2, spill: '/shop/transform/spill' },
      madeBy: { target: 'small', storage: 'v1.5.0' },
    });
  });

  it('is that of the target asked for, its variables filled in', () => {
    const variables = { PG_HOST: 'db', PG_PASSWORD: "it's: #secret", STAGE: 'PROD' };
    const { project, problems } = parse('{ dbt: transform, target: prod }', variables);
    expect(problems).toEqual([]);
    expect(project?.connection).toEqual({
      type: 'postgres',
      host: 'db',
      port: 5432,
      user: 'me',
      password: "it's: #secret",
      database: 'shop_prod',
      ssl: 'verify-full',
      role: 'transformer',
      certificates: { authority: '/shop/transform/certs/root.pem', own: undefined, key: undefined },
    });
  });

  it.each([
    ['DBT_PROFILES_DIR', { DBT_PROFILES_DIR: '/elsewhere' }, { targets: { schema: 'dbt_you' } }],
    [
      'a variable in `target:`',
      { DBT_TARGET_NAME: 'prod', PG_HOST: 'h', PG_PASSWORD: 'p' },
      { targets: { schema: 'marts' } },
    ],
    ['DBT_TARGET', { DBT_TARGET: 'prod', PG_HOST: 'h', PG_PASSWORD: 'p' }, { targets: { schema: 'marts' } }],
  ])('follows %s', (_name, variables, schemas) => {
    expect(parse('{ dbt: transform }', variables).project?.schemas).toMatchObject(schemas);
  });

  it('leaves the schema that the project file names', () => {
    const text = 'version: 1\nname: shop\nwarehouse: { dbt: transform }\nschemas: { targets: facts }\n';
    const parsed = parseProject({
      file: 'tidemark.yml',
      text,
      path: '/shop/tidemark.yml',
      directory: '/shop',
      variables: { HOME: '/home/me' },
      files: { read: (path) => files[path], exists: (path) => path in files },
    });
    expect(parsed.project?.schemas.targets).toEqual({ schema: 'facts' });
  });
});

describe('a profile that does not serve', () => {
  it.each<[string, string, Readonly<Record<string, string>>, readonly string[]]>([
    [
      'no dbt project',
      '{ dbt: here }',
      {},
      ['there is no dbt project here: `/shop/here/dbt_project.yml` does not exist'],
    ],
    ['no name of a profile', '{ dbt: /nameless }', {}, ['`/nameless/dbt_project.yml` names no `profile:`']],
    [
      'no profiles.yml',
      '{ dbt: transform }',
      { HOME: '/nobody' },
      [
        "dbt's profiles.yml was not found; looked for `/shop/transform/profiles.yml`, `/nobody/.dbt/profiles.yml`",
      ],
    ],
    [
      'another profile',
      '{ dbt: transform }',
      { PROFILE: 'shp' },
      ['`/home/me/.dbt/profiles.yml` has no profile `shp`'],
    ],
    ['another target', '{ dbt: transform, target: prd }', {}, ['profile `shop` has no target `prd`']],
    [
      'a variable that is missing',
      '{ dbt: transform, target: prod }',
      { PG_HOST: 'db' },
      ['environment variable `PG_PASSWORD` is not set'],
    ],
    [
      'a database in memory',
      '{ dbt: transform, target: memory }',
      {},
      ['the DuckDB database of this target is `:memory:`, which is no file that others can open'],
    ],
    [
      'a database elsewhere',
      '{ dbt: transform, target: lake }',
      {},
      ['the DuckDB database of this target is `md:shop`, which is no file that others can open'],
    ],
    [
      'an adapter of others',
      '{ dbt: transform, target: wide }',
      {},
      ["dbt's adapter `bigquery` is none that tidemark can work with"],
    ],
    [
      'Jinja',
      '{ dbt: transform, target: clever }',
      {},
      ['`{{ target.host }}` is Jinja that only dbt can evaluate'],
    ],
    [
      'settings that are wrong',
      '{ dbt: transform, target: port }',
      {},
      [
        '`port` must be a whole number, not `http`',
        '`sslmode` must be one of the modes of libpq, not `maybe`',
      ],
    ],
    [
      'settings that are missing',
      '{ dbt: transform, target: bare }',
      {},
      [
        'target `bare` of the profile has no `host`',
        'target `bare` of the profile has no `user`',
        'target `bare` of the profile has no `dbname`',
      ],
    ],
    [
      'a key that dbt has not',
      '{ dbt: transform, traget: dev }',
      {},
      ['unknown key `traget` in `warehouse`'],
    ],
  ])('%s', (_name, warehouse, variables, messages) => {
    const { project, problems } = parse(warehouse, variables);
    expect(project).toBeUndefined();
    expect(problems.map(({ message }) => message)).toEqual(messages);
    for (const { at } of problems) expect(at?.line).toBeGreaterThan(0);
  });

  it('never shows what a variable held', () => {
    const { problems } = parse('{ dbt: transform, target: port }', { PG_PASSWORD: 'hunter2' });
    expect(JSON.stringify(problems)).not.toContain('hunter2');
  });
});
