// Sessions on one account, a few at a time, each for one piece of work: a transaction is a matter of its session.
import type { Connection } from 'snowflake-sdk';
import pLimit from 'p-limit';
import type { SnowflakeConnection } from '../../project/snowflake-connection.ts';
import { classifyConnectError } from './classify-error.ts';
import { SnowflakeSession } from './connection.ts';
import type { SnowflakeDriver } from './driver.ts';
import { describeSnowflake, driverOptions } from './driver-options.ts';
import { sessionStatements, usualLimits, type SessionLimits } from './session-parameters.ts';

const mostSessions = 8;

/** A COMMIT, however large its transaction, is short. */
const usualCommit = 120;

/** What the server may take on top of its own limits, for waiting and answering. */
const usualGrace = 120;

export interface PoolOptions {
  readonly limits?: Partial<SessionLimits>;
  /** How much longer than its own limits the server may be silent. */
  readonly graceSeconds?: number;
  readonly commitSeconds?: number;
  /** Further options of the driver: how often it tries again. */
  readonly driver?: Readonly<Record<string, unknown>>;
}

let opened = 0;

const connected = (connection: Connection, isInteractive: boolean): Promise<void> =>
  new Promise((resolve, reject) => {
    const done = (error: Error | null | undefined): void => {
      if (error === undefined || error === null) resolve();
      else reject(error);
    };
    if (isInteractive) connection.connectAsync(done).catch(reject);
    else connection.connect(done);
  });

export class SnowflakePool {
  readonly description: string;
  readonly #driver: SnowflakeDriver;
  readonly #connection: SnowflakeConnection;
  readonly #limits: SessionLimits;
  readonly #options: PoolOptions;
  readonly #limit = pLimit(mostSessions);
  readonly #idle: SnowflakeSession[] = [];
  readonly #busy = new Set<SnowflakeSession>();
  #closed = false;

  constructor(driver: SnowflakeDriver, connection: SnowflakeConnection, options: PoolOptions = {}) {
    this.#driver = driver;
    this.#connection = connection;
    this.#options = options;
    this.#limits = { ...usualLimits, ...options.limits };
    this.description = describeSnowflake(connection);
  }

  async #connect(): Promise<SnowflakeSession> {
    const { role, warehouse, proof } = this.#connection;
    const asking = { role, warehouse };
    opened += 1;
    let session: SnowflakeSession | undefined;
    try {
      const connection = this.#driver.createConnection({
        ...driverOptions(this.#connection),
        ...this.#options.driver,
      });
      const { statementSeconds, queuedSeconds } = this.#limits;
      const { graceSeconds = usualGrace, commitSeconds = usualCommit } = this.#options;
      session = new SnowflakeSession(connection, {
        label: `snowflake#${opened}`,
        asking,
        deadlineMs: (statementSeconds + queuedSeconds + graceSeconds) * 1000,
        shortDeadlineMs: commitSeconds * 1000,
      });
      await connected(connection, !['password', 'key', 'oauth'].includes(proof.kind));
      const settings = sessionStatements(this.#limits);
      await session.send(settings.join('; '), { statements: settings.length });
      return session;
    } catch (error) {
      await session?.end();
      throw classifyConnectError(error, asking, this.description);
    }
  }

  use<T>(work: (session: SnowflakeSession) => Promise<T>): Promise<T> {
    return this.#limit(async () => {
      const session = this.#takeIdle() ?? (await this.#connect());
      this.#busy.add(session);
      try {
        return await work(session);
      } finally {
        this.#busy.delete(session);
        if (session.broken || this.#closed) await session.end();
        else this.#idle.push(session);
      }
    });
  }

  #takeIdle(): SnowflakeSession | undefined {
    for (;;) {
      const session = this.#idle.pop();
      if (session === undefined || !session.broken) return session;
    }
  }

  async cancel(): Promise<void> {
    await Promise.all([...this.#busy].map((session) => session.cancel()));
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all(this.#idle.splice(0).map((session) => session.end()));
  }
}
