// Columns of staging that get another type, unread or mapped.
import { beforeEach, describe, expect, it } from 'vitest';
import type { Engine, Sandbox } from '../support/sandbox.ts';
import { itemFile, sourcesFile, vendorFile } from './corner.ts';
import { driftPlace } from './drift-place.ts';

export const describeDriftingTypes = (engine: Engine): void => {
  describe(`drift of types on ${engine}`, () => {
    let sandbox: Sandbox;
    const { values, columnsOf, proveEqual, proveIdle, touch } = driftPlace(engine, (made) => {
      sandbox = made;
    });

    describe('a column of staging', () => {
      beforeEach(async () => {
        await sandbox.run();
      });

      it('that got wider takes the mirror along, keys too', async () => {
        await sandbox.sql(
          'alter table staging.order_items alter column line_no type bigint',
          'alter table staging.companies alter column name type varchar(80)',
          `insert into staging.order_items values (12, 1, 'drill')`,
        );
        const { report, exit } = await sandbox.run();
        expect({ exit, sources: report.sources, behind: report.behind }).toMatchObject({
          exit: 0,
          behind: [],
          sources: [{ name: 'order_items', inserted: 1, updated: 0 }],
        });
        expect(report.warnings.map(({ code }) => code)).toContain('column_retyped');
        expect(await columnsOf('staging_public.order_items')).toContain('line_no bigint');
        await proveEqual();
        await proveIdle();
      });

      it('that got another type, unread, is read anew', async () => {
        await sandbox.sql(
          `alter table staging.companies alter column is_vendor type varchar(3) using (case when is_vendor then 'yes' end)`,
        );
        const { report, exit } = await sandbox.run();
        expect({ exit, report }).toMatchObject({
          exit: 0,
          report: {
            behind: [],
            targets: [],
            warnings: [{ code: 'column_retyped' }],
            sources: [{ updated: 3, columns: { is_vendor: 3 } }],
          },
        });
        expect(await values('select is_vendor from staging_public.companies')).toEqual(['yes', 'yes', 'yes']);
        await proveIdle();
      });

      it('that got another type leaves out the targets that read it, until they are reconciled or mapped anew', async () => {
        await sandbox.sql(
          'alter table staging.order_items alter column product type integer using (length(product))',
          `insert into staging.order_items values (12, 1, 55)`,
        );
        await touch(`name = 'Alder'`);
        const { report, exit } = await sandbox.run();
        expect({ exit, behind: report.behind }).toMatchObject({
          exit: 5,
          behind: [{ name: 'fact_item', code: 'source_changed' }],
        });
        expect(report.targets.map(({ name }) => name)).toEqual(['fact_sales', 'fact_vendor']);
        expect(report.errors[0]?.hint).toContain('`tidemark reconcile -s fact_item`');
        expect(
          await values('select product from staging_public.order_items where order_id < 12 order by 1'),
        ).toEqual(['anvil', 'bellows', 'chisel']);
        expect((await sandbox.run()).exit).toBe(5);
        expect(await sandbox.run({ reconcile: ['fact_item'] })).toMatchObject({
          exit: 0,
          report: { behind: [], targets: [{ name: 'fact_item', inserted: 1, updated: 3 }] },
        });
        expect(await values('select product from marts.fact_item order by order_id, line_no')).toEqual([
          '5',
          '7',
          '6',
          '55',
        ]);
        await proveEqual();
        await proveIdle();
        await sandbox.sql(
          `alter table staging.order_items alter column product type varchar(9) using ('n' || product)`,
        );
        expect((await sandbox.run()).exit).toBe(5);
        sandbox.map(
          'fact_item.yml',
          itemFile.replace('product: order_items.product', 'product: upper(order_items.product)'),
        );
        expect(await sandbox.run()).toMatchObject({
          exit: 0,
          report: { behind: [], targets: [{ name: 'fact_item', updated: 4 }] },
        });
        await proveEqual();
      });

      it('is not mapped to NULL while its source is not read', async () => {
        await sandbox.sql(
          'alter table staging.companies add column city varchar(20)',
          `update staging.companies set city = 'Ulm'`,
          `create table staging.loads as select false as done`,
        );
        sandbox.map(
          'sources.yml',
          sourcesFile('{ key: id, updated_at: updated_at, ready: select done from staging.loads }'),
        );
        sandbox.map('fact_vendor.yml', vendorFile().replace('companies.name', 'companies.city'));
        expect(await sandbox.run()).toMatchObject({
          exit: 6,
          report: {
            batch: null,
            behind: [
              { name: 'companies', code: 'not_ready' },
              { name: 'fact_vendor', code: 'source_stale' },
            ],
          },
        });
        expect(await values('select vendor_name from marts.fact_vendor order by vendor_id')).toEqual([
          'Adler',
          'Blanc',
          'Conti',
        ]);
        await sandbox.sql('update staging.loads set done = true');
        expect((await sandbox.run()).exit).toBe(0);
        expect(await values('select vendor_name from marts.fact_vendor')).toEqual(['Ulm', 'Ulm', 'Ulm']);
        await proveEqual();
      });
    });
  });
};
