// Why: the chain behind a value.
import { describe, expect, it } from 'vitest';
import type { Engine, Sandbox } from '../support/sandbox.ts';
import { call } from './command.ts';
import { rollbackPlace } from './rollback-place.ts';

export const describeWhy = (engine: Engine): void => {
  describe(`why on ${engine}`, () => {
    let sandbox: Sandbox;
    const { json } = rollbackPlace(engine, (copy) => {
      sandbox = copy;
    });

    it('why tells the chain behind a value, through derived targets, and what others wrote since', async () => {
      await sandbox.run();
      await sandbox.sql(
        `update staging.countries set name = 'Deutschland' where code = 'DE'`,
        `update staging.customers set name = 'Adler & Sons', updated_at = timestamp '2020-05-01 00:00:00' where id = 1`,
      );
      await call(sandbox, ['run', '--meta', 'ticket=T-1']);
      const derived = await json('why', 'line_country', 'order_id=10', 'line_no=1', 'country_name');
      expect(derived).toMatchObject({
        exit: 0,
        report: {
          rows: [
            {
              key: { order_id: 10, line_no: 1 },
              found: true,
              columns: [
                {
                  name: 'country_name',
                  value: 'Deutschland',
                  reads: ['dim_customer.country_name ← countries.name'],
                  at: { file: expect.stringContaining('line_country.yml') },
                },
              ],
              batches: [
                {
                  before: { country_name: 'Germany' },
                  after: { country_name: 'Deutschland' },
                  meta: { ticket: 'T-1' },
                  changes: [
                    {
                      source: 'countries',
                      key: { code: 'DE' },
                      operation: 'update',
                      after: { name: 'Deutschland' },
                    },
                  ],
                },
                { kind: 'bootstrap', operation: 'insert', changes: [] },
              ],
            },
          ],
        },
      });
      await sandbox.sql(`update marts.dim_customer set name = 'by hand' where customer_id = 1`);
      expect((await json('why', 'dim_customer', 'customer_id=1', 'name')).report).toMatchObject({
        rows: [
          {
            columns: [{ value: 'by hand', outside_since: 2 }],
            batches: [{ changes: [{ changed_at: '2020-05-01T00:00:00.000000' }] }, {}],
          },
        ],
      });
      const text = await call(sandbox, ['why', 'dim_customer', '--where', "t.name = 'by hand'"]);
      expect(text.stdout).toContain('written outside Tidemark since batch 2');
      expect(text.stdout).toContain('name Adler → Adler & Sons');
    });

    it.each([
      [['why'], { code: 'usage' }],
      [['why', 'dim_customer'], { code: 'usage' }],
      [
        ['why', 'dim_custmer', 'customer_id=1'],
        { code: 'unknown_target', hint: 'did you mean `dim_customer`?' },
      ],
      [['why', 'dim_customer', 'id=1'], { code: 'unknown_column' }],
      [['why', 'line_country', 'order_id=1'], { code: 'usage' }],
      [['why', 'dim_customer', 'customer_id=1', 'nam'], { code: 'unknown_column' }],
    ])('%j is refused', async (argv, error) => {
      expect(await json(...argv)).toMatchObject({
        exit: 2,
        report: { schema: 'tidemark/error/1', ...error },
      });
    });
  });
};
