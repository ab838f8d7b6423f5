// reconcile --history: versions from before a history began, merged into it from a file or a table.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { plan } from '../../src/batch/plan.ts';
import { verify } from '../../src/batch/verify.ts';
import type { TidemarkError } from '../../src/errors/tidemark-error.ts';
import { createSandbox, type Engine, type Recipe, type Sandbox } from '../support/sandbox.ts';

const facts = `target: fact_order
key: order_id
from: orders
join: { scd: { source: customers_scd, on: "orders.customer_id = scd.customer_id and orders.created_at >= scd.valid_from and (scd.valid_to is null or orders.created_at < scd.valid_to)" } }
columns: { order_id: orders.id, customer_key: scd.customer_key, name: scd.name }
`;

const mapping = (more = ''): string => `target: customers_scd
key: customer_id
from: customers
columns: { customer_id: customers.id, name: upper(customers.name), age: customers.age, opted_in: customers.opted_in }
history: { track: [name, age], overwrite: [opted_in], surrogate_key: customer_key${more} }
`;

const recipe: Recipe = {
  tables: [
    'create schema staging',
    'create schema marts',
    'create table staging.customers (id bigint, name varchar(40), age integer, opted_in boolean, updated_at timestamptz)',
    'create table staging.orders (id bigint, customer_id bigint, created_at timestamptz)',
    `insert into staging.customers values (1, 'Ann', 40, true, '2020-01-01 10:00:00+00'), (2, 'Ben', 50, false, '2020-01-02 10:00:00+00')`,
    `insert into staging.orders values (10, 1, '2018-02-01 00:00:00+00'), (11, 1, '2019-08-01 00:00:00+00'), (12, 1, '2020-06-01 00:00:00+00'), (20, 2, '2018-06-01 00:00:00+00')`,
  ],
  mappings: {
    'sources.yml': 'sources:\n  customers: { key: id, updated_at: updated_at }\n  orders: { key: id }\n',
    'customers_scd.yml': mapping(),
    'fact_order.yml': facts,
  },
};

const csv = `customer_id,NAME,age,valid_from,valid_to
1,ANNE,38,2018-01-01 00:00:00,2019-01-01 00:00:00
1,"ANN ""A""",39,2019-01-01T01:00:00+01:00,2019-09-01 00:00:00
2,BENNY,,2018-05-01 00:00:00,2021-01-01 00:00:00
7,"GONE, GIRL",20,2017-01-01 00:00:00,2017-06-01 00:00:00
`;

