// Mapping tests of targets over logs of changes: rows are given as of any source, and the engine reads them as events.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { validate } from '../../src/batch/validate.ts';
import { createSandbox, type Engine, type Sandbox } from '../support/sandbox.ts';
import { append, customer, customersSource, logBook, logSources } from './log-book.ts';

const dim = `target: dim_customer
key: customer_id
from: customers
columns: { customer_id: customers.customer_id, name: customers.name, email: customers.email, credit: customers.credit }
tests:
  - name: events are laid over each other
    given: { customers: [{ customer_id: 1, name: Ada, email: a@x, credit: 1.5 }, { customer_id: 2, name: Bo }] }
    when:
      - { customers: [{ customer_id: 1, name: Ada L }, { customer_id: 2, deleted: true }, { customer_id: 3, name: Cy }] }
      - { customers: [{ customer_id: 3, email: c@x }] }
    expect:
      - { customer_id: 1, name: Ada L, email: a@x, credit: 1.5 }
      - { customer_id: 3, name: Cy, email: c@x }
  - name: several events of a row in one batch
    given: { customers: [{ customer_id: 1, name: Ada }, { customer_id: 1, name: Eve, email: e@x }] }
    expect: [{ customer_id: 1, name: Eve, email: e@x }]
`;

const scd = `target: customers_scd
key: customer_id
from: customers
columns: { customer_id: customers.customer_id, name: customers.name }
history: { track: [name] }
tests:
  - name: a version for each name, from when it was so
    given: { customers: [{ customer_id: 1, name: Ada, ts_ms: 1577836800000 }] }
    when: { customers: [{ customer_id: 1, name: Eve, ts_ms: 1577923200000 }] }
    expect:
      - { customer_id: 1, name: Ada, valid_from: 2020-01-01 00:00:00+00, valid_to: 2020-01-02 00:00:00+00, is_current: false }
      - { customer_id: 1, name: Eve, valid_from: 2020-01-02 00:00:00+00, valid_to: null, is_current: true }
  - name: a deleted row leaves a gap
    given: { customers: [{ customer_id: 1, name: Ada, ts_ms: 1577836800000 }] }
    when: { customers: [{ customer_id: 1, deleted: true, ts_ms: 1577923200000 }] }
    expect: [{ customer_id: 1, name: Ada, valid_to: 2020-01-02 00:00:00+00, is_current: false }]
`;

const totals = `target: customer_totals
key: customer_id
from: customers
join: { orders: { on: orders.customer_id = customers.customer_id, many: true } }
columns: { customer_id: customers.customer_id, total: "coalesce(sum(orders.amount), 0)", number: count(orders.order_id) }
tests:
  - name: an order moves to another customer
    given:
      customers: [{ customer_id: 1 }, { customer_id: 2 }]
      orders: [{ order_id: 7, customer_id: 1, amount: 3.5 }, { order_id: 8, customer_id: 1, amount: 4 }]
    when: { orders: [{ order_id: 8, customer_id: 2 }] }
    expect: [{ customer_id: 1, total: 3.5, number: 1 }, { customer_id: 2, total: 4, number: 1 }]
`;

const typed = `  clients:
    table: staging.client_log
    detect: log
    key: id
    op: op
    sequence: [happened_at, seq]
    arrival: seq
    time: happened_at
    where: clients.region <> 'test'
`;

const dimClient = `target: dim_client
key: id
from: clients
columns: { id: clients.id, name: clients.name }
tests:
  - name: rows in plain columns
    given: { clients: [{ id: 1, region: eu, name: Ada }, { id: 2, region: test, name: Bo }] }
    when: { clients: [{ id: 1, name: Eve }] }
    expect: [{ id: 1, name: Eve }]
  - name: shows what differs
    given: { clients: [{ id: 1, region: eu, name: Ada }] }
    expect: [{ id: 1, name: Eve }]
`;

