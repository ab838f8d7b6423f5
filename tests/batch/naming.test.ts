// Which databases the nodes of a manifest may lie in, beside the project's own.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { namingOf } from '../../src/batch/naming.ts';
import { parseProject } from '../../src/project/parse-project.ts';
import type { Project } from '../../src/project/project.ts';

const folder = mkdtempSync(join(tmpdir(), 'tidemark-naming-'));
afterAll(() => rmSync(folder, { recursive: true }));

const manifest = join(folder, 'manifest.json');
const writeManifest = (database: string): void =>
  writeFileSync(
    manifest,
    JSON.stringify({
      metadata: {
        dbt_schema_version: 'https://schemas.getdbt.com/dbt/manifest/v12.json',
        project_name: 'shop',
        adapter_type: 'any',
      },
      nodes: {
        'model.shop.fct': {
          resource_type: 'model',
          name: 'fct',
          package_name: 'shop',
          database,
          schema: 'marts',
          config: { materialized: 'table' },
        },
      },
      sources: {},
    }),
  );

const projectOn = (warehouse: string): Project => {
  const { project } = parseProject({
    file: 'tidemark.yml',
    text: `version: 1\nname: shop\nwarehouse: ${warehouse}\nmanifest: ${manifest}\n`,
    path: join(folder, 'tidemark.yml'),
    directory: folder,
    variables: {},
    files: { read: () => undefined, exists: () => false },
  });
  if (project === undefined) throw new Error('no project');
  return project;
};

const snowflake = '{ type: snowflake, account: a, user: u, password: p, database: analytics }';

describe('a node of another database', () => {
  it('is read on Snowflake, where the manifest builds something in ours', () => {
    writeManifest('ANALYTICS');
    expect(namingOf(projectOn(snowflake)).reaches?.('raw')).toBe(true);
    writeManifest('analytics_dev');
    expect(namingOf(projectOn(snowflake)).reaches?.('analytics_dev')).toBe(false);
  });

  it('is out of reach on Postgres, and on DuckDB where nothing is attached', () => {
    writeManifest('shop');
    for (const warehouse of [
      '{ type: duckdb, path: shop.duckdb }',
      '{ type: postgres, url: postgres://h/shop }',
    ])
      expect(namingOf(projectOn(warehouse)).reaches?.('raw')).toBe(false);
  });
});
