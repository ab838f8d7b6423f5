// What users of other tools reported as lost or invented history: each by the number under which it is known there.
import { afterEach, describe, expect, it } from 'vitest';
import { verify } from '../../src/batch/verify.ts';
import { createSandbox, type Engine, type Recipe, type Sandbox } from '../support/sandbox.ts';
import { append, customer, customersSource, logBook } from './log-book.ts';

const customersScd = `target: customers_scd
key: customer_id
from: customers
columns: { customer_id: customers.customer_id, name: customers.name, email: customers.email }
history: { track: [name, email] }
`;

const log = (more: Readonly<Record<string, string>> = {}): Recipe => {
  const { tables, mappings } = logBook(customersSource(more));
  return { tables, mappings: { ...mappings, 'customers_scd.yml': customersScd } };
};

const itemsScd = `target: items_scd
key: [a, b]
from: items
columns: { a: items.a, b: items.b, v: items.v }
history: { track: [v], deletes: tombstone }
`;

const items: Recipe = {
  tables: [
    'create schema staging',
    'create schema marts',
    'create table staging.items (a varchar(10), b varchar(10), v varchar(10))',
  ],
  mappings: { 'sources.yml': 'sources:\n  items: { key: [a, b] }\n', 'items_scd.yml': itemsScd },
};

