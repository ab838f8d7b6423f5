// A mapping and a dbt model that write one table: two truths for one column, columns that lag behind their siblings,
// rows that only dbt can complete, and the column by which an incremental model tells how far it is.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { validate } from '../../src/batch/validate.ts';
import { createSandbox, type Engine, type Sandbox } from '../support/sandbox.ts';

const sql = (
  name: string,
  legal: string,
): string => `with named as (select id, ${legal} as name, country from staging.companies)
select s.id as sale_id, s.vendor_id, named.name as vendor_name, upper(named.country) as vendor_country,
  length(named.name) as name_length, s.amount, s.changed_at
from staging.sales s left join named on s.vendor_id = named.id ${name}`;

const node = (name: string, config: object, compiled: string): readonly [string, object] => [
  `model.shop.${name}`,
  {
    resource_type: 'model',
    name,
    package_name: 'shop',
    schema: 'marts',
    config,
    depends_on: { nodes: [] },
    original_file_path: `models/${name}.sql`,
    raw_code:
      '{% if is_incremental() %} where s.changed_at > (select max(changed_at) from {{ this }}) {% endif %}',
    compiled_code: compiled,
  },
];

const named = 'select id, legal_name as name from staging.companies';
const throughNamed =
  'select s.id as sale_id, n.name as vendor_name from staging.sales s left join marts.stg_named n on s.vendor_id = n.id';

const manifest = (engine: Engine): unknown => ({
  metadata: {
    dbt_schema_version: 'https://schemas.getdbt.com/dbt/manifest/v12.json',
    dbt_version: '1.12.0',
    project_name: 'shop',
    adapter_type: engine,
  },
  nodes: Object.fromEntries([
    node('fct_sales', { materialized: 'table' }, sql('', 'legal_name')),
    node(
      'inc_sales',
      { materialized: 'incremental' },
      sql('where s.changed_at > (select max(changed_at) from marts.inc_sales)', 'legal_name'),
    ),
    node('stg_named', { materialized: 'table' }, named),
    node('fct_named', { materialized: 'table' }, throughNamed),
  ]),
  sources: {},
});

const built = `select s.id as sale_id, s.vendor_id, c.legal_name as vendor_name, upper(c.country) as vendor_country,
  length(c.legal_name) as name_length, s.amount, s.changed_at from staging.sales s left join staging.companies c on s.vendor_id = c.id`;

const tables = [
  'create schema staging',
  'create schema marts',
  'create table staging.companies (id bigint primary key, name varchar(20), legal_name varchar(20), country varchar(2))',
  `insert into staging.companies values (1, 'Ada', 'Ada', 'de'), (2, 'Bob', 'Bob Ltd', 'fr')`,
  'create table staging.sales (id bigint primary key, vendor_id bigint, amount numeric(10, 2), changed_at timestamp)',
  `insert into staging.sales values (10, 1, 5, '2026-01-01'), (11, 2, 7, '2026-01-02')`,
  `create table marts.fct_sales as ${built}`,
  `create table marts.inc_sales as ${built}`,
  `create table marts.stg_named as ${named}`,
  `create table marts.fct_named as ${throughNamed}`,
];

const vendor = (column: string, rest = ''): string =>
  `target: fct_sales\nkey: sale_id\njoin: { companies: this.vendor_id = companies.id }\ncolumns: { ${column} }\n${rest}`;

const ofSales = (columns: string, rest = ''): string =>
  `target: inc_sales\nkey: sale_id\nfrom: sales\ncolumns: { sale_id: sales.id, ${columns} }\n${rest}`;

