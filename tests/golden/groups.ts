// The workshop with aggregates alone: two joins of many rows for each customer, and lines grouped by product.
import type { Recipe } from '../support/sandbox.ts';
import { workshop } from '../support/workshop.ts';

const customerMetrics = `target: customer_metrics
key: customer_id
from: customers
join:
  order_lines: { on: order_lines.customer_id = customers.id, many: true }
  visits: { on: visits.customer_id = customers.id, many: true }
columns:
  customer_id: customers.id
  name: customers.name
  lines: count(order_lines.line_no)
  spent: coalesce(sum(order_lines.amount), 0) + customers.credit
  visits: count(visits.id)
`;

const byProduct = `target: by_product
key: product
from: order_lines
join: { customers: order_lines.customer_id = customers.id }
columns:
  product: order_lines.product
  sold: sum(order_lines.amount)
  buyers: count(distinct customers.name)
`;

export const groups: Recipe = {
  tables: [
    ...workshop.tables,
    'create table staging.visits (id bigint, customer_id bigint)',
    'insert into staging.visits values (1, 1), (2, 1), (3, 2)',
  ],
  mappings: {
    'sources.yml': `${workshop.mappings['sources.yml'] ?? ''}  visits: { key: id }\n`,
    'customer_metrics.yml': customerMetrics,
    'by_product.yml': byProduct,
  },
};

export const groupChanges = [
  'update staging.order_lines set customer_id = 2 where order_id = 13',
  'delete from staging.visits where id = 3',
  `update staging.customers set name = 'Blanche', updated_at = timestamp '2020-03-02 10:00:00' where id = 2`,
];
