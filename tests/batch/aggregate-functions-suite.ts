// Aggregates of every make, each against the same function asked of staging by hand; and targets of every kind that
// feed one another.
import { afterEach, describe, expect, it } from 'vitest';
import { verify } from '../../src/batch/verify.ts';
import { aggregateFunctions } from '../../src/dictionary/aggregate-words.ts';
import { createSandbox, type Engine, type Sandbox } from '../support/sandbox.ts';

const tables = [
  'create schema staging',
  'create schema marts',
  'create table staging.customers (id bigint, country varchar(2))',
  'create table staging.orders (id bigint, customer_id bigint, amount decimal(12,2), status varchar(10), weight double precision)',
  `insert into staging.customers values (1, 'DE'), (2, 'FR'), (3, 'DE')`,
  `insert into staging.orders values (10, 1, 4.00, 'paid', 0.5), (11, 1, 6.00, 'open', 1.5), (12, 1, 8.50, 'paid', 4),
    (13, 2, null, 'paid', 2), (14, 2, 1.25, null, null)`,
];

const sources = 'sources:\n  customers: { key: id }\n  orders: { key: id }\n';

/** Their values are exact for the weights and amounts above. */
const calls: Readonly<Record<string, string>> = {
  lowest: 'min(orders.amount)',
  highest: `max(orders.amount) filter (where orders.status = 'paid')`,
  total: 'sum(orders.amount)',
  mean: 'avg(orders.weight)',
  middle: 'percentile_cont(0.5) within group (order by orders.weight)',
  half: 'percentile_disc(0.5) within group (order by orders.amount)',
  common: 'mode() within group (order by orders.status)',
  spread: 'var_pop(orders.weight)',
  all_paid: `bool_and(orders.status = 'paid')`,
  any_open: `bool_or(orders.status = 'open')`,
  kinds: 'count(distinct orders.status)',
  states: 'array_agg(orders.status order by orders.id desc)',
  names: `string_agg(distinct orders.status, '/' order by orders.status)`,
};
const onlyDuckDb: Readonly<Record<string, string>> = {
  about: 'approx_count_distinct(orders.amount)',
  latest: 'arg_max(orders.status, orders.amount order by orders.id)',
  quarter: 'quantile_disc(orders.amount, 0.25)',
  list: 'list(orders.amount order by orders.id)',
};
const onlyPostgres: Readonly<Record<string, string>> = {
  ranked: 'rank(2.0) within group (order by orders.weight)',
  as_json: 'jsonb_agg(orders.status order by orders.id)',
};

const metrics = 'target: metrics\nkey: customer_id\nfrom: customers\n';

