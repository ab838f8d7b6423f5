// Undo where a log of changes feeds a fact and a history: both say the same after it, after the next runs, and after
// the undo of the undo.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { release } from '../../src/batch/undo/release.ts';
import type { UndoWish } from '../../src/batch/undo/wish.ts';
import { verify } from '../../src/batch/verify.ts';
import { createSandbox, type Engine, type Recipe, type Sandbox } from '../support/sandbox.ts';
import { append, customer, customersSource, logBook, logSources } from './log-book.ts';

const scd = `target: customers_scd
key: customer_id
from: customers
columns: { customer_id: customers.customer_id, name: customers.name, email: customers.email }
history: { track: [name, email], surrogate_key: customer_key }
`;

const recipe = (source?: string): Recipe => {
  const { tables, mappings } = logBook(source);
  return { tables, mappings: { ...mappings, 'customers_scd.yml': scd } };
};

export const describeUndoOfLogs = (engine: Engine): void => {
  describe(`undo of a log that feeds a history on ${engine}`, () => {
    let sandbox: Sandbox;
    beforeEach(async () => {
      sandbox = await createSandbox(engine, recipe());
      await append(
        sandbox,
        { op: 'c', after: customer(1) },
        { op: 'c', after: customer(2) },
        { op: 'c', table: 'orders', after: { order_id: 7, customer_id: 1, amount: 3.2 } },
      );
      await sandbox.run();
    });
    afterEach(() => sandbox.remove());

    /** Versions with the second of the log's time in which they begin and end. */
    const versions = async (): Promise<readonly string[]> =>
      (
        await sandbox.sql(
          `select customer_id, name, email, substr(cast(timezone('UTC', valid_from) as varchar), 18, 2) as f, substr(cast(timezone('UTC', valid_to) as varchar), 18, 2) as t, customer_key from marts.customers_scd order by customer_id, valid_from`,
        )
      ).map((row) => Object.values(row).map(String).join('|').replaceAll('@example.com', ''));
    const fact = async (): Promise<readonly string[]> =>
      (await sandbox.sql('select customer_id, name, email from marts.dim_customer order by 1')).map((row) =>
        Object.values(row).map(String).join('|').replaceAll('@example.com', ''),
      );
    const current = async (): Promise<readonly string[]> =>
      (
        await sandbox.sql(
          'select customer_id, name, email from marts.customers_scd where is_current order by 1',
        )
      ).map((row) => Object.values(row).map(String).join('|').replaceAll('@example.com', ''));
    const order = async () =>
      (await sandbox.sql('select customer_name from marts.fact_order'))[0]?.['customer_name'];
    const state = async () => ({ versions: await versions(), fact: await fact(), order: await order() });
    const undo = async (batch: number, more: Partial<UndoWish> = {}) => {
      const { exit, report } = await sandbox.run({ undo: { batch, ...more } });
      expect({ exit, errors: report.errors, behind: report.behind }).toEqual({
        exit: 0,
        errors: [],
        behind: [],
      });
    };
    /** Fact and history agree, with each other and with what verify recomputes; nothing comes back by itself. */
    const settled = async (): Promise<void> => {
      expect(await current()).toEqual(await fact());
      expect((await verify({ project: sandbox.project() })).exit).toBe(0);
      const before = await state();
      expect((await sandbox.run()).report.status).toBe('idle');
      sandbox.map('sources.yml', logSources(customersSource({ full_compare: '0s' })));
      await sandbox.run();
      expect(await state()).toEqual(before);
      sandbox.map('sources.yml', logSources());
      await sandbox.run();
      expect(await state()).toEqual(before);
    };
    const rename = (id: number, name: string, more = {}) =>
      append(sandbox, { op: 'u', after: customer(id, { name, ...more }) });
    const several = async (): Promise<void> => {
      await append(
        sandbox,
        { op: 'u', before: customer(1), after: customer(1, { name: 'A' }) },
        { op: 'u', before: customer(1, { name: 'A' }), after: customer(1, { name: 'B' }) },
        { op: 'd', before: customer(2) },
        { op: 'c', after: customer(3) },
      );
      await sandbox.run();
    };

    it('I6: takes a whole batch back, and the undo of the undo brings it again', async () => {
      const before = await state();
      await several();
      const after = await state();
      expect(after.versions).toHaveLength(5);
      await undo(2);
      expect(await state()).toEqual(before);
      await settled();
      await undo(3);
      expect(await state()).toEqual(after);
      await settled();
    });

    it('takes it back once more when the undo of the undo is undone', async () => {
      const before = await state();
      await several();
      const after = await state();
      for (const batch of [2, 3, 4]) await undo(batch);
      expect(await state()).toEqual(before);
      await settled();
      await expect(undo(2)).rejects.toMatchObject({ code: 'already_undone' });
      await undo(5);
      expect(await state()).toEqual(after);
    });

    it('brings it back by undoing the first rollback, which is in effect again', async () => {
      const before = await state();
      await several();
      const after = await state();
      for (const batch of [2, 3, 4]) await undo(batch);
      await expect(undo(2)).rejects.toMatchObject({ hint: '`tidemark rollback 3` does it again' });
      await undo(3);
      expect(await state()).toEqual(after);
      await settled();
      await undo(6);
      expect(await state()).toEqual(before);
      await undo(3);
      expect(await state()).toEqual(after);
      await settled();
    });

    it('narrowed by key takes the events of that row back, and no others', async () => {
      await several();
      await undo(2, { source: 'customers', key: { customer_id: '1' } });
      expect(await versions()).toEqual([
        '1|Customer 1|c1|01|null|1',
        '2|Customer 2|c2|02|06|2',
        expect.stringContaining('3|Customer 3|c3|07|null'),
      ]);
      await settled();
    });

    it('leaves what a later batch told of the same row', async () => {
      await rename(1, 'Wrong');
      await sandbox.run();
      await rename(1, 'Wrong', { email: 'new@example.com' });
      await sandbox.run();
      await rename(1, 'Wrong', { email: 'newer@example.com' });
      await sandbox.run();
      await undo(2);
      expect(await fact()).toEqual(['1|Customer 1|newer', '2|Customer 2|c2']);
      expect((await versions()).map((line) => line.replace(/\|\d+$/, ''))).toEqual([
        '1|Customer 1|c1|01|05',
        '1|Customer 1|new|05|06',
        '1|Customer 1|newer|06|null',
        '2|Customer 2|c2|02|null',
      ]);
      await settled();
    });

    it('takes a late event back that changed no row, with the batch that brought it', async () => {
      await rename(1, 'Second', {});
      await sandbox.run();
      const before = await state();
      await append(sandbox, {
        op: 'u',
        after: customer(1, { name: 'Between' }),
        ts: Date.parse('2020-01-01T00:00:03Z'),
      });
      await rename(2, 'Other');
      await sandbox.run();
      expect(await versions()).toHaveLength(5);
      await undo(3);
      expect(await state()).toEqual(before);
      await settled();
    });

    it('takes back a batch of nothing but late events, which changed no row', async () => {
      await rename(1, 'Second', {});
      await sandbox.run();
      const before = await state();
      await append(sandbox, {
        op: 'u',
        after: customer(1, { name: 'Between' }),
        ts: Date.parse('2020-01-01T00:00:03Z'),
      });
      expect((await sandbox.run()).report).toMatchObject({ batch: 3, sources: [] });
      const after = await state();
      expect(after.versions).toHaveLength(before.versions.length + 1);
      await undo(3);
      expect(await state()).toEqual(before);
      await settled();
      await undo(4);
      expect(await state()).toEqual(after);
      await settled();
    });

    it('release counts what is held of a log, and says that its events come once', async () => {
      await rename(1, 'Wrong');
      await sandbox.run();
      await undo(2);
      for (const batch of [2, 3])
        expect(await release({ project: sandbox.project(), batch })).toMatchObject({
          status: 'held by a log',
          rows: 0,
          targets: [],
          logs: [{ source: 'customers', rows: 1 }],
        });
      expect((await release({ project: sandbox.project(), batch: 1 })).status).toBe('nothing held');
      await settled();
    });

    it('reads the next event of an undone row whole', async () => {
      await rename(1, 'Wrong');
      await sandbox.run();
      await undo(2);
      await rename(1, 'Wrong', { email: 'new@example.com' });
      await sandbox.run();
      expect(await fact()).toEqual(['1|Wrong|new', '2|Customer 2|c2']);
      await settled();
    });

    it('keeps what was undone out of a mirror that is made anew', async () => {
      await several();
      await undo(2);
      const before = await state();
      await sandbox.sql('drop table staging_public.customers');
      expect((await sandbox.run()).exit).toBe(0);
      expect(await state()).toEqual(before);
      await settled();
    });

    it('takes what the log told over again when the same comes as a new event', async () => {
      await rename(1, 'Wrong');
      await sandbox.run();
      await undo(2);
      await rename(1, 'Customer 1');
      await sandbox.run();
      await rename(1, 'Wrong');
      await sandbox.run();
      expect(await fact()).toEqual(['1|Wrong|c1', '2|Customer 2|c2']);
      await settled();
    });

    it('is not deceived by events that say nothing of some columns and are read again', async () => {
      const silent = customersSource({ unavailable: '__unavailable' });
      sandbox.map('sources.yml', logSources(silent));
      await rename(1, 'A', { email: '__unavailable' });
      await rename(1, 'B', { email: '__unavailable' });
      await sandbox.run();
      expect(await fact()).toEqual(['1|B|c1', '2|Customer 2|c2']);
      await undo(2);
      const before = await state();
      expect(before.fact).toEqual(['1|Customer 1|c1', '2|Customer 2|c2']);
      expect((await sandbox.run()).report.status).toBe('idle');
      sandbox.map(
        'sources.yml',
        logSources(customersSource({ unavailable: '__unavailable', full_compare: '0s' })),
      );
      await sandbox.run();
      expect(await state()).toEqual(before);
      await append(sandbox, {
        op: 'u',
        after: customer(1, { name: '__unavailable', email: 'new@example.com' }),
      });
      await sandbox.run();
      expect(await current()).toEqual(await fact());
      expect((await verify({ project: sandbox.project() })).exit).toBe(0);
    });

    it.each([
      ['', 'nothing'],
      [', once the log was read in full', 'read'],
      [', once the mirror was made anew', 'made'],
    ])('a later event that leaves columns out does not bring back what was undone%s', async (_, look) => {
      const silent = { unavailable: '__unavailable' };
      sandbox.map('sources.yml', logSources(customersSource(silent)));
      await rename(1, 'Wrong', { email: '__unavailable' });
      await sandbox.run();
      await undo(2);
      if (look === 'read') {
        sandbox.map('sources.yml', logSources(customersSource({ ...silent, full_compare: '0s' })));
        await sandbox.run();
      } else if (look === 'made') {
        await sandbox.sql('drop table staging_public.customers');
        await sandbox.run();
      }
      await rename(1, '__unavailable', { email: 'new@example.com' });
      await sandbox.run();
      expect(await fact()).toEqual(['1|Customer 1|new', '2|Customer 2|c2']);
      expect(await current()).toEqual(await fact());
      expect((await verify({ project: sandbox.project() })).exit).toBe(0);
    });

    it('a later event that leaves columns out finds a row that is back, and none that is gone again', async () => {
      sandbox.map('sources.yml', logSources(customersSource({ unavailable: '__unavailable' })));
      await append(sandbox, { op: 'd', before: customer(2) }, { op: 'c', after: customer(3) });
      await sandbox.run();
      await undo(2);
      for (const id of [2, 3]) await rename(id, '__unavailable', { email: `new${id}@example.com` });
      await sandbox.run();
      expect(await fact()).toEqual(['1|Customer 1|c1', '2|Customer 2|new2', '3|null|new3']);
      expect(await current()).toEqual(await fact());
      expect((await verify({ project: sandbox.project() })).exit).toBe(0);
    });

    it('a later event that leaves columns out leaves a column alone that came after the undo', async () => {
      const silent = { unavailable: '__unavailable' };
      const types = '{ customer_id: bigint, email: varchar, name: varchar, updated_at: timestamp }';
      const wide = logBook().mappings['dim_customer.yml'] ?? '';
      sandbox.map('dim_customer.yml', wide.replace(', credit: customers.credit', ''));
      sandbox.map('sources.yml', logSources(customersSource({ ...silent, types })));
      await sandbox.run();
      await rename(1, 'Wrong');
      await undo((await sandbox.run()).report.batch ?? 0);
      sandbox.map('sources.yml', logSources(customersSource(silent)));
      sandbox.map('dim_customer.yml', wide);
      await sandbox.run();
      const credits = () => sandbox.sql('select customer_id, credit from marts.dim_customer order by 1');
      const before = await credits();
      expect(before[0]).toEqual({ customer_id: '1', credit: '10.50' });
      await append(sandbox, { op: 'u', after: { customer_id: 1, email: 'new@example.com' } });
      await sandbox.run();
      expect(await fact()).toEqual(['1|Customer 1|new', '2|Customer 2|c2']);
      expect(await credits()).toEqual(before);
      expect((await verify({ project: sandbox.project() })).exit).toBe(0);
    });

    it('takes an event that is older than an undone one into the fact or into neither', async () => {
      await rename(1, 'Wrong');
      await sandbox.run();
      await undo(2);
      await append(sandbox, {
        op: 'u',
        after: customer(1, { name: 'Late' }),
        ts: Date.parse('2020-01-01T00:00:02Z'),
      });
      await sandbox.run();
      expect(await current()).toEqual(await fact());
      await settled();
    });

    it.each([
      ['a correction', { op: 'u', after: customer(1, { name: 'Right' }) }, ['1|Right|c1', '2|Customer 2|c2']],
      ['a delete', { op: 'd', before: customer(1) }, ['2|Customer 2|c2']],
    ] as const)('believes %s that has the sequence of the undone event', async (_, change, told) => {
      const byTime = (more = {}) => logSources(customersSource({ sequence: 'ts_ms', ...more }));
      sandbox.map('sources.yml', byTime());
      const ts = Date.parse('2020-01-01T00:00:09Z');
      await sandbox.run();
      await append(sandbox, { op: 'u', after: customer(1, { name: 'Wrong' }), ts });
      const { report } = await sandbox.run();
      await undo(report.batch ?? 0);
      expect(await fact()).toEqual(['1|Customer 1|c1', '2|Customer 2|c2']);
      await append(sandbox, { ...change, ts });
      await sandbox.run();
      expect(await fact()).toEqual(told);
      expect(await current()).toEqual(told);
      sandbox.map('sources.yml', byTime({ full_compare: '0s' }));
      await sandbox.run();
      expect(await fact()).toEqual(told);
      await rename(2, 'Other');
      await append(sandbox, { op: 'u', after: customer(1, { name: 'Last' }), ts: ts + 1000 });
      await sandbox.run();
      expect(await fact()).toEqual(['1|Last|c1', '2|Other|c2']);
      expect(await current()).toEqual(await fact());
      expect((await verify({ project: sandbox.project() })).exit).toBe(0);
    });

    it('not_undoable: --reapply, for the events of a log come once', async () => {
      await rename(1, 'Wrong');
      await sandbox.run();
      await expect(sandbox.run({ undo: { batch: 2, reapply: true } })).rejects.toMatchObject({
        code: 'not_undoable',
        hint: expect.stringContaining('without `--reapply`'),
      });
      expect(await fact()).toEqual(['1|Wrong|c1', '2|Customer 2|c2']);
    });

    it.each([
      ['skip', ['1|Right|c1', '2|Customer 2|c2', '3|Third|c3']],
      ['force', ['1|Customer 1|c1', '2|Customer 2|c2']],
    ] as const)('--on-conflict %s: the history says what the fact says', async (onConflict, left) => {
      await rename(1, 'Wrong');
      await append(sandbox, { op: 'c', after: customer(3) });
      await sandbox.run();
      await rename(1, 'Right');
      await rename(3, 'Third');
      await sandbox.run();
      await undo(2, { onConflict });
      expect(await current()).toEqual(left);
      await settled();
    });

    describe('with a look-up', () => {
      beforeEach(async () => {
        await sandbox.sql(
          'create table staging.regions (email varchar(60), region varchar(20))',
          `insert into staging.regions values ('c1@example.com', 'North'), ('c2@example.com', 'South')`,
        );
        sandbox.map('sources.yml', `${logSources()}  regions: { key: email }\n`);
        sandbox.map(
          'customers_scd.yml',
          scd
            .replace('from: customers', 'from: customers\njoin: { regions: customers.email = regions.email }')
            .replace('email: customers.email', 'email: regions.region'),
        );
        await sandbox.run({ allow: ['customers_scd:touched'] });
      });

      it('undone alone, what the log told in the same batch stays', async () => {
        await rename(1, 'Right');
        await sandbox.sql(`update staging.regions set region = 'Wrong' where email = 'c1@example.com'`);
        const { report } = await sandbox.run();
        await undo(report.batch ?? 0, { source: 'regions' });
        expect(await current()).toEqual(['1|Right|North', '2|Customer 2|South']);
        expect((await verify({ project: sandbox.project() })).exit).toBe(0);
        expect((await sandbox.run()).report.status).toBe('idle');
      });
    });
  });
};
