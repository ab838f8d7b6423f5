// A project whose customers and orders are told by one log of changes, as a trigger or a connector writes it.
import type { Recipe, Sandbox } from '../support/sandbox.ts';

export interface Change {
  readonly seq?: number | null;
  readonly op: string | null;
  readonly table?: string;
  readonly before?: unknown;
  readonly after?: unknown;
  readonly ts?: number | null;
}

/** The first moment of the suites' data. */
const start = Date.parse('2020-01-01T00:00:00Z');

const literal = (value: unknown): string =>
  value === undefined || value === null
    ? 'null'
    : typeof value === 'number'
      ? String(value)
      : `'${(typeof value === 'string' ? value : JSON.stringify(value)).replaceAll("'", "''")}'`;

/** Rows of the log; `seq` counts on from the last one where it is not given. */
export const append = async (sandbox: Sandbox, ...changes: readonly Change[]): Promise<void> => {
  const [last] = await sandbox.sql('select coalesce(max(seq), 0) as seq from staging.raw_changes');
  let seq = Number(last?.['seq'] ?? 0);
  const rows = changes.map((change) => {
    seq = change.seq ?? seq + 1;
    const ts = change.ts === undefined ? start + seq * 1000 : change.ts;
    const values = [
      change.seq === null ? null : seq,
      change.op,
      change.table ?? 'customers',
      change.before,
      change.after,
      ts,
    ];
    return `(${values.map(literal).join(', ')})`;
  });
  await sandbox.sql(`insert into staging.raw_changes values ${rows.join(', ')}`);
};

export const customersSource = (more: Readonly<Record<string, string>> = {}): string => {
  const keys: Readonly<Record<string, string>> = {
    table: 'staging.raw_changes',
    detect: 'log',
    where: `table_name = 'customers'`,
    key: 'customer_id',
    op: 'operation',
    before: 'before',
    after: 'after',
    types:
      '{ customer_id: bigint, email: varchar, name: varchar, credit: "decimal(12,2)", updated_at: timestamp }',
    sequence: '[ts_ms, seq]',
    time: 'ts_ms',
    arrival: 'seq',
    ...more,
  };
  return Object.entries(keys)
    .filter(([, value]) => value !== '')
    .map(([key, value]) => `    ${key}: ${value}\n`)
    .join('');
};

const ordersSource = `    table: staging.raw_changes
    detect: log
    where: table_name = 'orders'
    key: order_id
    op: operation
    before: before
    after: after
    types: { order_id: bigint, customer_id: bigint, amount: "decimal(12,2)" }
    sequence: seq
    arrival: seq
`;

export const logSources = (customers = customersSource()): string =>
  `sources:\n  customers:\n${customers}  orders:\n${ordersSource}`;

const dimCustomer = `target: dim_customer
key: customer_id
from: customers
columns: { customer_id: customers.customer_id, name: customers.name, email: customers.email, credit: customers.credit }
`;

const factOrder = `target: fact_order
key: order_id
from: orders
join: { customers: orders.customer_id = customers.customer_id }
columns: { order_id: orders.order_id, amount: orders.amount, customer_name: customers.name }
`;

export const logBook = (customers?: string): Recipe => ({
  tables: [
    'create schema staging',
    'create schema marts',
    'create table staging.raw_changes (seq bigint, operation varchar(10), table_name varchar(40), before json, after json, ts_ms bigint)',
  ],
  mappings: {
    'sources.yml': logSources(customers),
    'dim_customer.yml': dimCustomer,
    'fact_order.yml': factOrder,
  },
});

export const customer = (id: number, more: Readonly<Record<string, unknown>> = {}): unknown => ({
  customer_id: id,
  email: `c${id}@example.com`,
  name: `Customer ${id}`,
  credit: 10.5,
  updated_at: '2020-01-01T10:00:00',
  ...more,
});
