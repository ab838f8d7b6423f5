// The sample shop in DuckDB, and the file that the demo opens.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { expect, it } from 'vitest';
import { makeShopFile, withDuckDb } from '../../scripts/shop/shop-file.ts';
import { firstColumn } from './connections.ts';
import { describeShop } from './shop-suite.ts';

describeShop('duckdb', async () => {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  return {
    execute: async (sql) => (await connection.runAndReadAll(sql)).getRowObjectsJson(),
    close: async () => {
      connection.closeSync();
      instance.closeSync();
    },
  };
});

it('makes a file with staging and targets, and replaces one that is there', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tidemark-shop-'));
  try {
    const path = join(folder, 'new', 'shop.duckdb');
    await makeShopFile({ path, scale: { companies: 20, sales: 50 } });
    await makeShopFile({ path, scale: { companies: 10, sales: 20 } });
    await withDuckDb(path, async (execute) => {
      expect(await firstColumn(execute, 'select count(*) from staging.companies')).toEqual(['10']);
      expect(await firstColumn(execute, 'select count(*) from marts.fact_sales')).toEqual(['20']);
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
