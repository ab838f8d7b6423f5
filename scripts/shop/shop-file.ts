// A ready DuckDB file with the sample shop: staging filled, targets built. Made beside and put in place when done.
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { buildTargets } from './build-targets.ts';
import { generateShop, SMALL, type Scale } from './generate.ts';
import type { Execute } from './schema.ts';

/** Opens a DuckDB file for the length of `work`. */
export const withDuckDb = async <T>(path: string, work: (execute: Execute) => Promise<T>): Promise<T> => {
  const instance = await DuckDBInstance.create(path);
  try {
    const connection = await instance.connect();
    try {
      return await work(async (sql) => (await connection.runAndReadAll(sql)).getRowObjectsJson());
    } finally {
      connection.closeSync();
    }
  } finally {
    instance.closeSync();
  }
};

export interface ShopFileOptions {
  readonly path: string;
  readonly seed?: number;
  readonly scale?: Scale;
  /** False leaves the targets to somebody else, such as dbt itself. */
  readonly targets?: boolean;
}

/** Makes the file anew; a file of that name is replaced. */
export const makeShopFile = async (options: ShopFileOptions): Promise<void> => {
  const { path, seed = 1, scale = SMALL, targets = true } = options;
  const unfinished = `${path}.new`;
  await mkdir(dirname(path), { recursive: true });
  for (const old of [unfinished, `${unfinished}.wal`, `${path}.wal`]) await rm(old, { force: true });
  await withDuckDb(unfinished, async (execute) => {
    await generateShop(execute, { seed, scale });
    if (targets) await buildTargets(execute, { engine: 'duckdb' });
    await execute('checkpoint');
  });
  await rename(unfinished, path);
};
