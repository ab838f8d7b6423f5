// Mapping files from a source-first dictionary: what is guessed and marked, what is not placed and why, and that
// what was imported is exported again.
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { catalogOf, type CatalogTable } from '../../src/dictionary/catalog.ts';
import type { TableFacts } from '../../src/dictionary/import/facts.ts';
import { importFeeds, type Imported } from '../../src/dictionary/import/import-feeds.ts';
import { readShape } from '../../src/dictionary/import/read-shape.ts';
import { parseDictionary } from '../../src/dictionary/parse.ts';
import { resolveDictionary } from '../../src/dictionary/resolve.ts';
import { shapeOf, sourceFirst, type Shape } from '../../src/dictionary/source-first.ts';
import { project, tableOf } from './shop.ts';

interface World {
  readonly tables: readonly CatalogTable[];
  /** Columns of which no two rows share a value, as `table.column`. */
  readonly distinct?: readonly string[];
  readonly present?: Readonly<Record<string, string>>;
}

const importing = (shape: Shape, { tables, distinct = [], present = {} }: World): Imported => {
  const feeds = readShape(
    { file: { file: 'd.json', text: JSON.stringify(shape) }, language: 'yaml' },
    (problem) => expect.unreachable(problem.message),
  );
  const catalog = catalogOf(tables);
  const files = Object.entries(present).map(([file, text]) => ({ file, text }));
  const declared = new Map(
    parseDictionary(files).raw.sources.map((source) => [
      source.name.text,
      source.key.map(({ name }) => name.text),
    ]),
  );
  const factsOf = (schema: string, name: string): readonly [string, TableFacts] => {
    const info = tables.find(({ table }) => table.schema === schema && table.name === name);
    const own = distinct.flatMap((each) =>
      each.startsWith(`${name}.`) ? [each.slice(name.length + 1)] : [],
    );
    const facts = {
      name,
      table: { schema, name },
      info,
      distinct: new Set(own),
      declaredKey: declared.get(name),
    };
    return [name, facts];
  };
  const targets = [...new Set(feeds.map(({ target }) => target))];
  const sources = [...new Set([...feeds.map(({ source }) => source), ...declared.keys()])];
  return importFeeds({
    feeds,
    sources: new Map(sources.map((name) => factsOf(targets.includes(name) ? 'marts' : 'staging', name))),
    targets: new Map(targets.map((name) => factsOf('marts', name))),
    present: files,
    catalog,
    project,
    origin: 'd.json',
    pathOf: (name) => `mappings/${name ?? 'new_sources'}.yml`,
  });
};

const textOf = (imported: Imported, target: string): string =>
  imported.targets.find((each) => each.target === target)?.text ?? '';

const reasons = ({ notPlaced }: Imported): readonly string[] =>
  notPlaced.map(({ feed, reason }) => `${feed.target}.${feed.to}: ${reason}`);

const staging = [
  tableOf(
    'staging.companies',
    ['id bigint!', 'name varchar', 'country_code varchar', 'updated_at timestamp'],
    {
      unique: [['id']],
    },
  ),
  tableOf('staging.countries', ['country_code varchar', 'name varchar']),
  tableOf('staging.orders', ['id bigint', 'buyer_id bigint', 'amount numeric(12,2)']),
];

