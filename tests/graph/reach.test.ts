// Which columns hang on a column, and how; read off mappings alone.
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseDictionary } from '../../src/dictionary/parse.ts';
import { resolveDictionary } from '../../src/dictionary/resolve.ts';
import { readAsked } from '../../src/graph/asked.ts';
import { buildGraph } from '../../src/graph/graph.ts';
import { lineageOf, reachOf, type Lineage, type Reach } from '../../src/graph/reach.ts';
import { project } from '../dictionary/shop.ts';

const lineage = (files: Readonly<Record<string, string>>): Lineage => {
  const texts = Object.entries(files).map(([file, text]) => ({ file, text }));
  const parsed = parseDictionary(texts);
  const resolved = resolveDictionary(parsed.raw, project, undefined);
  expect([...parsed.problems, ...resolved.problems]).toEqual([]);
  return lineageOf(buildGraph(resolved.dictionary));
};

const sources = `sources:
  companies: { key: id }
  countries: { key: id }
  orders: { key: id, where: orders.kind = 'real', deleted: orders.gone }
`;

const show = ({ target, column, how, scope, via }: Reach): string =>
  [
    `${target}.${column}`,
    how,
    ...(scope === 'row' ? ['row'] : []),
    ...via.map((step) => `via ${step.target}.${step.column ?? '*'}`),
  ].join(' ');

const reached = (from: Lineage, text: string): readonly string[] =>
  reachOf(from, readAsked(from, text)).map(show);

const mapping = (target: string, lines: string): string => `target: ${target}\nkey: id\n${lines}`;

const vendor = mapping(
  'vendor',
  `from: companies
join:
  countries: companies.country_id = countries.id
  zones: { source: countries, on: countries.zone_id = zones.id }
where: companies.is_vendor
columns:
  id: companies.id
  name: companies.name
  label: upper(companies.name) || companies.kind
  country: countries.name
  zone: zones.name
`,
);

describe('a column reaches', () => {
  const one = lineage({ 'sources.yml': sources, 'vendor.yml': vendor });

  it('what is it, and what is made of it', () => {
    expect(reached(one, 'companies.name')).toEqual(['vendor.name direct', 'vendor.label expression']);
    expect(reached(one, 'companies.kind')).toEqual(['vendor.label expression']);
  });

  it('by a join, whatever is read of the look-up, and of the look-ups behind it', () => {
    expect(reached(one, 'companies.country_id')).toEqual(['vendor.country join', 'vendor.zone join']);
    expect(reached(one, 'countries.zone_id')).toEqual(['vendor.zone join']);
    expect(reached(one, 'countries.id')).toEqual(['vendor.country join', 'vendor.zone join']);
  });

  it('both roles of a source that is joined twice', () => {
    expect(reached(one, 'countries.name')).toEqual(['vendor.country direct', 'vendor.zone direct']);
  });

  it('by a filter and by the key whole rows', () => {
    const whole = (how: string) =>
      ['id', 'name', 'label', 'country', 'zone'].map((column) => `vendor.${column} ${how} row`);
    expect(reached(one, 'companies.is_vendor')).toEqual(whole('filter'));
    expect(reached(one, 'companies.id')).toEqual(whole('key'));
  });

  it('nothing, where nothing reads it', () => {
    expect(reached(one, 'companies.fax')).toEqual([]);
  });

  it('whole rows by an inner join, and by a look-up that the filter reads', () => {
    const two = lineage({
      'sources.yml': sources,
      'inner.yml': mapping(
        'strict',
        `from: companies
join: { countries: { on: companies.country_id = countries.id, type: inner } }
columns: { id: companies.id, name: companies.name }
`,
      ),
      'filter.yml': mapping(
        'eu',
        `from: companies
join: { countries: companies.country_id = countries.id }
where: countries.zone = 'EU'
columns: { id: companies.id }
`,
      ),
    });
    expect(reached(two, 'companies.country_id')).toEqual([
      'eu.id filter row',
      'strict.id join row',
      'strict.name join row',
    ]);
    expect(reached(two, 'countries.zone')).toEqual(['eu.id filter row']);
  });

  it('never a key where rows are only updated', () => {
    const three = lineage({
      'sources.yml': sources,
      'kept.yml': mapping(
        'kept',
        `from: companies
where: companies.live
rows: update-only
columns: { id: companies.id, name: companies.name }
`,
      ),
    });
    expect(reached(three, 'companies.live')).toEqual(['kept.name filter row']);
    expect(reached(three, 'companies.id')).toEqual(['kept.name key row']);
  });

  it('by the conditions of its source all that hangs on its rows', () => {
    const four = lineage({
      'sources.yml': sources,
      'order.yml': mapping(
        'fact_order',
        `from: orders
columns: { id: orders.id, kind: orders.kind }
`,
      ),
      'company.yml': mapping(
        'last_order',
        `from: companies
join: { orders: companies.last_order_id = orders.id }
columns: { id: companies.id, amount: orders.amount }
`,
      ),
    });
    expect(reached(four, 'orders.gone')).toEqual([
      'fact_order.id filter row',
      'fact_order.kind filter row',
      'last_order.amount filter',
    ]);
    expect(reached(four, 'orders.kind')).toEqual([
      'fact_order.id filter row',
      'fact_order.kind direct',
      'fact_order.kind filter row',
      'last_order.amount filter',
    ]);
  });
});