export const describeMappingTestsOfLogs = (engine: Engine): void => {
  describe(`mapping tests over logs on ${engine}`, () => {
    let sandbox: Sandbox;
    beforeAll(async () => {
      const { tables, mappings } = logBook();
      sandbox = await createSandbox(engine, {
        tables: [
          ...tables,
          'create table staging.client_log (seq bigint, op varchar(1), happened_at timestamp, id integer, region varchar(10), name varchar(40))',
        ],
        mappings: {
          ...mappings,
          'sources.yml': `${logSources(customersSource())}${typed}`,
          'dim_customer.yml': dim,
          'customers_scd.yml': scd,
          'customer_totals.yml': totals,
          'dim_client.yml': dimClient,
        },
      });
    });
    afterAll(() => sandbox.remove());

    it.each([{}, { testsOn: 'warehouse' as const }])(
      'facts, aggregates and histories %j',
      async (options) => {
        const { tests, problems } = await validate({ project: sandbox.project(), ...options });
        expect(problems.map(({ code, message }) => [code, message])).toEqual([
          ['test_failed', 'test `shows what differs` of `dim_client` failed: 1 cell differs'],
        ]);
        expect(tests).toMatchObject({ passed: 6, failed: 1, skipped: 0 });
        expect(tests?.failures[0]?.rows).toMatchObject([
          { kind: 'different', cells: [{ column: 'name', expected: 'Eve', actual: 'Ada' }] },
        ]);
      },
    );

    it('rows of a log are looked at before it was ever taken in: partial images, deletes, moved keys', async () => {
      sandbox.map('dim_customer.yml', dim.slice(0, dim.indexOf('tests:')));
      await sandbox.sql(
        'create table marts.dim_customer (customer_id bigint, name varchar(4) not null, email varchar(40), credit decimal(12,2))',
      );
      await append(
        sandbox,
        { op: 'c', after: customer(1, { name: 'Ada' }) },
        { op: 'u', after: { customer_id: 1, email: 'new@x' } },
        { op: 'c', after: customer(2, { name: 'Bo' }) },
        { op: 'd', before: customer(2) },
        { op: 'c', after: customer(3, { name: 'Cy' }) },
        { op: 'u', before: customer(3, { name: 'Cy' }), after: customer(4, { name: 'Di' }) },
        { op: 'c', after: customer(5, { name: 'too long' }) },
        { op: 'c', after: customer(6, { name: null }) },
      );
      await sandbox.sql(
        `insert into marts.dim_customer values (1, 'Ada', 'new@x', 10.5), (4, 'Dy', 'c4@example.com', 10.5)`,
      );
      try {
        const { problems } = await validate({
          project: sandbox.project(),
          select: ['dim_customer'],
          tests: false,
        });
        const fit =
          '`email` of `dim_customer` is `character varying(40)` and is filled from `character varying`: all of 4 rows fit now';
        const length =
          '`name` of `dim_customer` is `character varying(4)` and is filled from `character varying`: 1 of 4 rows would not fit';
        expect(problems.map(({ message }) => message)).toEqual([
          '`name` of `dim_customer` takes no NULL, and would be NULL in 1 of 4 rows',
          // Texts of DuckDB have no length.
          ...(engine === 'postgres' ? [length, fit] : []),
        ]);
        await sandbox.sql(
          `delete from staging.raw_changes where cast(after as varchar) like '%too long%' or cast(after as varchar) like '%null%'`,
        );
        const { againstData: against, problems: none } = await validate({
          project: sandbox.project(),
          select: ['dim_customer'],
          tests: false,
          against: { samples: 3 },
        });
        expect(none.filter(({ severity }) => severity === 'error')).toEqual([]);
        expect(against?.targets).toMatchObject([
          {
            name: 'dim_customer',
            rows: 2,
            compared: 2,
            different: 1,
            missing: 0,
            extra: 0,
            samples: [{ key: { customer_id: 4 }, before: { name: 'Dy' }, after: { name: 'Di' } }],
          },
        ]);
      } finally {
        sandbox.map('dim_customer.yml', dim);
        await sandbox.sql('drop table marts.dim_customer', 'delete from staging.raw_changes');
      }
    });

    it('each alone says the same, and names that are none are told', async () => {
      const file = dim.replace('name: Ada L }', 'nmae: Ada L }');
      sandbox.map('dim_customer.yml', file);
      try {
        const { tests, problems } = await validate({ project: sandbox.project(), select: ['dim_customer'] });
        expect(problems).toMatchObject([
          { code: 'unknown_column', hint: 'did you mean `name`?', at: { line: 9 } },
        ]);
        expect(tests).toMatchObject({ passed: 1, failed: 1 });
      } finally {
        sandbox.map('dim_customer.yml', dim);
      }
    });
  });
};
