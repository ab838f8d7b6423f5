// Histories among other relations: taken over from others, read by facts, fed by look-ups and by other targets.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { verify } from '../../src/batch/verify.ts';
import { createSandbox, type Engine, type Recipe, type Sandbox } from '../support/sandbox.ts';

const scd = `target: customers_scd
key: customer_id
from: customers
join: { countries: customers.country = countries.code }
columns: { customer_id: customers.id, name: upper(customers.name), country: countries.name }
history: { track: [name, country], surrogate_key: customer_key }
`;

const orders = `target: fact_order
key: order_id
from: orders
join: { scd: { source: customers_scd, on: "orders.customer_id = scd.customer_id and orders.created_at >= scd.valid_from and (scd.valid_to is null or orders.created_at < scd.valid_to)" } }
columns: { order_id: orders.id, customer_key: scd.customer_key, name: scd.name }
`;

const current = `target: current_customer
key: customer_id
from: customers
join: { scd: { source: customers_scd, on: customers.id = scd.customer_id and scd.is_current } }
columns: { customer_id: customers.id, since: scd.valid_from }
`;

const recipe: Recipe = {
  tables: [
    'create schema staging',
    'create schema marts',
    'create table staging.countries (code varchar(2), name varchar(40))',
    'create table staging.customers (id bigint, name varchar(40), country varchar(2), updated_at timestamptz)',
    'create table staging.orders (id bigint, customer_id bigint, created_at timestamptz)',
    `insert into staging.countries values ('DE', 'Germany'), ('FR', 'France')`,
    `insert into staging.customers values (1, 'Ann', 'DE', '2020-01-01 10:00:00+00'), (2, 'Ben', 'FR', '2020-01-02 10:00:00+00')`,
    `insert into staging.orders values (10, 1, '2020-02-01 00:00:00+00'), (11, 1, '2020-04-01 00:00:00+00'), (12, 1, '2020-06-01 00:00:00+00'), (20, 2, '2020-02-01 00:00:00+00')`,
  ],
  mappings: {
    'sources.yml':
      'sources:\n  countries: { key: code }\n  customers: { key: id, updated_at: updated_at }\n  orders: { key: id }\n',
    'customers_scd.yml': scd,
    'fact_order.yml': orders,
    'current_customer.yml': current,
  },
};

