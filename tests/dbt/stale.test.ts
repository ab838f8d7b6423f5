// Which models of dbt are stale after a batch: those that read what it wrote, up to what is kept in step beside dbt.
import { describe, expect, it } from 'vitest';
import { readManifestText } from '../../src/dbt/manifest.ts';
import { selectorOf, staleBelow } from '../../src/dbt/stale.ts';

const metadata = {
  dbt_schema_version: 'https://schemas.getdbt.com/dbt/manifest/v12.json',
  dbt_version: '1.12.0',
  project_name: 'shop',
  adapter_type: 'duckdb',
};

const node = (name: string, reads: readonly string[], more: object = {}): readonly [string, object] => [
  `model.shop.${name}`,
  {
    resource_type: 'model',
    name,
    package_name: 'shop',
    database: 'lake',
    schema: 'marts',
    config: { materialized: 'table' },
    depends_on: { nodes: reads.map((each) => `model.shop.${each}`) },
    ...more,
  },
];

const view = { config: { materialized: 'view' } };

const manifest = readManifestText(
  'm.json',
  JSON.stringify({
    metadata,
    nodes: Object.fromEntries([
      node('fact_a', []),
      node('fact_b', ['fact_a']),
      node('seen_a', ['fact_a'], view),
      node('report_a', ['seen_a'], { version: 2 }),
      node('report_b', ['fact_b']),
      node('snapshot_a', ['report_a'], { resource_type: 'snapshot' }),
      ['test.shop.t', { resource_type: 'test', name: 't', depends_on: { nodes: ['model.shop.fact_a'] } }],
      node('elsewhere', []),
    ]),
  }),
);

const table = (name: string, database?: string) =>
  database === undefined ? { schema: 'marts', name } : { database, schema: 'marts', name };
const ours = [table('fact_a'), table('fact_b')];
const stale = (written: readonly ReturnType<typeof table>[], database?: string): readonly string[] =>
  staleBelow(manifest, { written, ours, database }).map(selectorOf);

describe('models of dbt that are stale', () => {
  it('are reached through views, which hold nothing, and not through targets that are kept in step', () => {
    expect(stale([table('fact_a')])).toEqual(['report_a.v2', 'snapshot_a']);
    expect(stale([table('fact_b')])).toEqual(['report_b']);
    expect(stale(ours)).toEqual(['report_a.v2', 'report_b', 'snapshot_a']);
  });

  it('are none below a table of another database, or one that nobody reads', () => {
    expect(stale([table('fact_a', 'pond')])).toEqual([]);
    expect(stale([table('fact_a')], 'lake')).toEqual(['report_a.v2', 'snapshot_a']);
    expect(stale([table('elsewhere')])).toEqual([]);
    expect(stale([])).toEqual([]);
  });
});
