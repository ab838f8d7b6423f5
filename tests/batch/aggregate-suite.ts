// Aggregate targets: groups that appear, vanish, lose their last member, and rows that move between them.
import { afterEach, describe, expect, it } from 'vitest';
import { plan } from '../../src/batch/plan.ts';
import { verify } from '../../src/batch/verify.ts';
import { call } from './command.ts';
import { createSandbox, type Engine, type Recipe, type Sandbox } from '../support/sandbox.ts';

const sources = `sources:
  customers: { key: id }
  orders: { key: id }
  items: { key: [order_id, line_no] }
  products: { key: id }
  tickets: { key: id }
`;

const tables = [
  'create schema staging',
  'create schema marts',
  'create table staging.customers (id bigint, name varchar(40), rate decimal(12,2), country varchar(2))',
  'create table staging.orders (id bigint, customer_id bigint, amount decimal(12,2), status varchar(10), weight double precision, created_at timestamp)',
  'create table staging.items (order_id bigint, line_no integer, product_id bigint, qty integer)',
  'create table staging.products (id bigint, code varchar(10), category varchar(10))',
  'create table staging.tickets (id bigint, customer_id bigint, open boolean)',
  `insert into staging.customers values (1, 'Adler', 2, 'DE'), (2, 'Blanc', 3, 'FR'), (3, 'Conti', null, 'DE')`,
  `insert into staging.orders values
    (10, 1, 5.00, 'paid', 0.1, timestamp '2020-01-01 10:00:00'), (11, 1, 6.10, 'open', 0.2, timestamp '2020-01-02 10:00:00'),
    (12, 2, 7.20, 'paid', 0.3, timestamp '2020-01-03 10:00:00')`,
  `insert into staging.items values (10, 1, 100, 1), (10, 2, 101, 2), (11, 1, 100, 3), (12, 1, 102, 4)`,
  `insert into staging.products values (100, 'anvil', 'tools'), (101, 'bread', 'food'), (102, 'chisel', 'tools')`,
  `insert into staging.tickets values (50, 1, true), (51, 1, false), (52, 1, true)`,
];

const metrics = (columns: string, more = '', orders = 'on: orders.customer_id = customers.id, many: true') =>
  `target: metrics
key: customer_id
from: customers
join:
  orders: { ${orders} }
${more}
columns:
  customer_id: customers.id
${columns
  .split('\n')
  .map((line) => `  ${line.trim()}`)
  .join('\n')}
`;

const recipe = (mapping: string, more: Readonly<Record<string, string>> = {}): Recipe => ({
  tables,
  mappings: { 'sources.yml': sources, 'metrics.yml': mapping, ...more },
});

const plain = metrics(`total_orders: count(orders.id)
  total_spent: coalesce(sum(orders.amount), 0.00)
  last_order_at: max(orders.created_at)
  paid: count(*) filter (where orders.status = 'paid')
  kinds: count(distinct orders.status)
  statuses: string_agg(orders.status, ',' order by orders.id)
  worth: coalesce(sum(orders.amount), 0) * customers.rate`);

