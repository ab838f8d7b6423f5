// Somebody else writes a target between compute and commit: noticed by the guarded writes, computed again, and in
// the end right; whoever does it every time has the target left behind while the rest is committed.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verify } from '../../src/batch/verify.ts';
import type { RunResult } from '../../src/batch/run.ts';
import { pausing, startProxy } from '../support/postgres-proxy.ts';
import { createSandbox, reachedBy, type Sandbox } from '../support/sandbox.ts';
import { difference, snapshot, type Snapshot } from '../support/snapshot.ts';
import { changes, notes, workshop } from '../support/workshop.ts';

/** The first write of the committing transaction: computed, and nothing of a target locked yet. */
const isFirstWrite = (statement: string): boolean => statement.startsWith('insert into "tidemark"."batches"');

describe('a target written between compute and commit', () => {
  let prepared: Sandbox;
  let before: Snapshot;
  let undisturbed: Snapshot;

  beforeAll(async () => {
    prepared = await createSandbox('postgres', workshop);
    await prepared.run();
    await prepared.sql(...notes, ...changes);
    before = await snapshot(prepared);
    const copy = await prepared.copy();
    await copy.run();
    undisturbed = await snapshot(copy);
    await copy.remove();
  });
  afterAll(() => prepared.remove());

  /** Runs the prepared batch; the statements are executed by somebody else each time it is about to write. */
  const disturbed = async <T>(
    statements: readonly string[],
    times: number,
    look: (sandbox: Sandbox, running: Promise<RunResult>) => Promise<T>,
  ): Promise<T> => {
    const direct = await prepared.copy();
    const proxy = await startProxy(direct.place);
    try {
      const proxied = reachedBy(direct, proxy.url);
      let turn = 0;
      const meanwhile = (): Promise<unknown> => {
        turn += 1;
        return direct.sql(...statements.map((statement) => statement.replaceAll('{turn}', String(turn))));
      };
      const running = pausing(proxy, { before: isFirstWrite, meanwhile, times }, () => proxied.run());
      return await look(direct, running);
    } finally {
      await proxy.close();
      await direct.remove();
    }
  };

  const differences = async (sandbox: Sandbox) => {
    const { report } = await verify({ project: sandbox.project() });
    return { status: report.status, behind: report.behind };
  };

  it.each([
    [
      'a mapped cell that it updates',
      `update marts.dim_customer set name = 'by hand' where customer_id = 1`,
      'dim_customer',
    ],
    [
      'a row that it updates, deleted',
      'delete from marts.dim_customer where customer_id = 1',
      'dim_customer',
    ],
    [
      'a row that it deletes, deleted',
      'delete from marts.dim_customer where customer_id = 3',
      'dim_customer',
    ],
    [
      'a row that it inserts',
      `insert into marts.dim_customer values (5, 'by hand', 'nowhere', 'mine')`,
      'dim_customer',
    ],
    [
      'a row that it inserts, where nothing enforces the key',
      `insert into marts.fact_line values (14, 1, 'by hand', 1, 1, 'x')`,
      'fact_line',
    ],
    [
      'a cell of a table whose rows belong to somebody else',
      `update marts.fact_visit set customer_name = 'by hand' where visit_id = 100`,
      'fact_visit',
    ],
    [
      'a row of such a table that now belongs to another',
      'update marts.fact_visit set customer_id = 2 where visit_id = 100',
      'fact_visit',
    ],
    ['a whole table, truncated', 'truncate table marts.dim_customer', 'dim_customer'],
    [
      'a whole table, re-created with another column order and other types',
      `create table marts.built as select note, cast('by hand' as varchar(90)) as country_name, cast(name as text) as name, cast(customer_id as integer) as customer_id from marts.dim_customer where customer_id <> 2;
drop table marts.dim_customer; alter table marts.built rename to dim_customer`,
      'dim_customer',
    ],
    [
      'a whole table, rebuilt as it was',
      `create table marts.built as select * from marts.dim_customer; drop table marts.dim_customer; alter table marts.built rename to dim_customer`,
      'dim_customer',
    ],
  ])('is computed again: %s', (_, statement, target) =>
    disturbed([statement], 1, async (sandbox, running) => {
      const { report, exit } = await running;
      expect({ status: report.status, batch: report.batch, exit }).toEqual({
        status: 'applied',
        batch: 2,
        exit: 0,
      });
      expect(await differences(sandbox)).toEqual({ status: 'equal', behind: [] });
      const after = await snapshot(sandbox);
      const touched = difference(undisturbed, after).filter(
        (line) =>
          !/^(audit|batches|relations|marts\.line_country)/.test(line) && !line.startsWith(`marts.${target}`),
      );
      expect(touched).toEqual([]);
    }),
  );

  it('is right after an incremental run of dbt in the middle: rows deleted and inserted, from newer staging', () =>
    disturbed(
      [
        `update staging.customers set name = 'Adler the Third', updated_at = timestamp '2020-03-09' where id = 1`,
        'delete from marts.dim_customer where customer_id in (1, 2, 5)',
        `insert into marts.dim_customer (customer_id, name, country_name, note)
select c.id, c.name, l.name, 'dbt' from staging.customers c left join staging.countries l on l.code = c.country where c.id in (1, 2, 5)`,
      ],
      1,
      async (sandbox, running) => {
        const { report, exit } = await running;
        expect({ exit, behind: report.behind }).toEqual({ exit: 0, behind: [] });
        expect(await differences(sandbox)).toEqual({ status: 'equal', behind: [] });
        // What dbt wrote from newer staging is not turned back.
        expect(
          await sandbox.sql('select customer_id, name, note from marts.dim_customer where customer_id = 1'),
        ).toEqual([{ customer_id: '1', name: 'Adler the Third', note: 'dbt' }]);
        expect((await sandbox.run()).report).toMatchObject({ status: 'idle', behind: [] });
      },
    ));

  it('I3: audits what really was there, not what it had computed from', () =>
    disturbed(
      [`update marts.dim_customer set name = 'by hand', note = 'theirs' where customer_id = 1`],
      1,
      async (sandbox, running) => {
        await running;
        const [row] =
          await sandbox.sql(`select before ->> 'name' as before, after ->> 'name' as after from tidemark.audit
where batch = 2 and target = 'dim_customer' and key ->> 'customer_id' = '1'`);
        expect(row).toEqual({ before: 'by hand', after: 'Adler & Sons' });
        expect(await sandbox.sql('select note from marts.dim_customer where customer_id = 1')).toEqual([
          { note: 'theirs' },
        ]);
      },
    ));

  it('does not mind a column that is not mapped', () =>
    disturbed([`update marts.dim_customer set note = 'theirs'`], 1, async (sandbox, running) => {
      expect((await running).report.status).toBe('applied');
      expect(await differences(sandbox)).toEqual({ status: 'equal', behind: [] });
      expect(
        await sandbox.sql(`select distinct note from marts.dim_customer where customer_id <> 5`),
      ).toEqual([{ note: 'theirs' }]);
    }));

  it('heals in the next run a row that was not to be written: there is nothing to guard it', () =>
    disturbed(
      ['update marts.fact_visit set customer_id = 1 where visit_id = 103'],
      1,
      async (sandbox, running) => {
        expect((await running).report.status).toBe('applied');
        expect((await sandbox.run()).report.targets).toMatchObject([{ name: 'fact_visit', updated: 1 }]);
        expect(await differences(sandbox)).toEqual({ status: 'equal', behind: [] });
      },
    ));

  it('leaves the target behind when it happens every time, and commits the rest', () =>
    disturbed(
      [`update marts.dim_customer set name = 'by hand {turn}' where customer_id = 1`],
      3,
      async (sandbox, running) => {
        const { report, exit } = await running;
        expect({ status: report.status, exit }).toEqual({ status: 'partial', exit: 6 });
        expect(report.behind).toEqual([
          expect.objectContaining({
            name: 'dim_customer',
            code: 'written_meanwhile',
            retryable: true,
            since: 1,
            reason: expect.stringContaining('written by somebody else'),
          }),
          expect.objectContaining({
            name: 'line_country',
            code: 'upstream_behind',
            reason: expect.stringContaining('`dim_customer`'),
          }),
        ]);
        const after = await snapshot(sandbox);
        const kept = Object.entries(after).filter(([name]) =>
          /^marts\.(fact_line|fact_visit)|^staging_public/.test(name),
        );
        for (const [name, lines] of kept) expect({ name, lines }).toEqual({ name, lines: undisturbed[name] });
        const theirs = Object.keys(before).find((name) => name.startsWith('marts.line_country')) ?? '';
        expect(after[theirs]).toEqual(before[theirs]);
        expect(await sandbox.sql('select name from marts.dim_customer where customer_id = 1')).toEqual([
          { name: 'by hand 3' },
        ]);
        const next = await sandbox.run();
        expect({ status: next.report.status, exit: next.exit }).toEqual({ status: 'applied', exit: 0 });
        expect(await differences(sandbox)).toEqual({ status: 'equal', behind: [] });
      },
    ));

  it('ends with an error, nothing written, when it is a mirror every time', () =>
    disturbed(
      [`update staging_public.customers set name = 'by hand {turn}' where id = 1`],
      3,
      async (sandbox, running) => {
        await expect(running).rejects.toMatchObject({
          code: 'write_conflict',
          exitCode: 1,
          message: expect.stringContaining('`customers`'),
        });
        const changed = difference(before, await snapshot(sandbox));
        expect(changed).toEqual([expect.stringMatching(/^staging_public\.customers/)]);
      },
    ));

  it.each([
    [
      'whose mapped column is dropped',
      'alter table marts.dim_customer drop column country_name',
      'target_changed',
      'has no column `country_name` any more',
    ],
    ['that is dropped', 'drop table marts.dim_customer', 'target_missing', 'was dropped'],
  ])('leaves the target behind %s, and commits the rest', (_, statement, code, reason) =>
    disturbed([statement], 1, async (sandbox, running) => {
      const { report, exit } = await running;
      expect({ status: report.status, exit }).toEqual({ status: 'partial', exit: 5 });
      expect(report.behind).toEqual([
        expect.objectContaining({
          name: 'dim_customer',
          code,
          reason: expect.stringContaining(reason),
        }),
        expect.objectContaining({ name: 'line_country', code: 'upstream_behind' }),
      ]);
      const after = await snapshot(sandbox);
      const kept = Object.entries(after).filter(([name]) =>
        /^marts\.(fact_line|fact_visit)|^staging_public/.test(name),
      );
      for (const [name, lines] of kept) expect({ name, lines }).toEqual({ name, lines: undisturbed[name] });
    }),
  );
});
