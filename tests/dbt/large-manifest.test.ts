// A manifest of 5,000 nodes costs under 1.5 s of processor time and 300 MB, read first and from the cache.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';

const nodes = 5_000;

const node = (number: number): object => ({
  resource_type: 'model',
  name: `model_${number}`,
  package_name: 'large',
  database: 'shop',
  schema: 'marts',
  config: { materialized: 'table', tags: [], meta: {} },
  depends_on: { macros: [], nodes: number === 0 ? [] : [`model.large.model_${number - 1}`] },
  original_file_path: `models/model_${number}.sql`,
  raw_code: "select * from {{ ref('model') }}\n".repeat(60),
  compiled_code: 'select a, b, c from "shop"."marts"."model"\n'.repeat(60),
  columns: Object.fromEntries(
    Array.from({ length: 12 }, (_, place) => [
      `column_${place}`,
      { name: `column_${place}`, description: 'what the column holds, in a sentence', meta: {}, tags: [] },
    ]),
  ),
});

let folder: string;
let file: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tidemark-manifest-'));
  file = join(folder, 'manifest.json');
  const all = Object.fromEntries(
    Array.from({ length: nodes }, (_, number) => [`model.large.model_${number}`, node(number)]),
  );
  const metadata = {
    dbt_schema_version: 'https://schemas.getdbt.com/dbt/manifest/v12.json',
    project_name: 'large',
    adapter_type: 'duckdb',
  };
  writeFileSync(file, JSON.stringify({ metadata, nodes: all, sources: {} }));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

it.for(['as dbt wrote it', 'as it was kept'])('is read %s', () => {
  const reader = fileURLToPath(new URL('read-large-manifest.mjs', import.meta.url));
  const answer = execFileSync(process.execPath, ['--import', 'tsx', reader, file], {
    encoding: 'utf8',
    env: { ...process.env, XDG_CACHE_HOME: join(folder, 'cache') },
  });
  const { seconds, megabytes, ...found } = JSON.parse(answer) as Record<string, number>;
  expect(found).toEqual({ nodes, compiled: nodes });
  expect(seconds).toBeLessThan(1.5);
  expect(megabytes).toBeLessThan(300);
});
