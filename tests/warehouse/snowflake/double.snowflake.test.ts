// The double of Snowflake, judged by the real driver: it behaves where the server's behaviour bites, and refuses the rest.
import { generateKeyPairSync } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startDouble, type Double } from '../../support/snowflake-double/server.ts';
import { connectClient, type Client, type Proof } from '../../support/snowflake-client.ts';

const keys = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});
const password: Proof = { username: 'tide', password: 'a password' };
const chunkRows = 50;

let double: Double;
let open: Client[] = [];

const connect = async (proof: Proof = password): Promise<Client> => {
  const client = await connectClient(double, proof);
  open.push(client);
  return client;
};

beforeAll(async () => {
  double = await startDouble({
    account: 'ACME',
    database: 'DB',
    users: [
      {
        name: 'TIDE',
        password: 'a password',
        publicKey: keys.publicKey,
        tokens: { fresh: 'valid', old: 'expired' },
        role: 'LOADER',
      },
    ],
    warehouses: { WH: 'running', ASLEEP: 'suspended' },
    readOnly: ['PUBLIC.SEALED'],
    chunkRows,
  });
});
afterEach(async () => {
  double.clearFaults();
  await Promise.all(open.map((client) => client.close()));
  open = [];
});
afterAll(async () => {
  await double.stop();
});

describe('login', () => {
  it.each([
    ['a password', password],
    ['a key pair', { username: 'tide', authenticator: 'SNOWFLAKE_JWT', privateKey: keys.privateKey }],
    [
      'an access token of a program',
      { authenticator: 'PROGRAMMATIC_ACCESS_TOKEN', token: 'fresh', username: 'tide' },
    ],
    ['an OAuth token', { authenticator: 'OAUTH', token: 'fresh', username: 'tide' }],
  ])('by %s', async (_how, proof) => {
    const client = await connect(proof);
    expect(await client.run('select 1 as "n"')).toMatchObject({ rows: [{ n: '1' }] });
  });

  it.each([
    ['a wrong password', { ...password, password: 'another' }, '390100'],
    [
      'a key of somebody else',
      { username: 'nobody', authenticator: 'SNOWFLAKE_JWT', privateKey: keys.privateKey },
      '390144',
    ],
    ['an OAuth token that has ended', { authenticator: 'OAUTH', token: 'old', username: 'tide' }, '390318'],
    ['an unknown OAuth token', { authenticator: 'OAUTH', token: 'x', username: 'tide' }, '390303'],
    [
      'a PAT that has ended',
      { authenticator: 'PROGRAMMATIC_ACCESS_TOKEN', token: 'old', username: 'tide' },
      '394400',
    ],
  ])('not by %s', async (_how, proof, code) => {
    const failure = await connect(proof).catch((error: unknown) => error);
    expect(String((failure as { code?: unknown }).code)).toBe(code);
  });
});

describe('names', () => {
  it('fold to upper case unless they are quoted, and differ by case', async () => {
    const client = await connect();
    await client.run('create table names (id integer, "id" integer, "Id" integer)');
    await client.run('insert into NAMES values (1, 2, 3)');
    expect(await client.run('select ID, "id", "Id" from Names')).toMatchObject({
      rows: [{ ID: '1', id: '2', Id: '3' }],
    });
    expect(await client.run('select * from "names"')).toMatchObject({ code: '002003', sqlState: '42S02' });
    expect(await client.run('select "iD" from names')).toMatchObject({ code: '000904', sqlState: '42000' });
  });
});