export const describeOlderVersions = (engine: Engine): void => {
  describe(`older versions on ${engine}`, () => {
    let sandbox: Sandbox;
    beforeEach(async () => {
      sandbox = await createSandbox(engine, recipe);
      await sandbox.run();
    });
    afterEach(() => sandbox.remove());

    const file = (name: string, text: string): string => {
      const path = join(sandbox.folder, name);
      writeFileSync(path, text);
      return path;
    };
    const merge = (from: string, names?: Readonly<Record<string, string>>) =>
      sandbox.run({ older: { target: 'customers_scd', from, names } });
    const refused = async (from: string, names?: Readonly<Record<string, string>>): Promise<TidemarkError> =>
      merge(from, names).then(
        () => expect.unreachable(),
        (error: unknown) => error as TidemarkError,
      );
    const show = async (select: string): Promise<readonly string[]> =>
      (await sandbox.sql(select)).map((row) => Object.values(row).map(String).join(' '));
    const versions = () =>
      show(
        `select customer_id, name, age, opted_in, cast(cast(timezone('UTC', valid_from) as date) as varchar) as f, cast(cast(timezone('UTC', valid_to) as date) as varchar) as t, is_current, customer_key from marts.customers_scd order by customer_id, valid_from`,
      );
    const orders = () => show('select order_id, customer_key, name from marts.fact_order order by order_id');
    const isProved = async (): Promise<void> => {
      expect((await verify({ project: sandbox.project() })).exit).toBe(0);
      expect((await sandbox.run()).report.status).toBe('idle');
    };

    const merged = [
      '1 ANNE 38 true 2018-01-01 2019-01-01 false 3',
      '1 ANN "A" 39 true 2019-01-01 2019-09-01 false 4',
      '1 ANN 40 true 2020-01-01 null true 1',
      '2 BENNY null false 2018-05-01 2020-01-02 false 5',
      '2 BEN 50 false 2020-01-02 null true 2',
      '7 GONE, GIRL 20 null 2017-01-01 2017-06-01 false 6',
    ];

    it('dbt-core#9892: of a CSV file stand before what the history knows, and facts of their time point at them', async () => {
      const before = await versions();
      const planned = await plan({
        project: sandbox.project(),
        older: { target: 'customers_scd', from: file('old.csv', csv) },
      });
      expect(planned.report).toMatchObject({ command: 'plan', kind: 'reconcile', status: 'pending' });
      expect(await versions()).toEqual(before);
      const { report, exit } = await merge(file('old.csv', csv));
      expect({ exit, warnings: report.warnings, digest: report.digest }).toEqual({
        exit: 0,
        warnings: [],
        digest: planned.report.digest,
      });
      expect(report).toMatchObject({
        kind: 'reconcile',
        status: 'applied',
        sources: [],
        targets: [
          { name: 'customers_scd', inserted: 4, updated: 0, deleted: 0 },
          { name: 'fact_order', updated: 3 },
        ],
      });
      expect(await versions()).toEqual(merged);
      expect(await orders()).toEqual(['10 3 ANNE', '11 4 ANN "A"', '12 1 ANN', '20 5 BENNY']);
      await isProved();
    });

    it('that are merged again, or in two parts in any order, change nothing', async () => {
      const [header = '', ...lines] = csv.trim().split('\n');
      const second = [header, ...lines.slice(1)].join('\n');
      expect((await merge(file('late.csv', second))).report.warnings).toEqual([]);
      expect((await merge(file('early.csv', [header, lines[0]].join('\n')))).report.warnings).toEqual([]);
      const numbered = (list: readonly string[]) => list.map((line) => line.replace(/\d+$/, ''));
      expect(numbered(await versions())).toEqual(numbered(merged));
      const { report } = await merge(file('old.csv', csv));
      expect({ status: report.status, warnings: report.warnings }).toEqual({ status: 'idle', warnings: [] });
      await isProved();
    });

    it('are audited, and undone by a rollback, which can be undone', async () => {
      const before = await versions();
      await merge(file('old.csv', csv));
      const audit = await sandbox.sql(
        `select target, operation, count(*) as rows from tidemark.audit where batch = 2 group by target, operation order by target`,
      );
      expect(audit).toEqual([
        { target: 'customers_scd', operation: 'I', rows: '4' },
        { target: 'fact_order', operation: 'U', rows: '3' },
      ]);
      expect((await sandbox.run({ undo: { batch: 2 } })).exit).toBe(0);
      expect(await versions()).toEqual(before);
      expect(await orders()).toEqual(['10 null null', '11 null null', '12 1 ANN', '20 null null']);
      await isProved();
      expect((await sandbox.run({ undo: { batch: 3 } })).exit).toBe(0);
      expect(await versions()).toEqual(merged);
      await isProved();
      await sandbox.run({ undo: { batch: 2 } });
      await merge(file('old.csv', csv));
      expect(await versions()).toEqual(merged);
    });

    it('are taken back once more when the undo of the undo is undone', async () => {
      const before = await versions();
      await merge(file('old.csv', csv));
      for (const batch of [2, 3, 4]) expect((await sandbox.run({ undo: { batch } })).exit).toBe(0);
      expect(await versions()).toEqual(before);
      await isProved();
      await expect(sandbox.run({ undo: { batch: 2 } })).rejects.toMatchObject({ code: 'already_undone' });
      expect((await sandbox.run({ undo: { batch: 5 } })).exit).toBe(0);
      expect(await versions()).toEqual(merged);
      expect((await sandbox.run({ undo: { batch: 2 } })).exit).toBe(0);
    });

    it('come back by undoing the first rollback, which is in effect again', async () => {
      await merge(file('old.csv', csv));
      for (const batch of [2, 3, 4, 3]) expect((await sandbox.run({ undo: { batch } })).exit).toBe(0);
      expect(await versions()).toEqual(merged);
      await isProved();
    });

    it('stay under later changes, deletes and an undo of those', async () => {
      await merge(file('old.csv', csv));
      await sandbox.sql(
        `update staging.customers set name = 'Anna', updated_at = '2020-05-01 00:00:00+00' where id = 1`,
        'delete from staging.customers where id = 2',
      );
      await sandbox.run();
      expect((await versions()).slice(0, 4)).toEqual([
        merged[0],
        merged[1],
        '1 ANN 40 true 2020-01-01 2020-05-01 false 1',
        '1 ANNA 40 true 2020-05-01 null true 7',
      ]);
      await sandbox.run({ undo: { batch: 3 } });
      expect(await versions()).toEqual(merged);
    });

    it('of a JSON file, an array or an object a line, are the same', async () => {
      const rows = [
        { customer_id: 1, name: 'ANNE', age: 38, valid_from: '2018-01-01T00:00:00Z', valid_to: '2019-01-01' },
        { customer_id: 1, name: 'Ü } "', age: null, valid_from: '2019-01-01', valid_to: null, more: [{}] },
      ];
      const { report } = await merge(file('old.json', JSON.stringify(rows, undefined, 2)));
      expect(report.warnings).toMatchObject([
        { code: 'versions_passed_over', details: { columns: ['more'] } },
      ]);
      expect((await versions()).slice(0, 3)).toEqual([
        merged[0],
        '1 Ü } " null true 2019-01-01 2020-01-01 false 4',
        merged[2],
      ]);
      const lines = rows.map((row) => JSON.stringify(row)).join('\n');
      expect((await merge(file('old.jsonl', lines))).report.status).toBe('idle');
    });

    it('of a table come by the names that it has, or those that are said', async () => {
      await sandbox.sql(
        'create table staging.old (id integer, name varchar(20), age smallint, valid_from timestamp, valid_to date)',
        `insert into staging.old values (1, 'ANNE', 38, timestamp '2018-01-01 00:00:00', date '2019-01-01'), (1, 'ANN "A"', 39, timestamp '2019-01-01 00:00:00', date '2019-09-01'),
          (2, 'BENNY', null, timestamp '2018-05-01 00:00:00', date '2021-01-01'), (7, 'GONE, GIRL', 20, timestamp '2017-01-01 00:00:00', date '2017-06-01')`,
      );
      const error = await refused('staging.old');
      expect([error.code, error.message]).toEqual([
        'unknown_column',
        '`staging.old` has no column `customer_id`, which history `customers_scd` needs; nothing was written',
      ]);
      await merge('staging.old', { customer_id: 'id' });
      expect(await versions()).toEqual(merged);
    });

    it('versions_passed_over: what the history knows itself stands; what it shows already is not even said', async () => {
      const late = `customer_id,name,age,valid_from
1,ANNE,38,2018-01-01
1,ANN,40,2020-01-01 10:00:00
2,OTHER,50,2020-01-02 10:00:00
2,LATER,50,2021-01-02 10:00:00
`;
      const { report, exit } = await merge(file('old.csv', late));
      expect(exit).toBe(0);
      expect(report.warnings).toMatchObject([
        { code: 'versions_passed_over', details: { relation: 'customers_scd', rows: 2 } },
      ]);
      expect(await versions()).toEqual([
        '1 ANNE 38 true 2018-01-01 2020-01-01 false 3',
        '1 ANN 40 true 2020-01-01 null true 1',
        '2 BEN 50 false 2020-01-02 null true 2',
      ]);
      const contrary = await merge(
        file('more.csv', 'customer_id,name,age,valid_from\n1,ELSE,1,2018-06-01\n'),
      );
      expect(contrary.report).toMatchObject({ status: 'idle', warnings: [{ code: 'versions_passed_over' }] });
    });

    it('older_versions_refused: rows that cannot be taken are named, and nothing is written', async () => {
      const bad = `customer_id,name,age,valid_from,valid_to
,NOBODY,1,2018-01-01,
1,A,old,2018-01-01,
1,B,1,31.02.2018,
2,C,1,2018-01-01,2017-01-01
2,D,1,2018-03-01,2018-09-01
2,E,1,2018-06-01,
3,F,1,,
4,G,1,2018-01-01,
4,H,1,2018-01-01,
`;
      const error = await refused(file('bad.csv', bad));
      expect([error.code, error.exitCode]).toEqual(['older_versions_refused', 2]);
      expect(error.message.split('\n').slice(1)).toEqual([
        '  row 1: no `customer_id`',
        expect.stringMatching(/^ {2}row 2: `age` is "old", which is no `integer`$/i) as string,
        expect.stringMatching(
          /^ {2}row 3: `valid_from` is "31.02.2018", which is no `timestamp with time zone`$/i,
        ) as string,
        expect.stringMatching(/^ {2}row 4: `valid_to` is 2017-01-01 .*, before it begins$/) as string,
        expect.stringMatching(
          /^ {2}row 5: it ends at 2018-09-01 .*, after the next version of the row begins$/,
        ) as string,
        '  row 7: no `valid_from`',
        expect.stringMatching(
          /^ {2}row [89]: another version of the row begins at 2018-01-01 .* as well$/,
        ) as string,
      ]);
      expect((await sandbox.sql('select count(*) as batches from tidemark.batches'))[0]).toEqual({
        batches: '1',
      });
      expect(await versions()).toHaveLength(2);
    });

    it('older_versions_unreadable: a file that is none is refused with what is wrong', async () => {
      const cases = [
        file('short.csv', 'customer_id,name,age,valid_from\n1,A\n1,B,2,2018-01-01\n'),
        file('broken.json', '[{"customer_id": 1, "name": }]'),
        file('list.json', '[1, 2]x'),
        join(sandbox.folder, 'none.csv'),
      ];
      for (const from of cases) {
        const error = await refused(from);
        expect([from, error.code, error.exitCode]).toEqual([from, 'older_versions_unreadable', 2]);
      }
      expect((await refused('staging.nothing')).code).toBe('unknown_table');
      expect((await refused(file('empty.csv', 'customer_id,name,age,valid_from\n'))).message).toContain(
        'has no rows',
      );
    });

    it('are merged into a history alone, and one that is in step', async () => {
      const into = (target: string) =>
        sandbox.run({ older: { target, from: file('old.csv', csv) } }).then(
          () => 'done',
          (error: unknown) => (error as TidemarkError).message,
        );
      expect(await into('fact_order')).toBe(
        '`fact_order` is no history: it has no versions; nothing was written',
      );
      sandbox.map('new_scd.yml', mapping().replace('customers_scd', 'new_scd'));
      expect(await into('new_scd')).toBe('history `new_scd` holds nothing yet; nothing was written');
    });

    it('come through memory that does not grow with the file, in the order of their rows', async () => {
      const rows = Array.from(
        { length: 3000 },
        (_, n) =>
          `${100 + (n % 50)},N${n},${n},${new Date(Date.UTC(2000, 0, 1) + n * 86_400_000).toISOString()}`,
      );
      await merge(file('many.csv', `customer_id,name,age,valid_from\n${rows.join('\n')}\n`));
      const counted = await sandbox.sql(
        `select count(*) as rows, count(valid_to) as closed from marts.customers_scd where customer_id >= 100`,
      );
      // Of rows that the source does not have, the last version ends with the batch.
      expect(counted).toEqual([{ rows: '3000', closed: '3000' }]);
      await isProved();
    });
  });
};
