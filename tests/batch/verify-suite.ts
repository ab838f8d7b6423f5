// Verify: checksums first, rows only where they differ; within a budget slice by slice; mirrors against staging; the rules
// of histories over whole tables.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { verify, type VerifyResult } from '../../src/batch/verify.ts';
import { schemaErrors } from '../e2e/cli-schemas.ts';
import { createSandbox, type Engine, type Recipe, type Sandbox } from '../support/sandbox.ts';
import { recorded } from '../support/statements.ts';
import { call } from './command.ts';
import { append, customer, logBook } from './log-book.ts';

const customers = 1000;
const orders = 4000;

const shop: Recipe = {
  tables: [
    'create schema staging',
    'create schema marts',
    'create table staging.customers (id bigint, name varchar(40), updated_at timestamp)',
    `insert into staging.customers select i, 'customer ' || i, timestamp '2020-01-01' + i * interval '1 minute' from generate_series(1, ${customers}) as g(i)`,
    'create table staging.orders (id bigint, customer_id bigint, code varchar(20), amount decimal(14,4), weight double precision, updated_at timestamp)',
    `insert into staging.orders select i, 1 + i % ${customers + 1}, 'o-' || i, i * 1.1239, i / 7.0, timestamp '2020-01-01' + i * interval '1 minute' from generate_series(1, ${orders}) as g(i)`,
    'create table marts.fact_order (order_id bigint, customer_name varchar(40), amount decimal(10,2), seen_by varchar(10))',
    'create table marts.fact_seen (seen_id bigint, customer_id bigint, name varchar(40), shout varchar(40))',
    `insert into marts.fact_seen select i, i, 'customer ' || i, 'CUSTOMER ' || i from generate_series(1, ${customers + 5}) as g(i)`,
  ],
  mappings: {
    'sources.yml':
      'sources:\n  customers: { key: id, updated_at: updated_at }\n  orders: { key: id, updated_at: updated_at }\n',
    'fact_order.yml': `target: fact_order
key: order_id
from: orders
join: { customers: orders.customer_id = customers.id }
on_missing: keep
columns: { order_id: orders.id, customer_name: customers.name, amount: orders.amount }
`,
    'fact_seen.yml': `target: fact_seen
key: seen_id
join: { customers: this.customer_id = customers.id }
columns: { name: customers.name, shout: upper(customers.name) }
on_missing: keep
`,
    'by_code.yml': `target: by_code
key: code
from: orders
columns: { code: orders.code, weight: orders.weight }
`,
    'customer_weight.yml': `target: customer_weight
key: customer_id
from: customers
join: { orders: { on: orders.customer_id = customers.id, many: true } }
columns: { customer_id: customers.id, weight: sum(orders.weight), orders: count(orders.id) }
`,
    'customers_scd.yml': `target: customers_scd
key: customer_id
from: customers
columns: { customer_id: customers.id, name: customers.name }
history: { track: [name] }
`,
  },
};

