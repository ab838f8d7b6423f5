// Targets whose table lost a column, got another type, or was dropped.
import { beforeEach, describe, expect, it } from 'vitest';
import { validate } from '../../src/batch/validate.ts';
import { verify } from '../../src/batch/verify.ts';
import type { Engine, Sandbox } from '../support/sandbox.ts';
import { vendorFile } from './corner.ts';
import { driftPlace } from './drift-place.ts';

export const describeDriftingTargets = (engine: Engine): void => {
  describe(`drift of targets on ${engine}`, () => {
    let sandbox: Sandbox;
    const { values, columnsOf, proveEqual, proveIdle, touch } = driftPlace(engine, (made) => {
      sandbox = made;
    });

    describe('a target', () => {
      beforeEach(async () => {
        await sandbox.run();
        await touch(`name = 'Alder'`);
      });

      it('that lost a mapped column is left out, not the project', async () => {
        await sandbox.sql('alter table marts.fact_sales drop column vendor_name');
        const { report, exit } = await sandbox.run();
        expect({
          exit,
          behind: report.behind,
          targets: report.targets.map(({ name }) => name),
        }).toMatchObject({
          exit: 5,
          behind: [
            {
              name: 'fact_sales',
              code: 'target_changed',
              reason:
                '`marts.fact_sales` has no column `vendor_name` any more; target `fact_sales` was left out',
            },
          ],
          targets: ['fact_vendor'],
        });
        expect((await validate({ project: sandbox.project() })).problems).toMatchObject([
          { code: 'unknown_column' },
        ]);
        expect((await verify({ project: sandbox.project() })).report.behind).toMatchObject([
          { name: 'fact_sales', code: 'target_changed' },
        ]);
        await sandbox.sql('alter table marts.fact_sales add column vendor_name varchar(40)');
        expect(await sandbox.run()).toMatchObject({
          exit: 0,
          report: { targets: [{ name: 'fact_sales', updated: 2 }] },
        });
        await proveEqual();
      });

      it('that never had a mapped column is a mistake in the mapping', async () => {
        sandbox.map('fact_vendor.yml', vendorFile().replace('vendor_name:', 'vendor_nam:'));
        await expect(sandbox.run()).rejects.toMatchObject({ code: 'dictionary_invalid', exitCode: 2 });
      });

      it('whose column got another type is compared in full, as that type', async () => {
        await sandbox.sql(
          'alter table marts.fact_sales alter column vendor_name type varchar(90)',
          `update marts.fact_sales set vendor_name = 'wrong' where sale_id = 101`,
        );
        await touch(`name = '${'A'.repeat(39)}'`);
        expect(await sandbox.run()).toMatchObject({
          exit: 0,
          report: { targets: [{ name: 'fact_sales', updated: 2 }, { name: 'fact_vendor' }] },
        });
        await proveEqual();
      });

      it('that was dropped is created again only when that is asked for', async () => {
        await sandbox.sql('drop table marts.fact_vendor');
        const { report, exit } = await sandbox.run();
        expect({ exit, behind: report.behind }).toMatchObject({
          exit: 5,
          behind: [{ name: 'fact_vendor', code: 'target_missing' }],
        });
        expect(report.errors[0]?.hint).toContain('`tidemark run --adopt fact_vendor`');
        expect(await columnsOf('marts.fact_vendor')).toEqual([]);
        expect(await sandbox.run({ adopt: ['fact_vendor'] })).toMatchObject({
          exit: 0,
          report: { targets: [{ name: 'fact_vendor', inserted: 3 }] },
        });
        await proveEqual();
        await proveIdle();
      });

      it('whose rows belong to somebody else is left to him when it was dropped', async () => {
        await sandbox.sql('alter table marts.fact_sales rename to put_aside');
        expect(await sandbox.run({ adopt: ['fact_sales'] })).toMatchObject({
          exit: 5,
          report: { behind: [{ name: 'fact_sales', code: 'target_missing' }] },
        });
        await sandbox.sql('alter table marts.put_aside rename to fact_sales');
        expect(await sandbox.run()).toMatchObject({ exit: 0, report: { behind: [] } });
        expect(await values('select vendor_name from marts.fact_sales order by sale_id')).toEqual([
          'Alder',
          'Blanc',
        ]);
      });
    });
  });
};
