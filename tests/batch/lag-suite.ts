// How long changes take from the source to their commit, measured on the data: per source and target, also where a target
// was left out meanwhile.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { status } from '../../src/batch/status.ts';
import { createSandbox, type Engine, type Sandbox } from '../support/sandbox.ts';
import { corner, vendorFile } from './corner.ts';

let sandbox: Sandbox;

const nowMinus = (seconds: number): string => `(now() at time zone 'UTC') - interval '${seconds} seconds'`;

const change = (id: number, name: string, seconds: number): Promise<unknown> =>
  sandbox.sql(
    `update staging.companies set name = '${name}', updated_at = ${nowMinus(seconds)} where id = ${id}`,
  );

const near = (ms: number, seconds: number): void => {
  // A bucket is a tenth wide; the run itself takes a while on a busy machine.
  expect(ms).toBeGreaterThan(seconds * 1000 * 0.94);
  expect(ms).toBeLessThan((seconds + 40) * 1000 * 1.06);
};

const lagOf = async (name: string) => {
  const { report } = await status({ project: sandbox.project() });
  return [...report.sources, ...report.targets].find((each) => each.name === name);
};

export const lags = (engine: Engine): void => {
  beforeEach(async () => {
    sandbox = await createSandbox(engine, corner());
  });
  afterEach(() => sandbox.remove());

  describe('lag of changes', () => {
    it('is counted for each source and the targets that it reaches, first fills left out', async () => {
      const first = await sandbox.run();
      expect(first.relations.filter(({ lag }) => lag !== undefined)).toEqual([]);
      await change(1, 'Adler Ltd', 600);
      await change(2, 'Blanc SA', 3600);
      const second = await sandbox.run();
      const named = new Map(second.relations.map((each) => [each.name, each.lag]));
      expect(named.get('companies')?.changes).toBe(2);
      near(named.get('companies')?.p50_ms ?? 0, 600);
      near(named.get('fact_vendor')?.p99_ms ?? 0, 3600);
      expect(named.get('order_items')).toBeUndefined();
      expect(named.get('fact_item')).toBeUndefined();
      const seen = await lagOf('fact_vendor');
      expect(seen?.change_lag?.changes).toBe(2);
      near(seen?.change_lag?.p95_ms ?? 0, 3600);
      await sandbox.run();
      expect((await lagOf('fact_vendor'))?.change_lag?.changes).toBe(2);
    });

    it('says nothing of rows that are gone, of times that stayed, and none of times in the future', async () => {
      await sandbox.run();
      await sandbox.sql(
        'delete from staging.companies where id = 3',
        `insert into staging.companies values (4, 'Dorn', true, false, (now() at time zone 'UTC') + interval '1 hour')`,
      );
      await sandbox.run({ reconcile: [] });
      const lag = (await lagOf('companies'))?.change_lag;
      expect(lag).toMatchObject({ changes: 1 });
      expect(lag?.p99_ms).toBeLessThan(1000);
    });

    it('of a target that was left out goes on until it is in step again', async () => {
      sandbox.map(
        'fact_vendor.yml',
        vendorFile(
          'target_lag: 10m\nchecks: { never: "select 1 from fact_vendor where vendor_name = \'Bad\'" }\n',
        ),
      );
      await sandbox.run();
      await change(1, 'Bad', 60);
      const refused = await sandbox.run();
      expect(refused.exit).toBe(5);
      expect(refused.relations.find(({ name }) => name === 'fact_vendor')).toMatchObject({
        lag: undefined,
        behind: 'check_failed',
        targetLagMs: 600_000,
      });
      // An hour passes.
      await sandbox.sql(
        `update tidemark.lags set committed_at = committed_at - interval '1 hour'`,
        `update tidemark.relations set behind_at = behind_at - interval '1 hour' where name = 'fact_vendor'`,
      );
      expect(await lagOf('fact_vendor')).toMatchObject({ late: true, target_lag_ms: 600_000 });
      await change(1, 'Good', 5);
      const good = await sandbox.run();
      const lag = good.relations.find(({ name }) => name === 'fact_vendor')?.lag;
      expect(lag?.changes).toBe(2);
      near(lag?.p99_ms ?? 0, 3660);
    });

    it('of a rollback is none', async () => {
      await sandbox.run();
      await change(1, 'Adler Ltd', 600);
      await sandbox.run();
      const back = await sandbox.run({ undo: { batch: 2 } });
      expect(back.relations.filter(({ lag }) => lag !== undefined)).toEqual([]);
    });
  });
};
