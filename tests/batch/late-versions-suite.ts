// A late event splits a version: only the facts of its interval are pointed at it, and the targets that they feed follow.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { verify } from '../../src/batch/verify.ts';
import { createSandbox, type Engine, type Recipe, type Sandbox } from '../support/sandbox.ts';

const recipe: Recipe = {
  tables: [
    'create schema staging',
    'create schema marts',
    'create table staging.log (seq bigint, op varchar(4), id bigint, name varchar(20), happened timestamp)',
    'create table staging.orders (id bigint, person_id bigint, amount decimal(12,2), created_at timestamp)',
    `insert into staging.log values (10, 'c', 1, 'Ann', timestamp '2020-01-01 00:00:00'), (40, 'u', 1, 'Anna', timestamp '2020-07-01 00:00:00'), (20, 'c', 2, 'Ben', timestamp '2020-01-01 00:00:00')`,
    `insert into staging.orders values (100, 1, 1, timestamp '2020-02-01 00:00:00'), (101, 1, 2, timestamp '2020-04-01 00:00:00'), (102, 1, 4, timestamp '2020-06-01 00:00:00'), (103, 1, 8, timestamp '2020-08-01 00:00:00'), (200, 2, 16, timestamp '2020-04-01 00:00:00')`,
  ],
  mappings: {
    'sources.yml':
      'sources:\n  people: { table: staging.log, detect: log, key: id, op: op, sequence: seq, time: happened }\n  orders: { key: id }\n',
    'people_scd.yml':
      'target: people_scd\nkey: id\nfrom: people\ncolumns: { id: people.id, name: people.name }\nhistory: { surrogate_key: number }\n',
    'fact_order.yml': `target: fact_order
key: order_id
from: orders
join: { scd: { source: people_scd, on: "orders.person_id = scd.id and orders.created_at >= scd.valid_from and (scd.valid_to is null or orders.created_at < scd.valid_to)" } }
columns: { order_id: orders.id, number: scd.number, name: scd.name, amount: orders.amount }
`,
    'by_version.yml': `target: by_version
key: number
from: people_scd
join: { fact_order: { on: fact_order.number = people_scd.number, many: true } }
columns: { number: people_scd.number, orders: count(fact_order.order_id), spent: "coalesce(sum(fact_order.amount), 0)" }
`,
    'named.yml':
      'target: named\nkey: name\nfrom: people_scd\njoin: { by_version: people_scd.number = by_version.number }\ncolumns: { name: people_scd.name, spent: sum(by_version.spent) }\n',
  },
};

export const describeLateVersions = (engine: Engine): void => {
  describe(`a late version on ${engine}`, () => {
    let sandbox: Sandbox;
    beforeEach(async () => {
      sandbox = await createSandbox(engine, recipe);
      await sandbox.run();
    });
    afterEach(() => sandbox.remove());

    const show = async (query: string): Promise<readonly string[]> =>
      (await sandbox.sql(query)).map((row) => Object.values(row).map(String).join(' '));
    const facts = () => show('select order_id, number, name from marts.fact_order order by 1');
    const spent = () => show('select name, cast(spent as integer) as spent from marts.named order by 1');
    const before = ['100 1 Ann', '101 1 Ann', '102 1 Ann', '103 2 Anna', '200 3 Ben'];

    it('re-points the facts of its interval alone, and what they feed follows in the same batch', async () => {
      expect(await facts()).toEqual(before);
      expect(await spent()).toEqual(['Ann 7', 'Anna 8', 'Ben 16']);
      await sandbox.sql(
        `insert into staging.log values (30, 'u', 1, 'Anni', timestamp '2020-03-01 00:00:00'), (35, 'u', 1, 'Ann', timestamp '2020-05-01 00:00:00')`,
      );
      const { report, exit } = await sandbox.run();
      expect(exit).toBe(0);
      expect(await facts()).toEqual(['100 1 Ann', '101 4 Anni', '102 5 Ann', '103 2 Anna', '200 3 Ben']);
      expect(report.targets.find(({ name }) => name === 'fact_order')).toMatchObject({
        inserted: 0,
        updated: 2,
        deleted: 0,
      });
      expect(await spent()).toEqual(['Ann 5', 'Anna 8', 'Anni 2', 'Ben 16']);
      const audited = await show(
        `select count(*) as audited, count(causes) as caused from tidemark.audit where batch = 2 and target = 'fact_order'`,
      );
      expect(audited[0]).toMatch(/^2 /);
      expect((await verify({ project: sandbox.project() })).exit).toBe(0);
      expect((await sandbox.run()).report.status).toBe('idle');
    });

    it('I6: is taken back with its facts when its batch is undone', async () => {
      await sandbox.sql(
        `insert into staging.log values (30, 'u', 1, 'Anni', timestamp '2020-03-01 00:00:00'), (50, 'u', 1, 'Anne', timestamp '2020-09-01 00:00:00')`,
      );
      await sandbox.run();
      expect(await facts()).toEqual(['100 1 Ann', '101 4 Anni', '102 4 Anni', '103 2 Anna', '200 3 Ben']);
      expect((await sandbox.run({ undo: { batch: 2 } })).exit).toBe(0);
      expect(await facts()).toEqual(before);
      expect((await verify({ project: sandbox.project() })).exit).toBe(0);
    });
  });
};
