// Opens the warehouse of a project; a driver is loaded only here and only when it is needed.
import { TidemarkError } from '../errors/tidemark-error.ts';
import type { Connection } from '../project/project.ts';
import type { SnowflakeConnection } from '../project/snowflake-connection.ts';
import { messageOf } from './engine-error.ts';
import type { Warehouse } from './port.ts';
import type { ScriptRunner } from './snowflake/scripts.ts';

export interface OpenOptions {
  /** Nothing but scratch will be written. A DuckDB file is then opened read-only. */
  readonly readOnly?: boolean;
  /** A DuckDB file that does not exist is made. */
  readonly create?: boolean;
  /** How long to wait for a DuckDB file that another process holds. */
  readonly waitMs?: number;
  /** Given: waits for it no longer. */
  readonly signal?: AbortSignal;
  /** Told once who is waited for. */
  readonly onWait?: (why: TidemarkError) => void;
}

/** Not installed, or its native part not made for this system. */
const notLoadable = new Set<unknown>(['ERR_MODULE_NOT_FOUND', 'MODULE_NOT_FOUND', 'ERR_DLOPEN_FAILED']);

const loaded = async <T>(driver: string, load: () => Promise<T>): Promise<T> => {
  try {
    return await load();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (!notLoadable.has(code)) throw error;
    throw new TidemarkError('driver_missing', {
      message: `the driver ${driver} cannot be loaded: ${messageOf(error).split('\n')[0] ?? ''}`,
      hint: `npm install ${driver}`,
      cause: error,
    });
  }
};

/** For scripts that are Snowflake's own: tasks, streams, procedures. */
export const openScripts = async (connection: SnowflakeConnection): Promise<ScriptRunner> => {
  const { openSnowflakeScripts } = await import('./snowflake/scripts.ts');
  const { loadSnowflake } = await import('./snowflake/driver.ts');
  return openSnowflakeScripts(await loaded('snowflake-sdk', loadSnowflake), connection);
};

export const openWarehouse = async (
  connection: Connection,
  options: OpenOptions = {},
): Promise<Warehouse> => {
  switch (connection.type) {
    case 'duckdb': {
      const { loadDuckDb, openDuckDb } = await import('./duckdb/warehouse.ts');
      return openDuckDb(await loaded('@duckdb/node-bindings', loadDuckDb), connection, options);
    }
    case 'postgres': {
      const { loadPostgres, openPostgres } = await import('./postgres/warehouse.ts');
      return openPostgres(await loadPostgres(), connection);
    }
    case 'snowflake': {
      const { openSnowflake } = await import('./snowflake/warehouse.ts');
      const { loadSnowflake } = await import('./snowflake/driver.ts');
      return openSnowflake(await loaded('snowflake-sdk', loadSnowflake), connection);
    }
    default:
      return connection satisfies never;
  }
};
