// The smallest project that the suites of this folder share: two sources, one fact of ours, one of dbt's.
// Its times lie in 2020.
import type { Recipe } from '../support/sandbox.ts';

const companySource = '{ key: id, updated_at: updated_at }';

export const sourcesFile = (companies: string = companySource): string => `sources:
  companies: ${companies}
  order_items: { key: [order_id, line_no] }
`;

export const vendorFile = (more = ''): string => `target: fact_vendor
key: vendor_id
from: companies
columns: { vendor_id: companies.id, vendor_name: companies.name }
${more}`;

export const salesFile = (more = ''): string => `target: fact_sales
key: sale_id
join: { companies: this.vendor_id = companies.id }
columns: { vendor_name: companies.name }
${more}`;

export const itemFile = `target: fact_item
key: [order_id, line_no]
from: order_items
columns: { order_id: order_items.order_id, line_no: order_items.line_no, product: order_items.product }
`;

export const corner = (companies?: string): Recipe => ({
  tables: [
    'create schema staging',
    'create schema marts',
    'create table staging.companies (id bigint, name varchar(40), is_vendor boolean, gone boolean, updated_at timestamp)',
    'create table staging.order_items (order_id bigint, line_no integer, product varchar(40))',
    `insert into staging.companies values (1, 'Adler', true, false, timestamp '2020-01-01 10:00:00'),
      (2, 'Blanc', true, false, timestamp '2020-01-02 10:00:00'), (3, 'Conti', true, false, timestamp '2020-01-03 10:00:00')`,
    `insert into staging.order_items values (10, 1, 'anvil'), (10, 2, 'bellows'), (11, 1, 'chisel')`,
    'create table marts.fact_sales (sale_id bigint primary key, vendor_id bigint, vendor_name varchar(40), amount decimal(12,2), changed_at timestamp)',
    `insert into marts.fact_sales values (100, 1, 'Adler', 5.00, timestamp '2020-02-01 00:00:00'), (101, 2, 'Blanc', 6.00, timestamp '2020-02-02 00:00:00')`,
  ],
  mappings: {
    'sources.yml': sourcesFile(companies),
    'fact_vendor.yml': vendorFile(),
    'fact_sales.yml': salesFile(),
    'fact_item.yml': itemFile,
  },
});
