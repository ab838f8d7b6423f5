// The events of a history that are put back from an older copy, or lost, while everything else goes on: nothing else
// tells what they told, so that what follows from them is refused by name.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { shapeHash } from '../../src/batch/drift/shape-hash.ts';
import { eventsShape } from '../../src/batch/drift/watch-events.ts';
import { verify } from '../../src/batch/verify.ts';
import { createSandbox, type Engine, type Recipe, type Sandbox } from '../support/sandbox.ts';
import { call } from './command.ts';

const recipe: Recipe = {
  tables: [
    'create schema staging',
    'create schema marts',
    'create schema aside',
    'create table staging.customers (id bigint, name varchar(40), updated_at timestamp)',
    `insert into staging.customers values (1, 'Ann', timestamp '2020-01-01 10:00:00'), (2, 'Ben', timestamp '2020-01-02 10:00:00')`,
    'create table staging.orders (id bigint, amount bigint)',
    'insert into staging.orders values (1, 10)',
  ],
  mappings: {
    'sources.yml': 'sources:\n  customers: { key: id, updated_at: updated_at }\n  orders: { key: id }\n',
    'customers_scd.yml':
      'target: customers_scd\nkey: customer_id\nfrom: customers\ncolumns: { customer_id: customers.id, name: customers.name }\nhistory: { track: [name], surrogate_key: customer_key }\n',
    'fact_order.yml':
      'target: fact_order\nkey: order_id\nfrom: orders\ncolumns: { order_id: orders.id, amount: orders.amount }\n',
  },
};

const events = 'tidemark.events_customers_scd';

export const describeRestoredHistories = (engine: Engine): void => {
  describe(`events of a history that are not as they were left on ${engine}`, () => {
    let sandbox: Sandbox;
    const rename = async (name: string, day: number) => {
      await sandbox.sql(
        `update staging.customers set name = '${name}', updated_at = timestamp '2020-02-0${day} 10:00:00' where id = 1`,
      );
      return (await sandbox.run()).report;
    };
    beforeEach(async () => {
      sandbox = await createSandbox(engine, recipe);
      await sandbox.run();
      await rename('Anna', 1);
      await sandbox.sql(`create table aside.events as select * from ${events}`);
      await rename('Anne', 2);
      await sandbox.sql(`create table aside.newest as select * from ${events}`);
    });
    afterEach(() => sandbox.remove());

    const versions = async (): Promise<readonly string[]> =>
      (
        await sandbox.sql(
          'select customer_id, name, customer_key from marts.customers_scd order by customer_id, valid_from',
        )
      ).map((row) => Object.values(row).map(String).join(' '));
    const putBack = (from: string) =>
      sandbox.sql(`delete from ${events}`, `insert into ${events} select * from aside.${from}`);
    const expectRefused = async (): Promise<void> => {
      const before = await versions();
      for (const command of [['run'], ['plan'], ['verify'], ['reconcile'], ['rollback', '3']]) {
        const { exit, json } = await call(sandbox, [...command, '--json']);
        expect({ command, exit, code: json['code'], message: json['message'] }).toEqual({
          command,
          exit: 2,
          code: 'state_torn',
          message: expect.stringContaining(`\`${events}\``),
        });
      }
      expect(await versions()).toEqual(before);
      expect((await call(sandbox, ['status'])).exit).toBe(0);
    };

    it.each([
      ['an older copy', () => putBack('events')],
      ['emptied', () => sandbox.sql(`truncate table ${events}`)],
      [
        'made anew from an older copy',
        () => sandbox.sql(`drop table ${events}`, `create table ${events} as select * from aside.events`),
      ],
      ['one event less', () => sandbox.sql(`delete from ${events} where batch = 2`)],
    ])('state_torn: %s; the right ones put back, everything goes on', async (_, spoil) => {
      await spoil();
      await expectRefused();
      await putBack('newest');
      expect((await sandbox.run()).report.status).toBe('idle');
      expect((await rename('Anja', 3)).behind).toEqual([]);
      expect(await versions()).toEqual(['1 Ann 1', '1 Anna 3', '1 Anne 4', '1 Anja 5', '2 Ben 2']);
      expect((await verify({ project: sandbox.project() })).exit).toBe(0);
    });

    it('state_torn: a copy from before an undo, which set events aside', async () => {
      await sandbox.run({ undo: { batch: 3 } });
      expect(await versions()).toEqual(['1 Ann 1', '1 Anna 3', '2 Ben 2']);
      await putBack('newest');
      await expectRefused();
    });

    it('dropped, the history goes on from the versions that it has', async () => {
      await sandbox.sql(`drop table ${events}`);
      expect((await sandbox.run()).exit).toBe(0);
      expect((await rename('Anja', 3)).behind).toEqual([]);
      expect(await versions()).toEqual(['1 Ann 1', '1 Anna 3', '1 Anne 4', '1 Anja 5', '2 Ben 2']);
      expect((await verify({ project: sandbox.project() })).exit).toBe(0);
      expect((await sandbox.run()).report.status).toBe('idle');
    });

    it('dropped, where events of an earlier root have the name that they would take', async () => {
      await sandbox.sql(
        `alter table ${events} rename to events_of_now`,
        `update tidemark.histories set events = 'events_of_now'`,
      );
      expect((await rename('Anja', 3)).behind).toEqual([]);
      await sandbox.sql(
        `create table ${events} as select * from aside.events`,
        'drop table tidemark.events_of_now',
      );
      expect((await sandbox.run()).exit).toBe(0);
      expect((await rename('Anke', 4)).behind).toEqual([]);
      expect((await versions()).filter((each) => each.startsWith('1'))).toHaveLength(5);
      expect((await verify({ project: sandbox.project() })).exit).toBe(0);
    });

    it('are known as they are found where another release of the engine hashes otherwise', async () => {
      const table = { ...sandbox.project().schemas.state, name: 'events_customers_scd' };
      const shape = shapeHash(eventsShape(table, { release: `${engine} 0` }));
      const mark = JSON.stringify({ shape, cells: '1:1', reads: '', scannedAtMs: Date.now() });
      await sandbox.sql(`update tidemark.histories set fingerprint = '${mark}'`);
      expect((await rename('Anja', 3)).behind).toEqual([]);
      expect((await sandbox.run()).report.status).toBe('idle');
      await putBack('newest');
      await expectRefused();
    });

    it('is not deceived by what an older tidemark left unmarked', async () => {
      await sandbox.sql('update tidemark.histories set fingerprint = null');
      expect((await sandbox.run()).report.status).toBe('idle');
      await putBack('events');
      await expectRefused();
    });
  });
};
