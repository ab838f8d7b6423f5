// What a batch refuses: the relation that is left out, the code and the words, the exit, and what lets it through.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSandbox, type Engine, type Recipe, type Sandbox } from '../support/sandbox.ts';
import { call } from './command.ts';
import { corner, vendorFile } from './corner.ts';

/** Guards look at relations of more than a hundred rows. */
const crowd = (engine: Engine): Recipe => {
  const { tables, mappings } = corner();
  const series = engine === 'duckdb' ? 'range(1001, 1198) as s(n)' : 'generate_series(1001, 1197) as s(n)';
  return {
    tables: [
      ...tables,
      `insert into staging.companies select n, 'Company ' || n, true, false, timestamp '2020-01-04 10:00:00' from ${series}`,
    ],
    mappings,
  };
};

export const describeRefusals = (engine: Engine): void => {
  describe(`refusals on ${engine}`, () => {
    let sandbox: Sandbox;
    beforeEach(async () => {
      sandbox = await createSandbox(engine, crowd(engine));
      await sandbox.run();
    });
    afterEach(() => sandbox.remove());

    const vendors = async () =>
      Number((await sandbox.sql('select count(*) as n from marts.fact_vendor'))[0]?.['n']);
    const rename = (share: string) =>
      sandbox.sql(
        `update staging.companies set name = name || '!', updated_at = timestamp '2020-03-01 00:00:00' where ${share}`,
      );

    it('guard_deletes: a source that lost too many rows is left out; --allow lets just that through', async () => {
      await sandbox.sql('delete from staging.companies where id > 1130');
      const { report, exit } = await sandbox.run();
      expect(exit).toBe(5);
      expect(report.guards).toMatchObject([
        {
          code: 'guard_deletes',
          message:
            'source `companies`: `staging.companies` would lose 67 of 200 rows (33.5 %, limit 20 %); it was left out',
          hint: 'is its load complete? if that is right, let it through once with `tidemark run --allow companies:deletes`',
        },
      ]);
      expect(report.errors).toEqual([]);
      expect(await vendors()).toBe(200);
      const allowed = await sandbox.run({ allow: ['companies:deletes'] });
      expect(allowed).toMatchObject({
        exit: 5,
        report: {
          sources: [{ name: 'companies', deleted: 67 }],
          guards: [{ code: 'guard_deletes', message: expect.stringContaining('target `fact_vendor`') }],
        },
      });
      expect(await sandbox.run({ allow: ['fact_vendor:deletes'] })).toMatchObject({
        exit: 0,
        report: { targets: [{ name: 'fact_vendor', deleted: 67 }] },
      });
      expect(await vendors()).toBe(133);
    });

    it('guard_empty: a source that would become empty is left out, and so is a target', async () => {
      await sandbox.sql(
        'create table staging.aside as select * from staging.companies',
        'delete from staging.companies',
      );
      expect(await sandbox.run()).toMatchObject({
        exit: 5,
        report: {
          behind: [{ name: 'companies', code: 'guard_empty', retryable: false }],
          guards: [
            {
              code: 'guard_empty',
              message:
                'source `companies`: `staging.companies` would become empty (200 rows before); it was left out',
            },
          ],
        },
      });
      expect((await sandbox.run({ allow: ['companies:deletes'] })).report.guards).toMatchObject([
        { code: 'guard_empty', message: expect.stringContaining('`marts.fact_vendor` would become empty') },
      ]);
      await sandbox.sql(
        `insert into staging.companies select id, name, is_vendor, gone, timestamp '2020-03-01 00:00:00' from staging.aside`,
      );
      expect(await sandbox.run()).toMatchObject({ exit: 0, report: { behind: [] } });
      expect(await vendors()).toBe(200);
    });

    it('guard_touched: a target that would change in too many rows is left out; --allow lets just that through', async () => {
      await rename('id > 1070');
      const { report, exit } = await sandbox.run();
      expect(exit).toBe(5);
      expect(report.guards).toMatchObject([
        {
          code: 'guard_touched',
          message:
            'target `fact_vendor`: 127 of 200 rows of `marts.fact_vendor` would change (63.5 %, limit 50 %); it was left out',
          hint: 'if that is right, let it through once with `tidemark run --allow fact_vendor:touched`',
        },
      ]);
      expect(report.sources).toMatchObject([{ name: 'companies', updated: 127 }]);
      expect((await sandbox.run({ allow: ['fact_vendor:deletes'] })).exit).toBe(5);
      expect(await call(sandbox, ['run', '--allow', 'fact_vendor:touched', '--json'])).toMatchObject({
        exit: 0,
        json: { targets: [{ name: 'fact_vendor', updated: 127 }] },
      });
    });

    it('a guard looks at no relation below its floor, and at what `limits` of the target say', async () => {
      sandbox.map('fact_vendor.yml', vendorFile('limits: { touched: 70%, floor: 150 }\n'));
      await rename('id > 1070');
      expect((await sandbox.run()).exit).toBe(0);
      sandbox.map('fact_vendor.yml', vendorFile('limits: { touched: 1%, floor: 1000 }\n'));
      await sandbox.sql(
        `update staging.companies set name = name || '?', updated_at = timestamp '2020-04-01 00:00:00'`,
      );
      expect((await sandbox.run()).exit).toBe(0);
    });

    it('no guard stands in the way of a rollback: what it takes back was let through before', async () => {
      await rename('true');
      const { report } = await sandbox.run({ allow: ['fact_vendor:touched'] });
      expect(report.targets).toMatchObject([{ name: 'fact_sales' }, { name: 'fact_vendor', updated: 200 }]);
      expect(await sandbox.run({ undo: { batch: Number(report.batch) } })).toMatchObject({
        exit: 0,
        report: { behind: [], guards: [], targets: [{}, { name: 'fact_vendor', updated: 200 }] },
      });
    });

    it('adopt: a table that holds other rows than its mapping yields is left alone until somebody says so', async () => {
      await sandbox.sql(
        'create table marts.fact_name (company_id bigint, name varchar(40))',
        `insert into marts.fact_name values (1, 'theirs'), (77, 'extra')`,
      );
      sandbox.map(
        'fact_name.yml',
        'target: fact_name\nkey: company_id\nfrom: companies\ncolumns: { company_id: companies.id, name: companies.name }\n',
      );
      const { report, exit } = await sandbox.run();
      expect({ exit, errors: report.errors }).toMatchObject({
        exit: 5,
        errors: [
          {
            code: 'adopt',
            message:
              '`marts.fact_name` holds rows that differ from its mapping: 1 different (name 1), 199 missing, 1 extra; nothing was written into it',
            hint: expect.stringContaining('tidemark run --adopt fact_name'),
          },
        ],
      });
      expect(await sandbox.run({ adopt: ['fact_name'] })).toMatchObject({
        exit: 0,
        report: { targets: [{ name: 'fact_name', inserted: 199, updated: 1, deleted: 1 }] },
      });
    });

    it('upstream_behind: what reads a target that is left out is left out with it, and comes along with it', async () => {
      sandbox.map(
        'fact_second.yml',
        'target: fact_second\nkey: vendor_id\nfrom: fact_vendor\ncolumns: { vendor_id: fact_vendor.vendor_id, shouted: upper(fact_vendor.vendor_name) }\n',
      );
      await sandbox.run();
      await rename('id > 1070');
      expect(await sandbox.run()).toMatchObject({
        exit: 5,
        report: {
          behind: [
            { name: 'fact_vendor', code: 'guard_touched' },
            {
              name: 'fact_second',
              code: 'upstream_behind',
              reason: 'target `fact_second` reads `fact_vendor`, which was left out',
            },
          ],
          errors: [],
        },
      });
      expect(await sandbox.run({ allow: ['fact_vendor:touched', 'fact_second:touched'] })).toMatchObject({
        exit: 0,
        report: { behind: [] },
      });
    });

    it('not_ready: a source whose load is not complete is left out, exit 6, and read by the next run', async () => {
      await sandbox.sql(
        'create table staging.loads (done boolean)',
        'insert into staging.loads values (null)',
      );
      sandbox.map(
        'sources.yml',
        `sources:\n  companies: { key: id, updated_at: updated_at, ready: select done from staging.loads }\n  order_items: { key: [order_id, line_no] }\n`,
      );
      await rename('id = 1');
      expect(await sandbox.run()).toMatchObject({
        exit: 6,
        report: {
          behind: [
            {
              name: 'companies',
              code: 'not_ready',
              retryable: true,
              reason:
                'source `companies` is not ready: `select done from staging.loads` did not return true; it was left out',
            },
          ],
        },
      });
      await sandbox.sql('update staging.loads set done = true');
      expect(await sandbox.run()).toMatchObject({
        exit: 0,
        report: { sources: [{ name: 'companies', updated: 1 }] },
      });
    });

    it('plan_stale: a run of a plan stops when the data has moved on, and writes nothing', async () => {
      const planned = join(sandbox.folder, 'plan.json');
      await rename('id = 1');
      expect((await call(sandbox, ['plan', '--out', planned])).exit).toBe(0);
      await rename('id = 2');
      expect(await call(sandbox, ['run', '--plan', planned, '--json'])).toMatchObject({
        exit: 3,
        json: { code: 'plan_stale', message: expect.stringContaining('nothing was written') },
      });
      expect(await sandbox.sql('select count(*) as n from tidemark.batches')).toEqual([{ n: '1' }]);
    });

    it('plan_unreadable: a file that is no plan is refused', async () => {
      const path = join(sandbox.folder, 'plan.json');
      for (const text of ['no JSON', '[]', '{"schema":"tidemark/plan/2"}']) {
        writeFileSync(path, text);
        expect(await call(sandbox, ['run', '--plan', path, '--json'])).toMatchObject({
          exit: 2,
          json: { code: 'plan_unreadable', hint: expect.stringContaining('tidemark plan --out') },
        });
      }
    });

    it('unknown_target: a flag that names no target is refused before anything is done', async () => {
      expect(await call(sandbox, ['run', '--adopt', 'fact_vendr', '--json'])).toMatchObject({
        exit: 2,
        json: { code: 'unknown_target', message: expect.stringContaining('`fact_vendr`') },
      });
    });

    it('state_newer: tables that a newer tidemark wrote are left to it', async () => {
      await sandbox.sql('insert into tidemark.schema_version (version, applied_at) values (99, now())');
      await expect(sandbox.run()).rejects.toMatchObject({
        code: 'state_newer',
        exitCode: 2,
        message: expect.stringContaining('is at version 99'),
      });
    });

    it('interrupted: a run that is asked to stop before its commit writes nothing', async () => {
      await rename('id = 1');
      const stop = new AbortController();
      const progress = { step: (phase: string) => phase === 'compute' && stop.abort() };
      await expect(sandbox.run({ signal: stop.signal, progress })).rejects.toMatchObject({
        code: 'interrupted',
        exitCode: 1,
        retryable: true,
        message: expect.stringContaining('nothing was written'),
      });
      expect(await sandbox.sql('select vendor_name from marts.fact_vendor where vendor_id = 1')).toEqual([
        { vendor_name: 'Adler' },
      ]);
      expect((await sandbox.run()).report.status).toBe('applied');
    });

    it('internal: a fault of our own is no error of the user, and leaves nothing written', async () => {
      await rename('id = 1');
      const progress = {
        step: (phase: string) => {
          if (phase === 'commit') throw new RangeError('a fault');
        },
      };
      await expect(sandbox.run({ progress })).rejects.toThrow('a fault');
      expect(
        await sandbox.sql(`select status, error_code from tidemark.runs where status = 'failed'`),
      ).toEqual([{ status: 'failed', error_code: 'internal' }]);
      expect(await sandbox.sql('select vendor_name from marts.fact_vendor where vendor_id = 1')).toEqual([
        { vendor_name: 'Adler' },
      ]);
      expect((await sandbox.run()).report.status).toBe('applied');
    });
  });
};
