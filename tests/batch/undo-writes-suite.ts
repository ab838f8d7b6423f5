// Undo of what was written for no source change: backfills, repairs, adoptions, changed mappings. The audit says what
// was there; what is set back is held until its mapping changes or it is released.
import { beforeEach, describe, expect, it } from 'vitest';
import { createSandbox, type Engine, type Sandbox } from '../support/sandbox.ts';
import { workshop } from '../support/workshop.ts';
import { call } from './command.ts';
import { preparedWorkshop } from './prepared-workshop.ts';

const dimCustomer = (country: string, name = 'customers.name'): string => `target: dim_customer
key: customer_id
from: customers
join: { countries: customers.country = countries.code }
columns:
  customer_id: customers.id
  name: ${name}
  country_name: ${country}
`;

const scd = (name: string): string => `target: customers_scd
key: customer_id
from: customers
columns: { customer_id: customers.id, name: ${name} }
history: { track: [name] }
`;

export const describeUndoOfWrites = (engine: Engine): void => {
  describe(`undo of what was written for no source change on ${engine}`, () => {
    let sandbox: Sandbox;
    let minute = 0;
    const { json, replace } = preparedWorkshop(engine, (copy) => {
      sandbox = copy;
      minute = 0;
    });
    const rowsOf = async (name: string) =>
      (await sandbox.sql(`select * from marts.${name}`)).map((row) => JSON.stringify(row)).toSorted();
    const everything = async () => ({
      dim: await rowsOf('dim_customer'),
      lines: await rowsOf('fact_line'),
      derived: await rowsOf('line_country'),
    });
    const idle = async () => {
      expect(await json('run')).toMatchObject({ exit: 0, report: { status: 'idle', batch: null } });
    };
    const equal = async () => {
      expect(await json('verify')).toMatchObject({ exit: 0, report: { status: 'equal' } });
    };
    const target = async (name: string) =>
      ((await json('status')).report as { targets: readonly Record<string, unknown>[] }).targets.find(
        (each) => each['name'] === name,
      );
    const countries = async () =>
      (await sandbox.sql('select country_name from marts.dim_customer order by customer_id')).map(
        ({ country_name: name }) => name,
      );
    const rename = (id: number, name: string) => {
      minute += 1;
      return sandbox.sql(
        `update staging.customers set name = '${name}', updated_at = timestamp '2020-05-01 00:00:00' + interval '${minute} minutes' where id = ${id}`,
      );
    };
    /** Batch 2: another mapping of a column that a derived target reads. */
    const backfill = async () => {
      sandbox.map('dim_customer.yml', dimCustomer('upper(countries.name)'));
      expect(await json('run')).toMatchObject({ exit: 0, report: { batch: 2, sources: [] } });
    };
    const shouted = ['GERMANY', 'FRANCE', 'ITALY', 'GERMANY'];
    const spoken = ['Germany', 'France', 'Italy', 'Germany'];

    describe('a backfill', () => {
      let before: Awaited<ReturnType<typeof everything>>;
      let after: typeof before;
      beforeEach(async () => {
        before = await everything();
        await backfill();
        after = await everything();
      });

      it('I6: is set back from the audit with what it feeds, and its column is held', async () => {
        const dry = await json('rollback', '2', '--dry-run');
        expect(dry).toMatchObject({
          exit: 0,
          report: { status: 'pending', batch: null, undoes: [2], conflicts: [], not_proved: [], sources: [] },
        });
        expect(await everything()).toEqual(after);
        const done = await json('rollback', '2');
        expect(done).toMatchObject({
          exit: 0,
          report: { status: 'applied', batch: 3, digest: dry.report['digest'], errors: [], behind: [] },
        });
        expect(await everything()).toEqual(before);
        expect(await target('dim_customer')).toMatchObject({
          status: 'in step',
          held: [{ column: 'country_name', reason: 'what batch 2 wrote was undone by batch 3' }],
        });
        await idle();
        await equal();
        expect((await json('history')).report).toMatchObject({
          batches: [{ batch: 3, kind: 'rollback' }, { batch: 2, undone_by: 3 }, { batch: 1 }],
        });
      });

      it('leaves the held column alone, and keeps the others in step', async () => {
        await json('rollback', '2');
        await rename(1, 'Adler & Sons');
        await sandbox.sql(`update staging.countries set name = 'Deutschland' where code = 'DE'`);
        expect(await json('run')).toMatchObject({ exit: 0, report: { status: 'applied' } });
        expect(await countries()).toEqual(spoken);
        expect(await sandbox.sql('select name, note from marts.dim_customer where customer_id = 1')).toEqual([
          { name: 'Adler & Sons', note: 'kept for Adler' },
        ]);
        await equal();
        await idle();
      });

      it('is undone again: nothing is held, the batch counts as done', async () => {
        await json('rollback', '2');
        expect(await json('rollback', '3')).toMatchObject({
          exit: 0,
          report: { batch: 4, undoes: [3], conflicts: [], not_proved: [] },
        });
        expect(await everything()).toEqual(after);
        await idle();
        await equal();
        expect((await target('dim_customer'))?.['held']).toBeUndefined();
        expect(await json('rollback', '2')).toMatchObject({ exit: 0, report: { batch: 5 } });
        expect(await everything()).toEqual(before);
        await idle();
      });

      it.each(['2', '3'])('release %s: the next run backfills it, whatever the limits say', async (batch) => {
        await json('rollback', '2');
        sandbox.map(
          'dim_customer.yml',
          `${dimCustomer('upper(countries.name)')}limits: { floor: 0, touched: 1% }\n`,
        );
        expect(await json('release', batch)).toMatchObject({
          exit: 0,
          report: {
            status: 'released',
            rows: 0,
            targets: expect.arrayContaining([{ target: 'dim_customer', column: 'country_name' }]),
          },
        });
        expect(await json('release', batch)).toMatchObject({
          exit: 0,
          report: { status: 'nothing held', targets: [] },
        });
        expect(await countries()).toEqual(spoken);
        expect(await json('run')).toMatchObject({ exit: 0, report: { status: 'applied' } });
        expect(await everything()).toEqual(after);
        await idle();
        await equal();
      });

      it('--reapply holds nothing: the next run backfills it again', async () => {
        await json('rollback', '2', '--reapply');
        expect(await everything()).toEqual(before);
        expect((await target('dim_customer'))?.['held']).toBeUndefined();
        await json('run');
        expect(await everything()).toEqual(after);
        await idle();
        await equal();
      });

      it('another mapping of the column ends the hold', async () => {
        await json('rollback', '2');
        sandbox.map('dim_customer.yml', dimCustomer('lower(countries.name)'));
        expect(await json('run')).toMatchObject({ exit: 0, report: { status: 'applied' } });
        expect(await countries()).toEqual(['germany', 'france', 'italy', 'germany']);
        expect((await target('dim_customer'))?.['held']).toBeUndefined();
        await idle();
        await equal();
      });

      it('needs no hold where the mapping was mended before', async () => {
        sandbox.map('dim_customer.yml', dimCustomer('countries.name'));
        expect(await json('rollback', '2')).toMatchObject({ exit: 0, report: { batch: 3 } });
        expect(await countries()).toEqual(spoken);
        await json('run');
        expect(await everything()).toEqual(before);
        expect((await target('dim_customer'))?.['held']).toBeUndefined();
        await idle();
        await equal();
      });

      it('undo_conflicts: cells that a later batch wrote, or somebody else', async () => {
        await sandbox.sql(`update staging.countries set name = 'Deutschland' where code = 'DE'`);
        await json('run');
        await sandbox.sql(`update marts.dim_customer set country_name = 'by hand' where customer_id = 2`);
        const now = await everything();
        const conflict = { source: 'dim_customer', in: 'target', column: 'country_name' };
        expect(await json('rollback', '2', '-s', 'dim_customer')).toMatchObject({
          exit: 3,
          report: {
            status: 'refused',
            batch: null,
            conflicts: [
              { ...conflict, key: { customer_id: 1 }, expected: 'GERMANY', found: 'DEUTSCHLAND', batch: 3 },
              { ...conflict, key: { customer_id: 2 }, expected: 'FRANCE', found: 'by hand', batch: null },
              { ...conflict, key: { customer_id: 4 }, batch: 3 },
            ],
            errors: [{ code: 'undo_conflicts' }],
          },
        });
        expect(await everything()).toEqual(now);
        const text = await call(sandbox, ['rollback', '2', '-s', 'dim_customer']);
        expect(text.stdout).toContain('FRANCE, now by hand, outside tidemark');
      });

      it.each([
        ['skip', ['DEUTSCHLAND', 'by hand', 'Italy', 'DEUTSCHLAND']],
        ['force', spoken],
      ])('--on-conflict %s decides them; the rest is set back', async (how, left) => {
        await sandbox.sql(`update staging.countries set name = 'Deutschland' where code = 'DE'`);
        await json('run');
        await sandbox.sql(`update marts.dim_customer set country_name = 'by hand' where customer_id = 2`);
        // What it feeds is left to the next run, as always where somebody else wrote.
        expect(await json('rollback', '2', '-s', 'dim_customer', '--on-conflict', how)).toMatchObject({
          exit: 6,
          report: { batch: 4, behind: [{ name: 'line_country', code: 'source_stale' }] },
        });
        expect(await countries()).toEqual(left);
        await json('run');
        expect(await countries()).toEqual(left);
        await equal();
        await idle();
      });

      it('narrows to a target and a row', async () => {
        expect(await json('rollback', '2', '-s', 'dim_customer', '--key', 'customer_id=3')).toMatchObject({
          exit: 0,
          report: { targets: [{ name: 'dim_customer', updated: 1 }, {}] },
        });
        expect(await countries()).toEqual(['GERMANY', 'FRANCE', 'Italy', 'GERMANY']);
        await idle();
        expect(await json('rollback', '2')).toMatchObject({ exit: 0, report: { status: 'applied' } });
        expect(await everything()).toEqual(before);
        await idle();
      });

      it.each([
        ['a column that is gone', ['alter table marts.dim_customer drop column country_name']],
        ['a target that was dropped', ['drop table marts.dim_customer']],
        ['records that were pruned', ['update tidemark.batches set pruned_at = now() where batch = 2']],
      ])('not_undoable: refuses %s, and writes nothing', async (_, statements) => {
        await sandbox.sql(...statements);
        const { exit, report } = await json('rollback', '2');
        expect({ exit, code: report['code'] }).toEqual({ exit: 2, code: 'not_undoable' });
        expect(await sandbox.sql('select count(*) as n from tidemark.batches')).toEqual([{ n: '2' }]);
      });

      it('not_undoable: a target that is paused, that is no target any more, that it did not write', async () => {
        await call(sandbox, ['pause', 'dim_customer', '--reason', 'moving']);
        expect(await json('rollback', '2')).toMatchObject({
          exit: 2,
          report: { code: 'not_undoable', message: expect.stringContaining('is paused: moving') },
        });
        expect(await json('rollback', '2', '-s', 'fact_line')).toMatchObject({
          exit: 2,
          report: {
            code: 'not_undoable',
            message: expect.stringContaining('wrote nothing into `fact_line`'),
          },
        });
        expect(await json('rollback', '2', '-s', 'dim_custmer')).toMatchObject({
          exit: 2,
          report: { code: 'unknown_target', hint: 'did you mean `dim_customer`?' },
        });
        await json('rollback', '2', '-s', 'line_country');
      });
    });

    describe('a repair', () => {
      let foreign: Awaited<ReturnType<typeof everything>>;
      let healed: typeof foreign;
      beforeEach(async () => {
        await sandbox.sql(
          `update marts.dim_customer set name = 'by hand' where customer_id = 2`,
          `delete from marts.fact_line where order_id = 11`,
          `insert into marts.fact_line (order_id, line_no, product, amount) values (99, 1, 'smuggled', 1)`,
        );
        foreign = await everything();
        expect(await json('run')).toMatchObject({ exit: 0, report: { batch: 2, sources: [] } });
        healed = await everything();
        expect(healed).not.toEqual(foreign);
      });

      it('I6: rows that it wrote go, rows that it took away are back; the target stays as it is', async () => {
        expect(await json('rollback', '2')).toMatchObject({
          exit: 0,
          report: { status: 'applied', batch: 3, not_proved: [] },
        });
        const now = await everything();
        expect(now.dim).toEqual(foreign.dim);
        expect(now.lines).toEqual(foreign.lines);
        await rename(3, 'Conti & Co');
        const next = await json('run');
        expect(next).toMatchObject({
          exit: 0,
          report: {
            behind: [
              {
                name: 'fact_line',
                code: 'set_back',
                reason: expect.stringContaining('what batch 2 wrote was undone by batch 3'),
              },
              { name: 'line_country', code: 'upstream_behind' },
            ],
          },
        });
        expect((await everything()).lines).toEqual(foreign.lines);
        expect((await json('status')).exit).toBe(0);
        expect(await target('fact_line')).toMatchObject({ status: 'behind', code: 'set_back' });
        // On purpose, so that nobody is called for it.
        expect(await json('verify')).toMatchObject({
          exit: 0,
          report: { status: 'equal', behind: [{ code: 'set_back' }] },
        });
      });

      it('released, it is repaired again', async () => {
        await json('rollback', '2');
        await json('run');
        expect(await json('release', '3')).toMatchObject({
          exit: 0,
          report: {
            targets: expect.arrayContaining([{ target: 'fact_line', column: null }]),
          },
        });
        expect(await json('run')).toMatchObject({ exit: 0, report: { status: 'applied', behind: [] } });
        expect(await everything()).toEqual(healed);
        await idle();
        await equal();
      });

      it('undone again, it is in step with its mapping', async () => {
        await json('rollback', '2');
        await json('run');
        expect(await json('rollback', '3')).toMatchObject({ exit: 0, report: { status: 'applied' } });
        await json('run');
        expect(await everything()).toEqual(healed);
        await idle();
        await equal();
      });

      it('conflicts: a row that is gone since, one that is back, one that was changed', async () => {
        await sandbox.sql(
          'delete from marts.fact_line where order_id = 11',
          `insert into marts.fact_line (order_id, line_no, product, amount) values (99, 1, 'again', 1)`,
          `update marts.dim_customer set name = 'by others' where customer_id = 2`,
        );
        expect(await json('rollback', '2')).toMatchObject({
          exit: 3,
          report: {
            conflicts: [
              { source: 'dim_customer', key: { customer_id: 2 }, column: 'name', found: 'by others' },
              { source: 'fact_line', key: { order_id: 99, line_no: 1 }, column: null },
            ],
          },
        });
        expect(await json('rollback', '2', '--on-conflict', 'force')).toMatchObject({
          exit: 6,
          report: { behind: [{ name: 'line_country', code: 'source_stale' }] },
        });
        const now = await everything();
        expect({ dim: now.dim, lines: now.lines }).toEqual({ dim: foreign.dim, lines: foreign.lines });
      });
    });

    it('I6: an adoption leaves what the others had built', async () => {
      await sandbox.remove();
      replace(await createSandbox(engine, workshop));
      await sandbox.sql(
        `insert into marts.dim_customer values (1, 'theirs', 'Atlantis', 'a'), (77, 'stranger', null, 'b')`,
      );
      const theirs = await rowsOf('dim_customer');
      await sandbox.run();
      const adopted = await sandbox.run({ adopt: ['dim_customer'] });
      expect(adopted).toMatchObject({
        exit: 0,
        report: { batch: 2, adopted: ['dim_customer', 'line_country'] },
      });
      expect(await json('rollback', '2')).toMatchObject({ exit: 0, report: { status: 'applied' } });
      expect(await rowsOf('dim_customer')).toEqual(theirs);
      expect(await json('run')).toMatchObject({ exit: 0 });
      expect(await rowsOf('dim_customer')).toEqual(theirs);
    });

    describe('a batch with source changes as well', () => {
      beforeEach(async () => {
        sandbox.map('dim_customer.yml', dimCustomer('upper(countries.name)'));
        await rename(1, 'Adler & Sons');
        expect(await json('run')).toMatchObject({ exit: 0, report: { batch: 2 } });
      });
      const first = async () =>
        (await sandbox.sql('select name, country_name from marts.dim_customer where customer_id = 1'))[0];

      it('only the source part is undone', async () => {
        expect(await json('rollback', '2')).toMatchObject({
          exit: 0,
          report: {
            not_proved: expect.arrayContaining([
              { target: 'dim_customer', reason: expect.stringContaining('--with-writes') },
            ]),
          },
        });
        expect(await first()).toEqual({ name: 'Adler', country_name: 'GERMANY' });
        await idle();
        await equal();
      });

      it('--with-writes undoes both, and the undo of that does both again', async () => {
        expect(await json('rollback', '2', '--with-writes')).toMatchObject({
          exit: 0,
          report: { batch: 3, sources: [{ name: 'customers', updated: 1 }] },
        });
        expect(await first()).toEqual({ name: 'Adler', country_name: 'Germany' });
        expect(await countries()).toEqual(spoken);
        await idle();
        await equal();
        expect(await json('rollback', '3', '--with-writes')).toMatchObject({ exit: 0 });
        expect(await first()).toEqual({ name: 'Adler & Sons', country_name: 'GERMANY' });
        expect(await countries()).toEqual(shouted);
        await idle();
        await equal();
      });

      it('-s takes back the writes into one target, and no source change, with --with-writes only', async () => {
        expect(await json('rollback', '2', '-s', 'dim_customer')).toMatchObject({
          exit: 2,
          report: { code: 'not_undoable', hint: expect.stringContaining('--with-writes') },
        });
        expect(await json('rollback', '2', '-s', 'dim_customer', '--with-writes')).toMatchObject({
          exit: 0,
          report: { sources: [] },
        });
        expect(await countries()).toEqual(spoken);
        await equal();
      });
    });

    it('a first run is undone at its targets only where that is asked for', async () => {
      expect(await json('rollback', '1')).toMatchObject({
        exit: 2,
        report: { code: 'not_undoable', hint: expect.stringContaining('--with-writes') },
      });
      expect(await json('rollback', '1', '--with-writes', '-s', 'fact_line')).toMatchObject({
        exit: 0,
        report: { targets: [{ name: 'fact_line', deleted: 5 }, {}] },
      });
      expect(await rowsOf('fact_line')).toEqual([]);
    });

    it('a history whose mapping changed has its versions back, and waits', async () => {
      sandbox.map('customers_scd.yml', scd('customers.name'));
      await sandbox.run();
      const before = await rowsOf('customers_scd');
      sandbox.map('customers_scd.yml', scd('upper(customers.name)'));
      expect(await json('run')).toMatchObject({ exit: 0, report: { batch: 3, sources: [] } });
      const after = await rowsOf('customers_scd');
      expect(after).not.toEqual(before);
      expect(await json('rollback', '3')).toMatchObject({
        exit: 0,
        report: { status: 'applied', not_proved: [] },
      });
      expect(await rowsOf('customers_scd')).toEqual(before);
      await json('run');
      expect(await rowsOf('customers_scd')).toEqual(before);
      expect(await target('customers_scd')).toMatchObject({ code: 'set_back' });
      await json('release', '4');
      expect(await json('run')).toMatchObject({ exit: 0 });
      expect(await rowsOf('customers_scd')).toEqual(after);
      await idle();
      await equal();
    });

    it.each([
      ['--source beside --with-writes', ['2', '--source', 'customers', '--with-writes']],
      ['--change beside -s', ['2', '--change', 'c1', '-s', 'dim_customer']],
      ['--key beside two targets', ['2', '--key', 'x=1', '-s', 'dim_customer,fact_line']],
    ])('refuses %s', async (_, argv) => {
      expect(await json('rollback', ...argv)).toMatchObject({ exit: 2, report: { code: 'usage' } });
    });
  });
};