export const describePeers = (engine: Engine): void => {
  describe(`what other tools get wrong, on ${engine}`, () => {
    let sandbox: Sandbox;
    afterEach(() => sandbox.remove());

    const start = async (recipe: Recipe): Promise<void> => {
      sandbox = await createSandbox(engine, recipe);
    };
    const run = async (): Promise<void> => {
      const { exit, report } = await sandbox.run();
      expect({ exit, behind: report.behind }).toEqual({ exit: 0, behind: [] });
    };
    const step = async (...statements: readonly string[]): Promise<void> => {
      await sandbox.sql(...statements);
      await run();
    };
    const show = async (query: string): Promise<readonly string[]> =>
      (await sandbox.sql(query)).map((row) => Object.values(row).map(String).join(' '));
    /** Customers by the second of the log's time. */
    const versions = () =>
      show(
        `select customer_id, name, email, substr(cast(timezone('UTC', valid_from) as varchar), 18, 2) as f, substr(cast(timezone('UTC', valid_to) as varchar), 18, 2) as t from marts.customers_scd order by customer_id, valid_from`,
      );
    const itemVersions = () =>
      show('select a, b, v, is_deleted, is_current from marts.items_scd order by a, b, valid_from');
    const settled = async (): Promise<void> => {
      expect((await verify({ project: sandbox.project() })).exit).toBe(0);
      expect((await sandbox.run()).report.status).toBe('idle');
    };
    const named = (name: string, more = {}) => customer(1, { email: 'e', name, ...more });

    it('dbt-core#8760: several changes of a row in one run are as many versions', async () => {
      await start(log());
      await append(
        sandbox,
        { op: 'c', after: named('A') },
        { op: 'u', after: named('B') },
        { op: 'u', after: named('B') },
        { op: 'u', after: named('C') },
      );
      await run();
      expect(await versions()).toEqual(['1 A e 01 02', '1 B e 02 04', '1 C e 04 null']);
      await settled();
    });

    it('dbt-adapters#654, dbt-adapters#1240, dbt-core#11269, dbt-core#11949, dlt#1683: deleted, back, deleted again: each once, with what was known', async () => {
      await start(items);
      await step(`insert into staging.items values ('a', 'b', 'x'), ('other', 'b', 'y')`);
      await step(`delete from staging.items where a = 'a'`);
      const told = ['a b x false false', 'a b x true true'];
      expect((await itemVersions()).slice(0, -1)).toEqual(told);
      expect((await sandbox.run()).report.status).toBe('idle');
      await step(`insert into staging.items values ('a', 'b', 'x')`);
      await step(`delete from staging.items where a = 'a'`);
      expect((await itemVersions()).slice(0, -1)).toEqual([
        'a b x false false',
        'a b x true false',
        'a b x false false',
        'a b x true true',
      ]);
      await settled();
    });

    it('SQLMesh#5332: a NULL of a closed version stays NULL', async () => {
      await start(items);
      await step(`insert into staging.items values ('a', 'b', null)`);
      await step(`update staging.items set v = 'x'`);
      await step(`update staging.items set v = null`);
      expect(await itemVersions()).toEqual([
        'a b null false false',
        'a b x false false',
        'a b null false true',
      ]);
      await settled();
    });

    it('SQLMesh#3642, SQLMesh#5901, SQLMesh#5138: versions of one row are made anew from what is known, those of others are not touched', async () => {
      await start(items);
      await step(`insert into staging.items values ('a', 'b', 'x'), ('c', 'd', 'y')`);
      await step(`update staging.items set v = v || '2'`);
      const before = await itemVersions();
      await sandbox.sql(`delete from marts.items_scd where a = 'a' and v = 'x'`);
      const { report } = await sandbox.run();
      expect(report.targets).toMatchObject([{ name: 'items_scd', inserted: 1, updated: 0, deleted: 0 }]);
      expect(await itemVersions()).toEqual(before);
      await settled();
    });

    it('dlt#4244: keys whose parts run together the same way are different rows', async () => {
      await start(items);
      await step(
        `insert into staging.items values ('a', 'bc', 'one'), ('ab', 'c', 'two'), ('', 'abc', 'three')`,
      );
      await step(
        `update staging.items set v = 'new' where a = 'a'`,
        `delete from staging.items where a = ''`,
      );
      expect(await itemVersions()).toEqual([
        ' abc three false false',
        ' abc three true true',
        'a bc one false false',
        'a bc new false true',
        'ab c two false true',
      ]);
      await settled();
    });

    it('airbyte#32930: of an insert and a delete of one moment the delete counts', async () => {
      await start(log({ sequence: 'ts_ms' }));
      await append(
        sandbox,
        { op: 'c', after: named('kept'), ts: 5000 },
        { op: 'd', before: customer(2), ts: 7000 },
        { op: 'c', after: customer(2), ts: 7000 },
      );
      await run();
      expect(await show('select customer_id from marts.dim_customer')).toEqual(['1']);
      expect(await show('select customer_id, is_current from marts.customers_scd')).toEqual(['1 true']);
      await settled();
    });

    it('artie-labs/transfer#100: a value that was not sent is neither NULL nor the placeholder', async () => {
      await start(log({ unavailable: '__unavailable' }));
      await append(
        sandbox,
        { op: 'c', after: named('A') },
        { op: 'u', after: named('__unavailable', { email: 'e2' }) },
        { op: 'u', after: named('B', { email: '__unavailable' }) },
      );
      await run();
      await append(sandbox, { op: 'u', after: named('__unavailable', { email: 'e4' }) });
      await run();
      expect(await versions()).toEqual(['1 A e 01 02', '1 A e2 02 03', '1 B e2 03 04', '1 B e4 04 null']);
      await settled();
    });

    it('supabase/etl#201, supabase/etl#35: interleaved transactions stand in the order of their commits, then of their changes', async () => {
      await start(log({ sequence: '[ts_ms, seq]' }));
      const at = (second: number): number => Date.parse('2020-01-01T00:00:00Z') + second * 1000;
      await append(
        sandbox,
        { seq: 1, op: 'c', after: named('A'), ts: at(1) },
        { seq: 2, op: 'u', after: named('late'), ts: at(9) },
        { seq: 3, op: 'u', after: named('B'), ts: at(5) },
        { seq: 4, op: 'u', after: named('last'), ts: at(9) },
      );
      await run();
      expect(await versions()).toEqual(['1 A e 01 05', '1 B e 05 09', '1 last e 09 null']);
      await settled();
    });

    it('materialize#6553: a row whose key changes ends under the old one and begins under the new one', async () => {
      await start(log());
      await append(sandbox, { op: 'c', after: named('A') });
      await run();
      await append(sandbox, { op: 'u', before: named('A'), after: customer(2, { email: 'e', name: 'A' }) });
      await run();
      expect(await show('select customer_id, name from marts.dim_customer')).toEqual(['2 A']);
      expect(await versions()).toEqual(['1 A e 01 02', '2 A e 02 null']);
      await settled();
    });

    it('dbt-adapters#159, dbt-core#6415: a NULL in a key is named, and makes no second row', async () => {
      await start(items);
      await step(`insert into staging.items values ('a', 'b', 'x')`);
      await sandbox.sql(`insert into staging.items values ('a', null, 'y')`);
      for (let round = 0; round < 2; round += 1) {
        const { exit, report } = await sandbox.run();
        expect({ exit, behind: report.behind }).toMatchObject({ exit: 5, behind: [{ name: 'items' }] });
      }
      expect(await itemVersions()).toEqual(['a b x false true']);
    });

    it('dbt-core#2847, dbt-databricks#645, dlt#3655: rows that would not change are not written', async () => {
      await start(items);
      await step(`insert into staging.items values ('a', 'b', 'x'), ('c', 'd', 'y')`);
      await sandbox.sql(`update staging.items set v = 'z' where a = 'a'`);
      const { report } = await sandbox.run();
      expect(report.targets).toMatchObject([{ name: 'items_scd', inserted: 1, updated: 1, deleted: 0 }]);
      await sandbox.sql('update staging.items set v = v');
      expect((await sandbox.run()).report.status).toBe('idle');
    });

    it('dbt-core#1797, dbt-core#11735, dbt-adapters#852, dbt-adapters#1702: a column that is new, or wider, breaks no history', async () => {
      await start(items);
      await step(`insert into staging.items values ('a', 'b', 'x')`);
      await step('alter table staging.items add column extra integer');
      await step(
        engine === 'duckdb'
          ? 'alter table staging.items alter column v set data type text'
          : 'alter table staging.items alter column v type varchar(40)',
      );
      await sandbox.sql(`update staging.items set v = 'longer than before', extra = 1`);
      // Not cut, and not widened behind anybody's back: said, and taken up once the column is as wide.
      const narrow = engine === 'postgres' ? ['items_scd value_does_not_fit'] : [];
      const told = narrow.length > 0 ? (await sandbox.run()).report.behind : [];
      expect(told.map(({ name, code }) => `${name} ${code}`)).toEqual(narrow);
      if (narrow.length > 0) await sandbox.sql('alter table marts.items_scd alter column v type varchar(40)');
      await run();
      expect(await itemVersions()).toEqual(['a b x false false', 'a b longer than before false true']);
      await settled();
    });

    it('dbt-core#4661, dbt-core#1884: what was taken once and is told again makes no second current version', async () => {
      await start(log());
      await append(sandbox, { op: 'c', after: named('A') }, { op: 'u', after: named('B') });
      await run();
      await sandbox.sql('insert into staging.raw_changes select * from staging.raw_changes');
      await run();
      expect(await versions()).toEqual(['1 A e 01 02', '1 B e 02 null']);
      await settled();
    });
  });
};