export const describeAggregateFunctions = (engine: Engine): void => {
  describe(`aggregate functions on ${engine}`, () => {
    let box: Sandbox;
    afterEach(() => box.remove());
    const start = async (mappings: Readonly<Record<string, string>>) => {
      box = await createSandbox(engine, { tables, mappings: { 'sources.yml': sources, ...mappings } });
      expect((await box.run()).report.errors).toEqual([]);
    };
    const step = async (...statements: readonly string[]) => {
      await box.sql(...statements);
      const { exit, report } = await box.run();
      expect({ exit, errors: report.errors }).toEqual({ exit: 0, errors: [] });
      expect((await verify({ project: box.project() })).report).toMatchObject({ status: 'equal' });
      return report;
    };
    const rows = async (query: string) =>
      (await box.sql(query)).map((row) => Object.values(row).map(String).join(' '));

    it('of the engine follow what staging says, whatever changes', async () => {
      const asked = Object.entries({ ...calls, ...(engine === 'duckdb' ? onlyDuckDb : onlyPostgres) });
      const columns = asked.map(([name, call]) => `  ${name}: ${JSON.stringify(call)}\n`).join('');
      const join = 'join: { orders: { on: orders.customer_id = customers.id, many: true } }\n';
      await start({ 'metrics.yml': `${metrics}${join}columns:\n  customer_id: customers.id\n${columns}` });
      const byHand = asked.map(([name, call]) => `cast(${call} as varchar) as ${name}`).join(', ');
      const agree = async () => {
        const names = asked.map(([name]) => `cast(${name} as varchar) as ${name}`).join(', ');
        expect(await box.sql(`select customer_id, ${names} from marts.metrics order by 1`)).toEqual(
          await box.sql(
            `select customers.id as customer_id, ${byHand} from staging.customers left join staging.orders on orders.customer_id = customers.id group by 1 order by 1`,
          ),
        );
      };
      await agree();
      await step(
        'update staging.orders set customer_id = 3 where id = 12',
        `update staging.orders set status = 'paid', amount = 2.75 where id = 14`,
        'delete from staging.orders where id = 10',
        `insert into staging.orders values (15, 1, 100, 'void', 8), (16, 3, null, null, null)`,
      );
      await agree();
      await step('delete from staging.orders where customer_id = 3');
      await agree();
      expect((await box.run()).report.status).toBe('idle');
    });

    it('are all known by name: none passes for a plain function', async () => {
      await start({ 'metrics.yml': `${metrics}columns: { customer_id: customers.id }\n` });
      const all =
        engine === 'duckdb'
          ? `select distinct function_name as name from duckdb_functions() where function_type = 'aggregate'`
          : `select distinct p.proname as name from pg_proc p join pg_aggregate a on a.aggfnoid = p.oid where a.aggkind <> 'h'`;
      // What stands before `over` or `within group` alone is told by that.
      const windows = new Set(
        'cume_dist dense_rank fill first_value lag last_value lead nth_value ntile percent_rank rank rank_dense row_number'.split(
          ' ',
        ),
      );
      const unknown = (await box.sql(all))
        .map(({ name }) => String(name))
        .filter((name) => !windows.has(name) && !aggregateFunctions.has(name));
      expect(unknown).toEqual([]);
    });

    it('feed a history, whose current versions feed groups, which feed rows: in one batch, over what it writes', async () => {
      await start({
        'metrics.yml': `${metrics}join: { orders: { on: orders.customer_id = customers.id, many: true } }
columns: { customer_id: customers.id, country: customers.country, orders: count(orders.id), spent: "coalesce(sum(orders.amount), 0.00)" }
`,
        'metrics_scd.yml': `target: metrics_scd
key: customer_id
from: metrics
columns: { customer_id: metrics.customer_id, country: metrics.country, orders: metrics.orders, spent: metrics.spent }
history: { track: [country, orders], overwrite: [spent] }
`,
        'countries.yml': `target: countries
key: country
from: metrics_scd
where: metrics_scd.is_current
columns: { country: metrics_scd.country, customers: count(*), orders: sum(metrics_scd.orders), spent: sum(metrics_scd.spent) }
`,
        'shares.yml': `target: shares
key: customer_id
from: customers
join: { metrics: metrics.customer_id = customers.id, countries: countries.country = metrics.country }
columns: { customer_id: customers.id, of_orders: metrics.orders || ' of ' || countries.orders }
`,
      });
      const all = async () => [
        await rows('select country, customers, orders, spent from marts.countries order by 1'),
        await rows('select of_orders from marts.shares order by customer_id'),
        await rows(
          'select customer_id, country, orders, spent, is_current from marts.metrics_scd order by customer_id, valid_from',
        ),
      ];
      expect(await all()).toEqual([
        ['DE 2 3 18.50', 'FR 1 2 1.25'],
        ['3 of 3', '2 of 2', '0 of 3'],
        ['1 DE 3 18.50 true', '2 FR 2 1.25 true', '3 DE 0 0.00 true'],
      ]);
      const { targets } = await step(
        'update staging.orders set customer_id = 3 where id = 12',
        `update staging.customers set country = 'FR' where id = 1`,
        'update staging.orders set amount = 2 where id = 14',
      );
      expect(targets.map(({ name }) => name)).toEqual(['metrics', 'metrics_scd', 'countries', 'shares']);
      expect(await all()).toEqual([
        ['DE 1 1 8.50', 'FR 2 4 12.00'],
        ['2 of 4', '2 of 4', '1 of 1'],
        [
          '1 DE 3 10.00 false',
          '1 FR 2 10.00 true',
          '2 FR 2 2.00 true',
          '3 DE 0 8.50 false',
          '3 DE 1 8.50 true',
        ],
      ]);
      await step('delete from staging.customers where id = 3');
      expect((await all()).slice(0, 2)).toEqual([['FR 2 4 12.00'], ['2 of 4', '2 of 4']]);
    });
  });
};