describe('an imported target', () => {
  it('gets its grain, key and joins, each marked with its reason', () => {
    const imported = importing(
      {
        companies: { id: { fact_vendor: 'vendor_id' }, name: { fact_vendor: 'vendor_name' } },
        countries: { name: { fact_vendor: 'country' } },
      },
      {
        tables: [
          ...staging,
          tableOf('marts.fact_vendor', [
            'vendor_id bigint',
            'vendor_name varchar',
            'country varchar',
            'note varchar',
          ]),
        ],
        distinct: ['countries.country_code', 'fact_vendor.vendor_id'],
      },
    );
    expect(reasons(imported)).toEqual([]);
    expect(textOf(imported, 'fact_vendor'))
      .toBe(`# Imported from d.json. What was guessed says so: check it, then take the comment away.
target: fact_vendor
key: vendor_id   # guessed: no two rows of marts.fact_vendor share it now
from: companies   # guessed: vendor_id is the key of companies
rows: update-only   # guessed: note is filled by others
join:
  countries: companies.country_code = countries.country_code   # guessed: companies.country_code looks like a reference to countries
columns:
  vendor_id: companies.id
  vendor_name: companies.name
  country: countries.name
`);
    expect(imported.sources?.text)
      .toBe(`# Imported from d.json. What was guessed says so: check it, then take the comment away.
sources:
  companies:
    key: id   # guessed: staging.companies keeps it unique
    # updated_at: updated_at   # only if it moves with every change of staging.companies: then less is read
  countries:
    key: country_code   # guessed: no two rows of staging.countries share it now
`);
  });

  it('without the key of a source has rows of its own, and finds look-ups by the role that columns name', () => {
    const imported = importing(
      { companies: { name: { fact_sales: 'vendor_name' } } },
      {
        tables: [
          ...staging,
          tableOf('marts.fact_sales', ['sale_id bigint', 'vendor_id bigint', 'vendor_name varchar']),
        ],
        distinct: ['fact_sales.sale_id'],
      },
    );
    expect(reasons(imported)).toEqual([]);
    expect(textOf(imported, 'fact_sales')).toContain('key: sale_id   # guessed');
    expect(textOf(imported, 'fact_sales')).not.toMatch(/^from:/m);
    expect(textOf(imported, 'fact_sales')).toContain('companies: this.vendor_id = companies.id   # guessed');
  });

  it('finds a look-up over a source between, declared or not', () => {
    const imported = importing(
      { orders: { id: { fact_order: 'order_id' } }, countries: { name: { fact_order: 'country' } } },
      {
        tables: [...staging, tableOf('marts.fact_order', ['order_id bigint', 'country varchar'])],
        distinct: ['orders.id', 'fact_order.order_id', 'countries.country_code'],
        present: {
          'mappings/sources.yml': 'sources:\n  companies: { key: id }\n  countries: { key: country_code }\n',
        },
      },
    );
    expect(reasons(imported)).toEqual([
      'fact_order.country: no column of orders looks like a reference to countries',
    ]);
    const named = importing(
      {
        orders: { id: { fact_order: 'order_id' } },
        companies: { name: { fact_order: 'buyer_name' } },
        countries: { name: { fact_order: 'country' } },
      },
      {
        tables: [
          ...staging,
          tableOf('marts.fact_order', ['order_id bigint', 'buyer_name varchar', 'country varchar']),
        ],
        distinct: ['orders.id', 'fact_order.order_id', 'countries.country_code'],
        present: {
          'mappings/sources.yml': 'sources:\n  companies: { key: id }\n  countries: { key: country_code }\n',
        },
      },
    );
    expect(reasons(named)).toEqual([]);
    expect(named.sources?.names).toEqual(['orders']);
    expect(textOf(named, 'fact_order')).toContain('companies: orders.buyer_id = companies.id   # guessed');
  });

  it('keeps expressions, and drops those that do not fit', () => {
    const imported = importing(
      {
        companies: {
          id: { dim: 'id' },
          name: {
            dim: [
              { column: 'label', expression: "coalesce(companies.name, '?') || companies.country_code" },
              { column: 'other', expression: 'upper(buyer.name)' },
            ],
          },
          country_code: {
            dim: { column: 'label', expression: "coalesce(companies.name, '?') || companies.country_code" },
          },
        },
      },
      {
        tables: [
          ...staging,
          tableOf('marts.dim', ['id bigint', 'label varchar', 'other varchar'], { unique: [['id']] }),
        ],
      },
    );
    expect(textOf(imported, 'dim')).toContain(
      "  label: coalesce(companies.name, '?') || companies.country_code\n",
    );
    expect(textOf(imported, 'dim')).toContain('  # other: upper(buyer.name)   # not placed: ');
    expect(reasons(imported)).toEqual(['dim.other: there is no alias `buyer` here']);
  });

  it.each([
    [
      'two columns feed one',
      { companies: { id: { dim: 'id' }, name: { dim: 'label' }, country_code: { dim: 'label' } } },
      'several columns feed dim.label: write the expression',
    ],
    [
      'the target has no such column',
      { companies: { id: { dim: 'id' }, name: { dim: 'lable' } } },
      'column `lable` is mapped but missing from `marts.dim`',
    ],
    [
      'the source has no such column',
      { companies: { id: { dim: 'id' }, nmae: { dim: 'label' } } },
      'column `nmae` is mapped but missing from `staging.companies`',
    ],
    [
      'the source does not exist',
      { companies: { id: { dim: 'id' } }, firms: { name: { dim: 'label' } } },
      'nothing tells the rows of firms apart',
    ],
    [
      'the target does not exist, and nothing says what its rows are',
      { companies: { name: { gone: 'label' } } },
      'its table marts.gone does not exist, and no source has its whole key among the columns',
    ],
  ])('says why, where %s', (_name, shape, reason) => {
    const imported = importing(shape, {
      tables: [...staging, tableOf('marts.dim', ['id bigint', 'label varchar'], { unique: [['id']] })],
    });
    expect(imported.notPlaced.map((each) => each.reason)).toContain(reason);
  });

  it('of types that cannot be equal is no reference', () => {
    const imported = importing(
      { orders: { id: { f: 'order_id' } }, countries: { name: { f: 'buyer_name' } } },
      {
        tables: [
          tableOf('staging.orders', ['id bigint', 'buyer_id bigint']),
          tableOf('staging.countries', ['id varchar', 'name varchar']),
          tableOf('marts.f', ['order_id bigint', 'buyer_name varchar'], { unique: [['order_id']] }),
        ],
        distinct: ['orders.id', 'countries.id'],
      },
    );
    expect(reasons(imported)).toEqual([
      'f.buyer_name: no column of orders looks like a reference to countries',
    ]);
  });
});

