// Histories: versions that follow from what happened to the rows of a source, batch by batch.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { plan } from '../../src/batch/plan.ts';
import { pause, resume } from '../../src/batch/pause.ts';
import { verify } from '../../src/batch/verify.ts';
import { createSandbox, type Engine, type Recipe, type Sandbox } from '../support/sandbox.ts';

const customers = (history: string, more = ''): string => `target: customers_scd
key: customer_id
from: customers
columns: { customer_id: customers.id, email: customers.email, name: customers.name, opted_in: customers.opted_in }
history: { ${history} }
${more}`;

const usual = 'track: [email, name], overwrite: [opted_in], surrogate_key: customer_key';

const recipe = (history = usual): Recipe => ({
  tables: [
    'create schema staging',
    'create schema marts',
    'create table staging.customers (id bigint, email varchar(60), name varchar(40), opted_in boolean, updated_at timestamp)',
    `insert into staging.customers values (1, 'a@x', 'Ann', true, timestamp '2020-01-01 10:00:00'), (2, 'b@x', 'Ben', null, timestamp '2020-01-02 10:00:00')`,
  ],
  mappings: {
    'sources.yml': 'sources:\n  customers: { key: id, updated_at: updated_at }\n',
    'customers_scd.yml': customers(history),
  },
});

