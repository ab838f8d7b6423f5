// Views, filters and keys of sources that change, and mirrors that others change behind our back.
import { beforeEach, describe, expect, it } from 'vitest';
import type { Engine, Sandbox } from '../support/sandbox.ts';
import { itemFile, sourcesFile } from './corner.ts';
import { driftPlace } from './drift-place.ts';

export const describeDriftingSources = (engine: Engine): void => {
  describe(`drift of sources on ${engine}`, () => {
    let sandbox: Sandbox;
    const { values, columnsOf, proveEqual, proveIdle, touch } = driftPlace(engine, (made) => {
      sandbox = made;
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
  });
};
