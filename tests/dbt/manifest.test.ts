// dbt's manifest: what is read of it, what is refused, and what a large one costs the second time.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readManifestText } from '../../src/dbt/manifest.ts';
import { nodesByName } from '../../src/dbt/nodes.ts';
import { readManifest } from '../../src/dbt/read-manifest.ts';

const metadata = {
  dbt_schema_version: 'https://schemas.getdbt.com/dbt/manifest/v12.json',
  dbt_version: '1.12.0',
  project_name: 'shop',
  adapter_type: 'duckdb',
};

const model = (name: string, more: object = {}): object => ({
  resource_type: 'model',
  name,
  package_name: 'shop',
  schema: 'marts',
  alias: name,
  ...more,
});

const read = (body: object) => readManifestText('m.json', JSON.stringify({ metadata, ...body }));

describe('a manifest', () => {
  it('tells nodes by kind, with what they read', () => {
    const { nodes } = read({
      nodes: {
        'model.shop.a': model('a', { database: 'lake', depends_on: { nodes: ['source.shop.raw.t'] } }),
        'test.shop.t': {
          resource_type: 'test',
          name: 't',
          schema: 'x',
          depends_on: { nodes: ['model.shop.a'] },
        },
      },
      exposures: {
        'exposure.shop.board': {
          resource_type: 'exposure',
          name: 'board',
          depends_on: { nodes: ['model.shop.a'] },
        },
      },
    });
    expect(nodes.map(({ kind, name, relation, reads }) => [kind, name, relation, reads])).toEqual([
      ['model', 'a', { database: 'lake', schema: 'marts', name: 'a' }, ['source.shop.raw.t']],
      ['test', 't', undefined, ['model.shop.a']],
      ['exposure', 'board', undefined, ['model.shop.a']],
    ]);
  });

  it('calls nodes by their names, those of the project itself first, and versions by number', () => {
    const { models } = nodesByName(
      read({
        nodes: {
          'model.shop.orders': model('orders', { alias: 'own' }),
          'model.other.orders': model('orders', { package_name: 'other', alias: 'theirs' }),
          'model.shop.users.v2': model('users', { version: 2, alias: 'users_v2' }),
          'model.shop.users.v1.5': model('users', { version: 1.5, latest_version: 2, alias: 'users_v1_5' }),
        },
      }),
    );
    const table = (name: string) => models.get(name)?.relation?.name;
    expect([table('orders'), table('other.orders'), table('shop.orders'), table('users.v2')]).toEqual([
      'own',
      'theirs',
      'own',
      'users_v2',
    ]);
    // A dot would read as schema and table; dbt writes none either.
    expect([table('users.v1.5'), table('users_v1_5')]).toEqual(['users_v1_5', 'users_v1_5']);
  });

  it.each([
    ['no JSON', '{"metadata": ', '`m.json` is no JSON'],
    ['another file', '{"results": []}', "`m.json` is no manifest of dbt's"],
    [
      'an old one',
      JSON.stringify({
        metadata: { ...metadata, dbt_schema_version: 'dbt/manifest/v11.json', dbt_version: '1.7.4' },
      }),
      '`m.json` was written by dbt 1.7.4 (`metadata.dbt_schema_version`: manifest v11)',
    ],
  ])('is refused: %s', (_name, text, message) => {
    expect(() => readManifestText('m.json', text)).toThrow(
      expect.objectContaining({ code: 'manifest_invalid', message }) as Error,
    );
  });
});

describe('a large manifest', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-manifest-'));
  const before = process.env['XDG_CACHE_HOME'];
  beforeAll(() => {
    process.env['XDG_CACHE_HOME'] = join(folder, 'cache');
  });
  afterAll(() => {
    if (before === undefined) delete process.env['XDG_CACHE_HOME'];
    else process.env['XDG_CACHE_HOME'] = before;
    rmSync(folder, { recursive: true });
  });

  it('is kept under its hash, and read anew when it changes', () => {
    const path = join(folder, 'manifest.json');
    const write = (count: number): void => {
      const nodes = Object.fromEntries(
        Array.from({ length: count }, (_, n) => [
          `model.shop.m${n}`,
          model(`m${n}`, { raw_code: 'x'.repeat(2_000) }),
        ]),
      );
      writeFileSync(path, JSON.stringify({ metadata, nodes }));
    };
    write(1_200);
    const first = readManifest(path);
    expect(first.nodes).toHaveLength(1_200);
    expect(readManifest(path)).toEqual(JSON.parse(JSON.stringify(first)));
    write(1_201);
    expect(readManifest(path).nodes).toHaveLength(1_201);
  });
});
