// Tables that dbt built before we came: equal ones are taken over, others are left alone with figures, samples and what
// is likely behind the differences; and the guards where a flag or a look-up table is lost.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSandbox, type Engine, type Recipe, type Sandbox } from '../support/sandbox.ts';

const rows = 150;

const recipe: Recipe = {
  tables: [
    'create schema staging',
    'create schema marts',
    'create table staging.countries (code integer, name varchar(20))',
    `insert into staging.countries select n, 'country ' || n from generate_series(1, 120) as g(n)`,
    'create table staging.companies (id integer, country integer, is_vendor boolean, rate numeric(12,4))',
    `insert into staging.companies select n, 1 + n % 120, true, 1.0049 from generate_series(1, ${rows}) as g(n)`,
    'create table marts.vendor (id integer, country varchar(20), rate numeric(12,4), note varchar(20))',
    `insert into marts.vendor select c.id, l.name, c.rate, 'theirs' from staging.companies c join staging.countries l on l.code = c.country`,
  ],
  mappings: {
    'sources.yml': 'sources: { countries: { key: code }, companies: { key: id } }\n',
    'vendor.yml': `target: vendor
key: id
from: companies
where: companies.is_vendor
join: { countries: companies.country = countries.code }
columns: { id: companies.id, country: countries.name, rate: companies.rate }
`,
  },
};

export const describeAdoption = (engine: Engine): void => {
  describe(`a table that dbt built on ${engine}`, () => {
    let sandbox: Sandbox;
    beforeEach(async () => {
      sandbox = await createSandbox(engine, recipe);
    });
    afterEach(() => sandbox.remove());

    const held = async (): Promise<readonly unknown[]> =>
      sandbox.sql('select id, country, rate, note from marts.vendor order by id');

    it('is adopted when it is equal, and not written', async () => {
      const before = await held();
      const { report, exit } = await sandbox.run();
      expect({ exit, adopted: report.adopted, targets: report.targets, behind: report.behind }).toEqual({
        exit: 0,
        adopted: ['vendor'],
        targets: [],
        behind: [],
      });
      expect(await held()).toEqual(before);
    });

    it.each([
      ['rounding', ['update marts.vendor set rate = 1.00'], /look like rounding/, { different: rows }],
      [
        'rows kept on purpose, or another leg of a union',
        [`insert into marts.vendor values (9001, 'gone', 1, 'kept'), (9002, 'gone', 1, 'kept')`],
        /kept on purpose .* another leg of a union/,
        { extra: 2, different: 0, missing: 0 },
      ],
      [
        'rows that the model filters',
        ['delete from marts.vendor where id <= 5'],
        /filtered by the model/,
        { missing: 5, extra: 0 },
      ],
      [
        'another expression',
        [`update marts.vendor set country = upper(country)`],
        /only a few columns differ/,
        { different: rows, columns: { country: rows } },
      ],
    ])('is left alone when it differs, and told the likely cause: %s', async (_, spoil, cause, figures) => {
      await sandbox.sql(...spoil);
      const before = await held();
      const { report, exit } = await sandbox.run();
      expect(exit).toBe(5);
      expect(report.behind).toMatchObject([{ name: 'vendor', code: 'adopt', retryable: false }]);
      const [error] = report.errors;
      expect(error?.details).toMatchObject({ ...figures, target: 'vendor' });
      expect(error?.details?.['samples']).not.toEqual([]);
      expect(error?.hint).toMatch(cause);
      expect(await held()).toEqual(before);
    });

    it('is overwritten by --adopt, with an audit row for each row, and columns of its owner as they were', async () => {
      await sandbox.sql(
        `update marts.vendor set country = 'elsewhere' where id = 1`,
        `insert into marts.vendor values (9001, 'gone', 1, 'kept')`,
      );
      expect(await sandbox.run({ adopt: ['vendor'] })).toMatchObject({
        exit: 0,
        report: { targets: [{ name: 'vendor', updated: 1, deleted: 1 }] },
      });
      expect(
        await sandbox.sql(
          `select operation, count(*) as rows from tidemark.audit where target = 'vendor' group by 1 order by 1`,
        ),
      ).toEqual([
        { operation: 'D', rows: '1' },
        { operation: 'U', rows: '1' },
      ]);
      expect(await sandbox.sql(`select count(*) as n from marts.vendor where note = 'theirs'`)).toEqual([
        { n: String(rows) },
      ]);
    });

    it('guard_empty: a flag that empties a `where` leaves the target out, not its source', async () => {
      await sandbox.run();
      const before = await held();
      await sandbox.sql('update staging.companies set is_vendor = false');
      const { report, exit } = await sandbox.run();
      expect(exit).toBe(5);
      expect(report.behind).toMatchObject([{ name: 'vendor', code: 'guard_empty' }]);
      expect(report.sources).toMatchObject([{ name: 'companies', updated: rows }]);
      expect(await held()).toEqual(before);
      await sandbox.sql('update staging.companies set is_vendor = true');
      expect(await sandbox.run()).toMatchObject({ exit: 0, report: { behind: [] } });
      expect(await held()).toEqual(before);
    });

    it('guard_empty: a look-up table that is lost changes nothing that reads it', async () => {
      await sandbox.run();
      const before = await held();
      await sandbox.sql(
        'create table staging.aside as select * from staging.countries',
        'delete from staging.countries',
      );
      const { report, exit } = await sandbox.run();
      expect(exit).toBe(5);
      expect(report.behind).toMatchObject([{ name: 'countries', code: 'guard_empty' }]);
      expect(report.targets).toEqual([]);
      expect(await held()).toEqual(before);
      await sandbox.sql('insert into staging.countries select * from staging.aside');
      expect(await sandbox.run()).toMatchObject({ exit: 0, report: { status: 'idle', behind: [] } });
    });
  });
};
