// A small project with one of each: text and composite keys, a watermark, a table that exists with a column of
// its owner, one that is yet to be made, one whose rows belong to somebody else, and one that reads targets.
// All its times lie in 2020, so that whatever is later was written by the run.
import type { Recipe } from './sandbox.ts';

const tables = [
  'create schema staging',
  'create schema marts',
  'create table staging.countries (code varchar(2), name varchar(40))',
  `create table staging.customers (id bigint, name varchar(40), country varchar(2), credit decimal(12,2), updated_at timestamp)`,
  'create table staging.order_lines (order_id bigint, line_no int, customer_id bigint, product varchar(40), amount decimal(12,2))',
  `insert into staging.countries values ('DE', 'Germany'), ('FR', 'France'), ('IT', 'Italy')`,
  `insert into staging.customers values
    (1, 'Adler', 'DE', 10.50, timestamp '2020-01-01 10:00:00'), (2, 'Blanc', 'FR', null, timestamp '2020-01-02 10:00:00'),
    (3, 'Conti', 'IT', 7.25, timestamp '2020-01-03 10:00:00'), (4, 'Dorn', 'DE', 1.00, timestamp '2020-01-04 10:00:00')`,
  `insert into staging.order_lines values (10, 1, 1, 'anvil', 5.00), (10, 2, 1, 'bellows', 6.10), (11, 1, 2, 'chisel', 7.20),
    (12, 1, 3, 'drill', 8.30), (13, 1, 4, 'easel', 9.40)`,
  'create table marts.dim_customer (customer_id bigint primary key, name varchar(40), country_name varchar(40), note varchar(40))',
  'create table marts.fact_visit (visit_id bigint, customer_id bigint, customer_name varchar(40), seen_by varchar(40), _updated_at timestamp)',
  `insert into marts.fact_visit values
    (100, 1, 'Adler', 'ann', timestamp '2020-02-01 00:00:00'), (101, 1, 'Adler', 'ben', timestamp '2020-02-02 00:00:00'),
    (102, 2, 'Blanc', 'cid', timestamp '2020-02-03 00:00:00'), (103, 9, 'gone', 'dot', timestamp '2020-02-04 00:00:00')`,
  'create table marts.line_country (order_id bigint, line_no int, product varchar(40), country_name varchar(40), primary key (order_id, line_no))',
];

const sources = `sources:
  countries: { key: code }
  customers: { key: id, updated_at: updated_at }
  order_lines: { key: [order_id, line_no] }
`;

const dimCustomer = `target: dim_customer
key: customer_id
from: customers
join: { countries: customers.country = countries.code }
columns:
  customer_id: customers.id
  name: customers.name
  country_name: countries.name
`;

export const factLine = `target: fact_line
key: [order_id, line_no]
from: order_lines
join: { customers: order_lines.customer_id = customers.id }
columns:
  order_id: order_lines.order_id
  line_no: order_lines.line_no
  product: order_lines.product
  amount: order_lines.amount
  customer_id: order_lines.customer_id
  customer_name: customers.name
`;

const factVisit = `target: fact_visit
key: visit_id
join: { customers: this.customer_id = customers.id }
columns: { customer_name: customers.name }
on_missing: keep
touch: { _updated_at: now }
`;

const lineCountry = `target: line_country
key: [order_id, line_no]
from: fact_line
join: { dim_customer: fact_line.customer_id = dim_customer.customer_id }
columns:
  order_id: fact_line.order_id
  line_no: fact_line.line_no
  product: fact_line.product
  country_name: dim_customer.country_name
`;

export const workshop: Recipe = {
  tables,
  mappings: {
    'sources.yml': sources,
    'dim_customer.yml': dimCustomer,
    'fact_line.yml': factLine,
    'fact_visit.yml': factVisit,
    'line_country.yml': lineCountry,
  },
};

/** Every kind of change, in every source; each target is inserted into, updated and deleted from where it can be. */
export const changes = [
  `update staging.customers set name = 'Adler & Sons', updated_at = timestamp '2020-03-01 10:00:00' where id = 1`,
  `update staging.customers set country = 'IT', credit = 3.00, updated_at = timestamp '2020-03-02 10:00:00' where id = 2`,
  'delete from staging.customers where id = 3',
  `insert into staging.customers values (5, 'Egger', 'DE', 0.10, timestamp '2020-03-03 10:00:00')`,
  `update staging.countries set name = 'Deutschland' where code = 'DE'`,
  `insert into staging.countries values ('AT', 'Austria')`,
  'delete from staging.order_lines where order_id = 12',
  `insert into staging.order_lines values (14, 1, 5, 'file', 2.20), (10, 3, 1, 'glue', 1.10)`,
  'update staging.order_lines set customer_id = 2 where order_id = 13',
];

/** After the first run: what the owner of a table keeps beside our columns. */
export const notes = [`update marts.dim_customer set note = 'kept for ' || name`];