export const describeOwnership = (engine: Engine): void => {
  describe(`a table that dbt and a mapping write, on ${engine}`, () => {
    let sandbox: Sandbox;
    beforeAll(async () => {
      sandbox = await createSandbox(engine, {
        tables,
        mappings: { 'sources.yml': 'sources:\n  companies: { key: id }\n  sales: { key: id }\n' },
      });
      mkdirSync(join(sandbox.folder, 'target'));
      writeFileSync(join(sandbox.folder, 'target/manifest.json'), JSON.stringify(manifest(engine)));
      const warehouse =
        engine === 'duckdb'
          ? { type: 'duckdb', path: sandbox.place }
          : { type: 'postgres', url: sandbox.place };
      writeFileSync(
        join(sandbox.folder, 'tidemark.yml'),
        `version: 1\nname: shop\nwarehouse: ${JSON.stringify(warehouse)}\nmanifest: target/manifest.json\n`,
      );
    });
    afterAll(() => sandbox.remove());

    const problemsOf = async (text: string) => {
      sandbox.map('mapped.yml', text);
      const { problems, status } = await validate({ project: sandbox.project(), data: false });
      return { status, found: problems.map(({ code, message, at }) => ({ code, message, line: at?.line })) };
    };

    it('two_truths: names a column that dbt makes of something else', async () => {
      const { status, found } = await problemsOf(vendor('vendor_name: companies.name'));
      expect(found).toEqual([
        {
          code: 'two_truths',
          message:
            '`vendor_name` is mapped from `companies.name`, and the dbt model `fct_sales` makes it of `companies.legal_name`',
          line: 4,
        },
      ]);
      expect(status).toBe('valid');
    });

    it('looks through a target by its own SQL to what that reads', async () => {
      sandbox.map('stg_named.yml', 'target: stg_named\nkey: id\nmodel: stg_named\n');
      const fromSource = (column: string): string =>
        `target: fct_named\nkey: sale_id\njoin: { sales: this.sale_id = sales.id, companies: sales.vendor_id = companies.id }\ncolumns: { vendor_name: ${column} }\n`;
      expect((await problemsOf(fromSource('companies.legal_name'))).found).toEqual([]);
      expect((await problemsOf(fromSource('companies.name'))).found).toMatchObject([
        {
          code: 'two_truths',
          message:
            '`vendor_name` is mapped from `companies.name`, and the dbt model `fct_named` makes it of `companies.legal_name`',
        },
      ]);
      rmSync(join(sandbox.folder, 'mappings/stg_named.yml'));
    });

    it('two_truths: names a column that dbt computes, and the mapping takes as it stands', async () => {
      const { found } = await problemsOf(vendor('vendor_country: companies.country'));
      expect(found).toMatchObject([
        { code: 'two_truths', message: expect.stringContaining('in another way') as string },
      ]);
      expect(await problemsOf(vendor('vendor_country: upper(companies.country)'))).toEqual({
        status: 'valid',
        found: [],
      });
    });

    it('stale_sibling: refuses rows that would be half as they were, unless that is accepted', async () => {
      const { status, found } = await problemsOf(vendor('vendor_name: companies.legal_name'));
      expect(found).toEqual([
        {
          code: 'stale_sibling',
          message:
            '`vendor_name` follows `companies.legal_name`, and `name_length` of `fct_sales`, which the dbt model makes of it too, does not',
          line: 4,
        },
      ]);
      expect(status).toBe('invalid');
      expect(
        await problemsOf(vendor('vendor_name: companies.legal_name', 'accept_stale: [name_length]\n')),
      ).toEqual({ status: 'valid', found: [] });
      expect(
        await problemsOf(
          vendor('vendor_name: companies.legal_name, name_length: length(companies.legal_name)'),
        ),
      ).toEqual({ status: 'valid', found: [] });
    });

    it('stale_sibling: a column that is no column cannot be accepted', async () => {
      const { found } = await problemsOf(
        vendor('vendor_name: companies.legal_name', 'accept_stale: [name_lenght]\n'),
      );
      expect(found).toContainEqual(expect.objectContaining({ code: 'unknown_column', line: 5 }));
    });

    it('leaves the rows of an incremental model to dbt where some of its columns are', async () => {
      sandbox.map('mapped.yml', ofSales('amount: sales.amount'));
      await sandbox.run({ adopt: ['inc_sales'] });
      await sandbox.sql(
        `insert into staging.sales values (12, 1, 9, '2026-01-03')`,
        'update staging.sales set amount = 6 where id = 10',
      );
      const { report } = await sandbox.run();
      expect(report.targets).toMatchObject([{ name: 'inc_sales', inserted: 0, updated: 1 }]);
    });

    it('partial_insert: warns where rows are inserted all the same', async () => {
      const { status, found } = await problemsOf(ofSales('amount: sales.amount', 'rows: manage\n'));
      expect(found).toEqual([
        {
          code: 'partial_insert',
          message:
            'rows that are inserted into `inc_sales` lack what only dbt computes, until it builds the table anew: `vendor_id`, `vendor_name`, `vendor_country`, `name_length`, `changed_at`',
          line: 5,
        },
      ]);
      expect(status).toBe('valid');
    });

    it('incremental_watermark: refuses to move the column by which dbt tells how far it is', async () => {
      expect(await problemsOf(ofSales('changed_at: sales.changed_at'))).toMatchObject({
        status: 'invalid',
        found: [{ code: 'incremental_watermark', line: 4 }],
      });
      expect(await problemsOf(ofSales('amount: sales.amount', 'touch: { changed_at: now }\n'))).toMatchObject(
        { status: 'invalid', found: [{ code: 'incremental_watermark', line: 5 }] },
      );
      const { found } = await problemsOf(
        'target: fct_sales\nkey: sale_id\njoin: { sales: this.sale_id = sales.id }\ncolumns: { amount: sales.amount }\ntouch: { changed_at: now }\n',
      );
      expect(found).toEqual([]);
    });
  });
};
