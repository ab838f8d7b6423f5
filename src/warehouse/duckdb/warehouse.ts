// The port on a DuckDB file: one connection, one piece of work at a time.
// A session inside a session of the same warehouse would wait for itself.
import type { DuckDBConnection } from '@duckdb/node-api';
import type { DuckDbConnection } from '../../project/project.ts';
import type { Column, Dialect } from '../../sql/dialect.ts';
import { sql, table, type Fragment, type Statement } from '../../sql/fragment.ts';
import type { TableName } from '../../sql/table-name.ts';
import type { FrozenJob, ScratchSpace, Session, TableInfo, TableMark, Warehouse } from '../port.ts';
import { runTransaction, type TransactionSteps } from '../run-transaction.ts';
import { scratchName } from '../scratch-name.ts';
import { settleInTurn } from '../settle-jobs.ts';
import { turnstile } from '../turnstile.ts';
import { duckDbDialect } from './dialect.ts';
import type { Finding } from '../health.ts';
import { duckDbHealth } from './health.ts';
import { introspectDuckDb } from './introspect.ts';
import { DuckDbMarks } from './marks.ts';
import { openFile, type OpenedFile, type OpenFileOptions } from './open-file.ts';
import { DuckDbSession, type DuckDbDriver } from './session.ts';
import { readSizes } from './storage.ts';

const scratchOwner = 'local';

const steps = (session: DuckDbSession): TransactionSteps => ({
  async begin() {
    session.failure = undefined;
    await session.send('begin transaction');
  },
  async commit() {
    const { failure } = session;
    // COMMIT of an aborted transaction succeeds and keeps nothing; a SELECT tells whether it is aborted.
    if (failure !== undefined && (await isAborted(session))) {
      await session.send('rollback');
      throw failure;
    }
    await session.send('commit');
  },
  async rollback() {
    await session.send('rollback');
  },
});

const isAborted = (session: DuckDbSession): Promise<boolean> =>
  session.send('select 1').then(
    () => false,
    () => true,
  );

class DuckDbWarehouse implements Warehouse {
  readonly dialect: Dialect = duckDbDialect;
  readonly description: string;
  readonly release: string;
  readonly #file: OpenedFile;
  readonly #marks: DuckDbMarks | undefined;
  readonly #connection: DuckDBConnection;
  readonly #session: DuckDbSession;
  readonly #inTurn = turnstile();
  #spaces = 0;
  #closed = false;

  constructor(
    file: OpenedFile,
    {
      connection,
      session,
      release,
    }: { readonly connection: DuckDBConnection; readonly session: DuckDbSession; readonly release: string },
  ) {
    this.release = release;
    this.description = `duckdb ${file.path}`;
    this.#file = file;
    this.#marks = file.seal && new DuckDbMarks(file.seal);
    this.#connection = connection;
    this.#session = session;
  }

  session<T>(work: (session: Session) => Promise<T>): Promise<T> {
    return this.#inTurn(() => work(this.#session));
  }

  transaction<T>(work: (session: Session) => Promise<T>): Promise<T> {
    return this.#inTurn(() => runTransaction(steps(this.#session), () => work(this.#session)));
  }

  /** No transaction: nobody else can write to the file while the turn lasts, which is a snapshot already, and
   *  in a transaction one value that fails to convert would take the work of all other jobs with it. */
  frozen<T>(jobs: readonly FrozenJob<T>[]): Promise<readonly T[]> {
    return this.#inTurn(() => settleInTurn(jobs.map((job) => () => job(this.#session))));
  }

  introspect(tables: readonly TableName[]): Promise<readonly TableInfo[]> {
    return this.session((session) => introspectDuckDb(session, tables));
  }

  async marks(tables: readonly TableName[]): Promise<readonly TableMark[]> {
    const marks = this.#marks;
    return marks === undefined ? [] : this.session((session) => marks.of(session, tables));
  }

  sizes(tables: readonly TableName[]): Promise<ReadonlyMap<string, number>> {
    return this.session((session) => readSizes(session, tables));
  }

  async tablesIn(schema: string): Promise<readonly string[]> {
    const rows = await this.session((session) =>
      session.rows<{ name: string }>(sql`select table_name as name from duckdb_tables()
where database_name = current_database() and lower(schema_name) = lower(${schema})
union all select view_name from duckdb_views()
where database_name = current_database() and lower(schema_name) = lower(${schema}) order by 1`),
    );
    return rows.map(({ name }) => name);
  }

  async describe(select: Fragment): Promise<readonly Column[]> {
    const rows = await this.session((session) =>
      session.rows<{ column_name: string; column_type: string }>(sql`describe ${select}`),
    );
    return rows.map((row) => ({ name: row.column_name, type: row.column_type, nullable: true }));
  }

  health(): Promise<readonly Finding[]> {
    return this.session((session) => duckDbHealth(session, this.#file.path));
  }

  async maintain(statement: Statement): Promise<void> {
    await this.session((session) => session.execute(statement));
  }

  // Temporary tables die with this process, so there are no dead owners, and they need no schema.
  async openScratch(): Promise<ScratchSpace> {
    this.#spaces += 1;
    const owner = `${scratchOwner}${this.#spaces}`;
    let last = 0;
    return {
      name: (purpose) => {
        last += 1;
        return { database: 'temp', schema: 'main', name: scratchName(owner, last, purpose) };
      },
      drop: () => this.session((session) => dropScratchOf(session, owner)),
    };
  }

  async cancel(): Promise<void> {
    if (!this.#closed) this.#connection.interrupt();
  }

  close(): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#closed) return;
      this.#closed = true;
      if (!this.#file.readOnly) await this.#seal();
      this.#connection.closeSync();
      this.#file.instance.closeSync();
      this.#file.seal?.close();
    });
  }

  /** Closing would write the log into the file all the same, but then the file would not be ours alone any more. */
  async #seal(): Promise<void> {
    try {
      await this.#session.send('checkpoint');
      await this.#marks?.seal(this.#session);
    } catch {
      // An old seal, or none, makes the next run read the tables.
    }
  }
}

const dropScratchOf = async (session: Session, owner: string): Promise<void> => {
  const rows = await session.rows<{ name: string }>(sql`select table_name as name from duckdb_tables()
where database_name = 'temp' and starts_with(table_name, ${scratchName(owner)})`);
  for (const { name } of rows) {
    await session.execute(sql`drop table ${table({ database: 'temp', schema: 'main', name })}`);
  }
};

export const loadDuckDb = (): Promise<DuckDbDriver> => import('@duckdb/node-api');

export const openDuckDb = async (
  driver: DuckDbDriver,
  at: DuckDbConnection,
  options: OpenFileOptions,
): Promise<Warehouse> => {
  const file = await openFile(driver, at, options);
  const connection = await file.instance.connect();
  const session = new DuckDbSession(driver, connection, 'duckdb#1');
  await session.send(`set timezone = 'UTC'`);
  return new DuckDbWarehouse(file, { connection, session, release: `duckdb ${driver.version()}` });
};
