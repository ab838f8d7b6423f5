// What the resolved dictionary says: the fact examples of the documentation to the letter, defaults, derived
// targets, targets that are yet to be built.
import { describe, expect, it } from 'vitest';
import { catalogOf } from '../../src/dictionary/catalog.ts';
import type { Catalog } from '../../src/dictionary/catalog.ts';
import type { Target } from '../../src/dictionary/dictionary.ts';
import { parseDictionary } from '../../src/dictionary/parse.ts';
import { tablesOf } from '../../src/dictionary/tables.ts';
import { showTable } from '../../src/sql/table-name.ts';
import { historyOf } from '../../src/dictionary/history-of.ts';
import { project, resolve, shop, show, sources, tableOf, vendorFile } from './shop.ts';

const targetOf = (
  text: string,
  catalog: Catalog = shop,
  more: Readonly<Record<string, string>> = {},
): Target => {
  const { dictionary, problems } = resolve({ ...more, 'target.yml': text }, catalog);
  expect(problems).toEqual([]);
  const found = dictionary.targets.find((target) => target.at.file === 'mappings/target.yml');
  if (found === undefined) throw new Error('no target');
  return found;
};

const grainExample = `target: fact_vendor                      # {targets}.fact_vendor, or the dbt model of that name where there is a manifest
key: vendor_id
from: companies                          # the grain: one row per company; alias = source name
join:
  countries: companies.country_id = countries.id                          # left join; { on: …, type: inner } or { source: countries, on: … } under an alias of your own
where: companies.is_vendor
columns:
  vendor_id: companies.id
  vendor_name: companies.name
  country: coalesce(countries.name, 'unknown')
tests:
  - name: a renamed company renames its vendor
    given: { companies: [{ id: 5, name: ABC Corp, is_vendor: true }] }
    when:  { companies: [{ id: 5, name: ABC Corporation Ltd }] }      # merged over \`given\` by key; \`deleted: true\` removes
    expect: [{ vendor_id: 5, vendor_name: ABC Corporation Ltd }]
`;

const thisExample = `target: fact_sales                       # rows belong to dbt; we maintain two columns of them
key: sale_id
join: { companies: this.vendor_id = companies.id }      # no \`from\`: the target itself is the root, as \`this\`
columns: { vendor_name: companies.name, vendor_country_id: companies.country_id }
on_missing: keep                         # keep (default) | null (YAML's null is understood), when the look-up row is gone; kept cells are not differences
touch: { _updated_at: now }              # set in rows written anyway, for models downstream; no part of diff, verify or conflicts
`;

describe('the examples of the documentation', () => {
  it('a fact of a grain', () => {
    const target = targetOf(grainExample);
    expect(target).toMatchObject({
      name: 'fact_vendor',
      table: { schema: 'marts', name: 'fact_vendor' },
      exists: true,
      key: [{ name: 'vendor_id', type: 'bigint', nullable: false }],
      keyIsEnforced: true,
      updateInPlace: true,
      root: { kind: 'grain', alias: 'companies', relation: 'companies' },
      onDelete: { kind: 'delete' },
      onMissing: 'null',
      rows: 'manage',
      touch: [],
    });
    expect(target.tableColumns.map((column) => column.name)).toEqual([
      'vendor_id',
      'vendor_name',
      'country',
      'loaded_at',
      'label',
    ]);
    expect(target.joins.map(({ alias, relation, type }) => [alias, relation, type])).toEqual([
      ['countries', 'countries', 'left'],
    ]);
    expect(
      target.joins.flatMap((join) => join.equalities.map(({ own, other }) => [own, show(other)])),
    ).toEqual([['id', '«companies.country_id»']]);
    expect(show(target.where)).toBe('«companies.is_vendor»');
    expect(target.columns.map(({ name, type, expression }) => [name, type, show(expression)])).toEqual([
      ['vendor_id', 'bigint', '«companies.id»'],
      ['vendor_name', 'varchar(80)', '«companies.name»'],
      ['country', 'varchar', "coalesce(«countries.name», 'unknown')"],
    ]);
  });

  it('columns of rows that are not ours', () => {
    const target = targetOf(thisExample);
    expect(target).toMatchObject({
      root: { kind: 'this', alias: 'this' },
      rows: 'update-only',
      onMissing: 'keep',
      onDelete: { kind: 'keep' },
      updateInPlace: false,
      touch: [{ name: '_updated_at', type: 'timestamp', value: 'now' }],
    });
    expect(target.joins.map(({ on, equalities }) => [show(on), equalities.length])).toEqual([
      ['«this.vendor_id» = «companies.id»', 1],
    ]);
  });

  it('a model has no columns where its manifest is not read', () => {
    const text = `target: fct_orders                       # a dbt model: its own SQL is the mapping
key: order_id
model: fct_orders
`;
    const { problems, dictionary } = resolve({ 'target.yml': text });
    expect(problems).toEqual([]);
    expect(dictionary.targets).toEqual([]);
  });
});

