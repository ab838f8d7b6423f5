// Undo: what is refused, and what is not proved and said so.
import { describe, expect, it } from 'vitest';
import type { Engine, Sandbox } from '../support/sandbox.ts';
import { rollbackPlace } from './rollback-place.ts';

export const describeRollbackRefusals = (engine: Engine): void => {
  describe(`refusals of a rollback on ${engine}`, () => {
    let sandbox: Sandbox;
    const { customer, json, rename } = rollbackPlace(engine, (copy) => {
      sandbox = copy;
    });

    it.each([
      ['a batch that there is not', ['9'], { code: 'unknown_batch' }],
      ['a first run', ['1'], { code: 'not_undoable' }],
      ['what is no batch', ['two'], { code: 'usage' }],
      ['no batch at all', [], { code: 'usage' }],
      [
        'a source that there is not',
        ['2', '--source', 'customer'],
        { code: 'unknown_source', hint: 'did you mean `customers`?' },
      ],
      ['a source that it did not change', ['2', '--source', 'order_lines'], { code: 'not_undoable' }],
      ['a change that is not of it', ['2', '--change', '999'], { code: 'not_undoable' }],
      ['a key without its source', ['2', '--key', 'id=1'], { code: 'usage' }],
      ['a key that is none', ['2', '--source', 'customers', '--key', 'name=x'], { code: 'unknown_column' }],
      [
        'a row that it did not change',
        ['2', '--source', 'customers', '--key', 'id=2'],
        { code: 'not_undoable' },
      ],
      ['--to the last batch', ['2', '--to'], { code: 'not_undoable' }],
      ['--to narrowed', ['1', '--to', '--source', 'customers'], { code: 'usage' }],
    ])('refuses %s', async (_, argv, error) => {
      await rename(1, 'Adler & Sons');
      await sandbox.run();
      expect(await json('rollback', ...argv)).toMatchObject({
        exit: 2,
        report: { schema: 'tidemark/error/1', ...error },
      });
      expect(await customer(1)).toBe('Adler & Sons');
    });

    it('already_undone: a batch is undone once', async () => {
      await rename(1, 'Adler & Sons');
      await sandbox.run();
      await json('rollback', '2');
      expect(await json('rollback', '2')).toMatchObject({
        exit: 2,
        report: { code: 'already_undone', message: 'batch 2 was undone already, by batch 3' },
      });
    });

    it.each([
      ['a target that was dropped', 'drop table marts.dim_customer'],
      ['a target that lost a column', 'alter table marts.fact_line drop column customer_name'],
      ['a source whose changed column is gone', 'alter table staging.customers drop column name'],
      ['a mirror that was dropped', 'drop table staging_public.customers'],
    ])('not_undoable: refuses %s, and writes nothing', async (_, statement) => {
      await rename(1, 'Adler & Sons');
      await sandbox.run();
      await sandbox.sql(statement);
      const { exit, report } = await json('rollback', '2');
      expect({ exit, code: report['code'] }).toEqual({ exit: 2, code: 'not_undoable' });
      expect(await sandbox.sql('select count(*) as n from tidemark.batches')).toEqual([{ n: '2' }]);
    });

    it('refuses to go behind a mirror that was made anew', async () => {
      await rename(1, 'Adler & Sons');
      await sandbox.run();
      await sandbox.sql('drop table staging_public.customers');
      await sandbox.run();
      expect(await json('rollback', '2')).toMatchObject({
        exit: 2,
        report: { code: 'not_undoable', message: expect.stringContaining('made anew by batch 3') },
      });
    });

    it('undo_unproved: writes nothing where a cell would not return, unless that is accepted', async () => {
      await rename(1, 'Adler & Sons');
      await sandbox.run();
      // What the audit says is what must come back: here it says something else.
      await sandbox.sql(
        `update tidemark.audit set before = '{"name": "Eagle"}' where batch = 2 and target = 'dim_customer'`,
      );
      expect(await json('rollback', '2')).toMatchObject({
        exit: 3,
        report: {
          status: 'refused',
          batch: null,
          errors: [
            {
              code: 'undo_unproved',
              details: { relation: 'dim_customer', rows: 1, keys: [{ customer_id: 1 }] },
            },
          ],
        },
      });
      expect(await customer(1)).toBe('Adler & Sons');
      expect(await json('rollback', '2', '--accept')).toMatchObject({
        exit: 0,
        report: { status: 'applied' },
      });
      expect(await customer(1)).toBe('Adler');
    });

    it('says of which targets nothing is proved, and why', async () => {
      await rename(1, 'Adler & Sons');
      await sandbox.run();
      await rename(2, 'Bleu');
      await sandbox.run();
      const { report } = await json('rollback', '2');
      expect(report).toMatchObject({
        status: 'applied',
        not_proved: expect.arrayContaining([{ target: 'dim_customer', reason: 'batch 3 wrote it since' }]),
      });
      expect([await customer(1), await customer(2)]).toEqual(['Adler', 'Bleu']);
    });
  });
};
