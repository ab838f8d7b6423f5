// How far a log was read: what is read again, what is not, and what happens when the log is no longer the one that
// was read.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSandbox, type Engine, type Sandbox } from '../support/sandbox.ts';
import { append, customer, customersSource, logBook, logSources } from './log-book.ts';

export const describePositions = (engine: Engine): void => {
  describe(`the position of a log on ${engine}`, () => {
    let sandbox: Sandbox;
    beforeEach(async () => {
      sandbox = await createSandbox(engine, logBook(customersSource({ overlap: '10' })));
      await append(sandbox, { seq: 100, op: 'c', after: customer(1) }, { op: 'c', after: customer(2) });
      await sandbox.run();
    });
    afterEach(() => sandbox.remove());

    const names = async () =>
      Object.fromEntries(
        (await sandbox.sql('select customer_id, name from staging_public.customers')).map((row) => [
          String(row['customer_id']),
          row['name'],
        ]),
      );
    const position = async () =>
      (await sandbox.sql(`select watermark from tidemark.positions where source = 'customers'`))[0]?.[
        'watermark'
      ];

    it('is that of the whole table, and moves without events of the source', async () => {
      expect(await position()).toBe('101');
      await append(sandbox, {
        seq: 250,
        op: 'c',
        table: 'orders',
        after: { order_id: 1, customer_id: 1, amount: 1 },
      });
      await sandbox.run();
      expect(await position()).toBe('250');
    });

    it('takes a row that was committed late, within the overlap', async () => {
      await append(sandbox, { seq: 300, op: 'c', after: customer(3) });
      await sandbox.run();
      await append(sandbox, { seq: 295, op: 'c', after: customer(4) });
      expect(await sandbox.run()).toMatchObject({ report: { status: 'applied' } });
      expect(Object.keys(await names())).toEqual(['1', '2', '3', '4']);
      expect(await position()).toBe('300');
    });

    it('takes a row that was committed later than that when the whole log is read', async () => {
      await append(sandbox, { seq: 300, op: 'c', after: customer(3) });
      await sandbox.run();
      await append(sandbox, { seq: 200, op: 'c', after: customer(4) });
      expect(await sandbox.run()).toMatchObject({ report: { status: 'idle' } });
      sandbox.map('sources.yml', logSources(customersSource({ overlap: '10', full_compare: '0s' })));
      expect(await sandbox.run()).toMatchObject({ report: { status: 'applied' } });
      expect(Object.keys(await names())).toEqual(['1', '2', '3', '4']);
    });

    it('passes no row without an arrival', async () => {
      await sandbox.sql(
        `insert into staging.raw_changes values (null, 'u', 'customers', null, '${JSON.stringify(customer(1, { name: 'Adler' }))}', 1600000000000)`,
      );
      sandbox.map('sources.yml', logSources(customersSource({ sequence: 'ts_ms' })));
      await sandbox.run();
      expect(await names()).toMatchObject({ 1: 'Adler' });
      expect((await sandbox.run()).report.status).toBe('idle');
    });

    it('reads a log that was delivered again as a whole without a change', async () => {
      await append(
        sandbox,
        { op: 'u', before: customer(1), after: customer(1, { name: 'Adler' }) },
        { op: 'd', before: customer(2) },
      );
      await sandbox.run();
      await sandbox.sql(
        'insert into staging.raw_changes select seq + 1000, operation, table_name, before, after, ts_ms from staging.raw_changes',
      );
      sandbox.map('sources.yml', logSources(customersSource({ overlap: '10', sequence: 'ts_ms' })));
      await sandbox.run();
      expect(await sandbox.run()).toMatchObject({ report: { status: 'idle' } });
      expect(await names()).toEqual({ 1: 'Adler' });
    });

    it('log_rewound: a log that ends before its position leaves the source out until somebody decides', async () => {
      await sandbox.sql('delete from staging.raw_changes');
      expect(await sandbox.run()).toMatchObject({ exit: 0, report: { status: 'idle' } });
      await append(sandbox, {
        seq: 1,
        op: 'u',
        after: customer(1, { name: 'Adler' }),
        ts: Date.parse('2020-06-01'),
      });
      const refused = await sandbox.run();
      expect(refused).toMatchObject({
        exit: 5,
        report: {
          behind: [
            { name: 'customers', code: 'log_rewound' },
            { name: 'orders', code: 'log_rewound' },
          ],
        },
      });
      expect(await position()).toBe('101');
      const allowed = await sandbox.run({ allow: ['customers:restart', 'orders:restart'] });
      expect(allowed).toMatchObject({ exit: 0, report: { status: 'applied' } });
      expect(await names()).toEqual({ 1: 'Adler', 2: 'Customer 2' });
      expect(await position()).toBe('1');
      expect((await sandbox.run()).report.status).toBe('idle');
    });

    it('starts over when the mirror was dropped', async () => {
      await append(sandbox, { op: 'd', before: customer(1) });
      await sandbox.run();
      await sandbox.sql('drop table staging_public.customers');
      expect(await sandbox.run()).toMatchObject({ report: { warnings: [{ code: 'mirror_rebuilt' }] } });
      expect(Object.keys(await names())).toEqual(['2']);
      await append(sandbox, { op: 'u', after: customer(1), ts: 1 });
      expect((await sandbox.run()).report.status).toBe('idle');
    });

    it('heals a mirror that somebody wrote', async () => {
      await sandbox.sql(
        `update staging_public.customers set name = 'wrong' where customer_id = 1`,
        `insert into staging_public.customers (customer_id, name) values (77, 'stranger')`,
        'delete from staging_public.customers where customer_id = 2',
      );
      await sandbox.run();
      expect(await names()).toEqual({ 1: 'Customer 1', 2: 'Customer 2' });
      expect((await sandbox.run()).report.status).toBe('idle');
    });

    it('is refused to --changes by name', async () => {
      await expect(sandbox.run({ changes: new Map([['customers', [1]]]) })).rejects.toMatchObject({
        code: 'usage',
        message: expect.stringContaining('source `customers` is a log of events') as string,
      });
    });
  });

  describe(`an arrival that is a time on ${engine}`, () => {
    let sandbox: Sandbox;
    beforeEach(async () => {
      const recipe = logBook(customersSource({ arrival: 'landed_at', sequence: 'seq', overlap: '1h' }));
      sandbox = await createSandbox(engine, {
        ...recipe,
        tables: [...recipe.tables, 'alter table staging.raw_changes add column landed_at timestamp'],
      });
    });
    afterEach(() => sandbox.remove());

    const land = (id: number, at: string) =>
      sandbox.sql(
        `insert into staging.raw_changes (seq, operation, table_name, after, ts_ms, landed_at) values (${id}, 'c', 'customers', '${JSON.stringify(customer(id))}', 1577872800000, timestamp '${at}')`,
      );
    const count = async () =>
      Number((await sandbox.sql('select count(*) as n from staging_public.customers'))[0]?.['n']);

    it('is looked back from by a duration, and believed up to the moment of the batch', async () => {
      await land(1, '2020-01-01 10:00:00');
      await sandbox.run();
      await land(2, '2020-01-01 09:30:00');
      await land(3, '2020-01-01 08:30:00');
      await sandbox.run();
      expect(await count()).toBe(2);
      await land(4, '2099-01-01 00:00:00');
      await sandbox.run();
      expect(await count()).toBe(3);
      await sandbox.sql(
        `insert into staging.raw_changes (seq, operation, table_name, after, ts_ms, landed_at) values (5, 'c', 'customers', '${JSON.stringify(customer(5))}', 1577872800000, cast(current_timestamp as timestamp))`,
      );
      await sandbox.run();
      expect(await count()).toBe(4);
    });
  });
};
