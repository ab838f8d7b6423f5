// Undo where a rule lets rows stay that no source speaks of any more.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSandbox, type Engine, type Sandbox } from '../support/sandbox.ts';

const kept = `target: fact_year
key: year
from: bills
where: bills.open
columns: { year: bills.year, bills: count(*) }
on_delete: keep
`;

export const describeRollbackRules = (engine: Engine): void => {
  describe(`rollback under rules that keep rows on ${engine}`, () => {
    let sandbox: Sandbox;
    beforeEach(async () => {
      sandbox = await createSandbox(engine, {
        tables: [
          'create schema staging',
          'create table staging.bills (id bigint, year integer, open boolean, note varchar)',
          "insert into staging.bills values (1, 2024, true, 'a'), (2, 2025, false, 'b')",
          'create schema marts',
          "create table marts.fact_year (year integer primary key, bills bigint, remark varchar default 'none')",
        ],
        mappings: { 'sources.yml': 'sources: { bills: { key: id } }\n', 'fact_year.yml': kept },
      });
      await sandbox.run({ adopt: ['fact_year'] });
    });
    afterEach(() => sandbox.remove());

    const years = async (): Promise<readonly string[]> =>
      (await sandbox.sql('select year, bills, remark from marts.fact_year order by 1')).map((row) =>
        Object.values(row).map(String).join('|'),
      );

    it('brings a kept row back that the undone rollback had taken away, with all its columns', async () => {
      await sandbox.sql(
        "update staging.bills set open = true, note = 'c' where id = 2",
        'insert into staging.bills values (3, 2024, true, null)',
      );
      await sandbox.run();
      await sandbox.sql("update marts.fact_year set remark = 'mine' where year = 2025");
      await sandbox.run();
      await sandbox.sql('delete from staging.bills where id = 2');
      await sandbox.run();
      const before = ['2024|2|none', '2025|1|mine'];
      expect(await years()).toEqual(before);
      expect(await sandbox.run({ undo: { batch: 2, onConflict: 'skip' } })).toMatchObject({ exit: 0 });
      expect(await years()).toEqual(['2024|1|none']);
      expect(await sandbox.run({ undo: { batch: 4 } })).toMatchObject({
        exit: 0,
        report: { batch: 5, conflicts: [], not_proved: [] },
      });
      expect(await years()).toEqual(before);
      expect(await sandbox.run()).toMatchObject({ report: { status: 'idle' } });
    });
  });
};
