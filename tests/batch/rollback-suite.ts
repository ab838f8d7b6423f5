// Undo: what a rollback takes back, what it leaves and says, and what the next runs make of staging.
import { describe, expect, it } from 'vitest';
import type { Engine, Sandbox } from '../support/sandbox.ts';
import { changes } from '../support/workshop.ts';
import { call } from './command.ts';
import { preparedWorkshop } from './prepared-workshop.ts';

const tables = ['dim_customer', 'fact_line', 'line_country'] as const;

export const describeRollback = (engine: Engine): void => {
  describe(`rollback on ${engine}`, () => {
    let sandbox: Sandbox;
    let minute = 0;
    const { json } = preparedWorkshop(engine, (copy) => {
      sandbox = copy;
      minute = 0;
    });
    const everything = async (): Promise<unknown> => ({
      ...Object.fromEntries(
        await Promise.all(
          tables.map(
            async (name) =>
              [
                name,
                (await sandbox.sql(`select * from marts.${name}`))
                  .map((row) => JSON.stringify(row))
                  .toSorted(),
              ] as const,
          ),
        ),
      ),
      visits: await sandbox.sql(
        'select visit_id, customer_id, customer_name, seen_by from marts.fact_visit order by 1',
      ),
    });
    const idle = async () => {
      expect(await json('run')).toMatchObject({ exit: 0, report: { status: 'idle', batch: null } });
    };
    const rename = (id: number, name: string) => {
      minute += 1;
      return sandbox.sql(
        `update staging.customers set name = '${name}', updated_at = timestamp '2020-05-01 00:00:00' + interval '${minute} minutes' where id = ${id}`,
      );
    };
    const customer = async (id: number) =>
      (await sandbox.sql(`select name from marts.dim_customer where customer_id = ${id}`))[0]?.['name'];

    it('I6: takes every kind of change back, rows that it deleted with all their columns', async () => {
      const before = await everything();
      await sandbox.sql(...changes);
      await sandbox.run();
      const changed = await everything();
      const dry = await json('rollback', '2', '--dry-run');
      expect(dry).toMatchObject({
        exit: 0,
        report: {
          command: 'rollback',
          kind: 'rollback',
          status: 'pending',
          batch: null,
          undoes: [2],
          conflicts: [],
          not_proved: [],
        },
      });
      expect(await everything()).toEqual(changed);
      const { exit, report } = await json('rollback', '2');
      expect({ exit, report }).toMatchObject({
        exit: 0,
        report: {
          batch: 3,
          kind: 'rollback',
          status: 'applied',
          digest: dry.report['digest'],
          undoes: [2],
          conflicts: [],
          not_proved: [],
          errors: [],
        },
      });
      expect(await everything()).toEqual(before);
      await idle();
      expect(await json('verify')).toMatchObject({ exit: 0 });
      expect((await json('history')).report).toMatchObject({
        batches: [{ batch: 3, kind: 'rollback' }, { batch: 2, undone_by: 3 }, { batch: 1 }],
      });
    });

    it('is undone itself: the batch counts as done again, and nothing is held', async () => {
      await sandbox.sql(...changes);
      await sandbox.run();
      const changed = await everything();
      await json('rollback', '2');
      expect(await json('rollback', 'last')).toMatchObject({
        exit: 0,
        report: { batch: 4, undoes: [3], not_proved: [] },
      });
      expect(await everything()).toEqual(changed);
      expect(await sandbox.sql('select * from tidemark.holds')).toEqual([]);
      await idle();
      const { batches } = (await json('history')).report as { batches: readonly Record<string, unknown>[] };
      expect(batches.map(({ batch, undone_by: by }) => [batch, by])).toEqual([
        [4, undefined],
        [3, 4],
        [2, undefined],
        [1, undefined],
      ]);
      expect(await json('rollback', '2')).toMatchObject({ exit: 0, report: { batch: 5, undoes: [2] } });
    });

    it('undo_conflicts: lists cells that a later batch changed, and writes nothing', async () => {
      await rename(1, 'Adler & Sons');
      await rename(2, 'Bleu');
      await sandbox.run();
      await rename(1, 'Adler & Daughters');
      await sandbox.run();
      const before = await everything();
      const refused = await json('rollback', '2');
      expect(refused).toMatchObject({
        exit: 3,
        report: {
          status: 'refused',
          batch: null,
          conflicts: [
            {
              source: 'customers',
              key: { id: 1 },
              column: 'name',
              expected: 'Adler & Sons',
              found: 'Adler & Daughters',
              batch: 3,
            },
          ],
          errors: [{ code: 'undo_conflicts' }],
        },
      });
      expect(await everything()).toEqual(before);
      const text = await call(sandbox, ['rollback', '2']);
      expect(text.stdout).toContain('Adler & Sons, now Adler & Daughters, by batch 3');
      expect(text.stderr).toContain('--on-conflict skip');
    });

    it.each([
      ['skip', 'Adler & Daughters'],
      ['force', 'Adler'],
    ])('--on-conflict %s decides them; the rest is taken back', async (how, name) => {
      await rename(1, 'Adler & Sons');
      await rename(2, 'Bleu');
      await sandbox.run();
      await rename(1, 'Adler & Daughters');
      await sandbox.run();
      expect(await json('rollback', '2', '--on-conflict', how)).toMatchObject({
        exit: 0,
        report: { status: 'applied', conflicts: [{ column: 'name' }] },
      });
      expect([await customer(1), await customer(2)]).toEqual([name, 'Blanc']);
      await idle();
    });

    it('forces back a row that a later batch deleted, and leaves it gone otherwise', async () => {
      await rename(3, 'Conti & Co');
      await sandbox.run();
      await sandbox.sql('delete from staging.customers where id = 3');
      await sandbox.run();
      expect(await json('rollback', '2')).toMatchObject({
        exit: 3,
        report: { conflicts: [{ key: { id: 3 }, column: null, found: null, batch: 3 }] },
      });
      expect(await json('rollback', '2', '--on-conflict', 'skip')).toMatchObject({
        exit: 0,
        report: { status: 'idle' },
      });
      expect(await json('rollback', '2', '--on-conflict', 'force')).toMatchObject({
        exit: 0,
        report: { status: 'applied' },
      });
      expect(
        await sandbox.sql('select name, country, credit from staging_public.customers where id = 3'),
      ).toEqual([{ name: 'Conti', country: 'IT', credit: '7.25' }]);
      await idle();
    });

    it('holds a row until staging says something else of it', async () => {
      await rename(1, 'Adler & Sons');
      await sandbox.run();
      await json('rollback', '2');
      await idle();
      await sandbox.sql(
        `update staging.customers set credit = 99, updated_at = timestamp '2020-06-01 00:00:00' where id = 1`,
      );
      expect(await json('run')).toMatchObject({ exit: 0, report: { status: 'applied' } });
      expect(await customer(1)).toBe('Adler & Sons');
      expect(await sandbox.sql('select * from tidemark.holds')).toEqual([]);
    });

    it('a hold ends when staging was mended: the same mistake later is taken over', async () => {
      await rename(1, 'Adler & Sons');
      await sandbox.run();
      await json('rollback', '2');
      await sandbox.sql(
        `update staging.customers set name = 'Adler', updated_at = timestamp '2020-01-01 10:00:00' where id = 1`,
      );
      await idle();
      expect(await sandbox.sql('select * from tidemark.holds')).toEqual([]);
      await rename(1, 'Adler & Sons');
      await json('run');
      expect(await customer(1)).toBe('Adler & Sons');
    });

    it.each(['2', '3'])(
      'release %s lets the next run read held rows, whatever the watermark',
      async (batch) => {
        await rename(1, 'Adler & Sons');
        await sandbox.run();
        await json('rollback', '2');
        await sandbox.sql(
          `insert into staging.customers values (7, 'Gruber', 'DE', 1, timestamp '2020-12-01 00:00:00')`,
        );
        await sandbox.run();
        expect(await customer(1)).toBe('Adler');
        expect(await json('release', batch)).toMatchObject({
          exit: 0,
          report: { status: 'released', rows: 1 },
        });
        expect(await json('release', batch)).toMatchObject({
          exit: 0,
          report: { status: 'nothing held', rows: 0 },
        });
        await json('run');
        expect(await customer(1)).toBe('Adler & Sons');
        expect(await sandbox.sql('select * from tidemark.holds')).toEqual([]);
        await idle();
      },
    );

    it('--reapply holds nothing: the next run takes the change over again', async () => {
      await rename(1, 'Adler & Sons');
      await sandbox.run();
      await json('rollback', '2', '--reapply');
      expect(await customer(1)).toBe('Adler');
      await json('run');
      expect(await customer(1)).toBe('Adler & Sons');
      await idle();
    });

    it('narrows to a source, a row, a change; the whole batch can be undone afterwards', async () => {
      const before = await everything();
      await sandbox.sql(...changes);
      await sandbox.run();
      expect(await json('rollback', '2', '--source', 'customers', '--key', 'id=1')).toMatchObject({
        exit: 0,
        report: { sources: [{ name: 'customers', updated: 1 }] },
      });
      expect(await customer(1)).toBe('Adler');
      const [row] = await sandbox.sql(
        `select change_id from tidemark.changes where batch = 2 and source = 'countries' and operation = 'U'`,
      );
      expect(await json('rollback', '2', '--change', `c${String(row?.['change_id'])}`)).toMatchObject({
        exit: 0,
        report: { sources: [{ name: 'countries', updated: 1 }] },
      });
      await idle();
      expect(await json('rollback', '2')).toMatchObject({ exit: 0, report: { status: 'applied' } });
      expect(await everything()).toEqual(before);
      await idle();
    });

    it('--to goes back to the state right after a batch', async () => {
      const before = await everything();
      await sandbox.sql(...changes);
      await sandbox.run();
      await rename(1, 'once more');
      await sandbox.run();
      await json('rollback', '3');
      expect(await json('rollback', '1', '--to')).toMatchObject({
        exit: 0,
        report: { undoes: [2, 3, 4], conflicts: [] },
      });
      expect(await everything()).toEqual(before);
      await idle();
    });

    it('a mirror that is made anew keeps held rows', async () => {
      await sandbox.sql(...changes);
      await sandbox.run();
      await json('rollback', '2');
      const before = await everything();
      await sandbox.sql('drop table staging_public.customers');
      expect(await json('run')).toMatchObject({ exit: 0 });
      expect(await everything()).toEqual(before);
      await idle();
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
