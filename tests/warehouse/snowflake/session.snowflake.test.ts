// The adapter on the double: failures with their remedy, commits whose answer is lost, deadlines, quiet.
import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { SnowflakeConnection } from '../../../src/project/snowflake-connection.ts';
import { id, sql } from '../../../src/sql/fragment.ts';
import type { Warehouse } from '../../../src/warehouse/port.ts';
import { loadSnowflake } from '../../../src/warehouse/snowflake/driver.ts';
import type { PoolOptions } from '../../../src/warehouse/snowflake/pool.ts';
import { openSnowflake } from '../../../src/warehouse/snowflake/warehouse.ts';
import { startDouble, type Double } from '../../support/snowflake-double/server.ts';

const keys = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});
const others = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});

/** The driver tries to log in again for minutes; statements it sends again for hours. */
const hasty = { sfRetryMaxLoginRetries: 0 };

let double: Double;
const opened: Warehouse[] = [];

const open = async (
  changed: Partial<SnowflakeConnection> = {},
  options: PoolOptions = { driver: hasty, commitSeconds: 3 },
): Promise<Warehouse> => {
  const warehouse = await openSnowflake(
    await loadSnowflake(),
    {
      type: 'snowflake',
      account: 'acme',
      user: 'tide',
      role: 'LOADER',
      warehouse: 'WH',
      database: 'DB',
      url: `http://127.0.0.1:${double.port}`,
      proof: { kind: 'key', pem: keys.privateKey },
      ...changed,
    },
    options,
  );
  opened.push(warehouse);
  return warehouse;
};

const run = (warehouse: Warehouse, text: string): Promise<readonly unknown[]> =>
  warehouse.session((session) => session.rows(sql.raw(text)));

beforeAll(async () => {
  double = await startDouble({
    account: 'ACME',
    database: 'DB',
    users: [{ name: 'TIDE', publicKey: keys.publicKey, tokens: { old: 'expired' }, role: 'LOADER' }],
    warehouses: { WH: 'running', ASLEEP: 'suspended' },
    readOnly: ['PUBLIC.sealed'],
  });
});
afterEach(async () => {
  double.clearFaults();
  await Promise.all(opened.splice(0).map((warehouse) => warehouse.close()));
});
afterAll(async () => {
  await double.stop();
});

