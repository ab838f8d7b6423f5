// What the resolved dictionary says of a source: its defaults, and what each key changes.
import { describe, expect, it } from 'vitest';
import type { Source } from '../../src/dictionary/dictionary.ts';
import { resolve, show } from './shop.ts';

const sourceOf = (line: string): Source => {
  const { dictionary, problems } = resolve({ 'sources.yml': `sources:\n  companies: ${line}\n` });
  expect(problems).toEqual([]);
  const [source] = dictionary.sources;
  if (source === undefined) throw new Error('no source');
  return source;
};

describe('a source', () => {
  it('has defaults', () => {
    expect(sourceOf('{ key: id }')).toMatchObject({
      table: { schema: 'staging', name: 'companies' },
      mirror: { schema: 'staging_public', name: 'companies' },
      key: [{ name: 'id', type: 'bigint', nullable: false }],
      keyIsEnforced: true,
      updatedAt: undefined,
      detect: {
        kind: 'mirror',
        watermark: undefined,
        overlapMs: 900_000,
        deletes: { kind: 'every run' },
      },
      fullCompareMs: 86_400_000,
      isView: false,
    });
  });

  it('filters by `updated_at` unless a watermark is named', () => {
    expect(sourceOf('{ key: id, updated_at: updated_at }').detect).toMatchObject({ watermark: 'updated_at' });
    expect(sourceOf('{ key: id, updated_at: updated_at, watermark: created_at }').detect).toMatchObject({
      watermark: 'created_at',
    });
  });

  it('takes everything that its table and its detection need', () => {
    const source = sourceOf(
      '{ table: \'staging."companies"\', mirror: firms, key: { column: id, nullable: true }, overlap: 1h, full_compare: 7d, deletes: 24h, delete_after: 2h,' +
        " deleted: companies.is_vendor is null, where: name <> 'x', ready: select true, exclude: [Web Site] }",
    );
    expect(source).toMatchObject({
      mirror: { schema: 'staging_public', name: 'firms' },
      key: [{ name: 'id', nullable: true }],
      keyIsEnforced: false,
      detect: {
        overlapMs: 3_600_000,
        deletes: { kind: 'every', ms: 86_400_000 },
        deleteAfterMs: 7_200_000,
      },
      fullCompareMs: 604_800_000,
      ready: 'select true',
    });
    expect(source.columns.map((column) => column.name)).not.toContain('Web Site');
    expect([show(source.where), show(source.deleted)]).toEqual([
      "«companies.name» <> 'x'",
      '«companies.is_vendor» is null',
    ]);
  });

  it('may be a view', () => {
    expect(sourceOf('{ key: id, table: active_companies }').isView).toBe(true);
  });

  it('keeps the table’s column order when columns are listed', () => {
    expect(sourceOf('{ key: id, columns: [name, id] }').columns.map((column) => column.name)).toEqual([
      'id',
      'name',
    ]);
  });
});