describe('a history', () => {
  const text = vendorFile({
    target: 'vendor_scd',
    history: '{ overwrite: [country], surrogate_key: vendor_key }',
    columns: '\n  vendor_id: companies.id\n  vendor_name: companies.name\n  country: countries.name',
  });

  it('tracks what it does not overwrite, and is keyed by the start of its versions as well', () => {
    const [target] = resolve({ 'a.yml': text }).dictionary.targets;
    const history = target && historyOf(target);
    expect(history).toMatchObject({
      track: ['vendor_name'],
      overwrite: ['country'],
      deletes: 'close',
      firstValidFrom: 'at',
      backwards: 'sequence',
      timezone: 'UTC',
    });
    expect(show(history?.at)).toBe('«companies.updated_at»');
    expect(target?.key.map(({ name }) => name)).toEqual(['vendor_id', 'valid_from']);
    expect(history?.columns.map(({ role, name }) => `${role} ${name}`)).toEqual([
      'surrogate_key vendor_key',
      'valid_from valid_from',
      'valid_to valid_to',
      'is_current is_current',
    ]);
  });

  it('may be read by others, its columns of validity too', () => {
    const reader =
      'target: reader\nkey: id\nfrom: countries\njoin: { vendor_scd: countries.id = vendor_scd.vendor_id and vendor_scd.is_current }\ncolumns: { id: countries.id, key: vendor_scd.vendor_key, since: vendor_scd.valid_from }\n';
    expect(resolve({ 'a.yml': text, 'b.yml': reader }).problems).toEqual([]);
  });

  it('has the names of dbt under its preset, as they were renamed', () => {
    const snapshot = vendorFile({
      target: 'vendor_snapshot',
      history:
        '{ preset: dbt_snapshot, hard_deletes: new_record, snapshot_meta_column_names: { dbt_valid_from: since } }',
    });
    const { dictionary, problems } = resolve({ 'a.yml': snapshot });
    expect(problems).toEqual([]);
    const [target] = dictionary.targets;
    const history = target && historyOf(target);
    expect(history).toMatchObject({ deletes: 'tombstone', track: ['vendor_name'] });
    expect(history?.columns.map(({ name, type }) => `${name} ${type}`)).toEqual([
      'dbt_scd_id varchar',
      'since timestamp',
      'dbt_valid_to timestamp',
      'dbt_is_deleted varchar',
      'dbt_updated_at timestamp',
    ]);
  });
});

