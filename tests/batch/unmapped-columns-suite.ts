// A target may read columns of another target that no mapping fills: they belong to whoever built that table, who
// writes them when he likes, and whose defaults fill the rows that we insert.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { verify } from '../../src/batch/verify.ts';
import { createSandbox, type Engine, type Sandbox } from '../support/sandbox.ts';
import { recorded } from '../support/statements.ts';

const vendor = `target: vendor
key: vendor_id
from: companies
columns: { vendor_id: companies.id, name: companies.name }
`;

const recipe = {
  tables: [
    'create schema staging',
    'create schema marts',
    'create table staging.companies (id integer, name varchar(40))',
    `insert into staging.companies values (1, 'Adler'), (2, 'Blanc')`,
    `create table marts.vendor (vendor_id integer, name varchar(40), region varchar(40) default 'no''where', rank integer default -1, loaded_at timestamp default now())`,
    `insert into marts.vendor (vendor_id, name, region, rank) values (1, 'Adler', 'north', 7), (2, 'Blanc', 'south', 8)`,
    'create table marts.sale (sale_id integer, vendor_id integer, vendor_name varchar(40))',
    `insert into marts.sale values (10, 1, 'Adler'), (11, 2, 'Blanc'), (12, 1, 'Adler')`,
  ],
  mappings: {
    'sources.yml': 'sources: { companies: { key: id } }',
    'vendor.yml': vendor,
    'sale.yml': `target: sale
key: sale_id
join: { companies: this.vendor_id = companies.id }
columns: { vendor_name: companies.name }
`,
    'sale_region.yml': `target: sale_region
key: sale_id
from: sale
join: { vendor: sale.vendor_id = vendor.vendor_id }
columns: { sale_id: sale.sale_id, label: "sale.vendor_name || ' of ' || coalesce(vendor.region, 'nothing')" }
`,
    'vendor_region.yml': `target: vendor_region
key: vendor_id
from: vendor
columns: { vendor_id: vendor.vendor_id, label: "vendor.name || ' of ' || coalesce(vendor.region, 'nothing')", rank: vendor.rank }
`,
  },
};

export const describeUnmappedColumns = (engine: Engine): void => {
  describe(`columns of a target that no mapping fills on ${engine}`, () => {
    let sandbox: Sandbox;
    beforeEach(async () => {
      sandbox = await createSandbox(engine, recipe);
      await sandbox.run();
    });
    afterEach(() => sandbox.remove());

    const labels = async (table: string) =>
      (await sandbox.sql(`select label from marts.${table} order by 1`)).map(({ label }) => label);
    const equal = async (): Promise<void> => {
      expect(await verify({ project: sandbox.project() })).toMatchObject({
        exit: 0,
        report: { status: 'equal', behind: [] },
      });
    };

    /** Our own rows must not look like somebody else's: nothing is compared in full. */
    const settled = async (): Promise<void> => {
      const statements = await recorded(async () => expect((await sandbox.run()).report.status).toBe('idle'));
      expect(statements.filter((statement) => statement.includes('desired_'))).toEqual([]);
    };

    it('I1: are read of rows that change, that come and that go; a row that comes has its defaults', async () => {
      await sandbox.sql(
        `update staging.companies set name = 'Adler & Sons' where id = 1`,
        'delete from staging.companies where id = 2',
        `insert into staging.companies values (3, 'Conti')`,
      );
      expect((await sandbox.run()).report).toMatchObject({ status: 'applied', behind: [] });
      expect(await labels('vendor_region')).toEqual(['Adler & Sons of north', `Conti of no'where`]);
      expect(await labels('sale_region')).toEqual([
        'Adler & Sons of north',
        'Adler & Sons of north',
        'Blanc of nothing',
      ]);
      expect(await sandbox.sql('select rank from marts.vendor_region order by vendor_id')).toEqual([
        { rank: 7 },
        { rank: -1 },
      ]);
      await equal();
      await settled();
    });

    it('are noticed when others write them, and what reads them follows', async () => {
      await sandbox.sql(`update marts.vendor set region = 'east' where vendor_id = 2`);
      const { report, exit } = await sandbox.run();
      expect({ exit, behind: report.behind }).toEqual({ exit: 0, behind: [] });
      expect(report.targets).toMatchObject([
        { name: 'sale_region', updated: 1 },
        { name: 'vendor_region', updated: 1, columns: { label: 1 } },
      ]);
      expect(await labels('sale_region')).toEqual(['Adler of north', 'Adler of north', 'Blanc of east']);
      await equal();
      await settled();
    });

    it('are noticed in the very rows that the batch before brought and took', async () => {
      await sandbox.sql(
        'delete from staging.companies where id = 2',
        `insert into staging.companies values (3, 'Conti')`,
      );
      await sandbox.run();
      await settled();
      await sandbox.sql(`update marts.vendor set region = 'west' where vendor_id = 3`);
      await sandbox.run();
      expect(await labels('vendor_region')).toEqual(['Adler of north', 'Conti of west']);
      await equal();
    });

    it('leave out what reads them when they are gone, and nothing else', async () => {
      await sandbox.sql('alter table marts.vendor drop column rank');
      await sandbox.sql(`update staging.companies set name = 'Adler & Sons' where id = 1`);
      const { report, exit } = await sandbox.run();
      expect(exit).toBe(5);
      expect(report.behind).toMatchObject([
        {
          name: 'vendor_region',
          code: 'target_changed',
          reason: expect.stringContaining('reads `vendor.rank`, which `marts.vendor` does not have any more'),
        },
      ]);
      expect(await labels('sale_region')).toContain('Adler & Sons of north');
      await sandbox.sql('alter table marts.vendor add column rank integer default 5');
      expect((await sandbox.run()).exit).toBe(0);
      await equal();
    });

    it('are seen by a check as the batch will leave them', async () => {
      sandbox.map(
        'vendor.yml',
        `${vendor}touch: { note: checked }
checks:
  all that is filled in: select * from vendor where region is null or rank is null or loaded_at is null
  all that is touched: select * from vendor where name like '%Sons' and note is distinct from 'checked'
`,
      );
      await sandbox.sql('alter table marts.vendor add column note varchar(40)');
      await sandbox.sql(
        `insert into staging.companies values (3, 'Conti & Sons')`,
        `update staging.companies set name = 'Adler & Sons' where id = 1`,
      );
      expect((await sandbox.run()).report).toMatchObject({ status: 'applied', behind: [], errors: [] });
      expect(await sandbox.sql(`select count(*) as n from marts.vendor where note = 'checked'`)).toEqual([
        { n: '2' },
      ]);
    });
  });
};