export const describeHistories = (engine: Engine): void => {
  describe(`a history on ${engine}`, () => {
    let sandbox: Sandbox;
    beforeEach(async () => {
      sandbox = await createSandbox(engine, recipe());
    });
    afterEach(() => sandbox.remove());

    const versions = async (): Promise<readonly string[]> =>
      (
        await sandbox.sql(
          `select customer_id, email, name, opted_in, cast(timezone('UTC', valid_from) as varchar) as f, cast(timezone('UTC', valid_to) as varchar) as t, is_current, customer_key from marts.customers_scd order by customer_id, valid_from`,
        )
      ).map((row) => Object.values(row).map(String).join(' '));

    it('is created with a current version per row, numbered', async () => {
      const { exit } = await sandbox.run();
      expect(exit).toBe(0);
      expect(await versions()).toEqual([
        '1 a@x Ann true 2020-01-01 10:00:00 null true 1',
        '2 b@x Ben null 2020-01-02 10:00:00 null true 2',
      ]);
      expect((await sandbox.run()).report.status).toBe('idle');
      expect((await verify({ project: sandbox.project() })).exit).toBe(0);
    });

    it('opens a version for a tracked column, shows an overwritten one in all, and keeps its numbers', async () => {
      await sandbox.run();
      await sandbox.sql(
        `update staging.customers set email = 'a2@x', opted_in = false, updated_at = timestamp '2020-02-01 10:00:00' where id = 1`,
        `update staging.customers set opted_in = true, updated_at = timestamp '2020-02-02 10:00:00' where id = 2`,
      );
      const planned = await plan({ project: sandbox.project() });
      const { report } = await sandbox.run();
      expect(report.digest).toBe(planned.report.digest);
      expect(report.targets).toMatchObject([{ name: 'customers_scd', inserted: 1, updated: 2, deleted: 0 }]);
      expect(await versions()).toEqual([
        '1 a@x Ann false 2020-01-01 10:00:00 2020-02-01 10:00:00 false 1',
        '1 a2@x Ann false 2020-02-01 10:00:00 null true 3',
        '2 b@x Ben true 2020-01-02 10:00:00 null true 2',
      ]);
      expect((await sandbox.run()).report.status).toBe('idle');
      expect((await verify({ project: sandbox.project() })).exit).toBe(0);
    });

    const dated = async (): Promise<readonly string[]> =>
      (await versions()).map((line) => line.replaceAll(/ \d\d:\d\d:\d\d(\.\d+)?/g, ''));
    const today = async (): Promise<string> =>
      String((await sandbox.sql(`select cast(cast(now() as date) as varchar) as today`))[0]?.['today']);

    describe('of a row that is deleted and comes back', () => {
      const told = [
        'delete from staging.customers where id = 1',
        `insert into staging.customers values (1, 'a@x', 'Ann', true, timestamp '2099-01-01 10:00:00')`,
      ] as const;

      it('has a gap', async () => {
        await sandbox.run();
        await sandbox.sql(told[0]);
        await sandbox.run();
        const day = await today();
        expect(await dated()).toEqual([
          `1 a@x Ann true 2020-01-01 ${day} false 1`,
          '2 b@x Ben null 2020-01-02 null true 2',
        ]);
        await sandbox.sql(told[1]);
        await sandbox.run();
        expect(await dated()).toEqual([
          `1 a@x Ann true 2020-01-01 ${day} false 1`,
          '1 a@x Ann true 2099-01-01 null true 3',
          '2 b@x Ben null 2020-01-02 null true 2',
        ]);
        expect((await verify({ project: sandbox.project() })).exit).toBe(0);
      });

      it('has a flagged version, with what was last known', async () => {
        sandbox.map('customers_scd.yml', customers(`${usual}, deletes: tombstone, deleted: gone`));
        await sandbox.run();
        await sandbox.sql(told[0]);
        await sandbox.run();
        await sandbox.sql(told[1]);
        await sandbox.run();
        const rows = await sandbox.sql(
          'select email, name, is_current, gone from marts.customers_scd where customer_id = 1 order by valid_from',
        );
        expect(rows).toEqual([
          { email: 'a@x', name: 'Ann', is_current: false, gone: false },
          { email: 'a@x', name: 'Ann', is_current: false, gone: true },
          { email: 'a@x', name: 'Ann', is_current: true, gone: false },
        ]);
      });

      it('goes on where deletes are kept out of it', async () => {
        sandbox.map('customers_scd.yml', customers(`${usual}, deletes: keep`));
        await sandbox.run();
        await sandbox.sql(told[0]);
        await sandbox.run();
        await sandbox.sql(told[1]);
        await sandbox.run();
        expect((await dated())[0]).toEqual('1 a@x Ann true 2020-01-01 null true 1');
      });
    });

    it('is restored from its events when somebody else rewrote it', async () => {
      await sandbox.run();
      await sandbox.sql(
        `update staging.customers set email = 'a2@x', updated_at = timestamp '2020-02-01 10:00:00' where id = 1`,
      );
      await sandbox.run();
      const before = await versions();
      await sandbox.sql(
        `delete from marts.customers_scd where customer_key = 1`,
        `update marts.customers_scd set name = 'x' where customer_key = 2`,
      );
      expect((await verify({ project: sandbox.project() })).report.targets).toMatchObject([
        { missing: 1, different: 1, extra: 0 },
      ]);
      expect((await sandbox.run()).exit).toBe(0);
      expect(await versions()).toEqual(before);
    });

    it('takes its events while it is paused, and only its versions wait', async () => {
      await sandbox.run();
      await pause({ project: sandbox.project(), name: 'customers_scd', reason: 'look' });
      for (const [day, email] of [
        ['05', 'a5@x'],
        ['06', 'a6@x'],
      ]) {
        await sandbox.sql(
          `update staging.customers set email = '${email}', updated_at = timestamp '2020-03-${day} 00:00:00' where id = 1`,
        );
        await sandbox.run();
      }
      expect(await versions()).toHaveLength(2);
      await resume({ project: sandbox.project(), name: 'customers_scd' });
      await sandbox.run();
      expect((await versions()).slice(0, 3)).toEqual([
        '1 a@x Ann true 2020-01-01 10:00:00 2020-03-05 00:00:00 false 1',
        '1 a5@x Ann true 2020-03-05 00:00:00 2020-03-06 00:00:00 false 3',
        '1 a6@x Ann true 2020-03-06 00:00:00 null true 4',
      ]);
    });

    describe('whose times run backwards', () => {
      const back = [
        `update staging.customers set email = 'a2@x', updated_at = timestamp '2020-05-01 00:00:00' where id = 1`,
        `update staging.customers set email = 'a3@x', updated_at = timestamp '2020-04-01 00:00:00' where id = 1`,
      ] as const;

      it('orders them by sequence: the last one of a moment counts', async () => {
        await sandbox.run();
        await sandbox.sql(back[0]);
        await sandbox.run();
        sandbox.map('sources.yml', 'sources:\n  customers: { key: id }\n');
        sandbox.map('customers_scd.yml', customers(`${usual}, at: customers.updated_at`));
        await sandbox.sql(back[1]);
        await sandbox.run();
        expect((await versions()).slice(0, 2)).toEqual([
          '1 a@x Ann true 2020-01-01 10:00:00 2020-05-01 00:00:00 false 1',
          '1 a3@x Ann true 2020-05-01 00:00:00 null true 3',
        ]);
      });

      it('time_went_back: is left out with the rows named, where that is the policy', async () => {
        sandbox.map('sources.yml', 'sources:\n  customers: { key: id }\n');
        sandbox.map('customers_scd.yml', customers(`${usual}, at: customers.updated_at, backwards: refuse`));
        await sandbox.run();
        await sandbox.sql(back[0]);
        await sandbox.run();
        await sandbox.sql(back[1]);
        const { report, exit } = await sandbox.run();
        expect({ exit, behind: report.behind }).toMatchObject({
          exit: 5,
          behind: [{ name: 'customers_scd', code: 'time_went_back' }],
        });
        expect(report.behind[0]?.reason).toContain('id=1');
        sandbox.map('customers_scd.yml', customers(`${usual}, at: customers.updated_at`));
        expect((await sandbox.run()).exit).toBe(0);
        expect((await versions())[1]).toEqual('1 a3@x Ann true 2020-05-01 00:00:00 null true 3');
      });
    });

    it('gets a column that is mapped later filled in its current versions, without new ones', async () => {
      await sandbox.run();
      await sandbox.sql(
        'alter table staging.customers add column phone varchar(20)',
        `update staging.customers set phone = '1-' || id`,
        `alter table marts.customers_scd add column phone varchar(20)`,
      );
      await sandbox.run();
      sandbox.map(
        'customers_scd.yml',
        customers(`track: [email, name, phone], overwrite: [opted_in], surrogate_key: customer_key`).replace(
          'opted_in: customers.opted_in',
          'opted_in: customers.opted_in, phone: customers.phone',
        ),
      );
      expect((await sandbox.run({ allow: ['customers_scd:touched'] })).exit).toBe(0);
      expect(
        await sandbox.sql('select phone, is_current from marts.customers_scd order by customer_id'),
      ).toEqual([
        { phone: '1-1', is_current: true },
        { phone: '1-2', is_current: true },
      ]);
    });

    it('I6: comes back exactly when a batch is undone, and goes again when that is undone', async () => {
      await sandbox.run();
      const before = await versions();
      await sandbox.sql(
        `update staging.customers set email = 'a2@x', opted_in = false, updated_at = timestamp '2020-02-01 10:00:00' where id = 1`,
        'delete from staging.customers where id = 2',
        `insert into staging.customers values (3, 'c@x', 'Cid', true, timestamp '2020-02-03 10:00:00')`,
      );
      await sandbox.run();
      const after = await versions();
      expect(after).toHaveLength(4);
      const undone = await sandbox.run({ undo: { batch: 2 } });
      expect({ exit: undone.exit, behind: undone.report.behind }).toEqual({ exit: 0, behind: [] });
      expect(await versions()).toEqual(before);
      expect((await verify({ project: sandbox.project() })).exit).toBe(0);
      expect((await sandbox.run()).report.status).toBe('idle');
      expect((await sandbox.run({ undo: { batch: 3 } })).exit).toBe(0);
      expect(await versions()).toEqual(after);
      expect((await verify({ project: sandbox.project() })).exit).toBe(0);
      expect((await sandbox.run()).report.status).toBe('idle');
    });

    it('keeps what later batches brought when an earlier one is undone', async () => {
      await sandbox.run();
      await sandbox.sql(
        `update staging.customers set email = 'a2@x', updated_at = timestamp '2020-02-01 10:00:00' where id = 1`,
      );
      await sandbox.run();
      await sandbox.sql(
        `update staging.customers set name = 'Anna', updated_at = timestamp '2020-03-01 10:00:00' where id = 1`,
      );
      await sandbox.run();
      expect((await sandbox.run({ undo: { batch: 2 } })).exit).toBe(0);
      expect((await versions()).slice(0, 2)).toEqual([
        '1 a@x Ann true 2020-01-01 10:00:00 2020-03-01 10:00:00 false 1',
        '1 a@x Anna true 2020-03-01 10:00:00 null true 4',
      ]);
      expect((await verify({ project: sandbox.project() })).exit).toBe(0);
    });

    it('shows what was undone in none of the versions that later batches opened', async () => {
      await sandbox.run();
      for (const [column, value, month] of [
        ['email', 'wrong@x', 2],
        ['name', 'Anna', 3],
        ['name', 'Anne', 4],
      ] as const) {
        await sandbox.sql(
          `update staging.customers set ${column} = '${value}', updated_at = timestamp '2020-0${month}-01 10:00:00' where id = 1`,
        );
        await sandbox.run();
      }
      expect((await sandbox.run({ undo: { batch: 2 } })).exit).toBe(0);
      expect((await versions()).slice(0, 3).map((line) => line.replace(/ (true|false) \d+$/, ''))).toEqual([
        '1 a@x Ann true 2020-01-01 10:00:00 2020-03-01 10:00:00',
        '1 a@x Anna true 2020-03-01 10:00:00 2020-04-01 10:00:00',
        '1 a@x Anne true 2020-04-01 10:00:00 null',
      ]);
      expect((await sandbox.run()).report.status).toBe('idle');
      expect((await sandbox.run({ undo: { batch: 5 } })).exit).toBe(0);
      expect((await verify({ project: sandbox.project() })).exit).toBe(0);
      expect((await versions())[1]).toContain('1 wrong@x Ann true');
    });
  });
};
