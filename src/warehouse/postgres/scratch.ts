// Scratch tables: unlogged, in a schema of their own, named after an owner who holds a lock while it lives.
// The lock belongs to an open transaction, not to the session, so that it also holds behind pgbouncer.
import { randomInt } from 'node:crypto';
import { TidemarkError, isTidemarkError } from '../../errors/tidemark-error.ts';
import { commas, id, sql, table } from '../../sql/fragment.ts';
import type { ScratchSpace, Session } from '../port.ts';
import { runTransaction } from '../run-transaction.ts';
import { scratchName, scratchSchema } from '../scratch-name.ts';
import { readCommitted, unhurried, type PgConnection } from './connection.ts';
import type { PgPool } from './pool.ts';
import { transactionSession } from './session.ts';

/** The first half of all our advisory locks on owners; the second half is the owner. */
const lockClass = 0x7469_6465;

const ownerText = (owner: number): string => owner.toString(16).padStart(8, '0');

const withTransaction = <T>(pool: PgPool, work: (session: Session) => Promise<T>): Promise<T> =>
  pool.use((connection) =>
    runTransaction(connection.strictSteps(unhurried), () => work(transactionSession(connection))),
  );

/** Not `create schema if not exists`: it asks for the right to create even where the schema is there. */
const ensureSchema = async (pool: PgPool, schema: string): Promise<void> => {
  try {
    await withTransaction(pool, async (session) => {
      const found = await session.rows(sql`select 1 from pg_namespace where nspname = ${schema}`);
      if (found.length === 0) await session.execute(sql`create schema ${id(schema)}`);
    });
  } catch (error) {
    const state = isTidemarkError(error) ? error.details['engineCode'] : undefined;
    // Two processes made it at once: duplicate_schema, or the unique index of the catalog.
    if (state !== '42P06' && state !== '23505') throw error;
  }
};

const holdLock = async (pool: PgPool, owner: number): Promise<PgConnection> => {
  const holder = await pool.connect();
  try {
    await holder.begin(readCommitted, 'set local idle_in_transaction_session_timeout = 0');
    const { rows } = (
      await holder.send('select pg_try_advisory_xact_lock($1, $2) as held', [lockClass, owner])
    ).result;
    if (rows[0]?.['held'] === true) return holder;
    throw new TidemarkError('internal', { message: `scratch owner ${ownerText(owner)} exists already` });
  } catch (error) {
    await holder.end();
    throw error;
  }
};

const tablesOf = async (session: Session, schema: string, prefix: string): Promise<readonly string[]> => {
  const rows = await session.rows<{ name: string }>(sql`select c.relname as name
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where n.nspname = ${schema} and c.relkind = 'r' and starts_with(c.relname, ${prefix})`);
  return rows.map(({ name }) => name);
};

const dropTables = async (session: Session, schema: string, names: readonly string[]): Promise<void> => {
  if (names.length === 0) return;
  await session.execute(sql`drop table if exists ${commas(names.map((name) => table({ schema, name })))}`);
};

/** Owners whose lock can be taken are dead; the lock keeps a second cleaner away until the tables are gone. */
const dropDeadOwners = (pool: PgPool, schema: string): Promise<void> =>
  withTransaction(pool, async (session) => {
    const names = await tablesOf(session, schema, 'tm_');
    const owners = new Set(names.map((name) => /^tm_([0-9a-f]{8})_\d+_/.exec(name)?.[1]));
    for (const owner of owners) {
      if (owner === undefined) continue;
      const rows = await session.rows<{ dead: boolean }>(
        sql`select pg_try_advisory_xact_lock(${lockClass}, ${Number.parseInt(owner, 16)}) as dead`,
      );
      if (rows[0]?.dead !== true) continue;
      await dropTables(session, schema, await tablesOf(session, schema, scratchName(owner)));
    }
  });

export const openScratchSpace = async (pool: PgPool, stateSchema: string): Promise<ScratchSpace> => {
  const schema = scratchSchema(stateSchema);
  await ensureSchema(pool, schema);
  await dropDeadOwners(pool, schema);
  const number = randomInt(1, 0x7fff_ffff);
  const owner = ownerText(number);
  const holder = await holdLock(pool, number);
  let last = 0;
  return {
    name: (purpose) => {
      last += 1;
      return { schema, name: scratchName(owner, last, purpose) };
    },
    async drop() {
      try {
        await withTransaction(pool, async (session) =>
          dropTables(session, schema, await tablesOf(session, schema, scratchName(owner))),
        );
      } finally {
        await holder.end();
      }
    },
  };
};
