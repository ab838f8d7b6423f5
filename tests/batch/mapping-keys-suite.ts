// Keys of sources and targets that no other suite is about: each does what the documentation says.
import { createHash } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSandbox, type Engine, type Sandbox } from '../support/sandbox.ts';
import { call } from './command.ts';
import { corner, salesFile, sourcesFile, vendorFile } from './corner.ts';

const dbtHash = (...values: readonly (string | null)[]): string =>
  createHash('md5')
    .update(values.map((value) => value ?? '_dbt_utils_surrogate_key_null_').join('-'))
    .digest('hex');

export const describeMappingKeys = (engine: Engine): void => {
  describe(`keys of the mapping files on ${engine}`, () => {
    let sandbox: Sandbox;
    beforeEach(async () => {
      sandbox = await createSandbox(engine, corner());
    });
    afterEach(() => sandbox.remove());

    const ran = async () => {
      const { exit, report } = await sandbox.run();
      expect({ exit, behind: report.behind, errors: report.errors }).toEqual({
        exit: 0,
        behind: [],
        errors: [],
      });
      return report;
    };
    const verified = async () => expect(await call(sandbox, ['verify'])).toMatchObject({ exit: 0 });
    const vendors = () =>
      sandbox.sql('select vendor_id, vendor_name from marts.fact_vendor order by vendor_id');

    it('created_at: the ledger keeps whether a row is said to be new, changed, or nobody says', async () => {
      await sandbox.sql('alter table staging.companies add column made_at timestamp');
      await sandbox.sql('update staging.companies set made_at = updated_at');
      sandbox.map('sources.yml', sourcesFile('{ key: id, updated_at: updated_at, created_at: made_at }'));
      await ran();
      await sandbox.sql(
        `insert into staging.companies values (4, 'Dorn', true, false, timestamp '2020-02-01', timestamp '2020-02-01'), (5, 'Eick', true, false, timestamp '2020-02-02', timestamp '2020-02-01'), (6, 'Fels', true, false, timestamp '2020-02-02', null)`,
      );
      await ran();
      const declared = await sandbox.sql(
        'select cast(key as varchar) as key, operation, declared from tidemark.changes order by 1',
      );
      expect(declared.map(({ operation, declared: said }) => [operation, said])).toEqual([
        ['I', 'I'],
        ['I', 'U'],
        ['I', null],
      ]);
    });

    it('mirror and exclude: the mirror has the name and the columns that are asked for', async () => {
      sandbox.map('sources.yml', sourcesFile('{ key: id, mirror: firms, exclude: [gone, is_vendor] }'));
      await ran();
      const [row] = await sandbox.sql('select * from staging_public.firms order by id limit 1');
      expect(Object.keys(row ?? {})).toEqual(['id', 'name', 'updated_at']);
    });

    it('on_delete: keep, and a where that turns false: the row stays, and is no difference', async () => {
      sandbox.map('fact_vendor.yml', vendorFile('where: companies.is_vendor\non_delete: keep\n'));
      await ran();
      await sandbox.sql(
        'delete from staging.companies where id = 1',
        `update staging.companies set is_vendor = false, updated_at = timestamp '2020-03-01' where id = 2`,
      );
      await ran();
      expect(await vendors()).toHaveLength(3);
      await verified();
    });

    it('on_delete: set: the row stays with these values', async () => {
      sandbox.map('fact_vendor.yml', vendorFile('on_delete: { set: { vendor_name: gone } }\n'));
      await ran();
      await sandbox.sql('delete from staging.companies where id = 1');
      await ran();
      expect((await vendors())[0]).toMatchObject({ vendor_name: 'gone' });
      await verified();
      await sandbox.sql(
        `insert into staging.companies values (1, 'Adler', true, false, timestamp '2020-03-01')`,
      );
      await ran();
      expect((await vendors())[0]).toMatchObject({ vendor_name: 'Adler' });
    });

    it('limits: those of a target stand over those of the project', async () => {
      sandbox.map('fact_vendor.yml', vendorFile('limits: { floor: 0, touched: 40% }\n'));
      await ran();
      await sandbox.sql(
        `update staging.companies set name = 'X' || name, updated_at = timestamp '2020-03-01'`,
      );
      const { exit, report } = await sandbox.run();
      expect({ exit, behind: report.behind }).toMatchObject({
        exit: 5,
        behind: [{ name: 'fact_vendor', code: 'guard_touched' }],
      });
      expect(
        await sandbox.sql(`select count(*) as n from marts.fact_sales where vendor_name like 'X%'`),
      ).toEqual([{ n: '2' }]);
    });

    it('enabled: false: the file is read, the target left alone', async () => {
      sandbox.map('fact_sales.yml', salesFile('enabled: false\n'));
      await ran();
      await sandbox.sql(
        `update staging.companies set name = 'Z', updated_at = timestamp '2020-03-01' where id = 1`,
      );
      const { targets } = await ran();
      expect(targets.map(({ name }) => name)).toEqual(['fact_vendor']);
    });

    it('prune_by: is taken where the table has the column, and changes nothing here', async () => {
      sandbox.map('fact_sales.yml', salesFile('prune_by: changed_at\n'));
      await ran();
      await sandbox.sql(
        `update staging.companies set name = 'Z', updated_at = timestamp '2020-03-01' where id = 1`,
      );
      await ran();
      expect(await sandbox.sql('select vendor_name from marts.fact_sales order by sale_id limit 1')).toEqual([
        { vendor_name: 'Z' },
      ]);
      await verified();
    });

    it('surrogate_key() is the hash of dbt_utils', async () => {
      sandbox.map(
        'fact_item.yml',
        `target: fact_item
key: item_key
from: order_items
columns: { item_key: "surrogate_key(order_items.order_id, order_items.line_no, order_items.product)", product: order_items.product }
`,
      );
      await sandbox.sql('insert into staging.order_items values (12, 1, null)');
      await ran();
      const rows = await sandbox.sql('select item_key from marts.fact_item');
      expect(rows.map(({ item_key: hash }) => String(hash)).toSorted()).toEqual(
        [
          dbtHash('10', '1', 'anvil'),
          dbtHash('10', '2', 'bellows'),
          dbtHash('11', '1', 'chisel'),
          dbtHash('12', '1', null),
        ].toSorted(),
      );
    });

    it('every problem of every file is told at once, in order, each with its place, caret and code', async () => {
      sandbox.map(
        'fact_vendor.yml',
        vendorFile('on_delte: keep\n').replace('companies.name', 'companies.nmae'),
      );
      sandbox.map('fact_sales.yml', salesFile('rows: mange\n'));
      sandbox.map('sources.yml', sourcesFile('{ key: idd }'));
      appendFileSync(
        join(sandbox.folder, 'mappings', 'fact_item.yml'),
        'where: now() > order_items.product\n',
      );
      const { exit, json, stdout } = await call(sandbox, ['validate', '--json']);
      const problems = json['problems'] as readonly {
        readonly code: string;
        readonly hint: string | null;
        readonly at: { readonly file: string; readonly line: number; readonly column: number };
      }[];
      expect({ exit, stdout: stdout.length > 0 }).toEqual({ exit: 2, stdout: true });
      expect(problems.map(({ code, at }) => `${at.file}:${at.line}:${at.column} ${code}`)).toEqual([
        'mappings/fact_item.yml:5:8 volatile_expression',
        'mappings/fact_sales.yml:5:7 wrong_type',
        'mappings/fact_vendor.yml:4:60 unknown_column',
        'mappings/fact_vendor.yml:5:1 unknown_key',
        'mappings/sources.yml:2:21 unknown_column',
      ]);
      expect(problems.map(({ hint }) => hint !== null && hint.length > 0)).not.toContain(false);
      const told = await call(sandbox, ['validate']);
      expect((told.stdout + told.stderr).match(/^ +\| +\^+$/gm)).toHaveLength(problems.length);
    });
  });
};