/** Shapes of which everything can be placed: each target has the key of its first source, which refers to the rest. */
const placeable = fc
  .array(
    fc.record({
      targets: fc.array(fc.nat(3), { minLength: 1, maxLength: 3 }),
      columns: fc.array(fc.nat(4), { minLength: 1, maxLength: 4 }),
    }),
    { minLength: 1, maxLength: 4 },
  )
  .map((sources) => {
    const shape: Record<string, Record<string, Record<string, string | string[]>>> = {};
    const columns = new Map<string, string[]>();
    const add = (source: string, column: string, target: string, to: string): void => {
      const ofColumn = ((shape[source] ??= {})[column] ??= {});
      const before = ofColumn[target];
      ofColumn[target] = before === undefined ? to : [...(Array.isArray(before) ? before : [before]), to];
      columns.set(target, [...(columns.get(target) ?? []), to]);
    };
    const rooted = new Set<number>();
    for (const [place, source] of sources.entries()) {
      for (const target of new Set(source.targets)) {
        if (!rooted.has(target)) add(`source${place}`, 'id', `target${target}`, 'key');
        rooted.add(target);
        for (const [order, column] of source.columns.entries())
          add(`source${place}`, `c${column}`, `target${target}`, `t${place}_${column}_${order}`);
      }
    }
    const names = sources.map((_, place) => `source${place}`);
    const tables = [
      ...names.map((name) =>
        tableOf(
          `staging.${name}`,
          [
            'id bigint!',
            ...names.map((other) => `${other}_id bigint`),
            ...[0, 1, 2, 3, 4].map((each) => `c${each} varchar`),
          ],
          { unique: [['id']] },
        ),
      ),
      ...[...columns].map(([name, own]) =>
        tableOf(
          `marts.${name}`,
          own.map((each) => (each === 'key' ? 'key bigint!' : `${each} varchar`)),
          {
            unique: [['key']],
          },
        ),
      ),
    ];
    return { shape, tables };
  });

describe('what is imported', () => {
  it('is exported as it was, and is a valid dictionary', { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(placeable, ({ shape, tables }) => {
        const imported = importing(shape, { tables });
        expect(reasons(imported)).toEqual([]);
        const files = [...imported.targets, ...(imported.sources === undefined ? [] : [imported.sources])];
        const parsed = parseDictionary(files);
        const resolved = resolveDictionary(parsed.raw, project, catalogOf(tables));
        expect([...parsed.problems, ...resolved.problems]).toEqual([]);
        expect(shapeOf(sourceFirst(resolved.dictionary))).toEqual(shape);
      }),
      { numRuns: 60 },
    );
  });
});
