// The database that a connection leads to, as the warehouse itself calls it.
import { basename, extname } from 'node:path';
import type { Connection } from './project.ts';

/** None where only the server could tell. */
export const databaseName = (connection: Connection): string | undefined => {
  if (connection.type === 'duckdb') return basename(connection.path, extname(connection.path));
  if (connection.database !== undefined) return connection.database;
  if (connection.type === 'snowflake') return undefined;
  const { url } = connection;
  if (url === undefined || !URL.canParse(url)) return undefined;
  return decodeURIComponent(new URL(url).pathname.slice(1)) || undefined;
};
