// Restores: an older copy of some tables is put back beside newer others. Each ends as if nothing had happened, or is refused
// by name.
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { verify } from '../../src/batch/verify.ts';
import { createSandbox, type Engine, type Sandbox } from '../support/sandbox.ts';
import { changes, workshop } from '../support/workshop.ts';
import { call } from './command.ts';

const targets = ['dim_customer', 'fact_line', 'line_country', 'fact_visit'].map((name) => `marts.${name}`);
const mirrors = ['countries', 'customers', 'order_lines'].map((name) => `staging_public.${name}`);
const stateTables = [
  'batches',
  'changes',
  'audit',
  'positions',
  'relations',
  'missing',
  'runs',
  'undos',
  'holds',
  'verified',
].map((name) => `tidemark.${name}`);

const later = [
  [
    `update staging.customers set name = 'Blanc & Cie', updated_at = timestamp '2020-04-01 10:00:00' where id = 2`,
    `insert into staging.order_lines values (20, 1, 2, 'hammer', 3.30)`,
  ],
  [
    'delete from staging.order_lines where order_id = 11',
    `update staging.customers set country = 'DE', updated_at = timestamp '2020-04-02 10:00:00' where id = 2`,
    `update staging.countries set name = 'Italia' where code = 'IT'`,
  ],
];

/** What is told of a target, apart from columns of its owner. */
const shown = {
  'marts.dim_customer': 'customer_id, name, country_name',
  'marts.fact_line': '*',
  'marts.line_country': 'order_id, line_no, product, country_name',
  'marts.fact_visit': 'visit_id, customer_id, customer_name',
} as const;

const aside = (table: string): string => `aside.${table.replace('.', '__')}`;

