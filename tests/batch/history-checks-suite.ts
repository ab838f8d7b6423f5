// I9: timelines that would break are not written, and those that somebody else broke are found.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
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

export const describeHistoryChecks = (engine: Engine): void => {
  describe(`the checks of a history on ${engine}`, () => {
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

    it('I9, check_failed: a timeline that would break is not written, and verify says so', async () => {
      await sandbox.sql(
        'create table marts.customers_scd (customer_id bigint, email varchar(60), name varchar(40), opted_in boolean, valid_from timestamptz, valid_to date, is_current boolean, customer_key bigint)',
      );
      expect((await sandbox.run()).exit).toBe(0);
      const before = await sandbox.sql('select * from marts.customers_scd order by 1');
      await sandbox.sql(
        `update staging.customers set email = 'b2@x', updated_at = timestamp '2020-01-02 12:00:00' where id = 2`,
      );
      const { exit, report } = await sandbox.run();
      expect({ exit, behind: report.behind }).toMatchObject({
        exit: 5,
        behind: [{ name: 'customers_scd', code: 'check_failed' }],
      });
      expect(report.behind[0]?.reason).toContain('overlap');
      expect(report.behind[0]?.reason).toContain('customer_id=2');
      expect(await sandbox.sql('select * from marts.customers_scd order by 1')).toEqual(before);
      const verified = await verify({ project: sandbox.project() });
      expect({ exit: verified.exit, behind: verified.report.behind }).toMatchObject({
        exit: 5,
        behind: [{ name: 'customers_scd', code: 'check_failed' }],
      });
      await sandbox.sql('alter table marts.customers_scd alter column valid_to type timestamptz');
      expect((await sandbox.run()).exit).toBe(0);
      expect((await versions()).slice(1)).toEqual([
        '2 b@x Ben null 2020-01-02 10:00:00 2020-01-02 12:00:00 false 2',
        '2 b2@x Ben null 2020-01-02 12:00:00 null true 3',
      ]);
    });

    it.each([
      [
        'an overlap',
        `update marts.customers_scd set valid_to = valid_to + interval '1 hour' where customer_key = 1`,
      ],
      [
        'a gap',
        `update marts.customers_scd set valid_to = valid_to - interval '1 hour' where customer_key = 1`,
      ],
      [
        'two current versions',
        'update marts.customers_scd set is_current = true, valid_to = null where customer_key = 1',
      ],
      ['a flag against the end', 'update marts.customers_scd set is_current = false where customer_key = 3'],
    ])(
      'I9: %s that somebody else made is found by verify and mended by the next run',
      async (_, statement) => {
        await sandbox.run();
        await sandbox.sql(
          `update staging.customers set email = 'a2@x', updated_at = timestamp '2020-02-01 10:00:00' where id = 1`,
        );
        await sandbox.run();
        const before = await versions();
        await sandbox.sql(statement);
        expect(await verify({ project: sandbox.project() })).toMatchObject({
          exit: 3,
          report: { targets: [{ different: 1, missing: 0, extra: 0 }] },
        });
        await sandbox.run();
        expect(await versions()).toEqual(before);
      },
    );
  });
};
