// Statements of a script, sent as they stand, one after the other in one session: what they name is what their author named.
import type { SnowflakeConnection } from '../../project/snowflake-connection.ts';
import type { Row } from '../port.ts';
import type { SnowflakeDriver } from './driver.ts';
import { SnowflakePool, type PoolOptions } from './pool.ts';

export interface ScriptSession {
  run(text: string): Promise<readonly Row[]>;
}

export interface ScriptRunner {
  readonly description: string;
  session<T>(work: (session: ScriptSession) => Promise<T>): Promise<T>;
  cancel(): Promise<void>;
  close(): Promise<void>;
}

export const openSnowflakeScripts = async (
  driver: SnowflakeDriver,
  connection: SnowflakeConnection,
  options: PoolOptions = {},
): Promise<ScriptRunner> => {
  const pool = new SnowflakePool(driver, connection, options);
  await pool.use(() => Promise.resolve());
  return {
    description: pool.description,
    session: (work) => pool.use((session) => work({ run: async (text) => (await session.send(text)).rows })),
    cancel: () => pool.cancel(),
    close: () => pool.close(),
  };
};
