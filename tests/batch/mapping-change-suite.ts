// A mapping that changes: backfilled in the next batch within the limits, held column by column beyond them.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { plan } from '../../src/batch/plan.ts';
import { status } from '../../src/batch/status.ts';
import { verify } from '../../src/batch/verify.ts';
import { createSandbox, type Engine, type Sandbox } from '../support/sandbox.ts';
import { corner, vendorFile } from './corner.ts';

const mapped = (columns: string, more = ''): string =>
  vendorFile(more).replace(/^columns:.*$/m, `columns: { vendor_id: companies.id, ${columns} }`);

const shouting = mapped('vendor_name: upper(companies.name)');
const strict = 'limits: { floor: 0 }\n';

export const describeMappingChanges = (engine: Engine): void => {
  describe(`mapping changes on ${engine}`, () => {
    let sandbox: Sandbox;
    beforeEach(async () => {
      sandbox = await createSandbox(engine, corner());
      await sandbox.run();
    });
    afterEach(() => sandbox.remove());

    const map = (text: string): void => sandbox.map('fact_vendor.yml', text);
    const names = async () =>
      (await sandbox.sql('select vendor_name from marts.fact_vendor order by vendor_id')).map(
        (row) => row['vendor_name'],
      );
    const rename = (id: number, name: string) =>
      sandbox.sql(
        `update staging.companies set name = '${name}', updated_at = timestamp '2020-03-01 00:00:00' where id = ${id}`,
      );
    const proveEqual = async () =>
      expect((await verify({ project: sandbox.project() })).report).toMatchObject({
        status: 'equal',
        behind: [],
      });
    const proveIdle = async () =>
      expect(await sandbox.run()).toMatchObject({
        exit: 0,
        report: { status: 'idle', batch: null, behind: [] },
      });
    const heldNow = async () =>
      (await status({ project: sandbox.project() })).report.targets.find(({ name }) => name === 'fact_vendor')
        ?.held;

    describe('a changed column', () => {
      it('is backfilled within the limits; the plan says what it rewrites, and the run does that', async () => {
        map(shouting);
        const planned = (await plan({ project: sandbox.project() })).report;
        expect(planned).toMatchObject({
          status: 'pending',
          warnings: [
            {
              code: 'mapping_changed',
              message:
                'target `fact_vendor`: mapping of `vendor_name` changed: 3 rows compared, 3 cells would change',
            },
          ],
        });
        expect(await names()).toEqual(['Adler', 'Blanc', 'Conti']);
        const { report, exit } = await sandbox.run({ expectedDigest: planned.digest });
        expect({ report, exit }).toMatchObject({
          exit: 0,
          report: {
            status: 'applied',
            sources: [],
            targets: [{ name: 'fact_vendor', updated: 3, cells: 3 }],
            guards: [],
          },
        });
        expect(report.warnings).toMatchObject([
          { code: 'mapping_changed', details: { columns: ['vendor_name'], compared: 3, cells: 3 } },
        ]);
        expect(await names()).toEqual(['ADLER', 'BLANC', 'CONTI']);
        await proveEqual();
        await proveIdle();
      });

      it('changes nothing when it yields the same', async () => {
        map(mapped(`vendor_name: companies.name || ''`));
        const { report } = await sandbox.run();
        expect(report).toMatchObject({
          status: 'idle',
          targets: [],
          warnings: [{ code: 'mapping_changed', details: { cells: 0 } }],
        });
        expect((await sandbox.run()).report.warnings).toEqual([]);
      });

      it('is held beyond the limit, while the rest of its target goes on', async () => {
        await sandbox.sql('alter table marts.fact_vendor add column vendor boolean');
        map(mapped('vendor_name: companies.name, vendor: companies.is_vendor'));
        await sandbox.run();
        map(mapped('vendor_name: upper(companies.name), vendor: companies.is_vendor', strict));
        await sandbox.sql(
          `update staging.companies set name = 'Alder', is_vendor = false, updated_at = timestamp '2020-03-01 00:00:00' where id = 1`,
        );
        const { report, exit } = await sandbox.run();
        expect({
          exit,
          status: report.status,
          behind: report.behind,
          targets: report.targets.map(({ name, columns }) => ({ name, columns })),
        }).toEqual({
          exit: 5,
          status: 'partial',
          behind: [],
          targets: [
            { name: 'fact_sales', columns: { vendor_name: 1 } },
            { name: 'fact_vendor', columns: { vendor: 1 } },
          ],
        });
        expect(report.guards).toMatchObject([
          {
            code: 'column_held',
            message: expect.stringContaining(
              'would change 3 of 3 rows of `marts.fact_vendor` (100.0 %, limit 50 %)',
            ) as string,
            hint: '`tidemark reconcile -s fact_vendor --column vendor_name` backfills it',
            details: { relation: 'fact_vendor', column: 'vendor_name' },
          },
        ]);
        expect(await names()).toEqual(['Adler', 'Blanc', 'Conti']);
        expect(await heldNow()).toMatchObject([{ column: 'vendor_name', since: 2 }]);
        await proveEqual();
      });
    });

    describe('a held column', () => {
      beforeEach(async () => {
        map(`${shouting}${strict}`);
        expect((await sandbox.run()).exit).toBe(5);
      });

      it('is a warning from then on, takes no part in later batches, and is NULL in new rows', async () => {
        const { report, exit } = await sandbox.run();
        expect({ exit, status: report.status, guards: report.guards }).toEqual({
          exit: 0,
          status: 'idle',
          guards: [],
        });
        expect(report.warnings).toMatchObject([
          {
            code: 'column_held',
            severity: 'warning',
            message: expect.stringContaining('is held since batch 1') as string,
          },
        ]);
        await sandbox.sql(
          `insert into staging.companies values (4, 'Dorn', true, false, timestamp '2020-03-01 00:00:00')`,
        );
        await rename(1, 'Alder');
        expect((await sandbox.run()).report.targets.find(({ name }) => name === 'fact_vendor')).toMatchObject(
          { inserted: 1, updated: 0 },
        );
        expect(await names()).toEqual(['Adler', 'Blanc', 'Conti', null]);
        await proveEqual();
      });

      it('is backfilled by reconcile --column, and by nothing less', async () => {
        expect((await sandbox.run({ reconcile: ['fact_vendor'] })).report.targets).toEqual([]);
        const { report, exit } = await sandbox.run({ reconcile: ['fact_vendor'], columns: ['vendor_name'] });
        expect({ report, exit }).toMatchObject({
          exit: 0,
          report: {
            kind: 'reconcile',
            status: 'applied',
            guards: [],
            targets: [{ name: 'fact_vendor', columns: { vendor_name: 3 } }],
          },
        });
        expect(await names()).toEqual(['ADLER', 'BLANC', 'CONTI']);
        expect(await heldNow()).toBeUndefined();
        await proveEqual();
        await proveIdle();
      });

      it('is in step again when its mapping is what it was', async () => {
        map(mapped('vendor_name: companies.name', strict));
        const { report, exit } = await sandbox.run();
        expect({ exit, guards: report.guards, targets: report.targets }).toEqual({
          exit: 0,
          guards: [],
          targets: [],
        });
        expect(await heldNow()).toBeUndefined();
        await proveEqual();
      });

      it('is decided anew when its mapping changes again', async () => {
        map(mapped('vendor_name: lower(companies.name)', strict));
        expect((await sandbox.run()).exit).toBe(5);
        map(mapped(`vendor_name: "replace(companies.name, 'Adler', 'Alder')"`, strict));
        expect(await sandbox.run()).toMatchObject({
          exit: 0,
          report: { guards: [], targets: [{ name: 'fact_vendor', columns: { vendor_name: 1 } }] },
        });
        expect(await names()).toEqual(['Alder', 'Blanc', 'Conti']);
      });

      it('is forgotten when it is mapped no more', async () => {
        map(`${vendorFile().replace(', vendor_name: companies.name', '')}${strict}`);
        expect((await sandbox.run()).report).toMatchObject({ status: 'idle', warnings: [] });
        expect(await heldNow()).toBeUndefined();
      });

      it('is read by other targets as it stands in the table', async () => {
        sandbox.map(
          'fact_label.yml',
          'target: fact_label\nkey: id\nfrom: fact_vendor\ncolumns: { id: fact_vendor.vendor_id, label: fact_vendor.vendor_name }\n',
        );
        await sandbox.run();
        await sandbox.sql(
          `insert into staging.companies values (4, 'Dorn', true, false, timestamp '2020-03-01 00:00:00')`,
          'delete from staging.companies where id = 2',
        );
        await sandbox.run({ allow: ['fact_vendor:deletes', 'companies:deletes'] });
        const labels = await sandbox.sql('select id, label from marts.fact_label order by 1');
        expect(labels).toEqual([
          { id: '1', label: 'Adler' },
          { id: '3', label: 'Conti' },
          { id: '4', label: null },
        ]);
        await proveEqual();
      });
    });

    it('is let through by --allow', async () => {
      map(`${shouting}${strict}`);
      expect(await sandbox.run({ allow: ['fact_vendor:touched'] })).toMatchObject({
        exit: 0,
        report: { guards: [] },
      });
      expect(await names()).toEqual(['ADLER', 'BLANC', 'CONTI']);
    });

    it('shows held columns in a plan as its run decides them', async () => {
      map(`${shouting}${strict}`);
      const planned = await plan({ project: sandbox.project() });
      expect(planned).toMatchObject({
        exit: 5,
        report: { status: 'partial', guards: [{ code: 'column_held' }] },
      });
      expect(await sandbox.run({ expectedDigest: planned.report.digest })).toMatchObject({
        exit: 5,
        report: { guards: [{ code: 'column_held' }] },
      });
    });

    it('waits for a person with `on_mapping_change: hold`, however little it changes', async () => {
      const waits = 'on_mapping_change: hold\n';
      map(mapped(`vendor_name: companies.name || ''`, waits));
      const { report, exit } = await sandbox.run();
      expect({ report, exit }).toMatchObject({
        exit: 5,
        report: {
          guards: [
            { code: 'column_held', message: expect.stringContaining('`on_mapping_change: hold`') as string },
          ],
        },
      });
      expect(await sandbox.run()).toMatchObject({
        exit: 0,
        report: { guards: [], warnings: [{ code: 'column_held' }] },
      });
      map(mapped('vendor_name: companies.name', waits));
      await proveIdle();
      map(`${shouting}${waits}`);
      await sandbox.run();
      expect(await names()).toEqual(['Adler', 'Blanc', 'Conti']);
      await sandbox.run({ reconcile: ['fact_vendor'], columns: ['vendor_name'] });
      expect(await names()).toEqual(['ADLER', 'BLANC', 'CONTI']);
      await proveIdle();
    });

    it('backfills a column that is mapped for the first time, and leaves one that is mapped no more', async () => {
      await sandbox.sql('alter table marts.fact_vendor add column vendor boolean');
      map(mapped('vendor: companies.is_vendor'));
      expect((await sandbox.run()).report).toMatchObject({
        targets: [{ columns: { vendor: 3 } }],
        warnings: [{ details: { columns: ['vendor'] } }],
      });
      await rename(1, 'Alder');
      await sandbox.run();
      expect(await names()).toEqual(['Adler', 'Blanc', 'Conti']);
      await proveEqual();
    });

    it('compares the whole target when its rows or joins are mapped otherwise', async () => {
      map(vendorFile('where: companies.id < 3\n'));
      const { report } = await sandbox.run();
      expect(report).toMatchObject({
        targets: [{ name: 'fact_vendor', deleted: 1 }],
        warnings: [{ code: 'mapping_changed', details: { base: true, rows: 1 } }],
      });
      await proveEqual();
      await proveIdle();
    });

    it('never holds a key: the guards of the target judge it', async () => {
      map(vendorFile(`${strict}on_mapping_change: hold\n`).replace('companies.id,', 'companies.id + 100,'));
      expect(await sandbox.run()).toMatchObject({
        exit: 5,
        report: { behind: [{ name: 'fact_vendor', code: 'guard_deletes' }] },
      });
      expect(await heldNow()).toBeUndefined();
    });

    it('refuses a column that no named target maps', async () => {
      await expect(sandbox.run({ columns: ['vendor_name'] })).rejects.toMatchObject({ code: 'usage' });
      await expect(sandbox.run({ reconcile: ['fact_item'], columns: ['produkt'] })).rejects.toMatchObject({
        code: 'unknown_column',
        hint: 'did you mean `product`?',
      });
    });
  });
};
