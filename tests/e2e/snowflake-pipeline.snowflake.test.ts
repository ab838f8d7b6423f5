// From the dictionary to a pipeline that Snowflake runs, and back, as a process on the double: the scripts are rendered, deployed,
// called as the tasks would, compared and dropped.
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connectClient, type Client } from '../support/snowflake-client.ts';
import { startDouble, type Double } from '../support/snowflake-double/server.ts';
import { schemaErrors } from './cli-schemas.ts';

const main = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

let double: Double;
let client: Client;
let folder: string;

const files: Readonly<Record<string, string>> = {
  'sources.yml': `sources:
  customers: { key: ID, updated_at: UPDATED_AT, where: customers.IS_REAL }
  orders: { key: ID }
`,
  'fact_order.yml': `target: FACT_ORDER
key: ORDER_ID
from: orders
join: { customers: orders.CUSTOMER_ID = customers.ID }
columns: { ORDER_ID: orders.ID, AMOUNT: orders.AMOUNT, CUSTOMER: customers.NAME }
`,
  'customers_scd.yml': `target: CUSTOMERS_SCD
key: ID
from: customers
columns: { ID: customers.ID, NAME: customers.NAME }
history: { track: [NAME], deletes: close, valid_from: VALID_FROM, valid_to: VALID_TO, is_current: IS_CURRENT }
`,
  'metrics.yml': `target: CUSTOMER_METRICS
key: ID
from: customers
join: { orders: { on: orders.CUSTOMER_ID = customers.ID, many: true } }
columns: { ID: customers.ID, ORDERS: count(orders.ID), SPENT: "coalesce(sum(orders.AMOUNT), 0)" }
`,
};

beforeEach(async () => {
  double = await startDouble({
    account: 'ACME',
    database: 'SHOP',
    users: [{ name: 'TIDE', password: 'open sesame', role: 'LOADER' }],
    warehouses: { WH: 'running' },
  });
  client = await connectClient(double, {
    username: 'tide',
    password: 'open sesame',
    role: 'LOADER',
    database: 'SHOP',
  });
  folder = mkdtempSync(join(tmpdir(), 'tidemark-pipeline-'));
  mkdirSync(join(folder, 'mappings'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, 'mappings', name), text);
  writeFileSync(
    join(folder, 'tidemark.yml'),
    `version: 1
name: shop
warehouse: { type: snowflake, account: acme, user: tide, role: LOADER, warehouse: WH, database: SHOP, url: "http://127.0.0.1:${double.port}", password: "\${SECRET}" }
schemas: { staging: STAGING, mirrors: STAGING_PUBLIC, targets: MARTS, state: TIDEMARK }
`,
  );
});
afterEach(async () => {
  await client.close();
  await double.stop();
  rmSync(folder, { recursive: true });
});

interface Ended {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
}

const run = (...args: readonly string[]): Promise<Ended> =>
  new Promise((resolve) => {
    const env = { PATH: process.env['PATH'], HOME: folder, SNOWFLAKE_HOME: folder, SECRET: 'open sesame' };
    execFile(
      process.execPath,
      [main, 'snowflake', ...args],
      { cwd: folder, env },
      (error, stdout, stderr) => {
        resolve({ exit: typeof error?.code === 'number' ? error.code : 0, stdout, stderr });
      },
    );
  });

const json = async (exit: number, ...args: readonly string[]): Promise<Record<string, unknown>> => {
  const ended = await run(...args, '--json');
  expect(ended).toMatchObject({ exit });
  const answer = JSON.parse(ended.stdout) as Record<string, unknown>;
  expect(schemaErrors(answer)).toEqual([]);
  return answer;
};

const sql = async (...statements: readonly string[]): Promise<unknown> => {
  let rows: unknown;
  for (const statement of statements) {
    const answer = await client.run(statement);
    if (answer.code !== undefined) throw new Error(`${answer.message ?? ''}\n${statement}`);
    ({ rows } = answer);
  }
  return rows;
};

const staging = (): Promise<unknown> =>
  sql(
    'create schema staging',
    'create schema marts',
    'create table staging.customers (id number(38,0), name varchar, is_real boolean, updated_at timestamp_ntz(6))',
    'create table staging.orders (id number(38,0), customer_id number(38,0), amount number(12,2))',
    `insert into staging.customers values (1, 'Ann', true, '2026-01-01'), (2, 'Ben', true, '2026-01-01'), (3, 'Test', false, '2026-01-01')`,
    'insert into staging.orders values (10, 1, 5.00), (11, 1, 7.50), (12, 3, 1.00)',
  );