describe('a key of a source', () => {
  const of = (settings: string): readonly string[] =>
    reached(
      lineage({
        'sources.yml': `sources:\n  companies: { key: id }\n  tags: { key: [id, kind], ${settings} }\n`,
        'tag.yml': mapping(
          'fact_tag',
          'from: tags\ncolumns: { id: tags.id, kind: tags.kind, label: tags.label }\n',
        ),
        'count.yml': mapping(
          'counts',
          `from: companies
join: { tags: { on: companies.id = tags.company_id, many: true } }
columns: { id: companies.id, n: count(tags.label) }
`,
        ),
      }),
      'tags.kind',
    );

  it('is a column like others where a row whose key is gone goes with it', () => {
    expect(of('deletes: every run')).toEqual(['fact_tag.kind direct']);
  });

  // Found by seed 20261137 of the property: a changed key was one row more of what an aggregate counts.
  it.each(['deletes: never', 'deletes: 24h', 'delete_after: 2h'])(
    'decides which rows there are where the row outlives it: %s',
    (settings) => {
      expect(of(settings)).toEqual([
        'counts.n key',
        'fact_tag.id key row',
        'fact_tag.kind direct',
        'fact_tag.kind key row',
        'fact_tag.label key row',
      ]);
    },
  );
});

describe('through other targets', () => {
  const chain = lineage({
    'sources.yml': sources,
    'vendor.yml': vendor,
    'order.yml': mapping(
      'sale',
      `from: orders
join: { vendor: orders.vendor_id = vendor.id }
columns: { id: orders.id, vendor_name: lower(vendor.name), country: vendor.country }
`,
    ),
    'copy.yml': mapping(
      'copy',
      `from: sale
columns: { id: sale.id, vendor: sale.vendor_name }
`,
    ),
  });

  it('the gravest way counts, and the shortest is shown', () => {
    expect(reached(chain, 'companies.name')).toEqual([
      'vendor.name direct',
      'vendor.label expression',
      'sale.vendor_name expression via vendor.name',
      'copy.vendor expression via vendor.name via sale.vendor_name',
    ]);
    expect(reached(chain, 'companies.country_id').slice(-1)).toEqual([
      'sale.country join via vendor.country',
    ]);
  });

  it('rows that come and go take along what is read of them', () => {
    expect(reached(chain, 'companies.is_vendor').slice(5)).toEqual([
      'sale.vendor_name filter via vendor.*',
      'sale.country filter via vendor.*',
      'copy.vendor filter via vendor.* via sale.vendor_name',
    ]);
    expect(reached(chain, 'orders.gone').slice(3)).toEqual([
      'copy.id filter row via sale.*',
      'copy.vendor filter row via sale.*',
    ]);
  });

  it('a target can be asked about as well', () => {
    expect(reached(chain, 'sale.vendor_name')).toEqual(['copy.vendor direct']);
  });
});

