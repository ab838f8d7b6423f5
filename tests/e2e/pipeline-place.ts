// A project on the double whose pipeline is rendered and deployed by spawned commands: what the suites of `tidemark snowflake` share.
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { connectClient, type Client } from '../support/snowflake-client.ts';
import { startDouble, type Double } from '../support/snowflake-double/server.ts';
import { schemaErrors } from './cli-schemas.ts';

const main = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

export const pipelineFiles: Readonly<Record<string, string>> = {
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

interface Ended {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface PipelinePlace {
  readonly folder: string;
  run(...args: readonly string[]): Promise<Ended>;
  /** What the command answers; its exit status is asserted. */
  json(exit: number, ...args: readonly string[]): Promise<Record<string, unknown>>;
  /** The rows of the last. */
  sql(...statements: readonly string[]): Promise<unknown>;
  staging(): Promise<unknown>;
  /** What the tasks call, in the order of their graph. */
  graph(): Promise<unknown>;
  /** The path of a script. */
  script(name: string): string;
  close(): Promise<void>;
}

const openFolder = (port: number): string => {
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-pipeline-'));
  mkdirSync(join(folder, 'mappings'));
  for (const [name, text] of Object.entries(pipelineFiles))
    writeFileSync(join(folder, 'mappings', name), text);
  writeFileSync(
    join(folder, 'tidemark.yml'),
    `version: 1
name: shop
warehouse: { type: snowflake, account: acme, user: tide, role: LOADER, warehouse: WH, database: SHOP, url: "http://127.0.0.1:${port}", password: "\${SECRET}" }
schemas: { staging: STAGING, mirrors: STAGING_PUBLIC, targets: MARTS, state: TIDEMARK }
`,
  );
  return folder;
};

const placeOn = (double: Double, client: Client, folder: string): PipelinePlace => {
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

  const graph = (): Promise<unknown> =>
    sql(
      ...['CAPTURE', 'PARSE_CUSTOMERS', 'PARSE_ORDERS', 'APPLY_FACT_ORDER', 'APPLY_CUSTOMERS_SCD'].map(
        (name) => `call "TIDEMARK_PIPELINE"."${name}"()`,
      ),
    );

  const script = (name: string): string => join(folder, 'sql', 'snowflake', name);
  return {
    folder,
    run,
    json,
    sql,
    staging,
    graph,
    script,
    close: async () => {
      await client.close();
      await double.stop();
      rmSync(folder, { recursive: true });
    },
  };
};

export const openPipelinePlace = async (): Promise<PipelinePlace> => {
  const double = await startDouble({
    account: 'ACME',
    database: 'SHOP',
    users: [{ name: 'TIDE', password: 'open sesame', role: 'LOADER' }],
    warehouses: { WH: 'running' },
  });
  const client = await connectClient(double, {
    username: 'tide',
    password: 'open sesame',
    role: 'LOADER',
    database: 'SHOP',
  });
  return placeOn(double, client, openFolder(double.port));
};
