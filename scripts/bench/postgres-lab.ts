// Databases on a Postgres server of our own, durable as in production: what is committed is on the disk.
import { Client } from 'pg';
import { startPostgresServer } from '../../tests/support/postgres-server.ts';
import { onlyText, type Connection, type Lab, type Place } from './place.ts';

const settings = {
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
  shared_buffers: '1GB',
  work_mem: '64MB',
  maintenance_work_mem: '512MB',
  max_wal_size: '8GB',
  checkpoint_timeout: '30min',
  effective_cache_size: '3GB',
  random_page_cost: '1.1',
};

const useDatabase = async <T>(url: string, work: (connection: Connection) => Promise<T>): Promise<T> => {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const rows: Connection['rows'] = async (sql) => (await client.query<Record<string, unknown>>(sql)).rows;
    return await work({ rows, execute: rows });
  } finally {
    await client.end();
  }
};

const databaseAt = (serverUrl: string, name: string): Place => {
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  const { href } = url;
  const administer = (sql: string): Promise<unknown> =>
    useDatabase(serverUrl, (server) => server.execute(sql));
  return {
    engine: 'postgres',
    warehouse: { type: 'postgres', url: href },
    use: (work) => useDatabase(href, work),
    async copy(other) {
      await administer(`create database ${other} template ${name} strategy file_copy`);
      return databaseAt(serverUrl, other);
    },
    drop: async () => void (await administer(`drop database if exists ${name} with (force)`)),
  };
};

export const openPostgresLab = async (): Promise<Lab> => {
  const server = await startPostgresServer(settings);
  const version = await useDatabase(server.url, (connection) => onlyText(connection, 'show server_version'));
  return {
    engine: 'postgres',
    described: `Postgres ${version}; ${Object.entries(settings)
      .map(([name, value]) => `${name} ${value}`)
      .join(', ')}; the rest as it comes`,
    async make(name) {
      await useDatabase(server.url, (connection) => connection.execute(`create database ${name}`));
      return databaseAt(server.url, name);
    },
    close: () => server.stop(),
  };
};