describe('a history', () => {
  const history = lineage({
    'sources.yml': sources,
    'scd.yml': `target: scd
key: id
from: companies
join: { countries: companies.country_id = countries.id }
columns: { id: companies.id, name: companies.name, country: countries.name, tag: companies.tag }
history: { track: [name, country], overwrite: [tag] }
`,
  });

  it('opens a version by what is tracked, also through a look-up, and overwrites the rest', () => {
    expect(reached(history, 'companies.tag')).toEqual(['scd.tag overwrite']);
    expect(reached(history, 'companies.name')).toContain('scd.name track row');
    expect(reached(history, 'companies.name')).toContain('scd.is_current track row');
    expect(reached(history, 'companies.country_id')).toContain('scd.country join');
    expect(reached(history, 'companies.country_id')).toContain('scd.valid_from track row');
  });
});

describe('who reads a target', () => {
  const files = {
    'sources.yml': sources,
    'scd.yml': `target: scd
key: id
from: companies
columns: { id: companies.id, name: companies.name, country: companies.country_id, tag: companies.tag, note: companies.note }
history: { track: [name, country], overwrite: [tag], surrogate_key: number }
`,
  };
  const reader = (on: string) =>
    lineage({
      ...files,
      'sale.yml': `target: sale
key: id
from: orders
join: { scd: "${on}" }
columns: { id: orders.id, name: scd.name, country: scd.country, tag: scd.tag, note: scd.note, version: scd.number }
`,
    });

  it.each([
    'orders.company_id = scd.id and scd.is_current',
    'scd.is_current = true and orders.company_id = scd.id',
    'orders.company_id = scd.id and scd.valid_to is null',
    'orders.company_id = scd.id and orders.at >= scd.valid_from and (scd.valid_to is null or orders.at < scd.valid_to)',
    'orders.company_id = scd.id AND (orders.at < scd.valid_to OR scd.valid_to IS NULL) AND scd.valid_from <= orders.at',
    "scd.valid_from <= orders.at and orders.at < coalesce(scd.valid_to, timestamp '9999-12-31') and orders.company_id = scd.id",
  ])(
    'of one version of each key, the newest or as of a time, finds the row as before but for what opened it: %s',
    (on) => {
      const sale = (column: string) => reached(reader(on), column).filter((line) => line.startsWith('sale.'));
      expect(sale('companies.name')).toEqual([
        expect.stringMatching(/^sale.name track /),
        expect.stringMatching(/^sale.note track /),
        expect.stringMatching(/^sale.version track /),
      ]);
      expect(sale('companies.tag')).toEqual([expect.stringMatching(/^sale.tag overwrite /)]);
    },
  );

  it('as of a time of its own sees that its version is closed', () => {
    const on =
      'orders.company_id = scd.id and orders.at >= scd.valid_from and (scd.valid_to is null or orders.at < scd.valid_to)';
    const lines = reached(
      lineage({
        ...files,
        'sale.yml': `target: sale
key: id
from: orders
join: { scd: "${on}" }
columns: { id: orders.id, country: scd.country, until: scd.valid_to, now: scd.is_current, since: scd.valid_from }
`,
      }),
      'companies.name',
    );
    const columns = lines.flatMap((line) => /^sale\.(\w+)/.exec(line)?.[1] ?? []);
    expect([...new Set(columns)].toSorted()).toEqual(['now', 'since', 'until']);
  });

  it.each([
    'orders.company_id = scd.id and orders.at >= scd.valid_from',
    'orders.company_id = scd.id and orders.at >= scd.valid_from and (scd.valid_to is null or orders.seen < scd.valid_to)',
    'orders.company_id = scd.id and orders.at >= scd.valid_from and (scd.valid_to is null or orders.at < scd.valid_to) and scd.valid_from > orders.seen',
    'orders.company_id = scd.id and orders.at >= scd.valid_from and (scd.valid_to is null or orders.at <= scd.valid_to)',
    'orders.company_id = scd.id and (orders.at >= scd.valid_from and scd.valid_to is null or orders.at < scd.valid_to)',
    'orders.company_id = scd.id and orders.at >= scd.valid_from or (scd.valid_to is null or orders.at < scd.valid_to)',
    'orders.company_id = scd.id and not scd.is_current',
    'orders.company_id = scd.id and (scd.is_current or orders.old)',
    'orders.company_id = scd.id and coalesce(orders.old and scd.is_current and orders.old, true)',
    'not (orders.old and scd.is_current and orders.old) and orders.company_id = scd.id',
    'orders.company_id = scd.id and scd.valid_to > orders.at',
  ])('of other versions may find another one: %s', (on) => {
    const lines = reached(reader(on), 'companies.name').filter((line) => line.startsWith('sale.'));
    expect(new Set(lines.map((line) => line.split(' ')[0])).size).toBe(5);
  });

  const grouped = (more: string, read = 'vendor.name') =>
    lineage({
      ...files,
      'vendor.yml': mapping(
        'vendor',
        `from: companies\ncolumns: { id: companies.id, name: companies.name, country: companies.country_id }\n${more}`,
      ),
      'per_country.yml': mapping(
        'per_country',
        `from: vendor\ncolumns: { id: vendor.country, last: max(${read}), seen: count(vendor.id) }\n`,
      ),
    });

  it('as members of groups sees another key alone where it is read', () => {
    const of = (from: Lineage) =>
      reached(from, 'companies.id').filter((line) => line.startsWith('per_country.'));
    expect(of(grouped(''))).toEqual([expect.stringMatching(/^per_country.seen key/)]);
    // What the old row leaves behind, or the new one does not bring along, is told as a row of its own.
    expect(of(grouped('on_delete: keep\n'))).toHaveLength(3);
    expect(of(grouped('on_missing: keep\n'))).toHaveLength(3);
    expect(of(grouped('', 'vendor.note'))).toHaveLength(3);
  });
});

