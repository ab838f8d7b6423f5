// The right to write. A token row is locked by whoever commits; a heartbeat row, elsewhere so that renewing it
// never waits for a commit, says who holds the token and until when by the warehouse's clock.
import { hostname } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { isTidemarkError, TidemarkError } from '../errors/tidemark-error.ts';
import type { SchemaName } from '../project/project.ts';
import { sql } from '../sql/fragment.ts';
import type { Session, Warehouse } from '../warehouse/port.ts';
import { isThere } from './existing.ts';
import { holderWords, type LeaseHolder } from './lease-holder.ts';
import { dbtAtWork } from './shared-lease.ts';
import { instantIso, state, stateTable } from './state.ts';

export interface LeaseWish {
  readonly owner: string;
  readonly command: string;
  readonly waitMs: number;
  readonly onWait?: ((holder: LeaseHolder) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface Lease {
  readonly token: number;
  /** Thrown into by a heartbeat that could not be renewed in time. */
  readonly lost: AbortSignal;
  /** Inside a committing transaction: locks the token row and fails unless it is still ours. */
  check(session: Session): Promise<void>;
  release(): Promise<void>;
  /** Instead of giving it back, where its tables are gone. */
  forget(): void;
}

const lifetimeMs = 60_000;
const renewalMs = 20_000;
const pollMs = 250;

interface HeartbeatRow {
  readonly token: string;
  readonly owner: string;
  readonly host: string;
  readonly pid: string;
  readonly command: string;
  readonly taken_at: string;
  readonly expires_at: string;
  readonly expired: boolean;
}

const readHeartbeat = async (session: Session, warehouse: Warehouse, schema: SchemaName) => {
  const rows = await session.rows<HeartbeatRow>(
    sql`select token, owner, host, pid, command, taken_at, expires_at, expires_at <= ${warehouse.dialect.clock()} as expired
from ${state(schema, 'heartbeat')} where id = 1`,
  );
  return rows[0];
};

const holderOf = (row: HeartbeatRow): LeaseHolder => ({
  owner: row.owner,
  host: row.host,
  pid: Number(row.pid),
  command: row.command,
  takenAt: instantIso(row.taken_at),
  expiresAt: instantIso(row.expires_at),
  expired: row.expired,
});

/** Who holds the lease now, if anybody: one of us, or dbt runs that said so. */
export const leaseHolder = async (
  session: Session,
  warehouse: Warehouse,
  schema: SchemaName,
): Promise<LeaseHolder | undefined> => {
  const row = await readHeartbeat(session, warehouse, schema);
  if (row !== undefined) return holderOf(row);
  // Tables that an older version made are read as they are. Asked on this session: another one would wait for it.
  const known = await session.rows(warehouse.dialect.tableNamed(stateTable(schema, 'shared_lease')));
  return known.length === 0 ? undefined : dbtAtWork(session, warehouse, schema);
};

const lockToken = async (
  session: Session,
  warehouse: Warehouse,
  schema: SchemaName,
  wait = true,
): Promise<number> => {
  const { concurrentWriters, locksByReading } = warehouse.dialect.capabilities;
  // Whoever waits for it then waits as long as the session waits for any table.
  if (concurrentWriters && !locksByReading)
    await session.execute(sql`update ${state(schema, 'lease')} set token = token where id = 1`);
  const lock = !locksByReading ? sql`` : wait ? sql` for update` : sql` for update nowait`;
  const rows = await session.rows<{ token: string }>(
    sql`select token from ${state(schema, 'lease')} where id = 1${lock}`,
  );
  return Number(rows[0]?.token ?? 0);
};

export const leaseHeld = (holder: LeaseHolder | undefined): TidemarkError =>
  new TidemarkError('lease_held', {
    message:
      holder === undefined
        ? 'another process is about to take the lease'
        : `${holderWords(holder)} holds the lease since ${holder.takenAt}`,
    hint: 'wait for it with --wait 5m, or give the lease back with `tidemark unlock --force` if that process is gone',
    details: holder === undefined ? {} : { ...holder },
  });

/** The token while nobody holds the lease. Who takes the next one knows that no other run wrote in between. */
export const freeToken = async (warehouse: Warehouse, schema: SchemaName): Promise<number | undefined> => {
  if (!(await isThere(warehouse, schema, 'heartbeat'))) return undefined;
  const rows = await warehouse.session((session) =>
    session.rows<{ token: string }>(
      sql`select l.token from ${state(schema, 'lease')} as l where l.id = 1 and not exists (select 1 from ${state(schema, 'heartbeat')})`,
    ),
  );
  return rows[0] === undefined ? undefined : Number(rows[0].token);
};

/** One try: the token when it is ours now, the holder when it is not. */
const tryTake = async (
  warehouse: Warehouse,
  schema: SchemaName,
  wish: LeaseWish,
): Promise<number | LeaseHolder> =>
  warehouse.transaction(async (session) => {
    // Whoever commits holds the row: how long to wait for him is the wish's, not the server's affair.
    const token = (await lockToken(session, warehouse, schema, false)) + 1;
    const current = await readHeartbeat(session, warehouse, schema);
    // Holding the file of an embedded warehouse proves that whoever held the lease is gone.
    const free =
      current === undefined ||
      current.expired ||
      current.owner === wish.owner ||
      !warehouse.dialect.capabilities.concurrentWriters;
    if (!free) return holderOf(current);
    const dbt = await dbtAtWork(session, warehouse, schema);
    if (dbt !== undefined) return dbt;
    const now = warehouse.dialect.clock();
    const until = warehouse.dialect.minus(now, -lifetimeMs);
    await session.execute(sql`delete from ${state(schema, 'heartbeat')} where id = 1`);
    await session.execute(
      sql`insert into ${state(schema, 'heartbeat')} (id, token, owner, host, pid, command, taken_at, expires_at)
select 1, ${sql.lit(token)}, ${wish.owner}, ${hostname()}, ${sql.lit(process.pid)}, ${wish.command}, ${now}, ${until}`,
    );
    await session.execute(sql`update ${state(schema, 'lease')} set token = ${sql.lit(token)} where id = 1`);
    return token;
  });

const take = async (warehouse: Warehouse, schema: SchemaName, wish: LeaseWish): Promise<number> => {
  const deadline = performance.now() + wish.waitMs;
  let told = false;
  for (;;) {
    let holder: LeaseHolder | undefined;
    try {
      const taken = await tryTake(warehouse, schema, wish);
      if (typeof taken === 'number') return taken;
      holder = taken;
    } catch (error) {
      // Somebody is committing, or taking the lease, at this very moment.
      if (
        !isTidemarkError(error) ||
        !['lock_timeout', 'write_conflict', 'serialization_failure'].includes(error.code)
      ) {
        throw error;
      }
      holder = await warehouse.session((session) => leaseHolder(session, warehouse, schema));
    }
    if (performance.now() >= deadline || wish.signal?.aborted === true) throw leaseHeld(holder);
    if (!told && holder !== undefined) wish.onWait?.(holder);
    told = true;
    await delay(pollMs);
  }
};

const leaseLost = (): TidemarkError =>
  new TidemarkError('lease_lost', {
    message: 'the lease was taken over by another process, nothing was written',
    hint: 'run again: the next run sees what the other one did',
  });

/** Renews until released; a renewal that finds another token, or fails for a whole lifetime, loses the lease. */
const heartbeat = (warehouse: Warehouse, schema: SchemaName, token: number) => {
  const lost = new AbortController();
  let renewedAt = performance.now();
  const renew = async (): Promise<void> => {
    const until = warehouse.dialect.minus(warehouse.dialect.clock(), -lifetimeMs);
    try {
      const rows = await warehouse.session((session) =>
        session.execute(
          sql`update ${state(schema, 'heartbeat')} set expires_at = ${until} where id = 1 and token = ${sql.lit(token)}`,
        ),
      );
      if (rows === 0) lost.abort(leaseLost());
      else renewedAt = performance.now();
    } catch (error) {
      if (performance.now() - renewedAt > lifetimeMs) lost.abort(error);
    }
  };
  const timer = setInterval(() => void renew(), renewalMs);
  timer.unref();
  return { lost: lost.signal, stop: () => clearInterval(timer) };
};

export const takeLease = async (
  warehouse: Warehouse,
  schema: SchemaName,
  wish: LeaseWish,
): Promise<Lease> => {
  const token = await take(warehouse, schema, wish);
  // An embedded warehouse has one session, and its file lock is the heartbeat.
  const beat = warehouse.dialect.capabilities.concurrentWriters
    ? heartbeat(warehouse, schema, token)
    : { lost: new AbortController().signal, stop: () => undefined };
  return {
    token,
    lost: beat.lost,
    check: async (session) => {
      if ((await lockToken(session, warehouse, schema)) !== token) throw leaseLost();
    },
    forget: beat.stop,
    release: async () => {
      beat.stop();
      await warehouse.session((session) =>
        session.execute(
          sql`delete from ${state(schema, 'heartbeat')} where id = 1 and token = ${sql.lit(token)}`,
        ),
      );
    },
  };
};

/** Takes the lease away from whoever holds it: his token is spent, so he can no longer commit. */
export const breakLease = async (warehouse: Warehouse, schema: SchemaName): Promise<void> =>
  warehouse.transaction(async (session) => {
    const token = (await lockToken(session, warehouse, schema)) + 1;
    await session.execute(sql`update ${state(schema, 'lease')} set token = ${sql.lit(token)} where id = 1`);
    await session.execute(sql`delete from ${state(schema, 'heartbeat')} where id = 1`);
    await session.execute(sql`delete from ${state(schema, 'shared_lease')}`);
  });
