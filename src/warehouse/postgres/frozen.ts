// Jobs that read one snapshot, in several sessions at once: one transaction exports it, the others import it.
import { sql } from '../../sql/fragment.ts';
import { isConnectionLoss } from '../engine-error.ts';
import type { FrozenJob } from '../port.ts';
import { runTransaction, type TransactionSteps } from '../run-transaction.ts';
import { settleTogether } from '../settle-jobs.ts';
import type { PgConnection } from './connection.ts';
import { postgresDialect } from './dialect.ts';
import type { PgPool } from './pool.ts';
import { transactionSession } from './session.ts';

const mode = 'isolation level repeatable read';

/** A job that caught the failure of a statement keeps its result and loses what it wrote: others go on. */
const jobSteps = (connection: PgConnection, first?: string): TransactionSteps => ({
  begin: () => connection.begin(mode, first),
  async commit() {
    await connection.commit();
  },
  rollback: () => connection.rollback(),
});

const exportSnapshot = async (connection: PgConnection): Promise<string> => {
  // The holder sits idle while the jobs work, longer than a server may allow.
  const first = 'set local idle_in_transaction_session_timeout = 0';
  await connection.begin(mode, first);
  const rows = await transactionSession(connection).rows<{ snapshot: string }>(
    sql`select pg_export_snapshot() as snapshot`,
  );
  return String(rows[0]?.snapshot).replaceAll("'", "''");
};

export const runFrozen = async <T>(pool: PgPool, jobs: readonly FrozenJob<T>[]): Promise<readonly T[]> => {
  const run = (job: FrozenJob<T>, first?: string): Promise<T> =>
    pool.use((connection) =>
      runTransaction(jobSteps(connection, first), () => job(transactionSession(connection))),
    );
  const [only, ...more] = jobs;
  if (only === undefined) return [];
  if (more.length === 0) return [await run(only)];
  return pool.use(async (holder) => {
    const snapshot = await exportSnapshot(holder);
    try {
      return await settleTogether(
        jobs.map((job) => () => run(job, `set transaction snapshot '${snapshot}'`)),
        postgresDialect.capabilities.parallelSessions,
      );
    } catch (error) {
      // With its holder the snapshot is gone, and a job that begins then is told that there is none: what was lost is
      // the connection.
      if (!isConnectionLoss(error)) await holder.send('select 1');
      throw error;
    } finally {
      // Whatever comes of it: the jobs have ended, and a holder that cannot roll back is thrown away.
      await holder.rollback().catch(() => undefined);
    }
  });
};
