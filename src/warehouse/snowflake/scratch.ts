// Scratch tables: transient, in a schema of their own, named after an owner whose heartbeat shows that he lives. There are
// no locks to hold here but those of transactions, and DDL would end one.
import { randomInt } from 'node:crypto';
import { commas, id, sql, table } from '../../sql/fragment.ts';
import { tableName, type TableName } from '../../sql/table-name.ts';
import type { ScratchSpace, Session } from '../port.ts';
import { isScratchName, scratchName, scratchOwners, scratchSchema } from '../scratch-name.ts';
import { snowflakeDialect } from './dialect.ts';

/** A session for a while. */
export type UseSession = <T>(work: (session: Session) => Promise<T>) => Promise<T>;

const beatMs = 60_000;

/** Ten beats were missed: the process is gone, or asleep, and then its lease is lost as well. */
const deadAfterMs = 600_000;

const column = (name: string): ReturnType<typeof id> => id('c', name);

/** Not `create schema if not exists`: the right to create it is not asked for where it is there. */
const ensurePlace = async (session: Session, owners: TableName): Promise<readonly string[]> => {
  const { schema } = owners;
  const found = await session.rows(
    sql`select 1 from ${id('INFORMATION_SCHEMA', 'SCHEMATA')} as c where ${column('SCHEMA_NAME')} = ${schema}`,
  );
  if (found.length === 0) await session.execute(sql`create schema if not exists ${id(schema)}`);
  const tables = await session.rows<{ name: string }>(
    sql`select ${column('TABLE_NAME')} as name from ${id('INFORMATION_SCHEMA', 'TABLES')} as c where ${column('TABLE_SCHEMA')} = ${schema}`,
  );
  const names = tables.map(({ name }) => name);
  if (!names.includes(owners.name))
    await session.execute(
      sql`create transient table if not exists ${table(owners)} (owner varchar not null, beat timestamp_ltz not null)`,
    );
  return names;
};

const living = async (session: Session, owners: TableName): Promise<ReadonlySet<string>> => {
  const rows = await session.rows<{ owner: string }>(
    sql`select owner from ${table(owners)} where beat > ${snowflakeDialect.minus(snowflakeDialect.clock(), deadAfterMs)}`,
  );
  return new Set(rows.map(({ owner }) => owner));
};

const dropAll = async (session: Session, schema: string, names: readonly string[]): Promise<void> => {
  for (const name of names) await session.execute(snowflakeDialect.dropScratch(tableName(schema, name)));
};

const ownerOf = (name: string): string => name.split('_')[1] ?? '';

/** Whoever makes tables has his row before: a table without one is nobody's. */
const dropDeadOwners = async (
  session: Session,
  owners: TableName,
  names: readonly string[],
): Promise<void> => {
  const scratch = names.filter(isScratchName);
  if (scratch.length === 0) return;
  const alive = await living(session, owners);
  const left = scratch.filter((name) => !alive.has(ownerOf(name)));
  if (left.length === 0) return;
  await dropAll(session, owners.schema, left);
  const dead = [...new Set(left.map(ownerOf))];
  await session.execute(
    sql`delete from ${table(owners)} where owner in (${commas(dead.map((owner) => sql`${owner}`))})`,
  );
};

const tablesOf = async (session: Session, schema: string, prefix: string): Promise<readonly string[]> => {
  const rows = await session.rows<{ name: string }>(
    sql`select ${column('TABLE_NAME')} as name from ${id('INFORMATION_SCHEMA', 'TABLES')} as c where ${column('TABLE_SCHEMA')} = ${schema} and startswith(${column('TABLE_NAME')}, ${prefix})`,
  );
  return rows.map(({ name }) => name);
};

/** A beat that fails is made up for by the next one. */
const beating = (use: UseSession, owners: TableName, owner: string): NodeJS.Timeout =>
  setInterval(() => {
    const beat = use((session) =>
      session.execute(
        sql`update ${table(owners)} set beat = ${snowflakeDialect.clock()} where owner = ${owner}`,
      ),
    );
    beat.catch(() => undefined);
  }, beatMs).unref();

export const openScratchSpace = async (use: UseSession, stateSchema: string): Promise<ScratchSpace> => {
  const schema = scratchSchema(stateSchema);
  const owners = tableName(schema, scratchOwners);
  const owner = randomInt(1, 0x7fff_ffff).toString(16).padStart(8, '0');
  await use(async (session) => {
    const names = await ensurePlace(session, owners);
    await session.execute(
      sql`insert into ${table(owners)} (owner, beat) select ${owner}, ${snowflakeDialect.clock()}`,
    );
    await dropDeadOwners(session, owners, names);
  });
  const heart = beating(use, owners, owner);
  let last = 0;
  return {
    name: (purpose) => {
      last += 1;
      return { schema, name: scratchName(owner, last, purpose) };
    },
    async drop() {
      clearInterval(heart);
      await use(async (session) => {
        await dropAll(session, schema, await tablesOf(session, schema, scratchName(owner)));
        await session.execute(sql`delete from ${table(owners)} where owner = ${owner}`);
      });
    },
  };
};
