// One session of a client: its context, its parameters, and its transaction on a DuckDB connection of its own.
import { randomUUID } from 'node:crypto';
import type { DuckDBConnection } from '@duckdb/node-api';
import { notModelled, SnowflakeFailure } from './failure.ts';
import { quotedInner } from './names.ts';
import { moveOffset, type Stream } from './streams.ts';
import type { World } from './world.ts';

interface Transaction {
  /** Tables that it wrote, by their name in DuckDB. */
  readonly written: Set<string>;
  /** Streams that it consumed. */
  readonly consumed: Set<Stream>;
  /** The commits that it has seen. */
  seen: number;
  /** A statement failed: DuckDB gives such a transaction up, the server would go on with it. */
  failed: boolean;
}

/** What decides how values are read and shown; another value than this one is not modelled. */
const fixed: Readonly<Record<string, string>> = {
  TIMEZONE: 'UTC',
  TIMESTAMP_TYPE_MAPPING: 'TIMESTAMP_NTZ',
  TIMESTAMP_NTZ_OUTPUT_FORMAT: 'YYYY-MM-DD HH24:MI:SS.FF9',
  TIMESTAMP_LTZ_OUTPUT_FORMAT: 'YYYY-MM-DD HH24:MI:SS.FF9TZH:TZM',
  TIMESTAMP_TZ_OUTPUT_FORMAT: 'YYYY-MM-DD HH24:MI:SS.FF9TZH:TZM',
  DATE_OUTPUT_FORMAT: 'YYYY-MM-DD',
  TIME_OUTPUT_FORMAT: 'HH24:MI:SS.FF9',
  BINARY_OUTPUT_FORMAT: 'HEX',
  QUOTED_IDENTIFIERS_IGNORE_CASE: 'false',
  MULTI_STATEMENT_COUNT: '1',
  AUTOCOMMIT: 'true',
};

const free = new Set([
  'QUERY_TAG',
  'STATEMENT_TIMEOUT_IN_SECONDS',
  'STATEMENT_QUEUED_TIMEOUT_IN_SECONDS',
  'LOCK_TIMEOUT',
  'ABORT_DETACHED_QUERY',
  'ERROR_ON_NONDETERMINISTIC_UPDATE',
  'ERROR_ON_NONDETERMINISTIC_MERGE',
  'CLIENT_SESSION_KEEP_ALIVE',
  'CLIENT_SESSION_KEEP_ALIVE_HEARTBEAT_FREQUENCY',
]);

export class DoubleSession {
  readonly id: number;
  readonly user: string;
  readonly role: string;
  readonly connection: DuckDBConnection;
  readonly parameters = new Map<string, string>([
    ['ERROR_ON_NONDETERMINISTIC_UPDATE', 'false'],
    ['ERROR_ON_NONDETERMINISTIC_MERGE', 'true'],
    ['LOCK_TIMEOUT', '43200'],
    ['STATEMENT_TIMEOUT_IN_SECONDS', '172800'],
    ...Object.entries(fixed),
  ]);
  token = randomUUID();
  masterToken = randomUUID();
  expired = false;
  database: string | undefined;
  schema: string | undefined;
  warehouse: string | undefined;
  transaction: Transaction | undefined;
  readonly #world: World;

  constructor(
    world: World,
    connection: DuckDBConnection,
    of: { readonly id: number; readonly user: string; readonly role: string },
  ) {
    this.#world = world;
    this.connection = connection;
    this.id = of.id;
    this.user = of.user;
    this.role = of.role;
  }

  setParameter(name: string, value: string): void {
    const key = name.toUpperCase();
    const only = fixed[key];
    if (only !== undefined && only.toLowerCase() !== value.toLowerCase())
      throw notModelled(`${key} = ${value}`);
    if (only === undefined && !free.has(key))
      throw new SnowflakeFailure('001073', '22023', `invalid parameter '${key}'`);
    this.parameters.set(key, value);
  }

  flag(name: string): boolean {
    return this.parameters.get(name)?.toLowerCase() === 'true';
  }

  async begin(): Promise<void> {
    // BEGIN inside a transaction is passed over.
    if (this.transaction !== undefined) return;
    await this.connection.run('begin transaction');
    this.transaction = {
      written: new Set(),
      consumed: new Set(),
      seen: this.#world.catalog.commits,
      failed: false,
    };
  }

  async commit(): Promise<void> {
    const { transaction } = this;
    if (transaction === undefined) return;
    for (const stream of transaction.consumed)
      for (const sql of moveOffset(stream)) await this.connection.run(sql);
    this.transaction = undefined;
    await this.connection.run('commit');
    this.#world.catalog.committed(transaction.written);
    this.#world.locks.release(this.id);
  }

  async rollback(): Promise<void> {
    if (this.transaction === undefined) return;
    this.transaction = undefined;
    await this.connection.run('rollback');
    this.#world.locks.release(this.id);
  }

  /** READ COMMITTED: each statement sees what was committed before it. DuckDB's transactions see one moment, so that one
   *  that has written nothing yet starts anew, and one that has is refused what changed meanwhile. */
  async see(tables: Iterable<string>): Promise<void> {
    const { transaction } = this;
    const { catalog } = this.#world;
    if (transaction === undefined) return;
    if (transaction.written.size === 0) {
      await this.connection.run('commit');
      await this.connection.run('begin transaction');
      transaction.seen = catalog.commits;
      return;
    }
    for (const table of tables)
      if (catalog.changedAt(table) > transaction.seen)
        throw notModelled(
          `a table that another session changed after this transaction first wrote: ${table}`,
        );
  }

  async end(): Promise<void> {
    await this.rollback();
    this.#world.locks.release(this.id);
    this.connection.closeSync();
  }

  /** Temporary tables are the session's own; nothing of ours uses them. */
  get context(): string {
    return [this.database, this.schema].map((part) => quotedInner(part ?? '')).join('.');
  }
}
