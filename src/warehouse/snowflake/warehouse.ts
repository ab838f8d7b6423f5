// The port on a Snowflake account: sessions, transactions, the catalog. What a batch needs besides is refused by name.
import { TidemarkError } from '../../errors/tidemark-error.ts';
import type { SnowflakeConnection } from '../../project/snowflake-connection.ts';
import type { Column } from '../../sql/dialect.ts';
import { sql, type Fragment, type Statement } from '../../sql/fragment.ts';
import { boundValues } from '../bound-value.ts';
import type { Finding } from '../health.ts';
import type { Row, Session, Warehouse } from '../port.ts';
import { runTransaction } from '../run-transaction.ts';
import { settleTogether } from '../settle-jobs.ts';
import { compileForSnowflake } from './compile-statement.ts';
import { strictSteps, type Outcome, type SendOptions, type SnowflakeSession } from './connection.ts';
import { snowflakeDialect } from './dialect.ts';
import type { SnowflakeDriver } from './driver.ts';
import { introspectSnowflake, readSizes, tablesInSchema } from './introspect.ts';
import { openScratchSpace } from './scratch.ts';
import { SnowflakePool, type PoolOptions } from './pool.ts';
import type { ReplyColumn } from './values.ts';

const send = (
  session: SnowflakeSession,
  statement: Statement,
  options: SendOptions = {},
): Promise<Outcome> => {
  const { sql: text, parameters } = compileForSnowflake(statement);
  return session.send(text, { ...options, values: boundValues(parameters) });
};

/** It would commit what is open, in silence, and stand in no transaction itself. */
const refuseDefinition = (text: string): void => {
  if (!/^\s*(?:create|drop|alter\s+table)\b/i.test(text)) return;
  throw new TidemarkError('internal', {
    message: `a definition inside a transaction, which Snowflake would end: ${text.slice(0, 80)}`,
  });
};

const inTransaction = (session: Session): Session => {
  const checked = <S extends Statement>(statement: S): S => {
    refuseDefinition(compileForSnowflake(statement).sql);
    return statement;
  };
  return {
    rows: <R = Row>(statement: Statement) => session.rows<R>(checked(statement)),
    execute: (statement) => session.execute(checked(statement)),
  };
};

/** Each statement is a transaction of its own unless one is open. */
const sessionOn = (session: SnowflakeSession): Session => ({
  async rows<R = Row>(statement: Statement): Promise<readonly R[]> {
    return (await send(session, statement)).rows as readonly unknown[] as readonly R[];
  },
  async execute(statement: Statement): Promise<number> {
    return (await send(session, statement)).count;
  },
});

const shownType = (column: ReplyColumn): string => {
  const type = column.getType();
  switch (type) {
    case 'fixed':
      return `NUMBER(${column.getPrecision()},${column.getScale()})`;
    case 'real':
      return 'FLOAT';
    // The driver does not tell lengths; these are what a column without one has, as the catalog writes it.
    case 'text':
      return 'VARCHAR(16777216)';
    case 'binary':
      return 'BINARY(8388608)';
    case 'time':
    case 'timestamp_ntz':
    case 'timestamp_ltz':
    case 'timestamp_tz':
      return `${type.toUpperCase()}(${column.getScale()})`;
    default:
      return type.toUpperCase();
  }
};

/** Compiled by the server, and not run. */
const describe = async (session: SnowflakeSession, select: Fragment): Promise<readonly Column[]> => {
  const { columns } = await send(session, sql`${select}`, { describeOnly: true });
  return columns.map((column) => ({ name: column.getName(), type: shownType(column), nullable: true }));
};

const facts = sql`select current_account() as account, current_user() as username, current_role() as role, current_warehouse() as warehouse, current_database() as "database"`;

/** Whether the session has what statements will ask for. */
const health = async (session: SnowflakeSession): Promise<readonly Finding[]> => {
  const [found = {}] = (await send(session, facts)).rows;
  const { role, warehouse, database } = found;
  const evidence = `account ${String(found['account'])}, user ${String(found['username'])}, role ${String(role)}`;
  const missing = (what: string, fix: string): Finding => ({
    check: `snowflake ${what}`,
    severity: 'error',
    message: `the session has no ${what}`,
    evidence,
    fix,
  });
  return [
    { check: 'snowflake session', severity: 'fine', message: 'logged in', evidence },
    ...(warehouse === null
      ? [missing('warehouse', `grant usage on warehouse <warehouse> to role ${String(role)}`)]
      : []),
    ...(database === null
      ? [missing('database', `grant usage on database <database> to role ${String(role)}`)]
      : []),
  ];
};

export const openSnowflake = async (
  driver: SnowflakeDriver,
  connection: SnowflakeConnection,
  options: PoolOptions = {},
): Promise<Warehouse> => {
  const pool = new SnowflakePool(driver, connection, options);
  // A wrong account, key or role is found now, not in the middle of the work.
  await pool.use(() => Promise.resolve());
  return {
    dialect: snowflakeDialect,
    description: pool.description,
    // Fingerprints are MD5 there.
    release: 'snowflake',
    session: (work) => pool.use((session) => work(sessionOn(session))),
    transaction: (work) =>
      pool.use((session) =>
        runTransaction(strictSteps(session), () => work(inTransaction(sessionOn(session)))),
      ),
    // Each job reads what is there when it reads it: see docs/snowflake.md.
    frozen: (jobs) =>
      settleTogether(
        jobs.map((job) => () => pool.use((session) => job(sessionOn(session)))),
        snowflakeDialect.capabilities.parallelSessions,
      ),
    introspect: (tables) => pool.use((session) => introspectSnowflake(sessionOn(session), tables)),
    sizes: (tables) => pool.use((session) => readSizes(sessionOn(session), tables)),
    // None are kept: tables are read.
    marks: () => Promise.resolve([]),
    tablesIn: (schema, database) =>
      pool.use((session) => tablesInSchema(sessionOn(session), { schema, database })),
    describe: (select) => pool.use((session) => describe(session, select)),
    health: () => pool.use(health),
    // A lone statement stands in no transaction there.
    maintain: (statement) =>
      pool.use(async (session) => {
        await sessionOn(session).execute(statement);
      }),
    openScratch: (stateSchema) =>
      openScratchSpace((work) => pool.use((session) => work(sessionOn(session))), stateSchema),
    cancel: () => pool.cancel(),
    close: () => pool.close(),
  };
};