describe('transactions', () => {
  it('are committed by DDL, keys are noted and not enforced', async () => {
    const [one, other] = [await connect(), await connect()];
    await one.run('create table kept (id integer primary key)');
    await one.run('begin');
    await one.run('insert into kept values (1), (1)');
    expect(await other.run('select count(*) as "n" from kept')).toMatchObject({ rows: [{ n: '0' }] });
    await one.run('create table between_times (id integer)');
    expect(await other.run('select count(*) as "n" from kept')).toMatchObject({ rows: [{ n: '2' }] });
    await one.run('rollback');
    expect(await other.run('select count(*) as "n" from kept')).toMatchObject({ rows: [{ n: '2' }] });
  });

  it('roll back DML, TRUNCATE too', async () => {
    const client = await connect();
    await client.run('create table undone (id integer)');
    await client.run('insert into undone values (1)');
    await client.run('begin');
    await client.run('truncate table undone');
    await client.run('insert into undone values (2)');
    expect(await client.run('select id as "id" from undone')).toMatchObject({ rows: [{ id: '2' }] });
    await client.run('rollback');
    expect(await client.run('select id as "id" from undone')).toMatchObject({ rows: [{ id: '1' }] });
  });

  it('are to be rolled back after a statement that failed: the double does not go on as the server would', async () => {
    const client = await connect();
    await client.run('create table half (id integer)');
    await client.run('begin');
    await client.run('insert into half values (1)');
    expect(await client.run("insert into half values (cast('x' as integer))")).toMatchObject({
      code: '100038',
      sqlState: '22018',
    });
    expect((await client.run('commit')).message).toMatch(/does not model a transaction that goes on/);
    await client.run('rollback');
    expect(await client.run('select id from half')).toMatchObject({ rows: [] });
  });

  it('read what is committed before each statement, until they write', async () => {
    const [one, other] = [await connect(), await connect()];
    await one.run('create table seen (id integer)');
    await one.run('create table own (id integer)');
    await one.run('begin');
    await other.run('insert into seen values (1)');
    expect(await one.run('select count(*) as "n" from seen')).toMatchObject({ rows: [{ n: '1' }] });
    await one.run('insert into own values (1)');
    await other.run('insert into seen values (2)');
    expect((await one.run('select count(*) as "n" from seen')).message).toMatch(/does not model/);
    await one.run('rollback');
  });

  it('lock the tables that they update against one another', async () => {
    const [one, other] = [await connect(), await connect()];
    await one.run('create table locked (id integer)');
    await one.run('insert into locked values (1)');
    await one.run('begin');
    await one.run('update locked set id = 2');
    await other.run('alter session set lock_timeout = 0');
    expect(await other.run('update locked set id = 3')).toMatchObject({ code: '000625', sqlState: '57014' });
    await other.run('alter session set lock_timeout = 60');
    const waiting = other.run('update locked set id = id + 1');
    await one.run('commit');
    expect(await waiting).toMatchObject({ rows: [{ 'number of rows updated': '1' }] });
    expect(await one.run('select id as "id" from locked')).toMatchObject({ rows: [{ id: '3' }] });
  });
});

describe('rows that match twice', () => {
  const twice = '(select 1 as i, 10 as v union all select 1, 20) as s';

  it('are an error of MERGE, and of UPDATE once it is told so', async () => {
    const client = await connect();
    await client.run('create table target (i integer, v integer)');
    await client.run('insert into target values (1, 0)');
    const merge = `merge into target as t using ${twice} on t.i = s.i when matched then update set v = s.v`;
    expect(await client.run(merge)).toMatchObject({ code: '100090', sqlState: '42P18' });
    const update = `update target as t set v = s.v from ${twice} where t.i = s.i`;
    expect(await client.run(update)).toMatchObject({
      rows: [{ 'number of rows updated': '1', 'number of multi-joined rows updated': '1' }],
    });
    await client.run('alter session set error_on_nondeterministic_update = true');
    expect(await client.run(update)).toMatchObject({ code: '100090', sqlState: '42P18' });
  });

  it('a MERGE counts only the branches that it has', async () => {
    const client = await connect();
    await client.run('create table merged (i integer, v integer)');
    await client.run('insert into merged values (1, 0), (2, 0)');
    const source = `(select 1 as i, 5 as v union all select 2, null union all select 3, 7) as s`;
    expect(
      await client.run(
        `merge into merged as t using ${source} on t.i = s.i when matched and s.v is null then delete when matched then update set v = s.v when not matched then insert (i, v) values (s.i, s.v)`,
      ),
    ).toMatchObject({
      rows: [
        { 'number of rows inserted': '1', 'number of rows updated': '1', 'number of rows deleted': '1' },
      ],
    });
    expect(await client.run('select i as "i", v as "v" from merged order by i')).toMatchObject({
      rows: [
        { i: '1', v: '5' },
        { i: '3', v: '7' },
      ],
    });
  });
});

