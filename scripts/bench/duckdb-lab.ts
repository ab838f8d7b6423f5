// DuckDB files in a folder of their own. The driver runs in this process; the program under test opens the file
// in its own, so a place is closed before it.
import { copyFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { onlyText, type Connection, type Lab, type Place } from './place.ts';

const useFile = async <T>(path: string, work: (connection: Connection) => Promise<T>): Promise<T> => {
  const instance = await DuckDBInstance.create(path);
  try {
    const connection = await instance.connect();
    try {
      const rows: Connection['rows'] = async (sql) =>
        (await connection.runAndReadAll(sql)).getRowObjectsJson();
      return await work({ rows, execute: rows });
    } finally {
      connection.closeSync();
    }
  } finally {
    instance.closeSync();
  }
};

const fileIn = (folder: string, name: string): Place => {
  const path = join(folder, `${name}.duckdb`);
  return {
    engine: 'duckdb',
    warehouse: { type: 'duckdb', path },
    use: (work) => useFile(path, work),
    async copy(other) {
      const copied = fileIn(folder, other);
      await copyFile(path, join(folder, `${other}.duckdb`));
      return copied;
    },
    drop: () => rm(path, { force: true }),
  };
};

export const openDuckDbLab = async (folder: string): Promise<Lab> => ({
  engine: 'duckdb',
  described: await useFile(':memory:', async (connection) => {
    const version = await onlyText(connection, 'select version()');
    const threads = await onlyText(connection, `select current_setting('threads')`);
    return `DuckDB ${version}, ${threads} threads, its own defaults`;
  }),
  make: (name) => Promise.resolve(fileIn(folder, name)),
  close: () => Promise.resolve(),
});
