// Undo: what a rollback takes back, what it leaves where something changed since, and what it can be narrowed to.
import { describe, expect, it } from 'vitest';
import type { Engine, Sandbox } from '../support/sandbox.ts';
import { call } from './command.ts';
import { changes } from '../support/workshop.ts';
import { rollbackPlace } from './rollback-place.ts';

export const describeRollback = (engine: Engine): void => {
  describe(`rollback on ${engine}`, () => {
    let sandbox: Sandbox;
    const { customer, everything, idle, json, rename } = rollbackPlace(engine, (copy) => {
      sandbox = copy;
    });

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

    it('a cell that a later batch changed back is of that batch', async () => {
      await rename(1, 'Adler & Sons');
      await rename(2, 'Bleu');
      await sandbox.run();
      await rename(1, 'Adler & Daughters');
      await sandbox.run();
      await rename(1, 'Adler & Sons');
      await sandbox.run();
      expect(await json('rollback', '2')).toMatchObject({
        exit: 3,
        report: {
          conflicts: [
            { key: { id: 1 }, column: 'name', expected: 'Adler & Sons', found: 'Adler & Sons', batch: 4 },
          ],
        },
      });
      expect((await call(sandbox, ['rollback', '2'])).stdout).toContain('now again Adler & Sons, by batch 4');
      expect(await json('rollback', '2', '--on-conflict', 'skip')).toMatchObject({ exit: 0 });
      expect([await customer(1), await customer(2)]).toEqual(['Adler & Sons', 'Blanc']);
      await idle();
    });

    it('a row that was back and is gone again stays gone unless it is forced back', async () => {
      await sandbox.sql('create table staging.kept as select * from staging.customers where id = 3');
      await sandbox.sql('delete from staging.customers where id = 3');
      await sandbox.run();
      await sandbox.sql(
        "update staging.kept set updated_at = timestamp '2020-06-01 00:00:00'",
        'insert into staging.customers select * from staging.kept',
      );
      await sandbox.run();
      await sandbox.sql('delete from staging.customers where id = 3');
      await sandbox.run();
      expect(await json('rollback', '2')).toMatchObject({
        exit: 3,
        report: { conflicts: [{ key: { id: 3 }, column: null, expected: null, found: null, batch: 4 }] },
      });
      expect((await call(sandbox, ['rollback', '2'])).stdout).toContain(
        'no row, deleted again since, by batch 4',
      );
      expect(await json('rollback', '2', '--on-conflict', 'skip')).toMatchObject({
        report: { status: 'idle' },
      });
      expect(await json('rollback', '2', '--on-conflict', 'force')).toMatchObject({
        exit: 0,
        report: { status: 'applied' },
      });
      expect(await customer(3)).toBe('Conti');
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
  });
};