export const describeRestores = (engine: Engine): void => {
  describe(`an older copy put back on ${engine}`, () => {
    let prepared: Sandbox;
    let sandbox: Sandbox;
    let wanted: unknown;

    const look = async (of: Sandbox): Promise<unknown> =>
      of.session(async (query) => {
        const found: unknown[] = [];
        for (const [table, columns] of Object.entries(shown))
          found.push(
            (await query(`select ${columns} from ${table}`)).map((row) => JSON.stringify(row)).toSorted(),
          );
        return found;
      });

    beforeAll(async () => {
      prepared = await createSandbox(engine, workshop);
      await prepared.run();
      await prepared.sql(...changes);
      await prepared.run();
      await prepared.sql(
        'create schema aside',
        ...[...targets, ...mirrors, ...stateTables].map(
          (table) => `create table ${aside(table)} as select * from ${table}`,
        ),
      );
      for (const statements of later) {
        await prepared.sql(...statements);
        expect((await prepared.run()).report.status).toBe('applied');
      }
      wanted = await look(prepared);
    });
    beforeEach(async () => {
      sandbox = await prepared.copy();
    });
    afterEach(() => sandbox.remove());
    afterAll(() => prepared.remove());

    const putBack = (tables: readonly string[]) =>
      sandbox.sql(
        ...tables.flatMap((table) => [
          `truncate table ${table}`,
          `insert into ${table} select * from ${aside(table)}`,
        ]),
      );

    it.each([
      ['all targets: our tables are ahead of them', targets],
      ['one target', ['marts.fact_line']],
      ['a target that feeds another', ['marts.dim_customer']],
      ['mirrors', mirrors],
      ['one mirror', ['staging_public.customers']],
      ['mirrors and targets, so that they fit each other', [...mirrors, ...targets]],
      ['our own tables: they are behind mirrors and targets', stateTables],
      ['our own tables and the mirrors', [...stateTables, ...mirrors]],
      ['our own tables and the targets', [...stateTables, ...targets]],
      ['all of it, staging apart', [...stateTables, ...mirrors, ...targets]],
      ['positions alone', ['tidemark.positions']],
      ['relations alone', ['tidemark.relations']],
      ['positions and relations', ['tidemark.positions', 'tidemark.relations']],
    ])('%s', async (_, tables) => {
      await putBack(tables);
      const { exit, report } = await sandbox.run();
      expect({ exit, behind: report.behind, errors: report.errors }).toEqual({
        exit: 0,
        behind: [],
        errors: [],
      });
      expect(await look(sandbox)).toEqual(wanted);
      const project = sandbox.project();
      expect((await verify({ project })).report).toMatchObject({ status: 'equal', behind: [] });
      const captured = await verify({ project, mirrors: true });
      expect(
        captured.report.mirrors?.map(({ different, missing, extra }) => different + missing + extra),
      ).toEqual([0, 0, 0]);
      // And the next one has nothing to do.
      expect((await sandbox.run()).report.status).toBe('idle');
      // Every number is that of one batch.
      const twice = await sandbox.sql(
        'select batch from tidemark.batches group by batch having count(*) > 1 union all select change_id from tidemark.changes group by change_id having count(*) > 1',
      );
      expect(twice).toEqual([]);
    });

    it.each([
      ['the list of batches alone', ['tidemark.batches']],
      ['the ledger alone', ['tidemark.changes']],
      ['batches and ledger without the audit', ['tidemark.batches', 'tidemark.changes']],
      ['all but the ledger', stateTables.filter((table) => table !== 'tidemark.changes')],
    ])('state_torn: tables of ours that are not of one moment: %s', async (_, tables) => {
      await putBack(tables);
      const before = await look(sandbox);
      for (const command of [['run'], ['plan'], ['verify'], ['rollback', '2']]) {
        const { exit, json } = await call(sandbox, [...command, '--json']);
        expect({ command, exit, code: json['code'] }).toEqual({ command, exit: 2, code: 'state_torn' });
      }
      expect(await look(sandbox)).toEqual(before);
      // What tells only of what is there goes on, and the cure is a restore of all of them.
      expect((await call(sandbox, ['status'])).exit).toBe(0);
      await putBack(stateTables);
      expect((await sandbox.run()).exit).toBe(0);
      expect(await look(sandbox)).toEqual(wanted);
    });

    it('what was undone stays so when mirrors are put back, as its holds are there', async () => {
      await sandbox.run({ undo: { batch: 3 } });
      const undone = await look(sandbox);
      await putBack(mirrors);
      expect((await sandbox.run()).exit).toBe(0);
      expect(await look(sandbox)).toEqual(undone);
    });

    it.runIf(engine === 'duckdb')('the whole file: everything is as of then, staging too', async () => {
      const { place } = sandbox;
      const copy = join(sandbox.folder, 'copy.duckdb');
      copyFileSync(place, copy);
      const more = `update staging.customers set name = 'since', updated_at = timestamp '2020-05-01 10:00:00' where id = 1`;
      await sandbox.sql(more);
      await sandbox.run();
      const after = await look(sandbox);
      copyFileSync(copy, place);
      expect((await sandbox.run()).report.status).toBe('idle');
      expect(await look(sandbox)).toEqual(wanted);
      await sandbox.sql(more);
      expect((await sandbox.run()).report).toMatchObject({ status: 'applied', batch: 5 });
      expect(await look(sandbox)).toEqual(after);
    });

    it('another project that is pointed at our tables is refused by every command that reads or writes them', async () => {
      await sandbox.sql(`update tidemark.project set name = 'another'`);
      for (const command of [
        ['run'],
        ['plan'],
        ['verify'],
        ['verify', '--mirrors'],
        ['verify', '--budget', '1s'],
        ['rollback', '2'],
        ['reconcile'],
        ['status'],
        ['history'],
        ['show', '2'],
        ['why', 'dim_customer', 'customer_id=1'],
        ['prune', '--older-than', '1d'],
        ['uninstall', '--dry-run'],
      ]) {
        const { exit, json } = await call(sandbox, [...command, '--json']);
        expect({ command, exit, code: json['code'] }).toEqual({
          command,
          exit: 2,
          code: 'environment_mismatch',
        });
      }
      expect(await look(sandbox)).toEqual(wanted);
    });
  });
};
