// The port on a Postgres server.
import type { PostgresConnection } from '../../project/project.ts';
import type { Column } from '../../sql/dialect.ts';
import { sql, type Fragment } from '../../sql/fragment.ts';
import type { Warehouse } from '../port.ts';
import { runTransaction } from '../run-transaction.ts';
import type { PgConnection } from './connection.ts';
import { postgresDialectOf } from './dialect.ts';
import { runFrozen } from './frozen.ts';
import { postgresHealth } from './health/health.ts';
import { introspectPostgres } from './introspect.ts';
import { readMarks } from './marks.ts';
import { PgPool, type PgDriver } from './pool.ts';
import { openScratchSpace } from './scratch.ts';
import { readSizes } from './sizes.ts';
import { autocommitSession, sendStatement, transactionSession } from './session.ts';

interface Described {
  readonly name: string;
  readonly type: string;
}

const describe = (pool: PgPool, select: Fragment): Promise<readonly Column[]> =>
  pool.use((connection) =>
    runTransaction(connection.strictSteps(), async () => {
      // LIMIT 0 plans the query and reads nothing.
      const { result } = await sendStatement(connection, sql`select * from (${select}) as described limit 0`);
      const fields = result.fields.map(({ name, dataTypeID, dataTypeModifier }) => [
        name,
        dataTypeID,
        dataTypeModifier,
      ]);
      const rows = await transactionSession(connection)
        .rows<Described>(sql`select f.field ->> 0 as name, format_type(cast(f.field ->> 1 as oid), cast(f.field ->> 2 as int)) as type
from json_array_elements(cast(${JSON.stringify(fields)} as json)) with ordinality as f(field, place) order by f.place`);
      return rows.map(({ name, type }) => ({ name, type, nullable: true }));
    }),
  );

const tablesIn = async (pool: PgPool, schema: string): Promise<readonly string[]> => {
  const rows = await pool.use((connection) =>
    autocommitSession(connection).rows<{ name: string }>(sql`select c.relname as name
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where n.nspname = ${schema} and c.relkind in ('r', 'p', 'f', 'v', 'm') order by 1`),
  );
  return rows.map(({ name }) => name);
};

const serverVersion = async (connection: PgConnection): Promise<number> => {
  const { result } = await connection.send('show server_version_num');
  return Number(result.rows[0]?.['server_version_num']);
};

/** The driver asks where it runs: without a `navigator`, which Node has from release 21 on, by the class of answers to
 *  fetches, and that loads all of fetch (25 ms of 500 that an idle run takes). */
export const loadPostgres = async (): Promise<PgDriver> => {
  const isAdded = !('navigator' in globalThis);
  if (isAdded)
    Object.defineProperty(globalThis, 'navigator', { value: { userAgent: 'Node.js' }, configurable: true });
  try {
    return (await import('pg')).default;
  } finally {
    if (isAdded) Reflect.deleteProperty(globalThis, 'navigator');
  }
};

export const openPostgres = async (driver: PgDriver, settings: PostgresConnection): Promise<Warehouse> => {
  const pool = new PgPool(driver, settings);
  // A wrong password or host is found now, not in the middle of the work.
  const version = await pool.use(serverVersion);
  const dialect = postgresDialectOf(version);
  return {
    release: `postgres ${Math.trunc(version / 10_000)}`,
    dialect,
    description: pool.description,
    session: (work) => pool.use((connection) => work(autocommitSession(connection))),
    transaction: (work) =>
      pool.use((connection) =>
        runTransaction(connection.strictSteps(), () => work(transactionSession(connection))),
      ),
    frozen: (jobs) => runFrozen(pool, jobs),
    introspect: (tables) =>
      pool.use((connection) => introspectPostgres(autocommitSession(connection), tables)),
    marks: (tables) => pool.use((connection) => readMarks(autocommitSession(connection), tables)),
    sizes: (tables) => pool.use((connection) => readSizes(autocommitSession(connection), tables)),
    tablesIn: (schema) => tablesIn(pool, schema),
    describe: (select) => describe(pool, select),
    health: (asked) =>
      pool.use((connection) =>
        postgresHealth(autocommitSession(connection), asked, transactionSession(connection)),
      ),
    maintain: async (statement) => {
      await pool.use((connection) => sendStatement(connection, statement));
    },
    openScratch: (stateSchema) => openScratchSpace(pool, stateSchema),
    cancel: () => pool.cancel(),
    close: () => pool.close(),
  };
};
