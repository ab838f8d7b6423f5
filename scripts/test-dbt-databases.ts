// The two databases in which dbt builds the sample shop: a DuckDB file and a Postgres server of our own.
import { join } from 'node:path';
import { Client } from 'pg';
import { startPostgresServer } from '../tests/support/postgres-server.ts';
import type { ShopEngine } from './shop/build-targets.ts';
import type { Execute } from './shop/schema.ts';
import { withDuckDb } from './shop/shop-file.ts';

export interface Database {
  readonly engine: ShopEngine;
  /** The dbt that builds it; default: the newest. */
  readonly dbt?: string;
  /** What the profile needs to find it. */
  readonly environment: NodeJS.ProcessEnv;
  /** The same for a project file of ours. */
  readonly warehouse: Readonly<Record<string, string>>;
  /** Opens the database for a while; a DuckDB file lets one process in at a time. */
  use<T>(work: (execute: Execute) => Promise<T>): Promise<T>;
}

/** The file does not exist yet: dbt makes it, with its own newer DuckDB, and our driver must be able to open it. */
export const duckDbDatabase = (folder: string): Database => {
  const path = join(folder, 'shop.duckdb');
  return {
    engine: 'duckdb',
    environment: { SHOP_DUCKDB_PATH: path },
    warehouse: { type: 'duckdb', path },
    use: (work) => withDuckDb(path, work),
  };
};

const withClient = async <T>(url: string, work: (execute: Execute) => Promise<T>): Promise<T> => {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return await work(async (sql) => (await client.query(sql)).rows);
  } finally {
    await client.end();
  }
};

/** Starts a server for the length of `work`. */
export const withPostgres = async (work: (database: Database) => Promise<void>): Promise<void> => {
  const server = await startPostgresServer();
  try {
    const { hostname, port, username, pathname } = new URL(server.url);
    await work({
      engine: 'postgres',
      environment: {
        SHOP_PG_HOST: hostname,
        SHOP_PG_PORT: port,
        SHOP_PG_USER: username,
        SHOP_PG_DATABASE: pathname.slice(1),
      },
      warehouse: { type: 'postgres', url: server.url },
      use: (job) => withClient(server.url, job),
    });
  } finally {
    await server.stop();
  }
};
