// The workshop with what can be put wrong: look-ups that may match twice, columns that are narrow, checked or NOT
// NULL, expressions that can fail.
import type { Recipe } from '../support/sandbox.ts';
import { workshop } from '../support/workshop.ts';

const tables = [
  'create table staging.rates (code varchar(2), since int, rate decimal(12,2), words varchar(40))',
  `insert into staging.rates values ('DE', 1, 10.00, '1'), ('FR', 1, 20.00, '2'), ('IT', 1, 30.00, '3')`,
  `create table marts.customer_rate (customer_id bigint primary key, rate decimal(4,2) check (rate <> 66.66), share decimal(12,2), level int, label varchar(40) not null)`,
  'create table marts.country_by_name (name varchar(40), code varchar(2))',
];

const customerRate = `target: customer_rate
key: customer_id
from: customers
join: { rates: customers.country = rates.code }
columns:
  customer_id: customers.id
  rate: rates.rate
  share: cast(rates.rate * 12 as decimal(5,2))
  level: cast(rates.words as integer)
  label: customers.name
`;

const countryByName = `target: country_by_name
key: name
from: countries
columns: { name: countries.name, code: countries.code }
`;

export const fragile: Recipe = {
  tables: [...workshop.tables, ...tables],
  mappings: {
    ...workshop.mappings,
    'sources.yml': `${workshop.mappings['sources.yml'] ?? ''}  rates: { key: [code, since] }\n`,
    'customer_rate.yml': customerRate,
    'country_by_name.yml': countryByName,
  },
};