describe('rows of its own', () => {
  it('a column of them that others fill decides which look-up is found', () => {
    const own = lineage({
      'sources.yml': sources,
      'sales.yml': `target: sales
key: sale_id
join: { companies: this.vendor_id = companies.id }
columns: { vendor_name: companies.name }
`,
    });
    expect(reached(own, 'companies.name')).toEqual(['sales.vendor_name direct']);
    expect(reached(own, 'sales.vendor_id')).toEqual(['sales.vendor_name join']);
  });
});

describe('what is asked', () => {
  const one = lineage({ 'sources.yml': sources, 'vendor.yml': vendor });

  it.each([
    ['companies.name', 'companies', 'name'],
    ['Companies.NAME', 'companies', 'name'],
    ['"companies"."name"', 'companies', 'name'],
    ['staging.companies.name', 'companies', 'name'],
    ['companies', 'companies', undefined],
    ['companies.*', 'companies', undefined],
    ['staging.companies', 'companies', undefined],
    ['vendor.zone', 'vendor', 'zone'],
  ])('%s', (text, relation, column) => {
    expect(readAsked(one, text)).toEqual({ relation, column, isNamed: true });
  });

  it('of which no mapping knows is marked', () => {
    expect(readAsked(one, 'companies.fax')).toMatchObject({ column: 'fax', isNamed: false });
  });

  it.each([
    ['company.name', 'unknown_source', 'did you mean `companies`?'],
    ['', 'usage', 'write `source.column`, or `source` for all its columns; odd names in double quotes'],
    [
      'a.b.c.d',
      'usage',
      'write `source.column`, or `source` for all its columns; odd names in double quotes',
    ],
    [
      'companies..name',
      'usage',
      'write `source.column`, or `source` for all its columns; odd names in double quotes',
    ],
  ])('and is no name is refused: %s', (text, code, hint) => {
    expect(() => readAsked(one, text)).toThrow(expect.objectContaining({ code, hint }));
  });
});

describe('the sample shop', () => {
  const folder = new URL('../../mappings/', import.meta.url);
  const files = readdirSync(folder)
    .filter((name) => name.endsWith('.yml'))
    .map((name) => [name, readFileSync(new URL(name, folder), 'utf8')] as const);
  const shop = lineage(Object.fromEntries(files));

  it('shows where the name of a company goes', () => {
    expect(reached(shop, 'companies.name')).toContain(
      'fact_subscription.company_name direct via fact_company_profile.company_name',
    );
  });
});