describe('what is wrong is named, with what mends it', () => {
  it.each<[string, Partial<SnowflakeConnection>, string, RegExp]>([
    [
      'the key of another',
      { proof: { kind: 'key', pem: others.privateKey } },
      'authentication_failed',
      /rsa_public_key/,
    ],
    [
      'a token that has ended',
      { proof: { kind: 'oauth', token: 'old' } },
      'authentication_failed',
      /token.*ended/,
    ],
    ['a wrong password', { proof: { kind: 'password', password: 'x' } }, 'authentication_failed', /password/],
    ['a wrong account', { url: 'http://127.0.0.1:1' }, 'connection_failed', /account right/],
  ])('%s', async (_what, changed, code, hint) => {
    const failure: unknown = await open(changed).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code, hint: expect.stringMatching(hint) as unknown });
    expect((failure as Error).message).toContain('snowflake DB@acme as LOADER');
    expect(JSON.stringify(failure)).not.toContain('PRIVATE KEY');
  });

  it.each<[string, Partial<SnowflakeConnection>, string, string, RegExp]>([
    [
      'no warehouse',
      { warehouse: undefined },
      'select * from "PUBLIC"."open"',
      'permission_denied',
      /grant usage on warehouse <warehouse> to role LOADER/,
    ],
    [
      'a warehouse that sleeps',
      { warehouse: 'ASLEEP' },
      'select * from "PUBLIC"."open"',
      'permission_denied',
      /alter warehouse ASLEEP resume/,
    ],
    [
      'no right to write',
      {},
      'insert into "PUBLIC"."sealed" values (1)',
      'permission_denied',
      /grant select, insert, update, delete on table sealed to role LOADER/,
    ],
    [
      'a table that is missing',
      {},
      'select * from "PUBLIC"."absent"',
      'sql_failed',
      /grant select on table DB.PUBLIC.absent to role LOADER/,
    ],
    [
      'a schema that is missing',
      {},
      'select * from "ABSENT"."t"',
      'sql_failed',
      /grant usage on schema DB.ABSENT to role LOADER/,
    ],
  ])('%s', async (...[, changed, text, code, hint]) => {
    const owner = await open();
    await run(owner, 'create table if not exists "PUBLIC"."open" (n integer)');
    await run(owner, 'create table if not exists "PUBLIC"."sealed" (n integer)');
    const warehouse = await open(changed);
    await expect(run(warehouse, text)).rejects.toMatchObject({
      code,
      hint: expect.stringMatching(hint) as unknown,
    });
  });

  it('a table that another transaction has locked', async () => {
    const [one, other] = [await open(), await open({}, { driver: hasty, limits: { lockSeconds: 0 } })];
    await run(one, 'create table "PUBLIC"."held" (n integer)');
    await one.transaction(async (session) => {
      await session.execute(sql`delete from ${id('PUBLIC', 'held')}`);
      await expect(run(other, 'delete from "PUBLIC"."held"')).rejects.toMatchObject({
        code: 'lock_timeout',
        hint: expect.stringContaining('show locks') as unknown,
      });
    });
  });

  it('a statement that takes too long', async () => {
    double.fault({
      on: /too long/,
      mishap: {
        kind: 'fail',
        code: '000630',
        sqlState: '57014',
        message: 'Statement reached its statement or warehouse timeout of 1 second(s) and was canceled.',
      },
    });
    await expect(run(await open(), `select 'too long'`)).rejects.toMatchObject({
      code: 'statement_timeout',
      hint: expect.stringContaining('statement_timeout_in_seconds') as unknown,
    });
  });

  it('a server that says nothing any more, after our own deadline', async () => {
    const limits = { statementSeconds: 1, queuedSeconds: 0 };
    const warehouse = await open({}, { driver: hasty, limits, graceSeconds: 1 });
    await expect(run(warehouse, 'select system$wait(600)')).rejects.toMatchObject({
      code: 'connection_lost',
    });
    expect(await run(warehouse, 'select 1 as n')).toEqual([{ n: 1 }]);
  });
});

describe('commits', () => {
  const count = async (warehouse: Warehouse, table: string): Promise<number> => {
    const rows = await warehouse.session((session) =>
      session.rows<{ n: string }>(sql`select count(*) as n from ${id('PUBLIC', table)}`),
    );
    return Number(rows[0]?.n);
  };

  const insertInto = async (warehouse: Warehouse, table: string): Promise<void> => {
    await run(warehouse, `create table "PUBLIC"."${table}" (n integer)`);
    await warehouse.transaction((session) =>
      session.execute(sql`insert into ${id('PUBLIC', table)} values (1)`),
    );
  };

  it('whose answer is lost once are asked for again, and are done once', async () => {
    double.fault({ on: /^commit/, mishap: { kind: 'cut-after' } });
    const warehouse = await open({}, { driver: hasty });
    await insertInto(warehouse, 'lost_once');
    expect(await count(warehouse, 'lost_once')).toBe(1);
  });

  it.each([
    ['did not arrive', 'cut-before', 0],
    ['did arrive', 'fail', 0],
  ] as const)(
    'that %s and get no answer are unknown, and the session is given up',
    async (_what, kind, kept) => {
      const warehouse = await open();
      const lost = {
        kind: 'fail',
        code: '390114',
        sqlState: '08001',
        message: 'Authentication token has expired.',
      } as const;
      double.fault({ on: /^commit/, times: 99, mishap: kind === 'fail' ? lost : { kind } });
      const before = double.sessions();
      await expect(insertInto(warehouse, `unknown_${kind.replace('-', '_')}`)).rejects.toMatchObject({
        code: 'commit_unknown',
      });
      double.clearFaults();
      expect(await count(warehouse, `unknown_${kind.replace('-', '_')}`)).toBe(kept);
      expect(double.sessions()).toBeGreaterThan(before);
    },
  );

  it('are refused after a statement failed, which the server would pass over', async () => {
    const warehouse = await open();
    await run(warehouse, 'create table "PUBLIC"."halves" (n integer)');
    const work = warehouse.transaction(async (session) => {
      await session.execute(sql`insert into ${id('PUBLIC', 'halves')} values (1)`);
      await session
        .execute(sql`insert into ${id('PUBLIC', 'halves')} values (cast('x' as integer))`)
        .catch(() => undefined);
    });
    await expect(work).rejects.toMatchObject({ code: 'sql_failed', details: { kind: 'value' } });
    expect(await count(warehouse, 'halves')).toBe(0);
  });
});

