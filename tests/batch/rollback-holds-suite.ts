// Undone changes are held: what the next runs make of staging, which still tells them.
import { describe, expect, it } from 'vitest';
import type { Engine, Sandbox } from '../support/sandbox.ts';
import { changes } from '../support/workshop.ts';
import { rollbackPlace } from './rollback-place.ts';

export const describeRollbackHolds = (engine: Engine): void => {
  describe(`holds of a rollback on ${engine}`, () => {
    let sandbox: Sandbox;
    const { customer, everything, idle, json, rename } = rollbackPlace(engine, (copy) => {
      sandbox = copy;
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
  });
};
