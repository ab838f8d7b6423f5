// What others do to the tables that we maintain: noticed by the engine's check before the next batch, and healed
// together with everything that the table feeds, after its sources have been compared in full.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { verify } from '../../src/batch/verify.ts';
import { createSandbox, type Engine, type Sandbox } from '../support/sandbox.ts';
import { recorded } from '../support/statements.ts';
import { factLine, workshop } from '../support/workshop.ts';

/** What dbt would build from staging as it is now. */
const lines = `select l.order_id, l.line_no, l.product, l.amount, l.customer_id, c.name as customer_name
from staging.order_lines l left join staging.customers c on l.customer_id = c.id`;

const rebuild = (name: string, select: string): readonly string[] => [
  `create table marts.${name}__new as ${select}`,
  `drop table marts.${name}`,
  `alter table marts.${name}__new rename to ${name}`,
];

export const describeForeignWrites = (engine: Engine): void => {
  describe(`a target written by others on ${engine}`, () => {
    let prepared: Sandbox;
    let sandbox: Sandbox;
    beforeAll(async () => {
      prepared = await createSandbox(engine, workshop);
      await prepared.run();
    });
    afterAll(() => prepared.remove());
    beforeEach(async () => {
      sandbox = await prepared.copy();
    });
    afterEach(() => sandbox.remove());

    const inStep = async (): Promise<void> => {
      const { report, exit } = await verify({ project: sandbox.project() });
      expect({
        exit,
        behind: report.behind,
        targets: report.targets.filter((each) => each.different + each.missing + each.extra > 0),
      }).toEqual({ exit: 0, behind: [], targets: [] });
    };

    it.each([
      ['edited', [`update marts.fact_line set product = 'edited', amount = 0 where order_id = 10`], 2],
      ['given a row', [`insert into marts.fact_line values (77, 1, 'stray', 1, 1, 'x')`], 1],
      ['robbed of a row', ['delete from marts.fact_line where order_id = 10 and line_no = 2'], 1],
      ['truncated', ['truncate table marts.fact_line'], 5],
      ['emptied by a delete', ['delete from marts.fact_line'], 5],
      ['rebuilt wrongly', rebuild('fact_line', lines.replace('l.product', 'upper(l.product) as product')), 5],
      [
        're-created with another column order',
        rebuild(
          'fact_line',
          `select x.customer_name, x.amount, x.product, x.line_no, x.order_id, x.customer_id from (${lines}) as x where x.order_id > 10`,
        ),
        2,
      ],
      [
        're-created with other types',
        rebuild(
          'fact_line',
          `select cast(x.order_id as integer) as order_id, cast(x.line_no as bigint) as line_no, cast(x.product as varchar(200)) as product, cast(0 as decimal(20,4)) as amount, x.customer_id, x.customer_name from (${lines}) as x`,
        ),
        5,
      ],
    ] as const)('is healed when it was %s', async (_, statements, rows) => {
      await sandbox.sql(...statements);
      const { report, exit } = await sandbox.run();
      expect({ exit, behind: report.behind }).toEqual({ exit: 0, behind: [] });
      const healed = report.targets.find(({ name }) => name === 'fact_line');
      expect((healed?.inserted ?? 0) + (healed?.updated ?? 0) + (healed?.deleted ?? 0)).toBe(rows);
      await inStep();
      expect((await sandbox.run()).report.status).toBe('idle');
    });

    it('costs nothing but a look when it was rebuilt as it is', async () => {
      await sandbox.sql(...rebuild('fact_line', lines));
      expect((await sandbox.run()).report).toMatchObject({ status: 'idle', targets: [] });
    });

    it('is not turned back when dbt rebuilt it from newer staging: the sources are compared in full first', async () => {
      // Stamped below the window: the run alone would not have read it.
      await sandbox.sql(
        `update staging.customers set name = 'Adler & Sons', updated_at = timestamp '2019-01-01 00:00:00' where id = 1`,
        ...rebuild('fact_line', lines),
      );
      const { report, exit } = await sandbox.run();
      expect(exit).toBe(0);
      expect(report.sources).toMatchObject([{ name: 'customers', updated: 1 }]);
      expect(report.targets.map(({ name }) => name)).toEqual(['dim_customer', 'fact_visit']);
      expect(
        await sandbox.sql('select distinct customer_name from marts.fact_line where customer_id = 1'),
      ).toEqual([{ customer_name: 'Adler & Sons' }]);
      await inStep();
    });

    it('hands on to what it feeds what dbt wrote into it: its own diff no longer says what changed', async () => {
      await sandbox.sql(
        `update staging.order_lines set product = 'hammer' where order_id = 10 and line_no = 1`,
        ...rebuild('fact_line', lines),
      );
      const { report } = await sandbox.run();
      expect(report.targets).toMatchObject([{ name: 'line_country', updated: 1, columns: { product: 1 } }]);
      await inStep();
    });

    it('is healed with what it feeds after an incremental run of dbt that deleted and inserted', async () => {
      await sandbox.sql(
        `update staging.order_lines set product = 'hammer' where order_id = 10`,
        `insert into staging.order_lines values (15, 1, 4, 'nail', 0.10)`,
        `delete from marts.fact_line where order_id in (10, 15)`,
        `insert into marts.fact_line ${lines} where l.order_id in (10, 15)`,
        `insert into marts.fact_visit values (104, 4, null, 'eve', null)`,
      );
      const { report, exit } = await sandbox.run();
      expect(exit).toBe(0);
      expect(report.targets.map(({ name, inserted, updated }) => ({ name, inserted, updated }))).toEqual([
        { name: 'fact_visit', inserted: 0, updated: 1 },
        { name: 'line_country', inserted: 1, updated: 2 },
      ]);
      await inStep();
    });

    it('is healed when it was edited in the very rows that the next batch changes', async () => {
      await sandbox.sql(
        `update staging.customers set name = 'Adler & Sons', updated_at = timestamp '2020-03-01 10:00:00' where id = 1`,
        `update marts.dim_customer set name = 'by hand' where customer_id in (1, 2)`,
      );
      expect((await sandbox.run()).exit).toBe(0);
      expect(await sandbox.sql('select name from marts.dim_customer order by customer_id')).toMatchObject([
        { name: 'Adler & Sons' },
        { name: 'Blanc' },
        { name: 'Conti' },
        { name: 'Dorn' },
      ]);
      const [audited] = await sandbox.sql(
        `select cast(before as varchar) as before from tidemark.audit where batch = 2 and target = 'dim_customer' and cast(key as varchar) like '%1%'`,
      );
      expect(String(audited?.['before'])).toContain('by hand');
      await inStep();
    });

    it('costs one look and no comparison when only columns were written that are not mapped', async () => {
      await sandbox.sql(
        `update marts.dim_customer set note = 'theirs'`,
        `update marts.fact_visit set seen_by = 'zoe'`,
      );
      const statements = await recorded(async () => expect((await sandbox.run()).report.status).toBe('idle'));
      expect(statements.filter((statement) => statement.includes('desired_'))).toEqual([]);
      expect(await sandbox.sql('select distinct note from marts.dim_customer')).toEqual([{ note: 'theirs' }]);
    });

    it('is not written while one of its sources is left out, and healed when that is read again', async () => {
      const sources = `sources:
  countries: { key: code }
  customers: { key: id, updated_at: updated_at, ready: select done from staging.loads }
  order_lines: { key: [order_id, line_no] }
`;
      sandbox.map('sources.yml', sources);
      await sandbox.sql(
        'create table staging.loads (done boolean)',
        'insert into staging.loads values (false)',
      );
      await sandbox.sql(
        `update marts.dim_customer set name = 'newer than the mirror' where customer_id = 1`,
        `update staging.countries set name = 'Deutschland' where code = 'DE'`,
      );
      const { report, exit } = await sandbox.run();
      expect(exit).toBe(6);
      expect(report.behind).toMatchObject([
        { name: 'customers', code: 'not_ready', retryable: true },
        {
          name: 'dim_customer',
          code: 'source_stale',
          retryable: true,
          reason: expect.stringContaining('`customers` is left out'),
        },
        { name: 'line_country', code: 'upstream_behind' },
      ]);
      expect(
        await sandbox.sql('select name, country_name from marts.dim_customer where customer_id = 1'),
      ).toEqual([{ name: 'newer than the mirror', country_name: 'Germany' }]);
      expect((await sandbox.run()).exit).toBe(6);
      await sandbox.sql('update staging.loads set done = true');
      expect((await sandbox.run()).exit).toBe(0);
      expect(
        await sandbox.sql('select name, country_name from marts.dim_customer where customer_id = 1'),
      ).toEqual([{ name: 'Adler', country_name: 'Deutschland' }]);
      await inStep();
    });

    it('does not hide behind a look-up of its own: rows of a mirror that somebody edited are read again', async () => {
      await sandbox.sql(
        `update staging_public.countries set name = 'Nowhere' where code = 'DE'`,
        `delete from staging_public.order_lines where order_id = 13`,
      );
      const { report, exit } = await sandbox.run();
      expect(exit).toBe(0);
      expect(report.sources).toMatchObject([
        { name: 'countries', updated: 1 },
        { name: 'order_lines', inserted: 1 },
      ]);
      await inStep();
    });

    it('is compared in full when its mapping changed as well', async () => {
      await sandbox.sql(`update marts.fact_line set customer_name = 'edited'`);
      sandbox.map('fact_line.yml', factLine.replace('customers.name', 'upper(customers.name)'));
      expect((await sandbox.run()).exit).toBe(0);
      await inStep();
    });
  });
};
