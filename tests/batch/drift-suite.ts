// Source drift: columns that come, go, are renamed or get another type, views and keys that change, and mirrors and
// targets that others change behind our back.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { plan } from '../../src/batch/plan.ts';
import { validate } from '../../src/batch/validate.ts';
import { verify } from '../../src/batch/verify.ts';
import { createSandbox, type Engine, type Sandbox } from '../support/sandbox.ts';
import { corner, itemFile, sourcesFile, vendorFile } from './corner.ts';

type Rows = readonly unknown[];

export const describeDrift = (engine: Engine): void => {
  describe(`drift on ${engine}`, () => {
    let sandbox: Sandbox;
    beforeEach(async () => {
      sandbox = await createSandbox(engine, corner());
    });
    afterEach(() => sandbox.remove());

    const values = async (select: string): Promise<Rows> =>
      (await sandbox.sql(select)).map((row) => Object.values(row)[0]);
    const columnsOf = (table: string) =>
      values(
        `select column_name || ' ' || lower(data_type) from information_schema.columns where table_schema || '.' || table_name = '${table}' order by ordinal_position`,
      );
    const proveEqual = async () =>
      expect((await verify({ project: sandbox.project() })).report).toMatchObject({
        status: 'equal',
        behind: [],
      });
    const proveIdle = async () =>
      expect(await sandbox.run()).toMatchObject({
        exit: 0,
        report: { status: 'idle', batch: null, behind: [], warnings: [] },
      });
    const touch = (set: string, id = 1) =>
      sandbox.sql(
        `update staging.companies set ${set}, updated_at = timestamp '2020-03-01 00:00:00' where id = ${id}`,
      );
    const text = engine === 'duckdb' ? 'varchar' : 'character varying';

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

    describe('a source', () => {
      it('that is a view is compared in full when its definition changes', async () => {
        await sandbox.sql('create view staging.firms as select id, name, updated_at from staging.companies');
        sandbox.map('sources.yml', sourcesFile('{ table: staging.firms, key: id, updated_at: updated_at }'));
        await sandbox.run();
        await proveIdle();
        await sandbox.sql(
          'create or replace view staging.firms as select id, cast(upper(name) as varchar(40)) as name, updated_at from staging.companies',
        );
        const { report } = await sandbox.run();
        expect(report).toMatchObject({
          sources: [{ name: 'companies', updated: 3 }],
          warnings: [
            {
              code: 'mapping_changed',
              message: 'source `companies`: the definition of its view changed: it is compared in full',
            },
          ],
        });
        expect(await values('select vendor_name from marts.fact_vendor order by vendor_id')).toEqual([
          'ADLER',
          'BLANC',
          'CONTI',
        ]);
        await proveIdle();
      });

      it('is compared in full when its filter changes', async () => {
        await sandbox.run();
        sandbox.map('sources.yml', sourcesFile('{ key: id, updated_at: updated_at, where: id < 3 }'));
        expect((await sandbox.run()).report).toMatchObject({
          sources: [{ deleted: 1 }],
          warnings: [{ code: 'mapping_changed' }],
        });
        sandbox.map('sources.yml', sourcesFile());
        expect((await sandbox.run()).report).toMatchObject({ sources: [{ inserted: 1 }] });
        await proveEqual();
        await proveIdle();
      });

      it('gets its mirror anew when its key changes', async () => {
        await sandbox.run();
        sandbox.map(
          'sources.yml',
          sourcesFile().replace('[order_id, line_no]', '[order_id, line_no, product]'),
        );
        await sandbox.sql(`insert into staging.order_items values (12, 1, 'drill')`);
        const { report } = await sandbox.run();
        expect(report).toMatchObject({
          kind: 'bootstrap',
          behind: [],
          sources: [{ name: 'order_items', inserted: 4 }],
          targets: [{ name: 'fact_item', inserted: 1, updated: 0 }],
          warnings: [{ code: 'mirror_rebuilt', details: { source: 'order_items' } }],
        });
        await proveEqual();
        await proveIdle();
      });

      it('keeps a mirror that somebody else made: what would change it is refused', async () => {
        await sandbox.sql(
          'create schema staging_public',
          'create table staging_public.order_items as select * from staging.order_items',
        );
        await sandbox.run();
        await proveIdle();
        await sandbox.sql('alter table staging.order_items add column note varchar(9)');
        expect(await sandbox.run()).toMatchObject({
          exit: 0,
          report: {
            warnings: [
              {
                code: 'column_added',
                message: expect.stringContaining('which somebody else made') as string,
              },
            ],
          },
        });
        expect(await columnsOf('staging_public.order_items')).toHaveLength(3);
        sandbox.map('fact_item.yml', itemFile.replace('order_items.product', 'order_items.note'));
        expect(await sandbox.run()).toMatchObject({
          exit: 5,
          report: { behind: [{ name: 'fact_item', code: 'source_changed' }] },
        });
        sandbox.map('fact_item.yml', itemFile);
        await sandbox.sql('alter table staging.order_items drop column note');
        expect(await sandbox.run()).toMatchObject({ exit: 0, report: { behind: [] } });
        sandbox.map(
          'sources.yml',
          sourcesFile().replace('[order_id, line_no]', '[order_id, line_no, product]'),
        );
        expect(await sandbox.run()).toMatchObject({
          exit: 5,
          report: { behind: [{ name: 'order_items', code: 'source_changed' }] },
        });
        expect(await values('select count(*) from staging_public.order_items')).toEqual(['3']);
        await sandbox.sql('drop table staging_public.order_items');
        expect(await sandbox.run()).toMatchObject({ exit: 0, report: { kind: 'bootstrap', behind: [] } });
        await proveIdle();
      });
    });

    describe('a mirror', () => {
      beforeEach(async () => {
        await sandbox.run();
      });

      const broken: Readonly<
        Record<string, readonly [statements: readonly string[], codes: readonly string[], kind?: string]>
      > = {
        truncated: [['truncate staging_public.companies'], []],
        edited: [
          [
            `update staging_public.companies set name = 'Nobody' where id = 1`,
            'delete from staging_public.companies where id = 2',
          ],
          [],
        ],
        dropped: [['drop table staging_public.companies'], ['mirror_rebuilt'], 'bootstrap'],
        'robbed of a column': [['alter table staging_public.companies drop column name'], ['mirror_changed']],
        'given a column': [
          [
            'alter table staging_public.companies add column note varchar(9)',
            `update staging_public.companies set note = 'mine'`,
          ],
          [],
        ],
        'retyped by hand': [
          [
            `alter table staging_public.companies alter column is_vendor type varchar(5) using (case when is_vendor then 'yes' end)`,
          ],
          ['mirror_changed'],
        ],
      };

      it.each(Object.entries(broken))(
        'that is %s is as staging again after the next run',
        async (_name, [statements, codes, kind = 'run']) => {
          await sandbox.sql(...statements);
          await touch(`name = 'Alder', is_vendor = false`, 3);
          const { report, exit } = await sandbox.run({ allow: ['companies:deletes'] });
          expect({
            exit,
            kind: report.kind,
            behind: report.behind,
            codes: report.warnings.map(({ code }) => code).filter((code) => code !== 'late_rows'),
          }).toEqual({ exit: 0, kind, behind: [], codes });
          const columns = 'id, name, is_vendor, gone, updated_at';
          expect(await sandbox.sql(`select ${columns} from staging_public.companies order by id`)).toEqual(
            await sandbox.sql(`select ${columns} from staging.companies order by id`),
          );
          expect(await values('select vendor_name from marts.fact_vendor order by vendor_id')).toEqual([
            'Adler',
            'Blanc',
            'Alder',
          ]);
          await proveEqual();
          await proveIdle();
          await touch(`name = 'Elder'`, 2);
          expect((await sandbox.run()).report.targets).toMatchObject([
            { name: 'fact_sales', updated: 1 },
            { name: 'fact_vendor', updated: 1 },
          ]);
          await proveIdle();
        },
      );

      it.runIf(engine === 'postgres')(
        'that a view of somebody else depends on stays, and its source is left out',
        async () => {
          await sandbox.sql(
            'create view marts.lines as select line_no from staging_public.order_items',
            'alter table staging.order_items alter column line_no type bigint',
          );
          await touch(`name = 'Alder'`);
          const { report, exit } = await sandbox.run();
          expect({
            exit,
            behind: report.behind,
            targets: report.targets.map(({ name }) => name),
          }).toMatchObject({
            exit: 5,
            behind: [
              {
                name: 'order_items',
                code: 'source_changed',
                reason: expect.stringContaining('could not follow its source') as string,
              },
            ],
            targets: ['fact_sales', 'fact_vendor'],
          });
          await sandbox.sql('drop view marts.lines');
          expect((await sandbox.run()).exit).toBe(0);
          await proveIdle();
        },
      );
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
