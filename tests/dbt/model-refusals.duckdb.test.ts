// What a target that is a dbt model is refused for, and what people are told to do; what impact and why say of one.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { impact } from '../../src/batch/impact/impact.ts';
import { validate } from '../../src/batch/validate.ts';
import { why } from '../../src/batch/why.ts';
import type { Sandbox } from '../support/sandbox.ts';
import { compiled } from './dimensional/project.ts';
import { dimensional, writeManifest } from './models-suite.ts';

const only = (wanted: string, text: string | undefined) => (name: string, sql: string) =>
  name === wanted ? text : sql;

describe('a target that is a dbt model', () => {
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await dimensional('duckdb', 7);
  });
  afterAll(() => sandbox.remove());
  beforeEach(() => {
    writeManifest(sandbox);
    sandbox.map('fct_orders.yml', 'target: fct_orders\nkey: order_key\nmodel: fct_orders\n');
  });

  const errors = async () =>
    (await validate({ project: sandbox.project(), data: false })).problems
      .filter(({ severity }) => severity === 'error')
      .map(({ code, message, hint, at }) => ({ code, message, hint, file: at?.file }));

  it('not_compiled: names the dbt command', async () => {
    writeManifest(sandbox, only('fct_orders', undefined));
    expect(await errors()).toEqual([
      {
        code: 'not_compiled',
        message: expect.stringContaining('has no compiled SQL of the model `fct_orders`'),
        hint: expect.stringContaining('`dbt compile`'),
        file: 'mappings/fct_orders.yml',
      },
    ]);
  });

  it('not_compiled: of a model in between', async () => {
    writeManifest(sandbox, only('int_order_totals', undefined));
    expect((await errors()).map(({ message }) => message)).toEqual([
      expect.stringContaining('has no compiled SQL of the model `int_order_totals`'),
    ]);
  });

  it('finds compiled SQL beside a manifest that has none', async () => {
    writeManifest(sandbox, only('fct_orders', undefined));
    const folder = join(sandbox.folder, 'target/compiled/dimensional/models');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'fct_orders.sql'), compiled('duckdb', 'fct_orders'));
    expect(await errors()).toEqual([]);
  });

  it('compiled_incrementally: names the dbt command that cures it', async () => {
    const incremental = `select * from "raw"."orders" where placed_at > (select max(placed_on) from "workshop"."marts"."fct_orders")`;
    writeManifest(sandbox, only('fct_orders', incremental));
    expect(await errors()).toMatchObject([
      {
        code: 'compiled_incrementally',
        message: expect.stringContaining('reads its own table'),
        hint: expect.stringContaining('dbt compile --full-refresh --target-path'),
      },
    ]);
  });

  it.for([
    ['now() as seen_at', 'now'],
    ['random() as dice', 'random'],
    ['current_date - placed_at as age', 'current_date'],
    ['row_number() over (partition by account_id order by random()) as place', 'random'],
  ] as const)('volatile_expression: a value that changes by itself, %s', async ([expression, call]) => {
    const text = `with o as (select order_no as order_key, ${expression} from "raw"."orders") select * from o`;
    writeManifest(sandbox, only('fct_orders', text));
    expect(await errors()).toMatchObject([
      {
        code: 'volatile_expression',
        message: `the model \`fct_orders\` calls \`${call}\`, whose value is another one at every reading`,
      },
    ]);
  });

  it('unordered_aggregate: a value that hangs on the order of rows', async () => {
    const text = `select account_id as order_key, string_agg(status, ',') as statuses from "raw"."orders" group by 1`;
    writeManifest(sandbox, only('fct_orders', text));
    expect(await errors()).toMatchObject([{ code: 'unordered_aggregate' }]);
  });

  it('model_unreadable: a table that nobody declared', async () => {
    writeManifest(sandbox, only('fct_orders', 'select order_no as order_key from "etl"."imports"'));
    expect(await errors()).toMatchObject([
      {
        code: 'model_unreadable',
        message: expect.stringContaining('`etl.imports`, which is neither a source nor a target'),
      },
    ]);
  });

  it('model_unreadable: SQL that cannot be parsed', async () => {
    writeManifest(sandbox, only('fct_orders', 'select order_no, from where'));
    expect(await errors()).toMatchObject([{ code: 'model_unreadable' }]);
  });

  it('unknown_node, and keys that have no place beside `model`', async () => {
    sandbox.map('fct_orders.yml', 'target: fct_orders\nkey: order_key\nmodel: fct_order\nfrom: orders\n');
    expect(await errors()).toMatchObject([
      { code: 'unknown_node', hint: expect.stringContaining('fct_orders') },
      { code: 'wrong_type', message: '`from` stands beside `model`' },
    ]);
  });

  it('impact: what a column reaches through a model, and through the models that it feeds', async () => {
    const { reaches } = await impact({ project: sandbox.project(), columns: ['regions.label'] });
    const found = reaches.map(({ target, column, how }) => `${target}.${column} ${how}`);
    expect(found).toEqual(
      expect.arrayContaining(['dim_account.region expression', 'fct_orders.region expression']),
    );
    expect(found.filter((text) => text.startsWith('fct_order_lines'))).toEqual([]);
  });

  it('why: the change behind a value of a model', async () => {
    await sandbox.run();
    await sandbox.sql(`insert into raw.regions values ('C9', 'islands', null)`);
    await sandbox.sql(`insert into raw.account_versions values (99, 1, 'Ebner', 'gold', 'C9')`);
    await sandbox.run();
    await sandbox.sql(`update raw.regions set label = 'isles' where code = 'C9'`);
    await sandbox.run();
    const [row] = await sandbox.sql(`select account_key from marts.dim_account where account_id = 99`);
    const answer = await why({
      project: sandbox.project(),
      target: 'dim_account',
      key: { account_key: String(row?.['account_key']) },
      column: 'region',
    });
    expect(JSON.stringify(answer)).toContain('isles');
    expect(JSON.stringify(answer)).toContain('regions');
  });
});
