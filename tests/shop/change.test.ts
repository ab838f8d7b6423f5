// The change generator: the same for the same seed, every kind of change, and primary keys that never break.
import { describe, expect, it } from 'vitest';
import { shopChanges } from '../../scripts/shop/change.ts';
import { SMALL } from '../../scripts/shop/generate.ts';
import { lineOfSale, sizesFor } from '../../scripts/shop/rows.ts';
import { STAGING_TABLES } from '../../scripts/shop/schema.ts';

const MOMENT = '2026-01-01 09:30:00';
const changes = (seed: number, count: number) =>
  shopChanges({ seed, scale: { companies: 40, sales: 100 } }).next({ count, moment: MOMENT });

describe('changes', () => {
  it('are the same for the same seed and others for another', () => {
    expect(changes(1, 50)).toEqual(changes(1, 50));
    expect(changes(1, 50)).not.toEqual(changes(2, 50));
  });

  it('come in every kind, on every table', () => {
    const many = changes(3, 2000);
    expect(new Set(many.map((change) => change.table))).toEqual(new Set(STAGING_TABLES));
    const kinds = [
      'insert',
      'delete',
      'update',
      'move',
      'unlink',
      'swap',
      'touch',
      'return',
      'rekey',
      'sweep',
    ];
    expect(new Set(many.map((change) => change.kind))).toEqual(new Set(kinds));
  });

  it('stay on the tables they are told', () => {
    const generator = shopChanges({ seed: 4, scale: SMALL, tables: ['countries', 'order_items'] });
    const tables = generator.next({ count: 200, moment: MOMENT }).map((change) => change.table);
    expect(new Set(tables)).toEqual(new Set(['countries', 'order_items']));
  });

  it('go on where the last ones ended', () => {
    const generator = shopChanges({ seed: 5, scale: { companies: 40, sales: 100 } });
    const first = generator.next({ count: 30, moment: MOMENT });
    expect([...first, ...generator.next({ count: 20, moment: MOMENT })]).toEqual(changes(5, 50));
  });

  it('carry unicode, quotes, NULLs and references to nothing', () => {
    const text = changes(6, 2000)
      .map((change) => change.sql)
      .join('\n');
    for (const part of ['日本語', `'it''s`, '🚀', 'null', '9000000', `'ZZ'`]) expect(text).toContain(part);
  });
});

describe('sizes', () => {
  it('are about 10,000 rows in the small shop', () => {
    const sizes = sizesFor(SMALL.companies, SMALL.sales);
    const rows = Object.values(sizes).reduce((sum, count) => sum + count, 0) + sizes.teams * 4;
    expect(rows).toBeGreaterThan(9500);
    expect(rows).toBeLessThan(10_500);
  });

  it('give every sale an order line of its own, and every order a sale', () => {
    for (const sales of [1, 2, 3, 4, 6, 7, 100]) {
      const lines = Array.from({ length: sales }, (_, index) => lineOfSale(index + 1));
      expect(new Set(lines.map(String)).size).toBe(sales);
      expect(new Set(lines.map(([order]) => order)).size).toBe(sizesFor(1, sales).orders);
    }
  });
});
