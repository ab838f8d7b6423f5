// Targets without `from`: their rows come from somebody else, who inserts, moves and deletes them at any time.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { withContext } from '../../src/batch/open.ts';
import { saveFingerprints } from '../../src/store/fingerprints.ts';
import { openWarehouse } from '../../src/warehouse/open.ts';
import { createSandbox, type Engine, type Sandbox } from '../support/sandbox.ts';
import { corner, salesFile } from './corner.ts';

/** Makes the check of foreign writes believe that the tables hold what we left there, as the counters of a server
 *  do while the writer's session has not told them yet. */
const blindTheCheck = async (sandbox: Sandbox): Promise<void> => {
  const project = sandbox.project();
  const warehouse = await openWarehouse(project.connection);
  try {
    await withContext({ project, warehouse }, async (context) => {
      const now = [...context.observed].flatMap(([name, { fingerprint }]) =>
        fingerprint === undefined ? [] : [[name, fingerprint] as const],
      );
      await warehouse.session((session) => saveFingerprints(session, project.schemas.state, now));
    });
  } finally {
    await warehouse.close();
  }
};

export const describeChangedAt = (engine: Engine): void => {
  describe(`rows of a \`this\` target on ${engine}`, () => {
    let sandbox: Sandbox;
    beforeEach(async () => {
      sandbox = await createSandbox(engine, corner());
    });
    afterEach(() => sandbox.remove());

    const sales = async () =>
      (await sandbox.sql('select sale_id, vendor_name from marts.fact_sales order by sale_id')).map(
        (row) => `${String(row['sale_id'])} ${String(row['vendor_name'])}`,
      );

    describe('without `changed_at`', () => {
      beforeEach(() => sandbox.run());

      it('are filled by the next run when somebody else inserts or moves them', async () => {
        await sandbox.sql(
          `insert into marts.fact_sales values (102, 3, null, 7.00, null)`,
          `update marts.fact_sales set vendor_id = 3 where sale_id = 100`,
        );
        const { report, exit } = await sandbox.run();
        expect({ exit, targets: report.targets }).toMatchObject({
          exit: 0,
          targets: [{ name: 'fact_sales', inserted: 0, updated: 2, deleted: 0 }],
        });
        expect(await sales()).toEqual(['100 Conti', '101 Blanc', '102 Conti']);
        expect((await sandbox.run()).report.status).toBe('idle');
      });

      it('are no concern of ours when somebody else deletes them, or writes columns that we do not read', async () => {
        await sandbox.sql(
          'delete from marts.fact_sales where sale_id = 100',
          'update marts.fact_sales set amount = amount + 1',
        );
        expect(await sandbox.run()).toMatchObject({ exit: 0, report: { status: 'idle', targets: [] } });
        expect(await sales()).toEqual(['101 Blanc']);
      });

      it('follow a look-up that changed in the same batch', async () => {
        await sandbox.sql(
          `insert into marts.fact_sales values (102, 2, 'old', 7.00, null)`,
          `update staging.companies set name = 'Blanche', updated_at = timestamp '2020-03-01 00:00:00' where id = 2`,
        );
        expect((await sandbox.run()).report.targets).toMatchObject([
          { name: 'fact_sales', updated: 2 },
          { name: 'fact_vendor', updated: 1 },
        ]);
        expect(await sales()).toEqual(['100 Adler', '101 Blanche', '102 Blanche']);
      });
    });

    describe('with `changed_at`', () => {
      beforeEach(async () => {
        sandbox.map('fact_sales.yml', salesFile('changed_at: changed_at\n'));
        await sandbox.run();
      });

      const position = async () =>
        (await sandbox.sql(`select watermark from tidemark.positions where source = 'fact_sales'`))[0]?.[
          'watermark'
        ];

      it('are found by their own time, though no check of foreign writes saw them', async () => {
        expect(await position()).toBe('2020-02-02 00:00:00');
        await sandbox.sql(
          `insert into marts.fact_sales values (102, 3, null, 7.00, timestamp '2020-02-03 00:00:00'), (103, 3, null, 8.00, null), (104, 3, null, 9.00, timestamp '2020-02-01 23:50:00')`,
          `insert into marts.fact_sales values (105, 3, 'long ago', 9.00, timestamp '2020-01-01 00:00:00')`,
          `update marts.fact_sales set vendor_id = 3, changed_at = timestamp '2020-02-03 00:00:00' where sale_id = 100`,
        );
        await blindTheCheck(sandbox);
        expect((await sandbox.run()).report.targets).toMatchObject([{ name: 'fact_sales', updated: 4 }]);
        expect(await sales()).toEqual([
          '100 Conti',
          '101 Blanc',
          '102 Conti',
          '103 Conti',
          '104 Conti',
          '105 long ago',
        ]);
        expect(await position()).toBe('2020-02-03 00:00:00');
        expect((await sandbox.run()).report.status).toBe('idle');
      });

      it('are found by the check as well, whatever their time', async () => {
        await sandbox.sql(
          `insert into marts.fact_sales values (105, 3, 'long ago', 9.00, timestamp '2020-01-01 00:00:00')`,
        );
        await sandbox.run();
        expect(await sales()).toEqual(['100 Adler', '101 Blanc', '105 Conti']);
      });

      it('never move the position past the moment: a row stamped 2099 does not hide the next ones', async () => {
        await sandbox.sql(
          `insert into marts.fact_sales values (102, 3, null, 7.00, timestamp '2099-01-01 00:00:00')`,
        );
        await sandbox.run();
        expect(await position()).toBe('2020-02-02 00:00:00');
        await sandbox.sql(
          `insert into marts.fact_sales values (103, 3, null, 7.00, timestamp '2021-01-01 00:00:00')`,
        );
        await blindTheCheck(sandbox);
        await sandbox.run();
        expect(await sales()).toEqual(['100 Adler', '101 Blanc', '102 Conti', '103 Conti']);
        expect(await position()).toBe('2021-01-01 00:00:00');
        expect((await sandbox.run()).report.status).toBe('idle');
      });

      it('are left alone by a batch that leaves the target out, which keeps its position', async () => {
        sandbox.map(
          'fact_sales.yml',
          salesFile(`changed_at: changed_at\nchecks: { none: select 1 as one }\n`),
        );
        await sandbox.sql(
          `insert into marts.fact_sales values (102, 3, null, 7.00, timestamp '2020-02-03 00:00:00')`,
        );
        expect((await sandbox.run()).exit).toBe(5);
        expect(await position()).toBe('2020-02-02 00:00:00');
        sandbox.map('fact_sales.yml', salesFile('changed_at: changed_at\n'));
        expect((await sandbox.run()).exit).toBe(0);
        expect(await position()).toBe('2020-02-03 00:00:00');
        expect(await sales()).toEqual(['100 Adler', '101 Blanc', '102 Conti']);
      });
    });

    it('are all compared when `changed_at` is new', async () => {
      await sandbox.run();
      await sandbox.sql(
        `insert into marts.fact_sales values (105, 3, 'long ago', 9.00, timestamp '2020-01-01 00:00:00')`,
      );
      await blindTheCheck(sandbox);
      sandbox.map('fact_sales.yml', salesFile('changed_at: changed_at\n'));
      await sandbox.run();
      expect(await sales()).toEqual(['100 Adler', '101 Blanc', '105 Conti']);
    });
  });
};
