// Prune: records of old batches go, what stays can be undone as before, and everybody who reads says what is missing.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { schemaErrors } from '../e2e/cli-schemas.ts';
import { createSandbox, type Engine, type Recipe, type Sandbox } from '../support/sandbox.ts';
import { changes, workshop } from '../support/workshop.ts';
import { call } from './command.ts';

const withHistory: Recipe = {
  tables: workshop.tables,
  mappings: {
    ...workshop.mappings,
    'customers_scd.yml': `target: customers_scd
key: customer_id
from: customers
columns: { customer_id: customers.id, name: customers.name }
history: { track: [name] }
`,
  },
};

const rename = (name: string, minute: number): string =>
  `update staging.customers set name = '${name}', updated_at = timestamp '2020-05-01 00:00:00' + interval '${minute} minutes' where id = 1`;

export const describePrune = (engine: Engine): void => {
  describe(`prune on ${engine}`, () => {
    let prepared: Sandbox;
    let sandbox: Sandbox;
    beforeAll(async () => {
      prepared = await createSandbox(engine, withHistory);
      await prepared.run();
      await prepared.sql(...changes);
      await prepared.run();
      for (const [place, name] of ['Adler II', 'Adler III', 'Adler IV'].entries()) {
        await prepared.sql(rename(name, place));
        await prepared.run();
      }
      // Batches 1 to 3 are a hundred days old.
      await prepared.sql(
        `update tidemark.batches set committed_at = committed_at - interval '100 days' where batch <= 3`,
      );
    });
    beforeEach(async () => {
      sandbox = await prepared.copy();
    });
    afterEach(() => sandbox.remove());
    afterAll(() => prepared.remove());

    const json = async (...argv: readonly string[]) => {
      const answer = await call(sandbox, [...argv, '--json']);
      expect(schemaErrors(answer.json)).toEqual([]);
      return { exit: answer.exit, report: answer.json };
    };
    const batchesIn = async (table: string): Promise<readonly number[]> =>
      (await sandbox.sql(`select distinct batch from tidemark.${table} order by batch`)).map(({ batch }) =>
        Number(batch),
      );
    const everything = async (): Promise<unknown> => ({
      customers: await sandbox.sql('select * from marts.dim_customer order by 1'),
      versions: await sandbox.sql('select * from marts.customers_scd order by 1, 3'),
      events: await sandbox.sql('select count(*) as rows from tidemark.events_customers_scd'),
    });

    it('drops ledger and audit of batches older than that, says first what cannot be undone, and goes by the clock of the warehouse', async () => {
      const before = await everything();
      const dry = await json('prune', '--older-than', '90d', '--dry-run');
      expect(dry).toMatchObject({
        exit: 0,
        report: {
          status: 'pending',
          older_than_ms: 90 * 86_400_000,
          pruned: { batches: 3, first: 1, last: 3 },
          no_longer_undoable: { batches: 2, first: 2, last: 3 },
          kept: { batches: 2, first: 4, last: 5 },
          spared: null,
        },
      });
      expect(await batchesIn('audit')).toContain(2);
      const { exit, stdout, stderr } = await call(sandbox, ['prune', '--older-than', '90d']);
      expect({ exit, stderr }).toMatchObject({
        exit: 0,
        stderr: expect.stringMatching(/^pruning batches 1 to 3, .* batches 2 to 3 can no longer be undone/),
      });
      expect(stdout).toContain('pruned batches 1 to 3');
      expect(stdout).toContain('batches 4 to 5 keep their records');
      expect(await batchesIn('audit')).toEqual([4, 5]);
      expect(await batchesIn('changes')).toEqual([4, 5]);
      expect(await everything()).toEqual(before);
      expect(await json('prune', '--older-than', '90d')).toMatchObject({
        exit: 0,
        report: { status: 'nothing', pruned: { batches: 0, first: null } },
      });
      expect(await sandbox.sql('select * from tidemark.heartbeat')).toEqual([]);
    });

    it('every reader tells pruned batches, and rollback refuses them by name', async () => {
      await json('prune', '--older-than', '90d');
      const history = await json('history');
      const listed = history.report['batches'] as readonly { batch: number; pruned_at?: string }[];
      expect(listed.filter(({ pruned_at: at }) => at !== undefined).map(({ batch }) => batch)).toEqual([
        3, 2, 1,
      ]);
      expect((await call(sandbox, ['history'])).stdout).toMatch(/^ +2 .* pruned$/m);
      const ofTarget = await json('history', '-s', 'dim_customer');
      expect((ofTarget.report['batches'] as readonly { batch: number }[]).map(({ batch }) => batch)).toEqual([
        5, 4, 3, 2, 1,
      ]);
      const shown = await json('show', '2', '--rows');
      expect(shown).toMatchObject({
        exit: 0,
        report: {
          audit: [],
          pruned_at: expect.any(String),
          targets: expect.arrayContaining([expect.objectContaining({ name: 'dim_customer' })]),
        },
      });
      expect((await call(sandbox, ['show', '2'])).stdout).toContain(
        'its records are gone, it cannot be undone',
      );
      const trail = await json('history', '-s', 'dim_customer', '--key', 'customer_id=1');
      expect(trail.report).toMatchObject({ pruned_up_to: 3, batches: [{ batch: 5 }, { batch: 4 }] });
      const why = await call(sandbox, ['why', 'dim_customer', 'customer_id=2']);
      expect(why.stdout).toContain('no batch that is on record wrote it');
      expect(why.stdout).toContain('what batches up to 3 wrote is not known any more');
      expect((await json('why', 'dim_customer', 'customer_id=1')).report).toMatchObject({ pruned_up_to: 3 });
      const before = await everything();
      for (const argv of [['3'], ['2', '--to']])
        expect(await json('rollback', ...argv)).toMatchObject({
          exit: 2,
          report: { code: 'not_undoable', message: expect.stringContaining('were pruned') },
        });
      expect(await everything()).toEqual(before);
    });

    it('what stays can be undone, numbers go on, and a history works from its events', async () => {
      await json('prune', '--older-than', '90d');
      const [{ last } = {}] = await sandbox.sql('select max(change_id) as last from tidemark.changes');
      expect(await json('rollback', '3', '--to')).toMatchObject({
        exit: 0,
        report: { status: 'applied', undoes: [4, 5] },
      });
      expect(await sandbox.sql('select name from marts.dim_customer where customer_id = 1')).toEqual([
        { name: 'Adler II' },
      ]);
      expect(await json('verify')).toMatchObject({ exit: 0, report: { status: 'equal' } });
      await sandbox.sql(rename('Adler V', 9));
      expect(await json('run')).toMatchObject({ exit: 0, report: { status: 'applied', batch: 7 } });
      const [{ first } = {}] = await sandbox.sql(
        'select min(change_id) as first from tidemark.changes where batch > 5',
      );
      expect(Number(first)).toBe(Number(last) + 1);
      expect(await json('verify')).toMatchObject({ exit: 0, report: { status: 'equal' } });
    });

    it('never the last batch that has changes, whatever the limits: numbers would be given twice', async () => {
      await sandbox.sql(`update tidemark.batches set committed_at = committed_at - interval '200 days'`);
      expect(await json('prune', '--older-than', '90d')).toMatchObject({
        exit: 0,
        report: { status: 'pruned', pruned: { first: 1, last: 4 }, spared: 5 },
      });
      expect(await batchesIn('changes')).toEqual([5]);
      expect((await call(sandbox, ['prune', '--keep-size', '0'])).stdout).toContain(
        'batch 5 stays: changes are numbered on from it',
      );
      await sandbox.sql(rename('Adler VI', 10));
      expect(await json('run')).toMatchObject({ exit: 0, report: { status: 'applied', batch: 6 } });
    });

    it('by size: the oldest go until the rest fits', async () => {
      const { report } = await json('prune', '--keep-size', '1TB', '--dry-run');
      expect(report).toMatchObject({ status: 'nothing', keep_bytes: 1e12, kept: { first: 1, last: 5 } });
      const { bytes } = report['kept'] as { bytes: number };
      expect(bytes).toBeGreaterThan(1000);
      sandbox.map('../tidemark.yml', `${projectText(sandbox)}retention: { size: 1kB }\n`);
      expect(await json('prune')).toMatchObject({
        exit: 0,
        report: { status: 'pruned', keep_bytes: 1000, pruned: { first: 1 } },
      });
      const left = (await json('prune', '--keep-size', '1TB', '--dry-run')).report['kept'] as {
        bytes: number;
        batches: number;
      };
      expect(left.bytes < 1000 || left.batches === 1).toBe(true);
    });

    it('retention of the project file is what counts without flags; neither is refused', async () => {
      expect(await json('prune')).toMatchObject({ exit: 2, report: { code: 'usage' } });
      sandbox.map('../tidemark.yml', `${projectText(sandbox)}retention: { age: 90d }\n`);
      expect(await json('prune')).toMatchObject({ exit: 0, report: { pruned: { first: 1, last: 3 } } });
      sandbox.map('../tidemark.yml', `${projectText(sandbox)}retention: { age: soon, siez: 5GB }\n`);
      expect(await json('prune')).toMatchObject({ exit: 2, report: { code: 'project_invalid' } });
      expect(await json('prune', '--keep-size', '5 apples')).toMatchObject({ exit: 2 });
    });

    it('refuses the tables of another project, and has nothing to do where there are none', async () => {
      await sandbox.sql(`update tidemark.project set name = 'another'`);
      expect(await json('prune', '--older-than', '1d')).toMatchObject({
        exit: 2,
        report: { code: 'environment_mismatch' },
      });
      const fresh = await createSandbox(engine, workshop);
      expect((await call(fresh, ['prune', '--older-than', '1d', '--json'])).json).toMatchObject({
        status: 'nothing',
      });
      await fresh.remove();
    });

    it.runIf(engine === 'postgres')('waits while a run holds the lease, and gives way to none', async () => {
      await sandbox.sql(
        `insert into tidemark.heartbeat select 1, token, 'somebody', 'host', 1, 'run', now(), now() + interval '1 hour' from tidemark.lease`,
      );
      expect(await json('prune', '--older-than', '90d', '--wait', '300ms')).toMatchObject({
        exit: 4,
        report: { code: 'lease_held' },
      });
      expect(await batchesIn('audit')).toContain(2);
    });
  });
};

const projectText = ({ engine, place }: Sandbox): string => `version: 1
name: workshop
warehouse: ${JSON.stringify(engine === 'duckdb' ? { type: 'duckdb', path: place } : { type: 'postgres', url: place })}
schemas: { staging: staging, mirrors: staging_public, targets: marts, state: tidemark }
mappings: mappings
`;
