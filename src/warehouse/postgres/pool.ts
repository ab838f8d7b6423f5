// Connections to one server, a few at a time, each for one piece of work.
// Not pg.Pool: its connection timeout also counts the time spent waiting for one's turn.
import type pg from 'pg';
import pLimit from 'p-limit';
import type { PostgresConnection } from '../../project/project.ts';
import { classifyConnectError } from './classify-error.ts';
import { PgConnection } from './connection.ts';
import { clientConfig, describeConnection } from './connection-config.ts';

export type PgDriver = typeof pg;

/** Four jobs, the holder of their snapshot, and room for the lease to be renewed meanwhile. */
const mostConnections = 8;

let opened = 0;

export class PgPool {
  readonly description: string;
  readonly #driver: PgDriver;
  readonly #settings: PostgresConnection;
  readonly #limit = pLimit(mostConnections);
  readonly #idle: PgConnection[] = [];
  readonly #busy = new Set<PgConnection>();
  #closed = false;
  /** The server has answered once: when it does not any more, it is lost. */
  #reached = false;

  constructor(driver: PgDriver, settings: PostgresConnection) {
    this.#driver = driver;
    this.#settings = settings;
    this.description = describeConnection(settings);
  }

  /** A connection of its own, outside the limit; whoever asks for it ends it. */
  async connect(): Promise<PgConnection> {
    const client = new this.#driver.Client({ ...clientConfig(this.#settings), pipeline: true });
    opened += 1;
    const connection = new PgConnection(`postgres#${opened}`, client);
    try {
      await client.connect();
      this.#reached = true;
      return connection;
    } catch (error) {
      await connection.end();
      throw classifyConnectError(error, { description: this.description, reached: this.#reached });
    }
  }

  use<T>(work: (connection: PgConnection) => Promise<T>): Promise<T> {
    return this.#limit(async () => {
      const connection = this.#takeIdle() ?? (await this.connect());
      this.#busy.add(connection);
      try {
        return await work(connection);
      } finally {
        this.#busy.delete(connection);
        if (connection.broken || this.#closed) await connection.end();
        else this.#idle.push(connection);
      }
    });
  }

  #takeIdle(): PgConnection | undefined {
    for (;;) {
      const connection = this.#idle.pop();
      if (connection === undefined || !connection.broken) return connection;
    }
  }

  async cancel(): Promise<void> {
    const running = [...this.#busy].filter(({ backend }) => backend !== undefined);
    if (running.length === 0) return;
    for (const connection of running) connection.cancelled = true;
    // By its process, not by the protocol's cancel request: that one knows no encryption.
    const canceller = await this.connect();
    try {
      for (const { backend } of running) {
        if (backend !== undefined) await canceller.send('select pg_cancel_backend($1)', [backend]);
      }
    } finally {
      await canceller.end();
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all(this.#idle.splice(0).map((connection) => connection.end()));
  }
}
