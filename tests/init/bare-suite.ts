// `init` on a warehouse that nobody described: sources by the keys that their rows have, and columns of built tables
// that hold the values of a source, row for row. Everything else is left alone.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { plan } from '../../src/batch/plan.ts';
import { validate } from '../../src/batch/validate.ts';
import type { Engine } from '../support/sandbox.ts';
import { passwordOf, placeWith, standings, type InitPlace } from './place.ts';

const tables = [
  'create schema raw',
  'create schema marts',
  'create table raw.companies (id bigint primary key, name varchar(20), country varchar(2), status varchar(4))',
  `insert into raw.companies values (1, 'Ada', 'DE', 'on'), (2, 'Bob', 'FR', 'off'), (3, 'Cem', 'DE', 'on')`,
  'create table raw.orders (id bigint, company_id bigint, status varchar(4), amount numeric(10, 2), updated_at timestamp)',
  `insert into raw.orders values (10, 1, 'paid', 5, '2026-01-01'), (11, 2, 'open', 7, '2026-01-02'), (12, 1, 'paid', 2, '2026-01-03')`,
  'create table raw.noise (word varchar(4))',
  `insert into raw.noise values ('a'), ('a')`,
  // `company_name` is that of the company; `status` could be of either; `region` is another thing than `country`.
  `create table marts.fct_orders as select o.id as order_id, o.company_id, c.name as company_name, o.status, o.amount * 2 as amount, 'EU' as region from raw.orders o join raw.companies c on o.company_id = c.id`,
  // One name is not that of its company.
  `create table marts.dim_companies as select id, case when id = 3 then 'Other' else name end as name, country from raw.companies`,
  `create table marts.daily as select '2026-01-01' as day, 3 as visitors union all select '2026-01-02', 4`,
];

export const describeBare = (engine: Engine): void => {
  describe(`init without dbt on ${engine}`, () => {
    let place: InitPlace;
    beforeAll(async () => {
      place = await placeWith(engine, { tables, fill: () => Promise.resolve() });
    });
    afterAll(() => place.sandbox.remove());
    afterEach(() => place.forget());

    const wish = () => {
      const { place: where } = place.sandbox;
      return engine === 'duckdb'
        ? { duckdb: where }
        : {
            urlVariable: 'SHOP_URL',
            variables: { SHOP_URL: where, HOME: '/nowhere', DBT_PASSWORD: passwordOf(where) },
          };
    };

    it('proposes sources by their keys, and the columns that are proven by the rows', async () => {
      const report = await place.init(wish());
      expect(standings(report)).toEqual({
        daily: 'left',
        dim_companies: 'mapped this 100 %',
        fct_orders: 'mapped this 100 %',
        noise: 'left',
      });
      expect(report.sources.map(({ name, key, guessed }) => [name, key, guessed])).toEqual([
        ['companies', ['id'], false],
        ['orders', ['id'], true],
      ]);
      const columns = (file: string): string =>
        place.read(`mappings/${file}`).replace(/^[^]*\ncolumns:\n/, '');
      expect(columns('fct_orders.yml')).toBe('  company_name: companies.name\n');
      expect(columns('dim_companies.yml')).toBe('  country: companies.country\n');
    });

    it('is valid and is taken over as it stands; no secret is written', async () => {
      await place.init(wish());
      const SHOP_URL = place.sandbox.place;
      expect(place.read('tidemark.yml')).toContain(
        engine === 'postgres' ? 'url: "${SHOP_URL}"' : 'path: workshop.duckdb',
      );
      expect(place.read('tidemark.yml')).not.toContain('postgres://');
      const project = engine === 'postgres' ? place.project({ SHOP_URL }) : place.project();
      const { status, problems } = await validate({ project });
      expect([status, problems]).toEqual(['valid', []]);
      const { report } = await plan({ project, samples: 0 });
      expect(report).toMatchObject({ targets: [], behind: [], errors: [] });
      expect(report.adopted).toEqual(['dim_companies', 'fct_orders']);
    });

    it('reads the project file that is there, and takes only the tables that were named', async () => {
      await place.init({ ...wish(), select: ['fct_orders'] });
      expect(place.mappings()).toEqual(['fct_orders.yml', 'sources.yml']);
      expect(place.read('mappings/sources.yml')).not.toContain('\n  orders:\n');
      const again = await place.init({ ...wish(), update: true });
      expect(standings(again)).toMatchObject({ dim_companies: 'mapped this 100 %', fct_orders: 'already' });
      expect(place.mappings()).toEqual([
        'dim_companies.yml',
        'fct_orders.yml',
        'sources.yml',
        'sources_2.yml',
      ]);
      await expect(place.init({ ...wish(), update: true, select: ['fct_oders'] })).rejects.toMatchObject({
        code: 'unknown_target',
      });
    });
  });
};