describe('the wire', () => {
  const rowsOf = async (client: Client, table: string): Promise<unknown> =>
    (await client.run(`select count(*) as "n" from ${table}`)).rows?.[0]?.['n'];

  it('a statement whose answer is lost is asked for again and runs once', async () => {
    const client = await connect();
    await client.run('create table once (id integer)');
    double.fault({ on: /^insert into once/, mishap: { kind: 'cut-after' } });
    expect(await client.run('insert into once values (1)')).toMatchObject({
      rows: [{ 'number of rows inserted': '1' }],
    });
    expect(await rowsOf(client, 'once')).toBe('1');
  });

  it('a statement that did not arrive, or met a server too busy, is sent again', async () => {
    const client = await connect();
    await client.run('create table again (id integer)');
    double.fault({ on: /values \(1\)/, mishap: { kind: 'cut-before' } });
    double.fault({ on: /values \(2\)/, mishap: { kind: 'http', status: 503 } });
    await client.run('insert into again values (1)');
    await client.run('insert into again values (2)');
    expect(await rowsOf(client, 'again')).toBe('2');
  });

  it('a session whose token ends is renewed, its transaction with it', async () => {
    const client = await connect();
    await client.run('create table renewed (id integer)');
    await client.run('begin');
    await client.run('insert into renewed values (1)');
    double.fault({ on: /values \(2\)/, mishap: { kind: 'expire', forGood: false } });
    await client.run('insert into renewed values (2)');
    await client.run('commit');
    expect(await rowsOf(client, 'renewed')).toBe('2');
  });

  it('a session that cannot be renewed is gone', async () => {
    const client = await connect();
    double.fault({ on: /'gone'/, mishap: { kind: 'expire', forGood: true } });
    expect((await client.run(`select 'gone' as t`)).code).toMatch(/^(390114|407002)$/);
  });

  it('many rows come in chunks, in their order', async () => {
    const client = await connect();
    await client.run('create table many (id integer)');
    const values = Array.from({ length: chunkRows * 3 + 7 }, (_none, n) => `(${n})`);
    await client.run(`insert into many values ${values.join(', ')}`);
    const { rows = [] } = await client.run('select id as "id" from many order by id');
    expect(rows.map(({ id }) => id)).toEqual(values.map((_value, n) => String(n)));
  });

  it('a query is described without running', async () => {
    const client = await connect();
    const answer = await client.describe(
      'select cast(1 as number(12,4)) as "Price", system_name from (select \'x\' as system_name) as q',
    );
    expect(answer).toMatchObject({ columns: ['Price fixed', 'SYSTEM_NAME text'], rows: [] });
  });

  it('what runs is cancelled', async () => {
    const client = await connect();
    const { answer, cancel } = client.start('select system$wait(600)');
    while (!double.statements.includes('select system$wait(600)'))
      await new Promise((resolve) => setImmediate(resolve));
    await cancel();
    expect(await answer).toMatchObject({ code: '000604' });
  });

  it('values bound arrive as what they are', async () => {
    const client = await connect();
    const text = `it's "é" \\ \u{1F600}`;
    expect(
      await client.run('select ? as "t", ? as "i", ? as "d", ? as "b", ? as "z"', [text, 7, 0.5, true, null]),
    ).toMatchObject({
      rows: [{ t: text, i: '7', d: '0.5', b: 'TRUE', z: null }],
    });
  });
});

describe('errors', () => {
  it.each([
    ['selec 1', '001003', '42000'],
    ['select 1; select 2', '000008', '0A000'],
    ['select nothing_known(1)', '002140', '42601'],
    ['insert into shut values (1) returning id', '001003', '42000'],
    ['select * from no_schema.t', '002043', '02000'],
    ['insert into sealed values (1)', '003001', '42501'],
    ["insert into shut values (cast('99' as varchar), null)", '001003', '42000'],
  ])('%s', async (sql, code, sqlState) => {
    const client = await connect();
    await client.run('create table if not exists shut (id integer not null)');
    await client.run('create table if not exists sealed (id integer)');
    expect(await client.run(sql)).toMatchObject({ code, sqlState });
  });

  it('no warehouse, or one that sleeps', async () => {
    const client = await connect({ ...password, warehouse: 'none' });
    await client.run('create table unread (id integer)');
    expect(await client.run('select * from unread')).toMatchObject({ code: '000606', sqlState: '57P03' });
    await client.run('use warehouse asleep');
    expect(await client.run('select * from unread')).toMatchObject({ code: '000606' });
    await client.run('use warehouse wh');
    expect(await client.run('select * from unread')).toMatchObject({ rows: [] });
  });

  it.each([
    ['show warehouses', 'SHOW WAREHOUSES'],
    ['create stream s on view v', 'a stream on something else than a table'],
    ['create pipe p as select 1', 'CREATE PIPE'],
    ['describe table t', 'the statement DESCRIBE'],
    ['select 1 / 2', 'division'],
    ["select cast('abc' as varchar(2))", 'a cast to VARCHAR(2)'],
    ["select parse_json('{}'):a", 'the sign :'],

    ["alter session set timezone = 'Europe/Berlin'", 'TIMEZONE = Europe/Berlin'],
    ['create table g (a geography)', 'the type geography'],
    ['select * from table(flatten(input => 1))', 'the table function flatten'],
  ])('%s is refused by name', async (sql, what) => {
    const client = await connect();
    const { code, sqlState, message } = await client.run(sql);
    expect({ code, sqlState }).toEqual({ code: '999999', sqlState: '0A000' });
    expect(message).toContain(`the double does not model ${what}`);
  });
});