export const describeAggregates = (engine: Engine): void => {
  describe(`aggregates on ${engine}`, () => {
    let box: Sandbox;
    afterEach(() => box.remove());
    const start = async (mapping: string, more?: Readonly<Record<string, string>>) => {
      box = await createSandbox(engine, recipe(mapping, more));
      return box.run();
    };
    const rows = async (columns: string, target = 'metrics') =>
      (await box.sql(`select ${columns} from marts.${target} order by 1, 2`)).map((row) =>
        Object.values(row)
          .map((value) => (typeof value === 'bigint' ? Number(value) : value))
          .join(' '),
      );
    const good = async () => {
      const result = await box.run();
      expect(result.report.errors).toEqual([]);
      const { report } = await verify({ project: box.project() });
      expect(report).toMatchObject({ status: 'equal', behind: [] });
      return result.report;
    };

    it('count, sum, max, filters, distinct, ordered ones and mixed expressions over a join of many rows', async () => {
      await start(plain);
      expect(await rows('customer_id, total_orders, total_spent, paid, kinds, statuses, worth')).toEqual([
        '1 2 11.10 1 2 paid,open 22.2000',
        '2 1 7.20 1 1 paid 21.6000',
        '3 0 0.00 0 0  ',
      ]);
      await box.sql(
        `update staging.orders set customer_id = 3 where id = 11`,
        `insert into staging.orders values (13, 2, 1.00, 'open', 1, timestamp '2020-02-01 00:00:00')`,
      );
      const report = await good();
      expect(report.targets).toMatchObject([{ name: 'metrics', inserted: 0, updated: 3, deleted: 0 }]);
      expect(await rows('customer_id, total_orders, total_spent, statuses')).toEqual([
        '1 1 5.00 paid',
        '2 2 8.20 paid,open',
        '3 1 6.10 open',
      ]);
    });

    it('groups that appear, lose their last member, and vanish with their grain', async () => {
      await start(plain);
      await box.sql(
        'delete from staging.orders where id = 12',
        'delete from staging.customers where id = 1',
        `insert into staging.customers values (4, 'Dorn', 1, 'DE')`,
        `insert into staging.orders values (14, 4, 2.50, 'paid', 1, null)`,
      );
      const { targets } = await good();
      expect(targets).toMatchObject([{ inserted: 1, updated: 1, deleted: 1 }]);
      expect(await rows('customer_id, total_orders, total_spent')).toEqual([
        '2 0 0.00',
        '3 0 0.00',
        '4 1 2.50',
      ]);
    });

    it('an inner join of many rows drops the groups without one', async () => {
      const inner = 'on: orders.customer_id = customers.id, many: true, type: inner';
      await start(metrics('total: sum(orders.amount)', '', inner));
      expect(await rows('customer_id, total')).toEqual(['1 11.10', '2 7.20']);
      await box.sql('update staging.orders set customer_id = 3 where id = 12');
      expect((await good()).targets).toMatchObject([{ inserted: 1, updated: 0, deleted: 1 }]);
      expect(await rows('customer_id, total')).toEqual(['1 11.10', '3 6.10'.replace('6.10', '7.20')]);
    });

    it('where chooses rows of a many-join, and drops the groups that have none', async () => {
      await start(`${metrics('total: sum(orders.amount)')}where: orders.status = 'paid'\n`);
      expect(await rows('customer_id, total')).toEqual(['1 5.00', '2 7.20']);
      await box.sql(
        `update staging.orders set status = 'paid' where id = 11`,
        `update staging.orders set status = 'open' where id = 12`,
      );
      expect((await good()).targets).toMatchObject([{ updated: 1, deleted: 1 }]);
      expect(await rows('customer_id, total')).toEqual(['1 11.10']);
    });

    it('two joins of many rows do not multiply each other', async () => {
      const two = metrics(
        'orders: count(orders.id)\nspent: sum(orders.amount)\nopen_tickets: count(tickets.id) filter (where tickets.open)\nper: count(orders.id) + count(tickets.id)',
        '  tickets: { on: tickets.customer_id = customers.id, many: true }',
      );
      await start(two);
      expect(await rows('customer_id, orders, spent, open_tickets, per')).toEqual([
        '1 2 11.10 2 5',
        '2 1 7.20 0 1',
        '3 0  0 0',
      ]);
      await box.sql(
        'update staging.tickets set customer_id = 2 where id = 50',
        'delete from staging.orders where id = 10',
      );
      expect((await good()).targets).toMatchObject([{ updated: 2 }]);
      expect(await rows('customer_id, orders, spent, open_tickets, per')).toEqual([
        '1 1 6.10 1 3',
        '2 1 7.20 1 2',
        '3 0  0 0',
      ]);
    });

    it('an inner join and a filter on one of two drop groups, and leave the rows of the other alone', async () => {
      const two = `${metrics(
        'orders: count(orders.id)\ntickets: count(tickets.id)',
        '  tickets: { on: tickets.customer_id = customers.id, many: true, type: inner }',
      )}where: orders.status = 'paid'\n`;
      await start(two);
      expect(await rows('customer_id, orders, tickets')).toEqual(['1 1 3']);
      await box.sql('update staging.tickets set customer_id = 2 where id < 52');
      await good();
      expect(await rows('customer_id, orders, tickets')).toEqual(['1 1 1', '2 1 2']);
    });

    it('look-ups behind a many-join, and many-joins behind another, each at its own level', async () => {
      const deep = metrics(
        `spent: sum(orders.amount)
         pieces: sum(items.qty)
         tools: sum(items.qty) filter (where products.category = 'tools')
         rated: sum(items.qty * customers.rate)`,
        `  items: { on: items.order_id = orders.id, many: true }
  products: items.product_id = products.id`,
      );
      await start(deep);
      expect(await rows('customer_id, spent, pieces, tools, rated')).toEqual([
        '1 11.10 6 4 12.00',
        '2 7.20 4 4 12.00',
        '3    ',
      ]);
      await box.sql(
        `update staging.products set category = 'food' where id = 100`,
        'update staging.orders set customer_id = 2 where id = 10',
      );
      await good();
      expect(await rows('customer_id, spent, pieces, tools, rated')).toEqual([
        '1 6.10 3  6.00',
        '2 12.20 7 4 21.00',
        '3    ',
      ]);
    });

    it('a key that several rows of the root share groups them', async () => {
      await start(`target: metrics
key: customer_id
from: orders
join: { items: { on: items.order_id = orders.id, many: true }, customers: customers.id = orders.customer_id }
columns:
  customer_id: orders.customer_id
  name: customers.name
  total: sum(orders.amount)
  pieces: sum(items.qty)
  worth: sum(orders.amount) * customers.rate
  fixed: 5
where: orders.status is distinct from 'void'
`);
      expect(await rows('customer_id, name, total, pieces, worth, fixed')).toEqual([
        '1 Adler 11.10 6 22.2000 5',
        '2 Blanc 7.20 4 21.6000 5',
      ]);
      await box.sql(
        'update staging.orders set customer_id = 3 where id = 12',
        `update staging.orders set status = 'void' where id = 10`,
        `update staging.customers set name = 'Adler & Sons' where id = 1`,
      );
      expect((await good()).targets).toMatchObject([{ inserted: 1, updated: 1, deleted: 1 }]);
      expect(await rows('customer_id, name, total, pieces, worth, fixed')).toEqual([
        '1 Adler & Sons 6.10 3 12.2000 5',
        '3 Conti 7.20 4  5',
      ]);
    });

    it('a key that is computed groups by its value', async () => {
      await start(`target: metrics
key: [month, kind]
from: orders
columns:
  month: cast(date_trunc('month', orders.created_at) as date)
  kind: upper(orders.status)
  label: "'m' || cast(extract(month from date_trunc('month', orders.created_at)) as integer)"
  orders: count(*)
`);
      expect(await rows('kind, label, orders')).toEqual(['OPEN m1 1', 'PAID m1 2']);
      await box.sql(
        `update staging.orders set created_at = timestamp '2020-02-05 00:00:00' where id in (11, 12)`,
      );
      await good();
      expect(await rows('kind, label, orders')).toEqual(['OPEN m2 1', 'PAID m1 1', 'PAID m2 1']);
    });

    it('aggregates over targets, at any depth, in one batch', async () => {
      await start(
        metrics('orders: count(orders.id)\nspent: sum(orders.amount)\ncountry: customers.country'),
        {
          'countries.yml': `target: countries
key: country
from: metrics
columns: { country: metrics.country, customers: count(*), orders: sum(metrics.orders), best: max(metrics.spent) }
`,
          'world.yml': `target: world
key: has_orders
from: countries
columns: { has_orders: countries.orders > 1, countries: count(*), orders: sum(countries.orders), best: max(countries.best) }
`,
        },
      );
      const all = async () => [
        await rows('country, customers, orders, best', 'countries'),
        await rows('has_orders, countries, orders, best', 'world'),
      ];
      expect(await all()).toEqual([
        ['DE 2 2 11.10', 'FR 1 1 7.20'],
        ['false 1 1 7.20', 'true 1 2 11.10'],
      ]);
      await box.sql(
        'update staging.orders set customer_id = 2 where id = 10',
        `update staging.customers set country = 'FR' where id = 3`,
      );
      const { targets } = await good();
      expect(targets.map(({ name }) => name)).toEqual(['metrics', 'countries', 'world']);
      expect(await all()).toEqual([
        ['DE 1 1 6.10', 'FR 2 2 12.20'],
        ['false 1 1 6.10', 'true 1 2 12.20'],
      ]);
    });

    it('columns of a table whose rows are not ours', async () => {
      box = await createSandbox(engine, recipe(''));
      await box.sql(
        'create table marts.metrics (customer_id bigint, name varchar(40), spent decimal(12,2), last varchar(10))',
        `insert into marts.metrics values (1, 'A', null, 'x'), (3, 'C', null, 'y'), (9, 'X', 4, 'z')`,
      );
      box.map(
        'metrics.yml',
        `target: metrics
key: customer_id
join: { orders: { on: orders.customer_id = this.customer_id, many: true } }
columns: { spent: "coalesce(sum(orders.amount), 0)", last: max(orders.status) }
`,
      );
      await box.run({ adopt: ['metrics'] });
      expect(await rows('customer_id, name, spent, last')).toEqual([
        '1 A 11.10 paid',
        '3 C 0.00 ',
        '9 X 0.00 ',
      ]);
      await box.sql('update staging.orders set customer_id = 9 where id = 11');
      await good();
      expect(await rows('customer_id, name, spent, last')).toEqual([
        '1 A 5.00 paid',
        '3 C 0.00 ',
        '9 X 6.10 open',
      ]);
    });

    it('a look-up that matches twice behind a many-join is refused: it would multiply what is summed', async () => {
      await start(
        metrics(
          `tools: sum(orders.amount) filter (where products.category = 'tools')`,
          '  products: products.code = orders.status',
        ),
      );
      await box.sql(`update staging.products set code = 'paid' where id < 102`);
      const { report, exit } = await box.run();
      expect(exit).toBe(5);
      expect(report.errors).toMatchObject([
        {
          code: 'ambiguous_lookup',
          message: expect.stringContaining(
            'look-up `products` matches more than one row for customers (id=',
          ) as string,
        },
      ]);
      expect(await rows('customer_id, tools')).toEqual(['1 ', '2 ', '3 ']);
    });

    it('a group with two values beside its key is refused, and one whose key is NULL', async () => {
      const byCountry = (column: string) => `target: metrics
key: country
from: customers
columns: { country: customers.country, n: count(*), name: ${column} }
`;
      await start(byCountry('customers.name'));
      const { report } = await box.run();
      expect(report.errors).toMatchObject([
        {
          code: 'duplicate_target_key',
          message: 'target `metrics`: `name` would have more than one value for (country=DE)',
          hint: 'aggregate it, for example by `max(…)`, or make it a part of the key',
          at: { line: 4 },
        },
      ]);
      box.map('metrics.yml', byCountry('max(customers.name)'));
      await good();
      expect(await rows('country, n, name')).toEqual(['DE 2 Conti', 'FR 1 Blanc']);
      await box.sql('update staging.customers set country = null where id = 2');
      const refused = await box.run();
      expect(refused.report.errors).toMatchObject([
        { code: 'null_target_key', message: 'target `metrics`: the key would be NULL for customers (id=2)' },
      ]);
    });

    it('a sum of floats stays as it is while it differs by the order of its addends only', async () => {
      await start(metrics('weight: sum(orders.weight)\norders: count(orders.id)'));
      await box.sql(
        `update marts.metrics set weight = weight + 1e-13 where customer_id = 1`,
        `insert into staging.orders values (15, 1, 0, 'paid', 0, null)`,
      );
      const { targets } = await good();
      expect(targets).toMatchObject([{ updated: 1, cells: 1, columns: { orders: 1 } }]);
      await box.sql(`update marts.metrics set weight = weight + 1e-6 where customer_id = 1`);
      const healed = await good();
      expect(healed.targets).toMatchObject([{ updated: 1, columns: { weight: 1 } }]);
    });

    it('I8: the digest of a plan does not hang on the order in which floats were added up', async () => {
      const mapping = metrics('weight: sum(orders.weight)');
      const more = {
        'heavy.yml':
          'target: heavy\nkey: customer_id\nfrom: metrics\ncolumns: { customer_id: metrics.customer_id, weight: metrics.weight }\n',
      };
      box = await createSandbox(engine, recipe(mapping, more));
      const other = await box.copy();
      try {
        const addends = [
          '(20, 1, 0, null, 0.3, null)',
          '(21, 1, 0, null, 0.7, null)',
          '(22, 1, 0, null, 1e-9, null)',
        ];
        await box.sql(`insert into staging.orders values ${addends.join(', ')}`);
        await other.sql(
          'create table staging.mixed as select * from staging.orders',
          'delete from staging.orders',
          `insert into staging.orders values ${addends.toReversed().join(', ')}`,
          'insert into staging.orders select * from staging.mixed order by id desc',
        );
        const planned = await plan({ project: box.project() });
        const { report } = await other.run({ expectedDigest: planned.report.digest });
        expect(report).toMatchObject({ status: 'applied', digest: planned.report.digest });
      } finally {
        await other.remove();
      }
    });

    it('a value that fails inside an aggregate is told by its row of the root and its line', async () => {
      await start(metrics('total: sum(cast(orders.status as integer))'));
      const { report } = await box.run();
      expect(report.errors).toMatchObject([
        {
          code: 'expression_failed',
          message: expect.stringContaining(
            'target `metrics`: `total` cannot be computed for customers (id=',
          ) as string,
          at: { line: 9 },
        },
      ]);
    });

    it('a sum that overflows is told by its column', async () => {
      box = await createSandbox(engine, recipe(''));
      await box.sql('create table marts.metrics (country varchar(2), n smallint)');
      box.map(
        'metrics.yml',
        `target: metrics
key: country
from: customers
columns: { country: customers.country, n: sum(customers.id * 15000) }
`,
      );
      const { report } = await box.run();
      expect(report.errors).toMatchObject([
        {
          code: 'value_does_not_fit',
          message: expect.stringContaining('target `metrics`: `n` cannot be computed') as string,
        },
      ]);
    });

    it('an undone batch leaves groups as they were, those that came and went among them', async () => {
      await start(
        metrics(
          `total: sum(orders.amount)\nweight: sum(orders.weight)\nopen: count(*) filter (where orders.status = 'open')`,
        ),
        {
          'by_status.yml': `target: by_status
key: status
from: orders
columns: { status: orders.status, n: count(*), weight: sum(orders.weight) }
`,
        },
      );
      await box.sql(
        // In another order their sum is another float.
        `insert into staging.orders values (16, 1, 1, 'void', 0.1, null), (17, 1, 1, 'void', 0.2, null), (18, 1, 1, 'void', 0.3, null)`,
      );
      await good();
      const before = [await rows('customer_id, total, open'), await rows('status, n', 'by_status')];
      await box.sql(
        'delete from staging.orders where id in (10, 16)',
        `update staging.orders set status = 'sent', customer_id = 3 where id = 11`,
      );
      const changed = await good();
      expect(changed.targets).toMatchObject([
        { name: 'by_status', inserted: 1, updated: 2, deleted: 1 },
        { name: 'metrics', updated: 2 },
      ]);
      const undone = await call(box, ['rollback', String(changed.batch), '--json']);
      expect(undone).toMatchObject({ exit: 0, json: { status: 'applied', not_proved: [] } });
      expect([await rows('customer_id, total, open'), await rows('status, n', 'by_status')]).toEqual(before);
      expect((await verify({ project: box.project() })).report).toMatchObject({ status: 'equal' });
    });

    it('names that must be quoted, keys that are NULL, empty tables', async () => {
      box = await createSandbox(engine, recipe(''));
      await box.sql(
        'create table staging."odd ""one" ("the id" bigint, "group" varchar(10), "sum(x)" integer)',
        `insert into staging."odd ""one" values (1, 'a', 1), (2, 'a', 2), (3, null, 4)`,
        'create table staging.nothing (id bigint, ref varchar(10))',
      );
      box.map(
        'sources.yml',
        `sources:
  odd: { table: 'staging."odd ""one"', key: the id }
  nothing: { key: id }
`,
      );
      box.map(
        'metrics.yml',
        `target: metrics
key: { column: g, nullable: true }
from: odd
join: { nothing: { on: 'nothing.ref = odd."group"', many: true } }
columns:
  g: odd."group"
  total: sum(odd."sum(x)")
  'n "of"': count(nothing.id)
`,
      );
      await box.run();
      const odd = `coalesce(g, '-'), total, "n ""of"""`;
      expect(await rows(odd)).toEqual(['- 4 0', 'a 3 0']);
      await box.sql(
        `update staging."odd ""one" set "group" = null where "the id" = 1`,
        `insert into staging.nothing values (1, 'a'), (2, 'a')`,
      );
      expect((await good()).targets).toMatchObject([{ updated: 2 }]);
      expect(await rows(odd)).toEqual(['- 5 0', 'a 2 2']);
      await box.sql('delete from staging."odd ""one"');
      expect((await good()).targets).toMatchObject([{ deleted: 2 }]);
    });

    it('aggregates over the current versions of a history', async () => {
      await start(
        `target: metrics
key: country
from: customers_scd
where: customers_scd.is_current
columns: { country: customers_scd.country, customers: count(*), rate: sum(customers_scd.rate) }
`,
        {
          'customers_scd.yml': `target: customers_scd
key: customer_id
from: customers
columns: { customer_id: customers.id, country: customers.country, rate: customers.rate }
history: { track: [country], overwrite: [rate] }
`,
        },
      );
      expect(await rows('country, customers, rate')).toEqual(['DE 2 2.00', 'FR 1 3.00']);
      await box.sql(
        `update staging.customers set country = 'FR' where id = 1`,
        'update staging.customers set rate = 4 where id = 3',
      );
      const { targets } = await good();
      expect(targets.map(({ name }) => name)).toEqual(['customers_scd', 'metrics']);
      expect(await rows('country, customers, rate')).toEqual(['DE 1 4.00', 'FR 2 5.00']);
      await box.sql('delete from staging.customers where id = 3');
      await good();
      expect(await rows('country, customers, rate')).toEqual(['FR 2 5.00']);
    });
  });
};
