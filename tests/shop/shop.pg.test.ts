// The sample shop in Postgres, and that both engines hold the same generated rows.
import { Client } from 'pg';
import { expect, it } from 'vitest';
import { generateShop } from '../../scripts/shop/generate.ts';
import type { Execute } from '../../scripts/shop/schema.ts';
import { withDuckDb } from '../../scripts/shop/shop-file.ts';
import { createDatabase } from '../support/postgres-server.ts';
import { describeShop, SCALE, stagingTexts, type ShopConnection } from './shop-suite.ts';

const open = async (): Promise<ShopConnection> => {
  const database = await createDatabase();
  const client = new Client({ connectionString: database.url });
  await client.connect();
  return {
    execute: async (sql) => (await client.query(sql)).rows,
    close: async () => {
      await client.end();
      await database.drop();
    },
  };
};

describeShop('postgres', open);

it('generates in Postgres the very rows that DuckDB gets', async () => {
  const fill = async (execute: Execute) => {
    await generateShop(execute, { seed: 5, scale: SCALE });
    return stagingTexts(execute);
  };
  const { execute, close } = await open();
  try {
    const inPostgres = await fill(execute);
    expect(inPostgres).toEqual(await withDuckDb(':memory:', fill));
    expect(inPostgres['order_items']).toHaveLength(SCALE.sales);
  } finally {
    await close();
  }
});