/** What the tasks call, in the order of their graph. */
const graph = (): Promise<unknown> =>
  sql(
    ...['CAPTURE', 'PARSE_CUSTOMERS', 'PARSE_ORDERS', 'APPLY_FACT_ORDER', 'APPLY_CUSTOMERS_SCD'].map(
      (name) => `call "TIDEMARK_PIPELINE"."${name}"()`,
    ),
  );

const script = (name: string): string => join(folder, 'sql', 'snowflake', name);

describe('tidemark snowflake', () => {
  it('renders, deploys, runs, compares and drops', async () => {
    await staging();
    const generated = await json(0, 'generate');
    expect(generated['targets']).toEqual([
      { name: 'CUSTOMERS_SCD', kind: 'history' },
      { name: 'CUSTOMER_METRICS', kind: 'dynamic table' },
      { name: 'FACT_ORDER', kind: 'fact' },
    ]);
    expect(generated['left_out']).toEqual([]);
    expect(await json(3, 'diff')).toMatchObject({ status: 'absent' });
    await json(0, 'deploy');
    expect(await json(0, 'diff')).toMatchObject({ status: 'equal', objects: [] });
    // What one deployment made, another leaves alone; and what is there now is rendered as it was before.
    await json(0, 'deploy');
    const again = await json(0, 'generate');
    expect(again['targets']).toEqual(generated['targets']);
    const written = (again['files'] as readonly { file: string; status: string }[]).filter(
      ({ status }) => status !== 'unchanged',
    );
    expect(written.map(({ file }) => file)).toEqual(['sql/snowflake/00_role.sql']);

    await graph();
    const orders = 'select * from marts.fact_order order by order_id';
    expect(await sql(orders)).toEqual([
      { ORDER_ID: '10', AMOUNT: '5.00', CUSTOMER: 'Ann' },
      { ORDER_ID: '11', AMOUNT: '7.50', CUSTOMER: 'Ann' },
      { ORDER_ID: '12', AMOUNT: '1.00', CUSTOMER: null },
    ]);
    expect(await sql('select * from marts.customer_metrics order by id')).toEqual([
      { ID: '1', ORDERS: '2', SPENT: '12.50' },
      { ID: '2', ORDERS: '0', SPENT: '0.00' },
    ]);

    await sql(
      `update staging.customers set name = 'Anna', updated_at = '2026-01-02' where id = 1`,
      'delete from staging.customers where id = 2',
      `update staging.customers set is_real = true, updated_at = '2026-01-02' where id = 3`,
      'update staging.orders set id = 13 where id = 11',
    );
    await graph();
    expect(await sql(orders)).toEqual([
      { ORDER_ID: '10', AMOUNT: '5.00', CUSTOMER: 'Anna' },
      { ORDER_ID: '12', AMOUNT: '1.00', CUSTOMER: 'Test' },
      { ORDER_ID: '13', AMOUNT: '7.50', CUSTOMER: 'Anna' },
    ]);
    expect(await sql('select id, name, is_current from marts.customers_scd order by id, valid_from')).toEqual(
      [
        { ID: '1', NAME: 'Ann', IS_CURRENT: 'FALSE' },
        { ID: '1', NAME: 'Anna', IS_CURRENT: 'TRUE' },
        { ID: '2', NAME: 'Ben', IS_CURRENT: 'FALSE' },
        { ID: '3', NAME: 'Test', IS_CURRENT: 'TRUE' },
      ],
    );

    const before = await sql(orders);
    await json(0, 'drop', '--yes');
    expect(await json(3, 'diff')).toMatchObject({ status: 'absent' });
    expect(await sql(orders)).toEqual(before);
  });

  it('drops nothing of others that stands in its schema', async () => {
    await staging();
    await sql('create table marts.of_others as select 1 as id');
    await json(0, 'generate', '--schema', 'MARTS');
    await json(0, 'deploy');
    expect(await json(0, 'diff')).toMatchObject({ status: 'equal' });
    await json(0, 'drop', '--yes');
    expect(await sql('select id from marts.of_others')).toEqual([{ ID: '1' }]);
    expect(await sql('select order_id from marts.fact_order')).toEqual([]);
    // What is left is not ours, and not what the scripts make.
    expect(await json(3, 'diff')).toMatchObject({ status: 'absent' });
    await json(0, 'deploy');
  });

  it('finds its way back when dbt made a table anew', async () => {
    await staging();
    await json(0, 'generate');
    await json(0, 'deploy');
    await graph();
    await sql(
      'create or replace table staging.orders as select * from staging.orders where id <> 12 union all select 20, 2, 9.00',
    );
    await expect(graph()).rejects.toThrow('cannot read from stream');
    const way = /^-- {3}(create or replace stream "TIDEMARK_PIPELINE"."STREAM_ORDERS".*);$/m.exec(
      readFileSync(script('02_streams.sql'), 'utf8'),
    );
    await sql(way?.[1] ?? '', 'call "TIDEMARK_PIPELINE"."RESYNC_ORDERS"()');
    await graph();
    expect(await sql('select order_id from marts.fact_order order by order_id')).toEqual([
      { ORDER_ID: '10' },
      { ORDER_ID: '11' },
      { ORDER_ID: '20' },
    ]);
  });

  it('script_edited: does not write over what somebody edited; diff tells what differs', async () => {
    await staging();
    await json(0, 'generate');
    await json(0, 'deploy');
    const tasks = script('05_tasks.sql');
    const edited = readFileSync(tasks, 'utf8').replace('lock_timeout = 300', 'lock_timeout = 60');
    writeFileSync(tasks, edited);
    await sql(
      'alter task "TIDEMARK_PIPELINE"."TASK_CAPTURE" suspend',
      'drop alert "TIDEMARK_PIPELINE"."ALERT_LAG"',
    );
    expect(await json(3, 'diff')).toMatchObject({
      status: 'different',
      objects: [
        { object: 'task TASK_CAPTURE', status: 'changed' },
        { object: 'alert ALERT_LAG', status: 'missing' },
      ],
    });
    // The same rendering would change nothing but that file.
    const refused = await json(2, 'generate');
    expect(refused).toMatchObject({
      code: 'script_edited',
      details: { files: ['sql/snowflake/05_tasks.sql'] },
    });
    expect(readFileSync(tasks, 'utf8')).toBe(edited);
    const forced = await json(0, 'generate', '--force');
    expect(forced['files']).toContainEqual({ file: 'sql/snowflake/05_tasks.sql', status: 'written' });
  });

  it('does not replace a table that somebody else made', async () => {
    await staging();
    await sql('create table marts.customer_metrics as select 1 as id, 2 as orders, 3 as spent');
    await json(0, 'generate');
    expect((await run('deploy')).stderr).toContain('CUSTOMER_METRICS that is no dynamic table');
    expect(await sql('select spent from marts.customer_metrics')).toEqual([{ SPENT: '3' }]);
  });

  it('scripts_missing: has nothing to deploy before generate ran', async () => {
    expect(await json(2, 'deploy')).toMatchObject({ code: 'scripts_missing' });
    expect(existsSync(script(''))).toBe(false);
  });

  it('says where a script failed, and goes on from there', async () => {
    await staging();
    await json(0, 'generate');
    await sql('drop table staging.orders');
    const failed = JSON.parse((await run('deploy', '--json')).stdout) as { message: string };
    expect(failed.message).toMatch(/^sql\/snowflake\/02_streams\.sql:\d+: stream STREAM_ORDERS: /);
    await sql('create table staging.orders (id number(38,0), customer_id number(38,0), amount number(12,2))');
    await json(0, 'deploy');
  });

  it('refuses what cannot be meant', async () => {
    expect(await json(2, 'render')).toMatchObject({ code: 'usage' });
    expect(await json(2, 'drop')).toMatchObject({ code: 'usage' });
    expect(await json(2, 'deploy', '--warehouse', 'OTHER')).toMatchObject({ code: 'usage' });
    expect(await json(2, 'generate', '--every', '5m', '--cron', '0 * * * * UTC')).toMatchObject({
      code: 'usage',
    });
    expect(await json(2, 'generate', '--cron', 'hourly')).toMatchObject({ code: 'usage' });
    expect(await json(2, 'generate', '--notify', 'nobody')).toMatchObject({ code: 'usage' });
  });
});