describe('sessions', () => {
  it('are set up in one request, and used again', async () => {
    const [statements, sessions] = [double.statements.length, double.sessions()];
    const warehouse = await open();
    await run(warehouse, 'select 1 as n');
    await run(warehouse, 'select 2 as n');
    expect(double.sessions() - sessions).toBe(1);
    expect(double.statements.slice(statements)).toHaveLength(3);
    expect(double.statements[statements]).toContain("alter session set TIMEZONE = 'UTC'");
  });

  it('tell doctor who they are', async () => {
    const warehouse = await open({ warehouse: undefined });
    const findings = await warehouse.health({ tables: [], lockedForMs: 0, state: 'tidemark', schemas: [] });
    expect(findings.map(({ severity, evidence, fix }) => [severity, evidence, fix])).toEqual([
      ['fine', 'account ACME, user TIDE, role LOADER', undefined],
      [
        'error',
        'account ACME, user TIDE, role LOADER',
        'grant usage on warehouse <warehouse> to role LOADER',
      ],
    ]);
  });
});

describe('a transaction', () => {
  it('takes no definitions, which would end it in silence', async () => {
    const warehouse = await open();
    await expect(
      warehouse.transaction((session) => session.execute(sql`create table t (n integer)`)),
    ).rejects.toMatchObject({ code: 'internal' });
  });
});

describe('scratch', () => {
  const tables = async (warehouse: Warehouse): Promise<readonly string[]> =>
    (await warehouse.tablesIn('beats_scratch')).filter((name) => name.startsWith('tm_'));

  it('of owners whose heart stopped is dropped by the next one, that of the living stays', async () => {
    const warehouse = await open();
    const [dead, alive] = [await warehouse.openScratch('beats'), await warehouse.openScratch('beats')];
    const [lost, kept] = [dead.name('lost'), alive.name('kept')];
    await warehouse.session(async (session) => {
      for (const name of [lost, kept])
        await session.execute(warehouse.dialect.createScratch(name, [{ name: 'n', type: 'integer' }]));
      await session.execute(
        sql`update ${id('beats_scratch', 'owners')} set beat = ${warehouse.dialect.minus(id('beat'), 3_600_000)} where owner = ${lost.name.split('_')[1] ?? ''}`,
      );
    });
    const next = await warehouse.openScratch('beats');
    expect(await tables(warehouse)).toEqual([kept.name]);
    await next.drop();
    await alive.drop();
    await dead.drop();
    expect(await tables(warehouse)).toEqual([]);
    const left = await warehouse.session((session) =>
      session.rows(sql`select owner from ${id('beats_scratch', 'owners')}`),
    );
    expect(left).toEqual([]);
  });
});

it('the driver is quiet', () => {
  const script = `import { loadSnowflake } from './src/warehouse/snowflake/driver.ts';
const driver = await loadSnowflake();
driver.createConnection({ account: 'a', username: 'u', password: 'p', accessUrl: 'http://127.0.0.1:1', sfRetryMaxLoginRetries: 0 }).connect(() => process.exit(0));`;
  const said = execFileSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  expect(said).toBe('');
});
