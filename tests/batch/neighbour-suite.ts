// What the random histories with a hostile neighbour (tests/property/hostile-neighbour.ts) brought to light, each by
// itself.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { verify } from '../../src/batch/verify.ts';
import { createSandbox, type Engine, type Sandbox } from '../support/sandbox.ts';
import { corner, salesFile, sourcesFile, vendorFile } from './corner.ts';

export const describeNeighbour = (engine: Engine): void => {
  describe(`a hostile neighbour on ${engine}`, () => {
    let sandbox: Sandbox;
    beforeEach(async () => {
      sandbox = await createSandbox(engine, corner());
    });
    afterEach(() => sandbox.remove());

    const inStep = async (): Promise<void> => {
      expect((await verify({ project: sandbox.project() })).report).toMatchObject({
        status: 'equal',
        behind: [],
      });
      expect(await sandbox.run()).toMatchObject({ exit: 0, report: { status: 'idle', behind: [] } });
    };
    const behindOf = async () => {
      const { report, exit } = await sandbox.run();
      return { exit, behind: report.behind.map(({ name, code }) => [name, code]) };
    };
    const archive = () =>
      sandbox.map('sources.yml', sourcesFile('{ key: id, updated_at: updated_at, deletes: never }'));

    it('makes a table with the columns that it touches', async () => {
      sandbox.map('fact_vendor.yml', vendorFile('touch: { seen: now, made_by: tidemark }\n'));
      expect(await sandbox.run()).toMatchObject({ exit: 0, report: { behind: [] } });
      expect(await sandbox.sql('select made_by from marts.fact_vendor where seen is not null')).toEqual(
        ['tidemark', 'tidemark', 'tidemark'].map((made_by) => ({ made_by })),
      );
      await sandbox.sql('drop table marts.fact_vendor');
      expect(await sandbox.run({ adopt: ['fact_vendor'] })).toMatchObject({
        exit: 0,
        report: { behind: [] },
      });
      await inStep();
    });

    describe('who drops a staging table', () => {
      const gone = { exit: 5, behind: [['companies', 'source_missing']] };

      it('of which a column is left out of the mirror ends no run', async () => {
        sandbox.map('sources.yml', sourcesFile('{ key: id, updated_at: updated_at, exclude: [gone] }'));
        await sandbox.run();
        await sandbox.sql('drop table staging.companies');
        expect(await behindOf()).toEqual(gone);
      });

      it('and its mirror as well leaves out what reads them, and nothing else', async () => {
        await sandbox.run();
        await sandbox.sql(
          'drop table staging.companies',
          'drop table staging_public.companies',
          `insert into staging.order_items values (12, 1, 'drill')`,
        );
        const { report, exit } = await sandbox.run();
        expect(exit).toBe(5);
        expect(report.behind.map(({ name, code }) => [name, code])).toEqual([
          ['companies', 'source_missing'],
          ['fact_sales', 'upstream_behind'],
          ['fact_vendor', 'upstream_behind'],
        ]);
        expect(report.targets).toMatchObject([{ name: 'fact_item', inserted: 1 }]);
      });

      it('and a column of its mirror leaves out only what reads that column', async () => {
        await sandbox.run();
        await sandbox.sql(
          'drop table staging.companies',
          'alter table staging_public.companies drop column name',
        );
        expect(await behindOf()).toEqual({
          exit: 5,
          behind: [
            ['companies', 'source_missing'],
            ['fact_sales', 'source_stale'],
            ['fact_vendor', 'source_stale'],
          ],
        });
      });
    });

    it('may take a column that is left out of the mirror', async () => {
      sandbox.map('sources.yml', sourcesFile('{ key: id, updated_at: updated_at, exclude: [gone] }'));
      await sandbox.run();
      await sandbox.sql('alter table staging.companies drop column gone');
      expect(await behindOf()).toEqual({ exit: 0, behind: [] });
      await inStep();
    });

    it('who takes a column of staging and drops the mirror leaves out what reads the column', async () => {
      await sandbox.run();
      await sandbox.sql(
        'alter table staging.companies drop column name',
        'drop table staging_public.companies',
      );
      expect(await behindOf()).toEqual({
        exit: 5,
        behind: [
          ['fact_sales', 'source_changed'],
          ['fact_vendor', 'source_changed'],
        ],
      });
    });

    it('who drops tables that others read by columns of their owner leaves out no more than those', async () => {
      await sandbox.sql('create table marts.sale_note (sale_id bigint, note varchar(60), next integer)');
      sandbox.map(
        'sale_note.yml',
        `target: sale_note
key: sale_id
from: fact_sales
columns: { sale_id: fact_sales.sale_id, note: "fact_sales.vendor_name || ' ' || lower(fact_sales.vendor_name)", next: fact_sales.vendor_id + 1 }
where: fact_sales.amount > 1
`,
      );
      await sandbox.run();
      await sandbox.sql(
        'drop table marts.fact_sales',
        'drop table marts.sale_note',
        'drop table marts.fact_vendor',
        `insert into staging.order_items values (12, 1, 'drill')`,
      );
      const { report, exit } = await sandbox.run();
      expect(exit).toBe(5);
      expect(report.behind.map(({ name, code }) => [name, code])).toEqual([
        ['fact_sales', 'target_missing'],
        ['fact_vendor', 'target_missing'],
        ['sale_note', 'target_missing'],
      ]);
      expect(report.targets).toMatchObject([{ name: 'fact_item', inserted: 1 }]);
    });

    describe('who gives a mirror a row twice', () => {
      // Our index forbids it, unless a key may be NULL.
      const nullable = '{ key: { column: id, nullable: true }, updated_at: updated_at }';
      const twice = async () => {
        await sandbox.sql(
          'insert into staging_public.companies select * from staging_public.companies where id = 2',
        );
      };

      it('has it made anew: which of the two is too many cannot be seen', async () => {
        sandbox.map('sources.yml', sourcesFile(nullable));
        await sandbox.run();
        await twice();
        const { report, exit } = await sandbox.run();
        expect({ exit, behind: report.behind }).toEqual({ exit: 0, behind: [] });
        expect(report.warnings).toMatchObject([
          { code: 'mirror_rebuilt', message: expect.stringContaining('it held a key more than once') },
        ]);
        expect(await sandbox.sql('select id from staging_public.companies order by id')).toHaveLength(3);
        await inStep();
      });

      it('that alone knows of deleted rows has its source left out', async () => {
        sandbox.map(
          'sources.yml',
          sourcesFile(nullable.replace(': updated_at', ': updated_at, deletes: never')),
        );
        await sandbox.run();
        await sandbox.sql('delete from staging.companies where id = 3');
        await sandbox.run();
        await twice();
        expect(await behindOf()).toMatchObject({
          exit: 5,
          behind: [
            ['companies', 'source_changed'],
            ['fact_sales', 'source_stale'],
            ['fact_vendor', 'source_stale'],
          ],
        });
        expect(await sandbox.sql('select id from staging_public.companies order by id')).toHaveLength(4);
      });
    });

    it('who gives a column of a mirror another type takes no value of rows that only the mirror knows', async () => {
      archive();
      await sandbox.run();
      await sandbox.sql(
        'delete from staging.companies where id = 3',
        'alter table staging_public.companies alter column is_vendor type varchar(10)',
      );
      const { report, exit } = await sandbox.run();
      expect({ exit, warnings: report.warnings }).toMatchObject({
        exit: 0,
        warnings: [{ code: 'mirror_changed' }],
      });
      expect(await sandbox.sql('select is_vendor from staging_public.companies order by id')).toEqual(
        [true, true, true].map((is_vendor) => ({ is_vendor })),
      );
      await inStep();
    });

    it('who gives a target a row twice has it left out until that is mended', async () => {
      await sandbox.run();
      await sandbox.sql('insert into marts.fact_vendor select * from marts.fact_vendor where vendor_id = 2');
      expect(await behindOf()).toEqual({ exit: 5, behind: [['fact_vendor', 'duplicate_target_key']] });
      expect(await behindOf()).toEqual({ exit: 5, behind: [['fact_vendor', 'duplicate_target_key']] });
      await sandbox.sql('delete from marts.fact_vendor where vendor_id = 2');
      expect(await behindOf()).toEqual({ exit: 0, behind: [] });
      await inStep();
    });

    it('who gives it to a table whose rows are his is told so: no look-up is to blame', async () => {
      await sandbox.sql(
        'create table marts.visits as select sale_id, vendor_id, vendor_name from marts.fact_sales',
      );
      sandbox.map('visits.yml', salesFile().replace('target: fact_sales', 'target: visits'));
      await sandbox.run();
      await sandbox.sql('insert into marts.visits select * from marts.visits where sale_id = 100');
      const { report } = await sandbox.run();
      expect(report.behind).toMatchObject([
        {
          name: 'visits',
          code: 'duplicate_target_key',
          reason: 'target `visits`: `marts.visits` holds a key more than once: (sale_id=100)',
        },
      ]);
    });
  });
};