describe('a target', () => {
  it('that does not exist has the columns of its mapping, of types yet unknown', () => {
    const target = targetOf(vendorFile({ target: 'fact_new', touch: '{ seen_at: now, version: 1 }' }));
    expect(target.exists).toBe(false);
    expect(target.tableColumns.map(({ name, type }) => [name, type])).toEqual([
      ['vendor_id', ''],
      ['vendor_name', ''],
      ['seen_at', 'timestamp'],
      ['version', 'bigint'],
    ]);
    expect(target.key).toEqual([{ name: 'vendor_id', type: '', nullable: false }]);
  });

  it('may be made of another target, also of one that does not exist yet', () => {
    const base = vendorFile({ target: 'fact_new' });
    const target = targetOf(
      'target: fact_names\nkey: id\nfrom: fact_new\ncolumns: { id: fact_new.vendor_id, label: fact_new.vendor_name }\n',
      shop,
      { 'base.yml': base },
    );
    expect(target.root).toEqual({ kind: 'grain', alias: 'fact_new', relation: 'fact_new' });
    const { problems } = resolve({
      'base.yml': base,
      'b.yml': 'target: x\nkey: id\nfrom: fact_new\ncolumns: { id: fact_new.id }\n',
    });
    expect(problems.map(({ code }) => code)).toEqual(['unknown_column']);
  });

  it('orders its joins so that conditions name earlier aliases only', () => {
    const target = targetOf(
      vendorFile({
        join: '\n  zone: { source: countries, on: zone.zone = land.zone, type: inner }\n  land: { source: countries, on: companies.country_id = land.id }',
      }),
    );
    expect(target.joins.map(({ alias, type }) => [alias, type])).toEqual([
      ['land', 'left'],
      ['zone', 'inner'],
    ]);
  });

  it('takes its rules', () => {
    const target = targetOf(
      vendorFile({
        columns: '{ vendor_id: companies.id, country: countries.name, loaded_at: companies.created_at }',
        on_delete: '{ set: { country: gone, loaded_at: null } }',
        on_missing: 'null',
        rows: 'update-only',
        limits: '{ deletes: 50% }',
        description: 'Vendors',
        owner: 'finance',
      }),
    );
    expect(target).toMatchObject({
      onDelete: { kind: 'set', values: { country: 'gone', loaded_at: null } },
      onMissing: 'null',
      rows: 'update-only',
      limits: { deletesPercent: 50, touchedPercent: 50, floor: 100 },
      description: 'Vendors',
      owner: 'finance',
    });
  });

  it('takes its checks, each with its place', () => {
    const { checks } = targetOf(vendorFile({ checks: '{ no gaps: select 1, few: select 2 }' }));
    expect(checks.map(({ name, sql, at }) => [name, sql, at.line, at.column])).toEqual([
      ['no gaps', 'select 1', 6, 20],
      ['few', 'select 2', 6, 35],
    ]);
  });

  it('takes the column that tells when others changed its rows', () => {
    const target = targetOf(
      'target: fact_sales\nkey: sale_id\njoin: { companies: this.vendor_id = companies.id }\ncolumns: { vendor_name: companies.name }\nchanged_at: _updated_at\n',
    );
    expect(target.changedAt).toBe('_updated_at');
  });

  it('that is disabled is left out', () => {
    const { dictionary, problems } = resolve({ 'a.yml': vendorFile({ enabled: 'false' }) });
    expect([dictionary.targets, problems]).toEqual([[], []]);
  });

  it('exact numbers stay exact', () => {
    const target = targetOf(
      vendorFile({
        columns: '{ vendor_id: companies.id, country: countries.name, loaded_at: companies.created_at }',
        on_delete: '{ set: { country: 12345678901234567890, loaded_at: 1.50 } }',
      }),
    );
    expect(target.onDelete).toEqual({
      kind: 'set',
      values: { country: '12345678901234567890', loaded_at: '1.50' },
    });
  });

  it('is updated in place where other tables refer to it', () => {
    const catalog = catalogOf([
      ...shop.values(),
      tableOf('marts.referenced', ['vendor_id bigint', 'vendor_name varchar'], { constrained: true }),
    ]);
    expect(targetOf(vendorFile({ target: 'referenced' }), catalog).updateInPlace).toBe(true);
  });
});

it('without a catalog names are believed and shapes are still checked', () => {
  const { dictionary, problems } = resolve(
    {
      'a.yml': vendorFile({ columns: '{ vendor_id: companies.anything, x: now() }' }),
      'b.yml': 'target: b\nkey: id\nfrom: fact_vendor\ncolumns: { id: fact_vendor.unmapped }\n',
    },
    'none',
  );
  expect(problems.map(({ code }) => code)).toEqual(['volatile_expression']);
  expect(dictionary.sources.map((source) => source.name)).toEqual(['companies', 'countries', 'customers']);
});

it('the tables to look at are those of sources and targets, by default or as written', () => {
  const files = [
    {
      file: 'sources.yml',
      text: `${sources}  other: { key: id, table: raw.lake."Odd Name" }\n  again: { key: id, table: raw.lake."Odd Name" }\n`,
    },
    { file: 'a.yml', text: vendorFile() },
    { file: 'b.yml', text: vendorFile({ target: 'Other.Fact' }) },
  ];
  const { raw } = parseDictionary(files);
  expect(tablesOf(raw, project).map(showTable)).toEqual([
    'staging.companies',
    'staging.countries',
    'staging.customers',
    'raw.lake.Odd Name',
    'marts.fact_vendor',
    'Other.Fact',
  ]);
  const onPostgres = { ...project, connection: { type: 'postgres' as const } };
  expect(tablesOf(raw, onPostgres).map(showTable).at(-1)).toBe('other.fact');
});
