// `run --changes`: named keys alone are compared, and nothing is remembered of it but the batch.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { NamedChanges } from '../../src/batch/freeze/changed-keys.ts';
import { createSandbox, type Engine, type Sandbox } from '../support/sandbox.ts';
import { corner, sourcesFile } from './corner.ts';

export const describeChanges = (engine: Engine): void => {
  describe(`--changes on ${engine}`, () => {
    let sandbox: Sandbox;
    beforeEach(async () => {
      sandbox = await createSandbox(engine, corner());
      await sandbox.run();
    });
    afterEach(() => sandbox.remove());

    const runKeys = (
      changes: Readonly<Record<string, NamedChanges extends ReadonlyMap<string, infer Keys> ? Keys : never>>,
    ) => sandbox.run({ changes: new Map(Object.entries(changes)) });
    const change = () =>
      sandbox.sql(
        `update staging.companies set name = name || '!', updated_at = timestamp '2020-03-01 00:00:00' where id in (1, 2)`,
        'delete from staging.companies where id = 3',
        `insert into staging.companies values (4, 'Dorn', true, false, timestamp '2020-03-01 00:00:00'), (5, 'Egger', true, false, timestamp '2020-03-01 00:00:00')`,
        `update staging.order_items set product = upper(product)`,
      );
    const remembered = async () => [
      await sandbox.sql('select * from tidemark.positions order by source'),
      await sandbox.sql('select * from tidemark.missing'),
    ];

    it('takes over the named keys, composite ones too, and leaves all others to the next run', async () => {
      await change();
      const before = await remembered();
      const { report, exit } = await runKeys({
        companies: [1, 3, '4', { id: 99 }],
        order_items: [{ line_no: 2, order_id: 10 }],
      });
      expect({ exit, ...report }).toMatchObject({
        exit: 0,
        kind: 'run',
        status: 'applied',
        batch: 2,
        sources: [
          { name: 'companies', inserted: 1, updated: 1, deleted: 1 },
          { name: 'order_items', inserted: 0, updated: 1, deleted: 0 },
        ],
      });
      expect(await sandbox.sql('select vendor_id, vendor_name from marts.fact_vendor order by 1')).toEqual([
        { vendor_id: '1', vendor_name: 'Adler!' },
        { vendor_id: '2', vendor_name: 'Blanc' },
        { vendor_id: '4', vendor_name: 'Dorn' },
      ]);
      expect(await sandbox.sql('select product from marts.fact_item order by 1')).toMatchObject([
        { product: 'BELLOWS' },
        { product: 'anvil' },
        { product: 'chisel' },
      ]);
      expect(await remembered()).toEqual(before);
      expect((await sandbox.run()).report.sources).toMatchObject([
        { name: 'companies', inserted: 1, updated: 1, deleted: 0 },
        { name: 'order_items', updated: 2 },
      ]);
    });

    it('is idle where the named keys did not change', async () => {
      await change();
      expect((await runKeys({ companies: [77], order_items: [] })).report.status).toBe('idle');
    });

    it('finds a named key whatever its time', async () => {
      await sandbox.sql(
        `update staging.companies set name = 'backdated', updated_at = timestamp '2019-01-01 00:00:00' where id = 1`,
      );
      expect((await sandbox.run()).report.status).toBe('idle');
      expect((await runKeys({ companies: [1] })).report.sources).toMatchObject([
        { name: 'companies', updated: 1 },
      ]);
    });

    it('deletes nothing that `delete_after` still waits for, and records no absence', async () => {
      sandbox.map('sources.yml', sourcesFile('{ key: id, updated_at: updated_at, delete_after: 2h }'));
      await sandbox.sql('delete from staging.companies where id = 2');
      expect((await runKeys({ companies: [2] })).report.status).toBe('idle');
      expect(await sandbox.sql('select * from tidemark.missing')).toEqual([]);
    });

    it('says nothing of a source that was left behind, and leaves it so', async () => {
      await sandbox.sql(
        `insert into staging.companies values (null, 'Nobody', true, false, timestamp '2020-03-01 00:00:00')`,
      );
      await sandbox.run();
      await sandbox.sql(
        'delete from staging.companies where id is null',
        `update staging.companies set name = 'Adler!' where id = 1`,
      );
      expect((await runKeys({ companies: [1] })).report.sources).toMatchObject([
        { name: 'companies', updated: 1 },
      ]);
      expect(
        await sandbox.sql(`select behind_code from tidemark.relations where name = 'companies'`),
      ).toEqual([{ behind_code: 'null_key' }]);
    });

    it('leaves out a target that somebody else wrote: its sources would have to be compared in full first', async () => {
      await sandbox.sql(
        `update marts.fact_vendor set vendor_name = 'edited' where vendor_id = 2`,
        `update staging.companies set name = 'Adler!' where id = 1`,
      );
      const { report } = await runKeys({ companies: [1] });
      expect(report.behind).toMatchObject([
        {
          name: 'fact_vendor',
          code: 'source_stale',
          reason: expect.stringContaining('only named keys are read'),
        },
      ]);
      expect((await sandbox.run()).exit).toBe(0);
      expect(await sandbox.sql('select vendor_name from marts.fact_vendor order by vendor_id')).toMatchObject(
        [{ vendor_name: 'Adler!' }, { vendor_name: 'Blanc' }, { vendor_name: 'Conti' }],
      );
    });

    it('does not hide from later runs that somebody edited a mirror', async () => {
      await sandbox.sql(
        `update staging_public.companies set name = 'edited' where id = 2`,
        `update staging.companies set name = 'Adler!' where id = 1`,
      );
      await runKeys({ companies: [1] });
      expect((await sandbox.run()).report.sources).toMatchObject([{ name: 'companies', updated: 1 }]);
      expect(await sandbox.sql('select name from staging_public.companies where id = 2')).toEqual([
        { name: 'Blanc' },
      ]);
    });

    it('refuses sources and key columns that there are not, and values that are no keys', async () => {
      const refused = async (...asked: Parameters<typeof runKeys>) =>
        runKeys(...asked).then(
          () => 'not refused',
          (error: unknown) => error,
        );
      expect(await refused({ compnies: [1] })).toMatchObject({
        code: 'unknown_source',
        exitCode: 2,
        message: expect.stringContaining('`compnies`'),
        hint: 'did you mean `companies`?',
      });
      expect(await refused({ companies: [{ idd: 1 }] })).toMatchObject({
        code: 'unknown_column',
        exitCode: 2,
        message: expect.stringContaining('`idd`'),
      });
      expect(await refused({ order_items: [{ order_id: 1 }] })).toMatchObject({
        code: 'usage',
        exitCode: 2,
        message: expect.stringContaining('`line_no`'),
      });
      expect(await refused({ order_items: [7] })).toMatchObject({
        code: 'usage',
        hint: expect.stringContaining('order_id: …, line_no: …'),
      });
      expect(await refused({ companies: [null] })).toMatchObject({
        code: 'usage',
        message: expect.stringContaining('`id`'),
      });
      expect(await refused({ companies: ['five'] })).toMatchObject({
        code: 'usage',
        exitCode: 2,
        message: expect.stringContaining('five'),
      });
      expect(await refused({ companies: [`1); drop table staging.companies; --`] })).toMatchObject({
        code: 'usage',
      });
      expect((await sandbox.run()).report.status).toBe('idle');
    });

    it('is refused before the first run', async () => {
      await sandbox.remove();
      sandbox = await createSandbox(engine, corner());
      await expect(runKeys({ companies: [1] })).rejects.toMatchObject({
        code: 'usage',
        exitCode: 2,
        message: expect.stringContaining('no mirror yet'),
      });
    });

    it('takes more keys than one statement holds', async () => {
      await change();
      const { report } = await runKeys({ companies: Array.from({ length: 1234 }, (_, place) => place) });
      expect(report.sources).toMatchObject([{ name: 'companies', inserted: 2, updated: 2, deleted: 1 }]);
    });
  });
};
