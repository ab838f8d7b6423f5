// Mistakes in aggregate targets: one dictionary each, and the codes that it must be answered with.
import type { ErrorCode } from '../../src/errors/policy.ts';
import type { Case } from './problem-cases.ts';

interface Wrong {
  readonly columns?: string;
  readonly join?: string;
  readonly key?: string;
  readonly more?: string;
}

const vendors = 'companies: { on: companies.country_id = countries.id, many: true }';
const people = 'customers: { on: customers.cust_email = countries.name, many: true }';

const perCountry = (
  code: ErrorCode,
  { columns = 'n: count(companies.id)', join = vendors, key = 'id: countries.id', more = '' }: Wrong,
): Case => ({
  codes: [code],
  files: {
    'metrics.yml': `target: metrics\nkey: id\nfrom: countries\njoin: { ${join} }\ncolumns: { ${key}, ${columns} }\n${more}`,
  },
});

const grouped = (code: ErrorCode, columns: string, more = ''): Case => ({
  codes: [code],
  files: {
    'metrics.yml': `target: metrics\nkey: id\nfrom: companies\ncolumns: { id: companies.country_id, ${columns} }\n${more}`,
  },
});

export const aggregateCases: Readonly<Record<string, Case>> = {
  'an aggregate of one row': perCountry('aggregate_misplaced', { columns: 'n: max(countries.name)' }),
  'an aggregate of a fact': perCountry('aggregate_misplaced', {
    join: 'companies: companies.id = countries.id',
    columns: 'n: "upper(max(companies.name))"',
  }),
  'an aggregate in a filter': perCountry('aggregate_misplaced', { more: 'where: count(companies.id) > 1\n' }),
  'an aggregate in a condition': perCountry('aggregate_misplaced', {
    join: 'companies: { on: max(companies.country_id) = countries.id, many: true }',
  }),
  'an aggregate within another': perCountry('aggregate_misplaced', {
    columns: 'n: max(count(companies.id))',
  }),
  'an aggregate in the filter of another': perCountry('aggregate_misplaced', {
    columns: 'n: "count(*) filter (where companies.id = max(companies.id))"',
  }),
  'a key that is an aggregate': perCountry('aggregate_misplaced', {
    key: 'id: max(countries.id)',
    columns: 'n: count(companies.id)',
  }),
  'a column of a many-join outside an aggregate': perCountry('many_outside_aggregate', {
    columns: 'n: count(companies.id), name: upper(companies.name)',
  }),
  'a column of a many-join beside an aggregate': perCountry('many_outside_aggregate', {
    columns: 'n: count(companies.id) + companies.id',
  }),
  'a look-up behind a many-join outside an aggregate': perCountry('many_outside_aggregate', {
    join: `${vendors}, customers: customers.customer_id = companies.id`,
    columns: 'n: count(companies.id), mail: customers.cust_email',
  }),
  'a key of a many-join': perCountry('key_not_of_grain', { key: 'id: companies.id' }),
  'one aggregate over two many-joins': perCountry('fan_out', {
    join: `${vendors}, ${people}`,
    columns: 'n: sum(companies.id * customers.customer_id)',
  }),
  'a count of all over two many-joins': perCountry('fan_out', {
    join: `${vendors}, ${people}`,
    columns: 'n: count(*)',
  }),
  'a filter over two many-joins': perCountry('fan_out', {
    join: `${vendors}, ${people}`,
    columns: 'n: count(companies.id)',
    more: 'where: companies.is_vendor or customers.customer_id > 1\n',
  }),
  'a filter on a deeper many-join': perCountry('fan_out', {
    join: `${vendors}, customers: { on: customers.customer_id = companies.id, many: true }`,
    columns: 'n: count(companies.id)',
    more: 'where: customers.customer_id > 1\n',
  }),
  'an inner join below what is counted': perCountry('fan_out', {
    join: `${vendors}, customers: { on: customers.customer_id = companies.id, many: true, type: inner }`,
    columns: 'n: count(companies.id), m: count(customers.customer_id)',
  }),
  'a count of all over groups of the root and a many-join': {
    codes: ['fan_out'],
    files: {
      'metrics.yml':
        'target: metrics\nkey: id\nfrom: companies\njoin: { customers: { on: customers.customer_id = companies.id, many: true } }\ncolumns: { id: companies.country_id, n: count(*) }\n',
    },
  },
  'a list without an order': grouped('unordered_aggregate', 'names: "string_agg(companies.name, \',\')"'),
  'any of several': grouped('unordered_aggregate', 'name: ANY_VALUE(companies.name)'),
  'the first at the highest': grouped(
    'unordered_aggregate',
    'name: "arg_max(companies.name, companies.updated_at)"',
  ),
  'an estimate': grouped('unordered_aggregate', 'mid: "approx_quantile(companies.id, 0.5)"'),
  'a window over an aggregate': grouped('invalid_expression', 'n: sum(companies.id) over ()'),
  'a history of groups': perCountry('not_supported', { more: 'history: { track: [n] }\n' }),
  'kept cells of groups': grouped('not_supported', 'n: count(*)', 'on_missing: keep\n'),
};
