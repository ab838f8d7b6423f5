// `delete_after`: a key that is missing for the first time is remembered, not deleted.
import { afterEach, describe, expect, it } from 'vitest';
import { plan } from '../../src/batch/plan.ts';
import { createSandbox, type Engine, type Sandbox } from '../support/sandbox.ts';
import { corner, sourcesFile } from './corner.ts';

const waiting = '{ key: id, updated_at: updated_at, delete_after: 2h }';

export const describeMissing = (engine: Engine): void => {
  describe(`delete_after on ${engine}`, () => {
    let sandbox: Sandbox;
    afterEach(() => sandbox.remove());

    const begin = async (companies = waiting): Promise<void> => {
      sandbox = await createSandbox(engine, corner(companies));
      await sandbox.run();
    };
    const missing = async (): Promise<readonly unknown[]> =>
      (await sandbox.sql('select source, key from tidemark.missing order by source, key')).map(
        ({ source, key }) => `${String(source)} ${String(key)}`,
      );
    const vendors = async (): Promise<readonly unknown[]> =>
      (await sandbox.sql('select vendor_id from marts.fact_vendor order by 1')).map(
        (row) => row['vendor_id'],
      );
    const hoursPass = (hours: number) =>
      sandbox.sql(
        `update tidemark.missing set first_missing_at = first_missing_at - interval '${hours} hours'`,
      );
    const status = async (): Promise<string> => (await sandbox.run()).report.status;

    it('keeps the first absence of a key, also by an idle run, and deletes when it has been missing for so long', async () => {
      await begin();
      await sandbox.sql('delete from staging.companies where id = 2');
      expect(await status()).toBe('idle');
      expect(await missing()).toEqual(['companies {"id":"2"}']);
      expect(await vendors()).toEqual(['1', '2', '3']);
      await hoursPass(1);
      expect(await status()).toBe('idle');
      expect(await vendors()).toEqual(['1', '2', '3']);
      await hoursPass(1.1);
      const { report } = await sandbox.run();
      expect(report).toMatchObject({
        status: 'applied',
        sources: [{ name: 'companies', inserted: 0, updated: 0, deleted: 1 }],
        targets: [{ name: 'fact_vendor', deleted: 1 }],
      });
      expect(await vendors()).toEqual(['1', '3']);
      expect(await missing()).toEqual([]);
      expect(await status()).toBe('idle');
    });

    it('writes nothing while nothing new is missing', async () => {
      await begin();
      await sandbox.sql('delete from staging.companies where id = 2');
      await sandbox.run();
      const before = await sandbox.sql('select * from tidemark.missing');
      await sandbox.run();
      expect(await sandbox.sql('select * from tidemark.missing')).toEqual(before);
    });

    it('forgets a key that is seen again, and begins anew when it is missing again', async () => {
      await begin();
      await sandbox.sql('delete from staging.companies where id = 2');
      await sandbox.run();
      await hoursPass(3);
      await sandbox.sql(
        `insert into staging.companies values (2, 'Blanc', true, false, timestamp '2020-01-02 10:00:00')`,
      );
      expect(await status()).toBe('idle');
      expect(await missing()).toEqual([]);
      await sandbox.sql('delete from staging.companies where id = 2');
      expect(await status()).toBe('idle');
      expect(await missing()).toEqual(['companies {"id":"2"}']);
      expect(await vendors()).toEqual(['1', '2', '3']);
    });

    it('numbers the changes of a batch without gaps when some deletes wait', async () => {
      await begin();
      await sandbox.sql('delete from staging.companies where id = 3');
      await sandbox.run();
      await hoursPass(3);
      await sandbox.sql(
        'delete from staging.companies where id in (1, 2)',
        `update staging.order_items set product = product || '!'`,
      );
      const { report } = await sandbox.run();
      expect(report.sources).toMatchObject([
        { name: 'companies', inserted: 0, updated: 0, deleted: 1 },
        { name: 'order_items', updated: 3 },
      ]);
      const ids = (await sandbox.sql('select change_id from tidemark.changes order by 1')).map((row) =>
        Number(row['change_id']),
      );
      expect(ids).toEqual([1, 2, 3, 4]);
    });

    it('deletes a row at once that left by `deleted` or `where`: it was seen', async () => {
      await begin('{ key: id, updated_at: updated_at, delete_after: 2h, deleted: gone, where: is_vendor }');
      await sandbox.sql(
        `update staging.companies set gone = true, updated_at = timestamp '2020-03-01 00:00:00' where id = 1`,
        `update staging.companies set is_vendor = false, updated_at = timestamp '2020-03-01 00:00:00' where id = 2`,
      );
      const { report } = await sandbox.run();
      expect(report.sources).toMatchObject([{ name: 'companies', deleted: 2 }]);
      expect(await missing()).toEqual([]);
    });

    it('records nothing in a plan, which shows the deletes that are ripe', async () => {
      await begin();
      await sandbox.sql('delete from staging.companies where id = 2');
      expect((await plan({ project: sandbox.project() })).report.status).toBe('idle');
      expect(await missing()).toEqual([]);
      await sandbox.run();
      await hoursPass(3);
      expect((await plan({ project: sandbox.project() })).report).toMatchObject({
        status: 'pending',
        sources: [{ name: 'companies', deleted: 1 }],
      });
      expect(await missing()).toEqual(['companies {"id":"2"}']);
    });

    it('records nothing when the source was not ready, or refused', async () => {
      await begin();
      await sandbox.sql(
        'delete from staging.companies where id = 2',
        'create table staging.loads (done boolean)',
      );
      sandbox.map(
        'sources.yml',
        sourcesFile(
          '{ key: id, updated_at: updated_at, delete_after: 2h, ready: select done from staging.loads }',
        ),
      );
      expect((await sandbox.run()).report.behind).toMatchObject([{ name: 'companies', code: 'not_ready' }]);
      expect(await missing()).toEqual([]);
      sandbox.map('sources.yml', sourcesFile(waiting));
      await sandbox.sql(
        `insert into staging.companies values (null, 'Nobody', true, false, timestamp '2020-03-01 00:00:00')`,
      );
      expect((await sandbox.run()).report.behind).toMatchObject([{ name: 'companies', code: 'null_key' }]);
      expect(await missing()).toEqual([]);
    });

    it('waits for the next delete check where there is not one in every run', async () => {
      await begin('{ key: id, updated_at: updated_at, delete_after: 2h, deletes: 24h }');
      await sandbox.sql('delete from staging.companies where id = 2');
      await sandbox.run();
      expect(await missing()).toEqual([]);
      await sandbox.sql(
        `update tidemark.positions set delete_check_at = delete_check_at - interval '25 hours'`,
      );
      await sandbox.run();
      expect(await missing()).toEqual(['companies {"id":"2"}']);
      await hoursPass(3);
      expect(await status()).toBe('idle');
      await sandbox.sql(
        `update tidemark.positions set delete_check_at = delete_check_at - interval '25 hours'`,
      );
      expect((await sandbox.run()).report.sources).toMatchObject([{ name: 'companies', deleted: 1 }]);
    });

    it('says the same of a full compare', async () => {
      await begin('{ key: id, delete_after: 2h }');
      await sandbox.sql('delete from staging.companies where id = 3');
      expect(await status()).toBe('idle');
      await hoursPass(2.1);
      expect((await sandbox.run()).report.sources).toMatchObject([{ name: 'companies', deleted: 1 }]);
    });
  });
};