export const describeHistoryReach = (engine: Engine): void => {
  describe(`a history among others on ${engine}`, () => {
    let sandbox: Sandbox;
    beforeEach(async () => {
      sandbox = await createSandbox(engine, recipe);
    });
    afterEach(() => sandbox.remove());

    const show = async (select: string): Promise<readonly string[]> =>
      (await sandbox.sql(select)).map((row) => Object.values(row).map(String).join(' '));
    const versions = () =>
      show(
        `select customer_id, name, country, cast(cast(valid_from as date) as varchar) as f, cast(cast(valid_to as date) as varchar) as t, customer_key from marts.customers_scd order by customer_id, valid_from`,
      );
    const keys = () => show('select order_id, customer_key, name from marts.fact_order order by order_id');
    const rename = (id: number, name: string, at: string) =>
      sandbox.sql(`update staging.customers set name = '${name}', updated_at = '${at}+00' where id = ${id}`);

    it('re-points only the facts inside the interval of a version that changed, in the same batch, audited', async () => {
      await sandbox.run();
      expect(await keys()).toEqual(['10 1 ANN', '11 1 ANN', '12 1 ANN', '20 2 BEN']);
      await rename(1, 'Anna', '2020-05-01 00:00:00');
      const { report, exit } = await sandbox.run();
      expect(exit).toBe(0);
      expect(await keys()).toEqual(['10 1 ANN', '11 1 ANN', '12 3 ANNA', '20 2 BEN']);
      expect(report.targets).toMatchObject([
        { name: 'customers_scd', inserted: 1, updated: 1 },
        { name: 'current_customer', updated: 1 },
        { name: 'fact_order', updated: 1, columns: { customer_key: 1, name: 1 } },
      ]);
      const audit = await sandbox.sql(
        `select count(*) as audited, count(causes) as caused from tidemark.audit where batch = 2`,
      );
      expect(audit).toEqual([{ audited: '4', caused: '4' }]);
      expect((await verify({ project: sandbox.project() })).exit).toBe(0);
      expect((await sandbox.run()).report.status).toBe('idle');
    });

    it('has one version per batch for a look-up that changed, at the moment of the batch', async () => {
      await sandbox.run();
      await sandbox.sql(`update staging.countries set name = 'Deutschland' where code = 'DE'`);
      expect((await sandbox.run()).exit).toBe(0);
      const [first, second, other] = await versions();
      expect(first).toMatch(/^1 ANN Germany 2020-01-01 20\d\d-\d\d-\d\d 1$/);
      expect(second).toMatch(/^1 ANN Deutschland 20\d\d-\d\d-\d\d null 3$/);
      expect(other).toBe('2 BEN France 2020-01-02 null 2');
      await sandbox.sql(`insert into staging.countries values ('IT', 'Italy')`);
      expect((await sandbox.run()).report.targets).toEqual([]);
      expect((await verify({ project: sandbox.project() })).exit).toBe(0);
    });

    it('ambiguous_lookup: is left out where a look-up would make several versions of one row', async () => {
      sandbox.map('customers_scd.yml', scd.replace('customers.country = countries.code', 'customers.id > 0'));
      const { exit, report } = await sandbox.run();
      expect(exit).toBe(5);
      expect(report.behind.map(({ name, code }) => `${name} ${code}`)).toContain(
        'customers_scd ambiguous_lookup',
      );
    });

    describe('that is there already', () => {
      const built = [
        'create table marts.customers_scd (customer_key integer, customer_id bigint, name varchar(40), country varchar(40), valid_from timestamp, valid_to timestamp, is_current boolean, note varchar(20))',
        `insert into marts.customers_scd values
          (70, 1, 'OLD', 'Germany', timestamp '2019-01-01 00:00:00', timestamp '2019-06-01 00:00:00', false, 'mine'),
          (71, 1, 'OLDER', 'Germany', timestamp '2019-07-01 00:00:00', timestamp '2020-01-01 10:00:00', false, null),
          (72, 1, 'ANN', 'Germany', timestamp '2020-01-01 10:00:00', null, true, null),
          (73, 2, 'BEN', 'France', timestamp '2020-01-02 10:00:00', null, true, null)`,
      ];

      it('is taken over as it is: gaps, numbers and columns of others stay', async () => {
        await sandbox.sql(...built);
        const { exit, report } = await sandbox.run();
        expect({ exit, behind: report.behind }).toEqual({ exit: 0, behind: [] });
        expect(report.adopted).toContain('customers_scd');
        const before = await versions();
        expect(before).toEqual([
          '1 OLD Germany 2019-01-01 2019-06-01 70',
          '1 OLDER Germany 2019-07-01 2020-01-01 71',
          '1 ANN Germany 2020-01-01 null 72',
          '2 BEN France 2020-01-02 null 73',
        ]);
        await rename(1, 'Anna', '2020-05-01 00:00:00');
        await sandbox.run();
        expect((await versions()).slice(0, 4)).toEqual([
          ...before.slice(0, 2),
          '1 ANN Germany 2020-01-01 2020-05-01 72',
          '1 ANNA Germany 2020-05-01 null 74',
        ]);
        expect(await show('select note from marts.customers_scd where customer_key = 70')).toEqual(['mine']);
        expect((await verify({ project: sandbox.project() })).exit).toBe(0);
      });

      it('adopt: is left alone where it tells something else, and overwritten when that is asked for', async () => {
        await sandbox.sql(...built, `update marts.customers_scd set name = 'BENNO' where customer_key = 73`);
        const { exit, report } = await sandbox.run();
        expect(exit).toBe(5);
        expect(report.behind).toContainEqual(
          expect.objectContaining({ name: 'customers_scd', code: 'adopt' }),
        );
        expect(await versions()).toHaveLength(4);
        expect((await sandbox.run({ adopt: ['customers_scd'] })).exit).toBe(0);
        expect((await versions()).at(-1)).toBe('2 BEN France 2020-01-02 null 73');
        expect((await verify({ project: sandbox.project() })).exit).toBe(0);
      });
    });

    it('keeps versions of several rows apart whose keys would be one when joined as texts', async () => {
      await sandbox.sql(
        'create table staging.pairs (a varchar(10), b varchar(10), v varchar(10))',
        `insert into staging.pairs values ('a', 'bc', 'x'), ('ab', 'c', 'y'), ('q"u', 'o''te', 'z')`,
      );
      sandbox.map(
        'pairs.yml',
        'sources:\n  pairs: { key: [a, b] }\ntarget: pairs_scd\nkey: [a, b]\nfrom: pairs\ncolumns: { a: pairs.a, b: pairs.b, v: pairs.v }\nhistory: { surrogate_key: id }\n',
      );
      await sandbox.run();
      await sandbox.sql(
        `delete from staging.pairs where a = 'a'`,
        `update staging.pairs set v = null where a = 'q"u'`,
      );
      await sandbox.run();
      expect(
        await show('select a, b, v, is_current, id from marts.pairs_scd order by a, b, valid_from'),
      ).toEqual(['a bc x false 1', 'ab c y true 2', `q"u o'te z false 3`, `q"u o'te null true 4`]);
      await sandbox.sql(`update staging.pairs set v = 'w' where a = 'q"u'`);
      await sandbox.run();
      // A closed version that held NULL still does.
      expect(await show(`select v from marts.pairs_scd where a = 'q"u' order by valid_from`)).toEqual([
        'z',
        'null',
        'w',
      ]);
    });
  });
};
