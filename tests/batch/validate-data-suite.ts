// Validate on real rows: keys that are none, look-ups that match twice, values that do not fit; and what each mapping
// would write against what its target holds.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { validate, type ValidateOptions } from '../../src/batch/validate.ts';
import { createSandbox, type Engine, type Recipe, type Sandbox } from '../support/sandbox.ts';

const sources = `sources:
  orders: { key: id }
  buyers: { key: id }
`;

const fact = (columns: string, more = ''): string => `target: fact_order
key: order_id
from: orders
join: { buyers: orders.buyer_id = buyers.id }
columns:
  order_id: orders.id
${columns}
${more}`;

const good = `  buyer: buyers.name
  amount: orders.amount`;

const recipe: Recipe = {
  tables: [
    'create schema staging',
    'create schema marts',
    'create table staging.orders (id bigint, buyer_id bigint, amount bigint, code varchar(40), note varchar(40), price decimal(14,4))',
    'create table staging.buyers (id bigint, name varchar(40), city varchar(40))',
    `insert into staging.orders values (1, 1, 10, '5', 'a', 1.005), (2, 2, 20, '6', null, 2), (3, 9, 3000000000, 'x', 'c', 12345678.5)`,
    `insert into staging.buyers values (1, 'Ada', 'Rome'), (2, 'Bo', 'Oslo')`,
    "create table marts.fact_order (order_id bigint primary key, buyer varchar(40), amount bigint, small integer, number integer, note varchar(40) not null default '-', price decimal(8,2), fine decimal(12,2), owner varchar(10))",
    `insert into marts.fact_order values (1, 'Ada', 10, 1, 5, '-', 1, 1, 'me'), (2, 'Bob', 20, 2, 6, '-', 2, 2, 'me'), (8, 'Zoe', 5, 1, 1, '-', 1, 1, 'me')`,
  ],
  mappings: { 'sources.yml': sources, 'fact_order.yml': fact(good, 'rows: update-only\n') },
};

