// Two troubles at once, neither of which would end a run by itself: what each of them concerns is left out, and the
// rest goes on. Found by the random histories with a hostile neighbour (tests/property/hostile-neighbour.ts).
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { verify } from '../../src/batch/verify.ts';
import { createSandbox, type Engine, type Sandbox } from '../support/sandbox.ts';
import { corner, sourcesFile, vendorFile } from './corner.ts';

export const describeTwoTroubles = (engine: Engine): void => {
  describe(`two troubles at once on ${engine}`, () => {
    let sandbox: Sandbox;
    beforeEach(async () => {
      sandbox = await createSandbox(engine, corner());
    });
    afterEach(() => sandbox.remove());

    const behindOf = async () => {
      const { report, exit } = await sandbox.run();
      return { exit, behind: report.behind.map(({ name, code }) => [name, code]) };
    };
    const inStep = async (): Promise<void> => {
      expect((await verify({ project: sandbox.project() })).report).toMatchObject({
        status: 'equal',
        behind: [],
      });
      expect(await sandbox.run()).toMatchObject({ exit: 0, report: { status: 'idle', behind: [] } });
    };
    /** A report of sales that reads a column which no mapping of the fact fills. */
    const amounts = (columns: string): void =>
      sandbox.map(
        'sale_amount.yml',
        `target: sale_amount
key: sale_id
from: fact_sales
columns: { sale_id: fact_sales.sale_id, ${columns} }
`,
      );

    it('a column of staging and the whole mirror: the column is remembered run after run', async () => {
      await sandbox.run();
      await sandbox.sql(
        'alter table staging.companies drop column name',
        'drop table staging_public.companies',
      );
      const behind = [
        ['fact_sales', 'source_changed'],
        ['fact_vendor', 'source_changed'],
      ];
      expect(await behindOf()).toEqual({ exit: 5, behind });
      expect(await behindOf()).toEqual({ exit: 5, behind });
      await sandbox.sql(`insert into staging.order_items values (12, 1, 'drill')`);
      const { report } = await sandbox.run();
      expect(report.targets).toMatchObject([{ name: 'fact_item', inserted: 1 }]);
      await sandbox.sql(
        'alter table staging.companies add column name varchar(40)',
        `update staging.companies set name = 'N' || id, updated_at = timestamp '2020-03-01 00:00:00'`,
      );
      expect(await behindOf()).toEqual({ exit: 0, behind: [] });
      await inStep();
    });

    it('a column by which look-ups find their rows, and the whole mirror', async () => {
      sandbox.map(
        'fact_sales.yml',
        'target: fact_sales\nkey: sale_id\njoin: { companies: this.vendor_name = companies.name }\ncolumns: { vendor_id: companies.id }\n',
      );
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

    it('a table that was dropped, and a new mapping of who reads a column of its owner there', async () => {
      await sandbox.sql(
        'create table marts.sale_amount (sale_id bigint, amount decimal(12,2), who varchar(50))',
      );
      amounts('amount: fact_sales.amount, who: fact_sales.vendor_name');
      await sandbox.run({ adopt: ['sale_amount'] });
      await sandbox.sql(
        'alter table marts.fact_sales rename to put_aside',
        `insert into staging.order_items values (12, 1, 'drill')`,
      );
      amounts('amount: fact_sales.amount, who: upper(fact_sales.vendor_name)');
      const behind = [
        ['fact_sales', 'target_missing'],
        ['sale_amount', 'upstream_behind'],
      ];
      expect(await behindOf()).toEqual({ exit: 5, behind });
      // What is new in it may read the table that nobody can look at, too.
      amounts('amount: fact_sales.amount * 2, who: fact_sales.vendor_name');
      expect(await behindOf()).toEqual({ exit: 5, behind });
      await sandbox.sql('alter table marts.put_aside rename to fact_sales');
      expect(await behindOf()).toEqual({ exit: 0, behind: [] });
      expect(await sandbox.sql('select sum(amount) as total from marts.sale_amount')).toEqual([
        { total: '22.00' },
      ]);
      await inStep();
    });

    it('a mapped column of a table, and a new mapping of another column', async () => {
      await sandbox.run();
      await sandbox.sql(
        'alter table marts.fact_vendor add column label varchar(60)',
        'alter table marts.fact_vendor add column note varchar(60)',
      );
      const mapped = (label: string): void =>
        sandbox.map(
          'fact_vendor.yml',
          vendorFile().replace('companies.name }', `companies.name, label: ${label} }`),
        );
      mapped('companies.name');
      expect(await behindOf()).toEqual({ exit: 0, behind: [] });
      await sandbox.sql('alter table marts.fact_vendor drop column vendor_name');
      mapped('upper(companies.name)');
      expect(await behindOf()).toEqual({ exit: 5, behind: [['fact_vendor', 'target_changed']] });
      // A mistake in what is new is one still.
      mapped('companies.nonsense');
      await expect(sandbox.run()).rejects.toMatchObject({ code: 'dictionary_invalid', exitCode: 2 });
      mapped('upper(companies.name)');
      await sandbox.sql('alter table marts.fact_vendor add column vendor_name varchar(40)');
      expect(await behindOf()).toEqual({ exit: 0, behind: [] });
      await inStep();
    });

    const rename = (table: string, from: string, to: string): string =>
      `alter table ${table} rename column ${from} to ${to}`;

    it.each([
      ['of staging', 'staging.companies', 'id', [['companies', 'source_changed']]],
      ['of a target', 'marts.fact_vendor', 'vendor_id', [['fact_vendor', 'target_changed']]],
      ['of a target of somebody else', 'marts.fact_sales', 'sale_id', [['fact_sales', 'target_changed']]],
    ])('a key column %s that vanished leaves out no more than that', async (_, table, column, behind) => {
      await sandbox.run();
      await sandbox.sql(
        rename(table, column, 'other'),
        `insert into staging.order_items values (12, 1, 'drill')`,
      );
      const { report } = await sandbox.run();
      expect(report.behind.map(({ name, code }) => [name, code])).toEqual(behind);
      expect(report.targets).toMatchObject([{ name: 'fact_item', inserted: 1 }]);
      expect(await behindOf()).toEqual({ exit: 5, behind });
      await sandbox.sql(rename(table, 'other', column));
      expect(await behindOf()).toEqual({ exit: 0, behind: [] });
      await inStep();
    });

    it('a key column of staging, and the whole mirror: what reads it waits', async () => {
      await sandbox.run();
      await sandbox.sql(
        rename('staging.companies', 'id', 'other'),
        'drop table staging_public.companies',
        `insert into staging.order_items values (12, 1, 'drill')`,
      );
      const behind = [
        ['companies', 'source_changed'],
        ['fact_sales', 'upstream_behind'],
        ['fact_vendor', 'upstream_behind'],
      ];
      expect(await behindOf()).toEqual({ exit: 5, behind });
      expect(await behindOf()).toEqual({ exit: 5, behind });
      expect(await sandbox.sql('select count(*) as n from marts.fact_item')).toEqual([{ n: '4' }]);
      await sandbox.sql(rename('staging.companies', 'other', 'id'));
      expect(await behindOf()).toEqual({ exit: 0, behind: [] });
      await inStep();
    });

    it('a key column of a mirror is put back', async () => {
      await sandbox.run();
      await sandbox.sql(rename('staging_public.companies', 'id', 'other'));
      expect(await behindOf()).toEqual({ exit: 0, behind: [] });
      await inStep();
    });

    it('a column of staging that one target reads, and a new mapping of another target', async () => {
      sandbox.map('sources.yml', sourcesFile());
      await sandbox.run();
      await sandbox.sql('alter table staging.order_items drop column product');
      sandbox.map('fact_vendor.yml', vendorFile().replace('companies.name', 'upper(companies.name)'));
      expect(await behindOf()).toEqual({ exit: 5, behind: [['fact_item', 'source_changed']] });
      expect(await sandbox.sql('select vendor_name from marts.fact_vendor where vendor_id = 1')).toEqual([
        { vendor_name: 'ADLER' },
      ]);
    });
  });
};