export const describeVerify = (engine: Engine): void => {
  describe(`verify on ${engine}`, () => {
    let prepared: Sandbox;
    let sandbox: Sandbox;
    beforeAll(async () => {
      prepared = await createSandbox(engine, shop);
      expect((await prepared.run()).exit).toBe(0);
    });
    beforeEach(async () => {
      sandbox = await prepared.copy();
    });
    afterEach(() => sandbox.remove());
    afterAll(() => prepared.remove());

    const json = async (...argv: readonly string[]) => {
      const answer = await call(sandbox, [...argv, '--json']);
      expect(schemaErrors(answer.json)).toEqual([]);
      return { exit: answer.exit, report: answer.json };
    };
    const found = ({ report }: VerifyResult, name: string) =>
      report.targets.find((each) => each.name === name);
    const onlyOf = (...select: readonly string[]) => verify({ project: sandbox.project(), select });

    it('I2: equal tables are proved by checksums alone: no row is kept or compared', async () => {
      const statements = await recorded(async () => {
        const { report, exit } = await onlyOf('fact_order', 'by_code');
        expect({ exit, status: report.status }).toEqual({ exit: 0, status: 'equal' });
        expect(report.targets.map(({ name, rows }) => [name, rows])).toEqual(
          expect.arrayContaining([
            ['fact_order', orders],
            ['by_code', orders],
          ]),
        );
      });
      expect(statements.filter((each) => /^insert into|^create/.test(each))).toEqual([]);
      expect((await verify({ project: sandbox.project() })).report).toMatchObject({
        status: 'equal',
        behind: [],
      });
    });

    it('what differs is told cell by cell, row by row, looking only at the parts that differ', async () => {
      await sandbox.sql(
        `update marts.fact_order set customer_name = 'somebody', amount = amount + 1 where order_id = 7`,
        // Two rows that swap their values: the sums of the columns are as before.
        `update marts.fact_order set customer_name = case order_id when 20 then 'customer 22' else 'customer 21' end where order_id in (20, 21)`,
        'delete from marts.fact_order where order_id = 100',
        `insert into marts.fact_order values (9999, 'nobody', 1, 'me')`,
        `update marts.fact_order set seen_by = 'not ours' where order_id = 30`,
      );
      const statements = await recorded(async () => {
        const result = await onlyOf('fact_order');
        expect(result.exit).toBe(3);
        expect(found(result, 'fact_order')).toEqual({
          name: 'fact_order',
          rows: orders,
          different: 3,
          missing: 1,
          extra: 1,
          columns: { customer_name: 3, amount: 1 },
        });
        const keys = result.samples[0]?.samples.map(({ key }) => Number(key['order_id']));
        expect(keys?.every((key) => [7, 20, 21, 100, 9999].includes(key))).toBe(true);
      });
      expect(
        statements.filter((each) => each.includes('% 256') || each.includes('& 255')).length,
      ).toBeGreaterThan(2);
    });

    it('a kept cell, a float that is added up in another order, and a rounded value are no differences', async () => {
      await sandbox.sql(
        `delete from staging.customers where id = 5`,
        // Of no customer: it keeps what it has.
        `update marts.fact_order set customer_name = 'kept' where order_id % ${customers + 1} = ${customers}`,
        'update marts.customer_weight set weight = weight * (1 + 1e-13)',
      );
      const result = await onlyOf('fact_order', 'customer_weight');
      expect(result.report).toMatchObject({ status: 'equal', behind: [] });
    });

    it('a target rooted in its own rows is compared in one pass; kept cells count as they are', async () => {
      const equal = await recorded(async () => {
        const result = await onlyOf('fact_seen');
        expect(result).toMatchObject({ exit: 0, report: { status: 'equal', behind: [] } });
        expect(found(result, 'fact_seen')?.rows).toBe(customers + 5);
      });
      expect(equal.filter((each) => /^insert into|^create/.test(each))).toEqual([]);
      await sandbox.sql(
        `update marts.fact_seen set shout = 'Customer' where seen_id in (3, 4)`,
        'update marts.fact_seen set name = null where seen_id = 5',
        `update marts.fact_seen set name = 'of no customer' where seen_id = ${customers + 3}`,
      );
      const result = await onlyOf('fact_seen');
      expect(found(result, 'fact_seen')).toEqual({
        name: 'fact_seen',
        rows: customers + 5,
        different: 3,
        missing: 0,
        extra: 0,
        columns: { name: 1, shout: 2 },
      });
    });

    it('a key that is there twice, on both sides alike, is refused though the checksums are equal', async () => {
      await sandbox.sql(
        `update staging_public.orders set code = 'o-1', weight = 0.5 where id in (1, 2)`,
        `update marts.by_code set code = 'o-1', weight = 0.5 where code in ('o-1', 'o-2')`,
      );
      const { report, exit } = await onlyOf('by_code');
      expect({ exit, code: report.behind[0]?.code }).toEqual({ exit: 5, code: 'duplicate_target_key' });
      await sandbox.sql('insert into marts.fact_order select * from marts.fact_order where order_id = 3');
      expect((await onlyOf('fact_order')).report.behind[0]).toMatchObject({ code: 'duplicate_target_key' });
    });

    it('--budget goes on where the last one stopped, keeps what it proved, and stops at what differs', async () => {
      const step = async () =>
        verify({ project: sandbox.project(), select: ['fact_order'], budgetMs: 0, sliceRows: 1500 });
      const proof = async () => found(await step(), 'fact_order')?.proof;
      expect(await proof()).toEqual({
        complete: false,
        up_to: { order_id: 1501 },
        rows: 1501,
        proved_at: null,
      });
      expect((await json('status')).report['targets']).toEqual(
        expect.arrayContaining([
          expect.objectContaining({
            name: 'fact_order',
            verified: { complete: false, up_to: { order_id: 1501 }, rows: 1501, proved_at: null },
          }),
        ]),
      );
      await sandbox.sql(`update marts.fact_order set customer_name = 'wrong' where order_id = 2000`);
      const stopped = await step();
      expect(stopped).toMatchObject({ exit: 3, report: { status: 'different', unfinished: ['fact_order'] } });
      expect(found(stopped, 'fact_order')).toMatchObject({
        different: 1,
        proof: { up_to: { order_id: 1501 } },
      });
      expect((await sandbox.run({ reconcile: ['fact_order'] })).exit).toBe(0);
      expect(await proof()).toMatchObject({ complete: false, up_to: { order_id: 3002 } });
      const last = await step();
      expect(found(last, 'fact_order')?.proof).toEqual({
        complete: true,
        up_to: null,
        rows: orders,
        proved_at: expect.any(String),
      });
      expect(last.report).toMatchObject({ status: 'equal', unfinished: [] });
      expect((await call(sandbox, ['status'])).stdout).toMatch(
        /fact_order: proved equal .* UTC \(4,000 rows\)/,
      );
      expect(await sandbox.sql('select count(*) as n from tidemark.verified')).toEqual([{ n: '1' }]);
    });

    it('--budget begins with what was proved longest ago, cuts text keys by parts, and forgets another mapping', async () => {
      const first = await verify({ project: sandbox.project(), select: ['by_code'], budgetMs: 0 });
      expect(found(first, 'by_code')?.proof).toMatchObject({ complete: false, up_to: null });
      const all = await json('verify', '--budget', '5m');
      expect(all).toMatchObject({ exit: 0, report: { status: 'equal', unfinished: [] } });
      const targets = all.report['targets'] as readonly { name: string; rows: number; proof: object }[];
      expect(targets[0]?.name).toBe('by_code');
      expect(targets.every(({ proof }) => 'complete' in proof && proof.complete === true)).toBe(true);
      expect(targets.find(({ name }) => name === 'by_code')?.proof).toMatchObject({ rows: orders });
      sandbox.map(
        'by_code.yml',
        shop.mappings['by_code.yml']?.replace('weight: orders.weight', 'weight: orders.weight + 0') ?? '',
      );
      await sandbox.run();
      const targetsNow = (await json('status')).report['targets'] as readonly {
        name: string;
        verified?: object;
      }[];
      expect(targetsNow.find(({ name }) => name === 'by_code')?.verified).toBeUndefined();
      expect(targetsNow.find(({ name }) => name === 'fact_order')?.verified).toBeDefined();
    });

    it('I12: without --budget nothing is written; before the first run there is nothing to keep it in', async () => {
      await json('verify');
      expect(await sandbox.sql('select count(*) as n from tidemark.verified')).toEqual([{ n: '0' }]);
      expect(await json('verify', '--mirrors', '--budget', '1s')).toMatchObject({ exit: 2 });
      const fresh = await createSandbox(engine, shop);
      const { exit, json: report } = await call(fresh, ['verify', '--budget', '1s', '--json']);
      expect({ exit, code: report['code'] }).toEqual({ exit: 2, code: 'unknown_batch' });
      await fresh.remove();
    });

    it('--mirrors tells what a run takes up from what it would never find, and counts holds apart', async () => {
      expect(await json('verify', '--mirrors')).toMatchObject({
        exit: 0,
        report: { status: 'equal', targets: [] },
      });
      await sandbox.sql(
        `update staging.customers set name = 'seen', updated_at = timestamp '2020-06-01' where id = 1`,
        `update staging.customers set name = 'unseen' where id in (2, 3)`,
        'delete from staging.customers where id = 4',
        `insert into staging.customers values (5000, 'late', timestamp '2020-01-01')`,
        `insert into staging.customers values (5001, 'timeless', null)`,
      );
      const { exit, report } = await json('verify', '--mirrors');
      expect({ exit, status: report['status'] }).toEqual({ exit: 3, status: 'different' });
      expect((report['mirrors'] as readonly object[])[0]).toEqual({
        name: 'customers',
        rows: customers,
        different: 3,
        missing: 2,
        extra: 1,
        columns: { name: 3, updated_at: 1 },
        pending: 3,
        missed: 3,
        held: 0,
      });
      const { stdout } = await call(sandbox, ['verify', '--mirrors']);
      expect(stdout).toContain('mirror == staging?');
      expect(stdout).toContain(
        'missed: 3 rows that only a comparison in full finds; 3 rows for the next runs',
      );
      expect(await json('run')).toMatchObject({ exit: 0, report: { status: 'applied' } });
      expect(await json('verify', '--mirrors', '-s', 'fact_order')).toMatchObject({
        exit: 3,
        report: {
          mirrors: [
            { name: 'customers', pending: 0, missed: 3 },
            { name: 'orders', missed: 0 },
          ],
        },
      });
      await json('rollback', '2');
      expect(((await json('verify', '--mirrors')).report['mirrors'] as readonly object[])[0]).toMatchObject({
        missed: 3,
        held: 3,
        pending: 0,
      });
    });

    it('--mirrors names a key that staging holds twice, though both rows are as the mirror', async () => {
      await sandbox.sql('insert into staging.customers select * from staging.customers where id = 7');
      const { exit, report } = await json('verify', '--mirrors');
      expect({ exit, behind: report['behind'] }).toMatchObject({
        exit: 5,
        behind: [{ name: 'customers', code: 'duplicate_row', reason: expect.stringContaining('(id=7)') }],
      });
    });

    it('--mirrors of a log: an event that was passed over is found by reading it from its beginning', async () => {
      const logs = await createSandbox(engine, logBook());
      try {
        await append(logs, { op: 'c', after: customer(1) }, { op: 'c', after: customer(2) });
        await logs.run();
        const mirrors = async () => (await verify({ project: logs.project(), mirrors: true })).report.mirrors;
        expect((await mirrors())?.[0]).toMatchObject({ name: 'customers', rows: 2, pending: 0, missed: 0 });
        await append(logs, { op: 'c', after: customer(3) });
        expect((await mirrors())?.[0]).toMatchObject({ missing: 1, pending: 1, missed: 0 });
      } finally {
        await logs.remove();
      }
    });

    it('I9: the rules of a history are asked of its whole table, whoever wrote it', async () => {
      await sandbox.sql(
        `update staging.customers set name = name || '!', updated_at = timestamp '2020-06-01' where id <= 4`,
      );
      await sandbox.run();
      const equal = await json('verify', '-s', 'customers_scd');
      expect(equal.report).toMatchObject({
        status: 'equal',
        targets: [{ rules: { overlaps: 0, gaps: 0, currents: 0, flags: 0, reversed: 0 } }],
      });
      await sandbox.sql(
        `update marts.customers_scd set valid_to = valid_to + interval '1 day' where customer_id = 1 and not is_current`,
        `update marts.customers_scd set valid_to = valid_to - interval '1 day' where customer_id = 2 and not is_current`,
        `update marts.customers_scd set valid_to = null, is_current = true where customer_id = 3`,
        `update marts.customers_scd set is_current = true where customer_id = 4`,
      );
      const { exit, report } = await json('verify', '-s', 'customers_scd');
      expect({ exit, report }).toMatchObject({
        exit: 3,
        report: { targets: [{ rules: { overlaps: 2, gaps: 1, currents: 2, flags: 1, reversed: 0 } }] },
      });
      expect((await call(sandbox, ['verify', '-s', 'customers_scd'])).stdout).toMatch(
        /customers_scd: 2 versions overlap the next one, 1 version end before the next one begins/,
      );
    });
  });
};