export const describeValidateData = (engine: Engine): void => {
  describe(`validate on the rows of ${engine}`, () => {
    let sandbox: Sandbox;

    beforeAll(async () => {
      sandbox = await createSandbox(engine, recipe);
    });

    afterAll(() => sandbox.remove());

    const checked = async (options: Partial<ValidateOptions> = {}) => {
      const report = await validate({ project: sandbox.project(), ...options });
      const seen = report.problems.map(
        ({ severity, code, message, at }) =>
          `${at?.file.replace('mappings/', '')}:${at?.line} ${severity} ${code} ${message}`,
      );
      return { ...report, seen };
    };

    const withFact = async (text: string, options: Partial<ValidateOptions> = {}) => {
      sandbox.map('fact_order.yml', text);
      try {
        return (await checked(options)).seen;
      } finally {
        sandbox.map('fact_order.yml', recipe.mappings['fact_order.yml'] ?? '');
      }
    };

    it('has nothing to say where all is well', async () => {
      expect(await checked()).toMatchObject({ status: 'valid', seen: [], againstData: null });
    });

    it('does not compile what reads a column that was not traced', async () => {
      // Names of its own may stand in it, so that the bare `note`, a column of orders, is not noticed by the lexer.
      const hidden =
        engine === 'duckdb'
          ? 'list_transform([orders.code], x -> x || note)[1]'
          : `(json_build_object('a', orders.code) -> note)::varchar`;
      expect(await withFact(fact(`  buyer: "${hidden}"`, 'rows: update-only\n'))).toEqual([
        expect.stringMatching(/^fact_order\.yml:7 error invalid_expression `buyer` does not compile: .*note/),
      ]);
    });

    it('counts what does not fit, and what would be NULL where none is taken', async () => {
      const lossy = `  small: orders.amount
  note: orders.note
  price: orders.price
  fine: orders.price`;
      expect(await withFact(fact(lossy, 'rows: update-only\n'))).toEqual([
        expect.stringMatching(
          /^fact_order\.yml:7 warning value_does_not_fit `small` of `fact_order` is `integer` and is filled from `bigint`: 1 of 3 rows would not fit$/i,
        ),
        'fact_order.yml:8 error value_does_not_fit `note` of `fact_order` takes no NULL, and would be NULL in 1 of 3 rows',
        expect.stringMatching(
          /^fact_order\.yml:9 warning value_does_not_fit `price` .*\(8,2\)` and is filled from .*\(14,4\)`: 1 of 3 rows would not fit$/i,
        ),
      ]);
    });

    it('warns of a copy into a narrower column though all rows fit now, and is silent about a wider one', async () => {
      const narrow = `  small: orders.buyer_id\n  amount: orders.buyer_id`;
      expect(await withFact(fact(narrow, 'rows: update-only\n'))).toEqual([
        expect.stringMatching(
          /^fact_order\.yml:7 warning value_does_not_fit `small` .*: all of 3 rows fit now$/i,
        ),
      ]);
    });

    it('finds texts that are no numbers', async () => {
      expect(await withFact(fact('  number: orders.code', 'rows: update-only\n'))).toEqual([
        expect.stringMatching(
          /^fact_order\.yml:7 warning value_does_not_fit `number` .* 1 of 3 rows would not fit$/,
        ),
      ]);
    });

    it('names the expression that fails for some row', async () => {
      const failing = `  buyer: buyers.name\n  number: cast(orders.code as integer)`;
      expect(await withFact(fact(failing, 'rows: update-only\n'))).toEqual([
        expect.stringMatching(
          /^fact_order\.yml:8 error expression_failed `number` of `fact_order` cannot be computed/,
        ),
      ]);
    });

    it('finds a look-up that matches twice, with the rows, and not its consequences', async () => {
      const twice = fact(good, 'rows: update-only\n').replace('= buyers.id }', '>= buyers.id }');
      expect(await withFact(twice)).toEqual([
        expect.stringMatching(
          /^fact_order\.yml:4 error ambiguous_lookup .*look-up `buyers` matches more than one row for orders \(id=[23]\), \(id=[23]\)$/,
        ),
      ]);
    });

    it('finds keys of a target that are shared or NULL', async () => {
      expect(
        await withFact(
          fact(good, 'rows: update-only\n').replace('order_id: orders.id', 'order_id: orders.id / 4'),
        ),
      ).toEqual([
        expect.stringMatching(
          engine === 'postgres'
            ? /^fact_order\.yml:6 error duplicate_target_key .*\(order_id=0\)$/
            : /fact_order/,
        ),
      ]);
      expect(
        await withFact(
          fact(good, 'rows: update-only\n').replace('order_id: orders.id', 'order_id: nullif(orders.id, 2)'),
        ),
      ).toEqual(['fact_order.yml:6 error null_target_key the key of `fact_order` would be NULL in 1 row']);
    });

    it('finds keys of a source that are shared or NULL, and says it once', async () => {
      await sandbox.sql(`insert into staging.buyers values (2, 'Bob', 'Oslo'), (null, 'Cy', 'Bern')`);
      const { seen, status } = await checked();
      expect([status, seen]).toEqual([
        'invalid',
        [
          'sources.yml:3 error null_key 1 row of `staging.buyers` has NULL in the key of source `buyers`',
          'sources.yml:3 error duplicate_row `staging.buyers` holds keys of source `buyers` more than once: (id=2)',
        ],
      ]);
      expect((await checked({ data: false })).seen).toEqual([]);
      await sandbox.sql(`delete from staging.buyers where name in ('Bob', 'Cy')`);
    });

    it('compares what the mapping yields with what the target holds, before the first run and after it', async () => {
      sandbox.map('fact_order.yml', fact(good, 'on_delete: delete\n'));
      const expected = {
        sample: null,
        notCompared: [],
        targets: [
          {
            name: 'fact_order',
            rows: 3,
            compared: 2,
            different: 1,
            missing: 1,
            extra: 1,
            columns: [
              { name: 'order_id', different: 0, match: 100 },
              { name: 'buyer', different: 1, match: 50 },
              { name: 'amount', different: 0, match: 100 },
            ],
          },
        ],
      };
      const before = await checked({ against: { samples: 3 } });
      expect(before.againstData).toMatchObject(expected);
      expect(before.againstData?.targets[0]?.samples[0]).toMatchObject({
        operation: 'U',
        before: { buyer: 'Bob' },
        after: { buyer: 'Bo' },
      });
      // The mirrors are made now; the target is not taken over.
      expect((await sandbox.run()).exit).toBe(5);
      expect((await checked({ against: { samples: 0 } })).againstData).toMatchObject(expected);
      await sandbox.sql(`update staging.buyers set name = 'Bob' where id = 2`);
      const after = await checked({ against: { samples: 0 } });
      expect(after.againstData?.targets[0]).toMatchObject({ different: 0, missing: 1, extra: 1 });
      await sandbox.sql(`update staging.buyers set name = 'Bo' where id = 2`);
    });

    it('compares a sample of the rows, the same each time', async () => {
      await sandbox.sql(
        `insert into staging.orders select g, 1, 1, 'x', 'x', 1 from generate_series(1000, 1999) as s(g)`,
      );
      const sampled = async () =>
        (await checked({ against: { samples: 0, samplePercent: 20 } })).againstData?.targets[0];
      const first = await sampled();
      expect(first?.rows).toBeGreaterThan(120);
      expect(first?.rows).toBeLessThan(290);
      expect(first?.extra).toBeNull();
      expect(await sampled()).toEqual(first);
      await sandbox.sql('delete from staging.orders where id >= 1000');
    });

    it('compares the current versions of a history, and what a version only opened with is left out', async () => {
      await sandbox.sql(
        'create table marts.buyer_scd (id bigint, name varchar(40), city varchar(40), home varchar(40), valid_from timestamp, valid_to timestamp, is_current boolean)',
        `insert into marts.buyer_scd values
          (1, 'Eda', 'Rome', 'Rome', timestamp '2020-01-01', timestamp '2021-01-01', false),
          (1, 'Ada', 'Rome', 'Bonn', timestamp '2021-01-01', null, true),
          (2, 'Bob', 'Oslo', 'Oslo', timestamp '2020-01-01', null, true),
          (7, 'Gus', 'Nice', 'Nice', timestamp '2020-01-01', null, true),
          (8, 'Ina', 'Nice', 'Nice', timestamp '2020-01-01', timestamp '2021-01-01', false)`,
      );
      sandbox.map(
        'buyer_scd.yml',
        `target: buyer_scd
key: id
from: buyers
columns: { id: buyers.id, name: buyers.name, city: buyers.city, home: buyers.city }
history: { track: [name], overwrite: [city] }
`,
      );
      const { againstData } = await checked({ against: { samples: 3 }, select: ['buyer_scd'], tests: false });
      expect(againstData).toMatchObject({
        notCompared: [],
        targets: [
          {
            name: 'buyer_scd',
            rows: 2,
            compared: 2,
            different: 1,
            missing: 0,
            extra: 1,
            columns: [
              { name: 'id', different: 0, match: 100 },
              { name: 'name', different: 1, match: 50 },
              { name: 'city', different: 0, match: 100 },
            ],
          },
        ],
      });
      expect(againstData?.targets[0]?.samples[0]).toMatchObject({
        before: { name: 'Bob' },
        after: { name: 'Bo' },
      });
      rmSync(join(sandbox.folder, 'mappings', 'buyer_scd.yml'));
    });

    it('says which target could not be compared, and compares the others', async () => {
      sandbox.map('fact_order.yml', fact(`  buyer: buyers.name\n  number: cast(orders.code as integer)`));
      sandbox.map(
        'dim.yml',
        'target: dim\nkey: id\nfrom: buyers\ncolumns: { id: buyers.id, name: buyers.name }\n',
      );
      const { againstData } = await checked({ against: { samples: 0 }, data: false });
      expect(againstData).toMatchObject({
        targets: [
          { name: 'dim', rows: 2, compared: 0, missing: 2, columns: [{ match: null }, { match: null }] },
        ],
        notCompared: [
          {
            name: 'fact_order',
            reason: expect.stringMatching(/`number` cannot be computed for orders \(id=3\)/),
          },
        ],
      });
    });
  });
};
