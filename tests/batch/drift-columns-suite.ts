// Columns of staging that come, go or are renamed, and what becomes of the targets that read them.
import { beforeEach, describe, expect, it } from 'vitest';
import { plan } from '../../src/batch/plan.ts';
import { validate } from '../../src/batch/validate.ts';
import type { Engine, Sandbox } from '../support/sandbox.ts';
import { corner, sourcesFile, vendorFile } from './corner.ts';
import { driftPlace } from './drift-place.ts';

export const describeDriftingColumns = (engine: Engine): void => {
  describe(`drift of columns on ${engine}`, () => {
    let sandbox: Sandbox;
    const { values, columnsOf, proveEqual, proveIdle, touch, text } = driftPlace(engine, (made) => {
      sandbox = made;
    });

    describe('a column of staging', () => {
      beforeEach(async () => {
        await sandbox.run();
      });

      it('that is new comes into the mirror, whatever the watermark says, and into no target', async () => {
        await sandbox.sql(
          'alter table staging.companies add column city varchar(20)',
          `update staging.companies set city = 'Ulm' where id < 3`,
        );
        const planned = (await plan({ project: sandbox.project() })).report;
        expect(await columnsOf('staging_public.companies')).not.toContain(`city ${text}`);
        const { report, exit } = await sandbox.run({ expectedDigest: planned.digest });
        expect({ exit, targets: report.targets, warnings: report.warnings }).toMatchObject({
          exit: 0,
          targets: [],
          warnings: [{ code: 'column_added', details: { source: 'companies', column: 'city' } }],
        });
        expect(report.sources).toMatchObject([{ name: 'companies', updated: 2, columns: { city: 2 } }]);
        expect(await values('select city from staging_public.companies order by id')).toEqual([
          'Ulm',
          'Ulm',
          null,
        ]);
        await proveIdle();
        await touch(`city = 'Bonn'`);
        expect((await sandbox.run()).report.sources).toMatchObject([{ updated: 1, columns: { city: 1 } }]);
        await proveIdle();
      });

      it('that is new may stand before the others, hold nothing, and be mapped at once', async () => {
        await sandbox.sql(
          'create table staging.other as select id, name, is_vendor, gone, updated_at from staging.companies',
          'drop table staging.companies',
        );
        await sandbox.sql(
          `create table staging.companies as select cast(null as varchar(9)) as note, id, name as title, name, is_vendor, gone, updated_at from staging.other`,
        );
        await sandbox.sql('alter table marts.fact_sales add column title varchar(40)');
        sandbox.map(
          'fact_sales.yml',
          'target: fact_sales\nkey: sale_id\njoin: { companies: this.vendor_id = companies.id }\ncolumns: { vendor_name: companies.name, title: companies.title }\n',
        );
        const { report } = await sandbox.run();
        expect(report).toMatchObject({
          status: 'applied',
          behind: [],
          targets: [{ name: 'fact_sales', columns: { title: 2 } }],
        });
        expect(await values('select title from marts.fact_sales order by sale_id')).toEqual([
          'Adler',
          'Blanc',
        ]);
        await proveEqual();
        await proveIdle();
      });

      it('that vanished unread is kept in the mirror as it is, and said once', async () => {
        await sandbox.sql('alter table staging.companies drop column is_vendor');
        expect(await sandbox.run()).toMatchObject({
          exit: 0,
          report: {
            status: 'idle',
            warnings: [{ code: 'column_vanished', details: { column: 'is_vendor' } }],
          },
        });
        await touch(`name = 'Alder'`);
        expect((await sandbox.run()).report).toMatchObject({
          status: 'applied',
          warnings: [],
          sources: [{ updated: 1, columns: { name: 1 } }],
        });
        expect(await values('select is_vendor from staging_public.companies order by id')).toEqual([
          true,
          true,
          true,
        ]);
        await proveEqual();
        await proveIdle();
        await sandbox.sql('alter table staging.companies add column is_vendor boolean');
        expect((await sandbox.run()).report.sources).toMatchObject([
          { updated: 3, columns: { is_vendor: 3 } },
        ]);
        await proveIdle();
      });

      it('that vanished leaves out the targets that read it, with a hint, until it is back; the rest goes on', async () => {
        await sandbox.sql(
          'alter table staging.companies rename column name to company_name',
          `insert into staging.order_items values (12, 1, 'drill')`,
          `insert into staging.companies values (4, 'Dorn', true, false, timestamp '2020-03-01 00:00:00')`,
        );
        const { report, exit } = await sandbox.run();
        expect(exit).toBe(5);
        expect(report.targets).toMatchObject([{ name: 'fact_item', inserted: 1 }]);
        expect(report.behind).toMatchObject([
          { name: 'fact_sales', code: 'source_changed', retryable: false },
          {
            name: 'fact_vendor',
            code: 'source_changed',
            reason:
              'target `fact_vendor` reads `companies.name`, which vanished from `staging.companies`; the target was left out',
          },
        ]);
        expect(report.errors[1]?.hint).toBe(
          '`company_name` is new and 100 % equal to the mirrored `name`: renamed? Then write `renamed: { company_name: name }` for source `companies`, and map `company_name`',
        );
        expect((await validate({ project: sandbox.project() })).problems.map(({ code }) => code)).toEqual([
          'unknown_column',
          'unknown_column',
        ]);
        expect(await sandbox.run()).toMatchObject({ exit: 5, report: { batch: null } });
        await sandbox.sql('alter table staging.companies rename column company_name to name');
        const healed = await sandbox.run();
        expect(healed).toMatchObject({ exit: 0, report: { behind: [] } });
        expect(await values('select vendor_name from marts.fact_vendor order by vendor_id')).toEqual([
          'Adler',
          'Blanc',
          'Conti',
          'Dorn',
        ]);
        await proveEqual();
        await sandbox.run();
        await proveIdle();
      });

      it('that was renamed by `renamed:` goes on under its new name, without a change of data', async () => {
        await sandbox.sql('alter table staging.companies rename column name to company_name');
        await sandbox.run();
        sandbox.map(
          'sources.yml',
          sourcesFile('{ key: id, updated_at: updated_at, renamed: { company_name: name } }'),
        );
        for (const file of ['fact_vendor', 'fact_sales']) {
          const path = `${file}.yml`;
          sandbox.map(
            path,
            corner().mappings[path]?.replace('companies.name', 'companies.company_name') ?? '',
          );
        }
        await touch(`company_name = 'Alder'`);
        const { report, exit } = await sandbox.run();
        expect({ exit, behind: report.behind, sources: report.sources }).toMatchObject({
          exit: 0,
          behind: [],
          sources: [{ name: 'companies', updated: 1, columns: { company_name: 1 } }],
        });
        expect(report.warnings.map(({ code }) => code)).toContain('column_renamed');
        expect(await columnsOf('staging_public.companies')).toContain(`company_name ${text}`);
        expect(await columnsOf('staging_public.companies')).not.toContain(`name ${text}`);
        expect(await values('select vendor_name from marts.fact_vendor order by vendor_id')).toEqual([
          'Alder',
          'Blanc',
          'Conti',
        ]);
        await proveEqual();
        await proveIdle();
      });

      it('that names the key may be renamed too', async () => {
        await sandbox.sql(
          'alter table staging.companies rename column id to company_id',
          `delete from staging.companies where company_id = 3`,
        );
        sandbox.map(
          'sources.yml',
          sourcesFile('{ key: company_id, updated_at: updated_at, renamed: { company_id: id } }'),
        );
        sandbox.map('fact_vendor.yml', vendorFile().replace('companies.id', 'companies.company_id'));
        sandbox.map(
          'fact_sales.yml',
          corner().mappings['fact_sales.yml']?.replace('companies.id', 'companies.company_id') ?? '',
        );
        const { report } = await sandbox.run();
        expect(report).toMatchObject({
          kind: 'run',
          behind: [],
          sources: [{ deleted: 1, updated: 0 }],
          targets: [{ name: 'fact_vendor', deleted: 1, updated: 0 }],
        });
        await proveEqual();
        await proveIdle();
      });

      it('without which the source cannot be read leaves the source out whole; targets go on with its mirror', async () => {
        await sandbox.sql(
          'alter table staging.companies rename column updated_at to changed_at',
          `insert into staging.order_items values (12, 1, 'drill')`,
        );
        const { report, exit } = await sandbox.run();
        expect({ exit, behind: report.behind.map(({ name, code }) => [name, code]) }).toEqual({
          exit: 5,
          behind: [['companies', 'source_changed']],
        });
        expect(report.errors[0]?.hint).toContain(
          '`changed_at` is new and 100 % equal to the mirrored `updated_at`',
        );
        expect(report.targets).toMatchObject([{ name: 'fact_item', inserted: 1 }]);
        sandbox.map(
          'sources.yml',
          sourcesFile('{ key: id, updated_at: changed_at, renamed: { changed_at: updated_at } }'),
        );
        expect(await sandbox.run()).toMatchObject({ exit: 0, report: { behind: [] } });
        await proveIdle();
      });
    });
  });
};
