// Validate without a warehouse: against the catalog that was kept, that of dbt, or none.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { validate, type ValidateOptions } from '../../src/batch/validate.ts';
import { readProject } from '../../src/project/read-project.ts';
import { createSandbox, type Recipe } from '../support/sandbox.ts';

const fact = (columns: string): string => `target: fact_order
key: order_id
from: orders
columns:
  order_id: orders.id
${columns}
tests:
  - { name: t, given: { orders: [{ id: 1, code: a }] }, expect: [{ order_id: 1 }] }
`;

const recipe: Recipe = {
  tables: [
    'create schema staging',
    'create schema marts',
    'create table staging.orders (id bigint, code varchar(40), seen_at timestamp)',
    'create table marts.fact_order (order_id bigint primary key, code varchar(40), small integer, at_day date, owner varchar(10))',
  ],
  mappings: {
    'sources.yml': 'sources: { orders: { key: id } }\n',
    'fact_order.yml': fact('  code: orders.code'),
  },
};

const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

const checked = async (folder: string, options: Partial<ValidateOptions> = {}) => {
  const project = readProject({ directory: folder, variables: {} });
  const { problems, tests, status } = await validate({ project, offline: true, ...options });
  const seen = problems.map(({ severity, code, message }) => `${severity} ${code} ${message}`);
  return { status, tests, seen };
};

describe('validate --offline', () => {
  it('checks names, types and tests against the catalog that was kept, with no warehouse there', async () => {
    const sandbox = await createSandbox('duckdb', recipe);
    folders.push(sandbox.folder);
    await validate({ project: sandbox.project(), saveCatalog: true });
    rmSync(sandbox.place);
    expect(await checked(sandbox.folder)).toMatchObject({ status: 'valid', seen: [], tests: { passed: 1 } });
    sandbox.map('fact_order.yml', fact('  code: orders.cod\n  smal: orders.id'));
    expect((await checked(sandbox.folder)).seen).toEqual([
      'error unknown_column column `cod` is mapped but missing from `staging.orders`',
      'error unknown_column column `smal` is mapped but missing from `marts.fact_order`',
    ]);
    sandbox.map('fact_order.yml', fact('  small: orders.id\n  at_day: orders.id'));
    expect((await checked(sandbox.folder)).seen).toEqual([
      'warning value_does_not_fit `small` of `fact_order` is `INTEGER` and is filled from `BIGINT`',
      'error type_mismatch `at_day` of `fact_order` is `DATE` and is filled from `BIGINT`',
    ]);
  });

  it('believes names and types where no catalog is kept, and says so', async () => {
    const sandbox = await createSandbox('duckdb', recipe);
    folders.push(sandbox.folder);
    rmSync(sandbox.place);
    const { status, seen, tests } = await checked(sandbox.folder);
    expect([status, tests, seen]).toEqual([
      'valid',
      null,
      [expect.stringMatching(/^warning catalog_missing no catalog is kept/)],
    ]);
  });

  it("takes dbt's catalog where there is no other", async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tidemark-offline-'));
    folders.push(folder);
    mkdirSync(join(folder, 'target'));
    mkdirSync(join(folder, 'mappings'));
    const table = (schema: string, name: string, columns: Readonly<Record<string, string>>) => ({
      metadata: { type: 'BASE TABLE', schema, name, database: 'shop' },
      columns: Object.fromEntries(
        Object.entries(columns).map(([column, type], index) => [column, { name: column, type, index }]),
      ),
    });
    const nodes = {
      'model.shop.orders': table('staging', 'orders', { id: 'BIGINT', code: 'VARCHAR' }),
      'model.shop.fact_order': table('marts', 'fact_order', { order_id: 'BIGINT', code: 'VARCHAR' }),
    };
    writeFileSync(
      join(folder, 'target', 'catalog.json'),
      JSON.stringify({ metadata: {}, nodes, sources: {} }),
    );
    writeFileSync(
      join(folder, 'target', 'manifest.json'),
      JSON.stringify({
        metadata: {
          dbt_schema_version: 'https://schemas.getdbt.com/dbt/manifest/v12.json',
          project_name: 'shop',
          adapter_type: 'duckdb',
        },
        nodes: {},
        sources: {},
        exposures: {},
        metrics: {},
        parent_map: {},
        child_map: {},
      }),
    );
    writeFileSync(
      join(folder, 'tidemark.yml'),
      'version: 1\nname: shop\nwarehouse: { type: duckdb, path: shop.duckdb }\nmanifest: target/manifest.json\n',
    );
    for (const [name, text] of Object.entries(recipe.mappings))
      writeFileSync(join(folder, 'mappings', name), text);
    expect(await checked(folder)).toMatchObject({ status: 'valid', seen: [], tests: { passed: 1 } });
    writeFileSync(join(folder, 'mappings', 'fact_order.yml'), fact('  code: orders.cod'));
    expect((await checked(folder)).seen).toEqual([
      'error unknown_column column `cod` is mapped but missing from `staging.orders`',
    ]);
  });

  it('refuses a catalog that is none, and flags that ask a warehouse', async () => {
    const sandbox = await createSandbox('duckdb', recipe);
    folders.push(sandbox.folder);
    writeFileSync(join(sandbox.folder, 'tidemark.catalog.json'), '{"tables": 1}');
    await expect(checked(sandbox.folder)).rejects.toMatchObject({ code: 'catalog_unreadable' });
    await expect(checked(sandbox.folder, { against: { samples: 0 } })).rejects.toMatchObject({
      code: 'usage',
    });
    await expect(checked(sandbox.folder, { saveCatalog: true })).rejects.toMatchObject({ code: 'usage' });
  });
});
