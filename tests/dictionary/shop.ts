// A small warehouse and its project, as the dictionary sees them.
import { catalogOf } from '../../src/dictionary/catalog.ts';
import type { Catalog, CatalogTable } from '../../src/dictionary/catalog.ts';
import type { Expression } from '../../src/dictionary/dictionary.ts';
import { parseDictionary } from '../../src/dictionary/parse.ts';
import { resolveDictionary } from '../../src/dictionary/resolve.ts';
import type { Resolved } from '../../src/dictionary/resolve.ts';
import type { Project } from '../../src/project/project.ts';
import { defaultLimits, defaultSchemas } from '../../src/project/settings.ts';
import type { Column } from '../../src/sql/dialect.ts';

/** `name type`, with `!` for not null, `=` for a default, `~` for a computed column. */
export const columnOfText = (text: string): Column => {
  const [, name = '', type = '', marks = ''] = /^(.+) (\S+?)([!=~]*)$/.exec(text) ?? [];
  return {
    name,
    type,
    nullable: !marks.includes('!'),
    hasDefault: marks.includes('='),
    ...(marks.includes('~') ? { generated: true } : {}),
  };
};

interface Facts {
  readonly unique?: readonly (readonly string[])[];
  readonly kind?: 'table' | 'view';
  readonly constrained?: boolean;
}

export const tableOf = (name: string, columns: readonly string[], facts: Facts = {}): CatalogTable => {
  const [schema = '', table = ''] = name.split('.');
  return {
    table: { schema, name: table },
    kind: facts.kind ?? 'table',
    columns: columns.map(columnOfText),
    uniqueKeys: facts.unique ?? [],
    constrained: facts.constrained ?? false,
  };
};

export const shop: Catalog = catalogOf([
  tableOf(
    'staging.companies',
    [
      'id bigint!',
      'name varchar',
      'is_vendor boolean',
      'country_id integer',
      'Web Site varchar',
      'updated_at timestamp',
      'created_at timestamp',
    ],
    { unique: [['id']] },
  ),
  tableOf('staging.countries', ['id integer!', 'name varchar', 'zone varchar']),
  tableOf('staging.customers', ['customer_id bigint', 'cust_email varchar', 'document json']),
  tableOf('staging.raw_changes', [
    'seq bigint!',
    'operation varchar',
    'table_name varchar',
    'record_key varchar',
    'before json',
    'after json',
    'ts_ms bigint',
    'lsn varchar',
    'landed_at timestamp',
    'flag boolean',
  ]),
  tableOf('staging.customer_log', [
    'op varchar',
    'customer_id bigint',
    'email varchar',
    'updated_at timestamp',
    'seq bigint',
  ]),
  tableOf('staging.active_companies', ['id bigint', 'name varchar'], { kind: 'view' }),
  tableOf(
    'marts.fact_vendor',
    [
      'vendor_id bigint',
      'vendor_name varchar(80)',
      'country varchar',
      'loaded_at timestamp',
      'label varchar~',
    ],
    {
      unique: [['vendor_id']],
    },
  ),
  tableOf('marts.fact_sales', [
    'sale_id bigint!',
    'vendor_id bigint',
    'vendor_name varchar',
    'vendor_country_id integer',
    '_updated_at timestamp',
  ]),
  tableOf('marts.strict', [
    'vendor_id bigint!',
    'vendor_name varchar!',
    'region varchar!',
    'row_no bigint!=',
  ]),
  tableOf('marts.vendor_view', ['vendor_id bigint'], { kind: 'view' }),
]);

export const project: Pick<Project, 'schemas' | 'connection' | 'limits'> = {
  schemas: defaultSchemas,
  limits: defaultLimits,
  connection: { type: 'duckdb', path: '/shop.duckdb' },
};

export const sources = `sources:
  companies: { key: id, updated_at: updated_at, created_at: created_at }
  countries: { key: id }
  customers: { key: customer_id }
`;

/** Texts by file name below \`mappings/\`; the sources above where none are given. */
export const resolve = (
  texts: Readonly<Record<string, string>>,
  catalog: Catalog | 'none' = shop,
): Resolved => {
  const files = Object.entries({ 'sources.yml': sources, ...texts }).map(([name, text]) => ({
    file: `mappings/${name}`,
    text,
  }));
  const { raw, problems } = parseDictionary(files);
  const resolved =
    catalog === 'none'
      ? resolveDictionary(raw, project, undefined)
      : resolveDictionary(raw, project, catalog, { tableNames: [...catalog.keys()] });
  return { dictionary: resolved.dictionary, problems: [...problems, ...resolved.problems] };
};

const vendor = {
  target: 'fact_vendor',
  key: 'vendor_id',
  from: 'companies',
  join: '{ countries: companies.country_id = countries.id }',
  columns: '{ vendor_id: companies.id, vendor_name: companies.name }',
};

/** The file of a valid target with some of its lines replaced, or left out by undefined. */
export const vendorFile = (changes: Readonly<Record<string, string | undefined>> = {}): string =>
  Object.entries({ ...vendor, ...changes })
    .flatMap(([key, value]) => (value === undefined ? [] : [`${key}: ${value}\n`]))
    .join('');

/** One mapped expression, written where a comma needs no quotes. */
export const mapping = (expression: string): string =>
  vendorFile({ columns: `\n  vendor_id: companies.id\n  vendor_name: ${expression}` });

/** Columns in guillemets, so that one line shows what was taken for a column and what stayed SQL. */
export const show = (expression: Pick<Expression, 'parts'> | undefined): string =>
  (expression?.parts ?? [])
    .map((part) => (typeof part === 'string' ? part : `«${part.alias}.${part.column}»`))
    .join('');
