// Somebody who rewrites what we set right, again and again: a trigger, another job. Each run heals it; from the third
// time on people are told, with what to look for.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { plan } from '../../src/batch/plan.ts';
import { situationOf } from '../../src/batch/alerting/situation.ts';
import { status } from '../../src/batch/status.ts';
import type { RunResult } from '../../src/batch/run.ts';
import { createSandbox, type Engine, type Sandbox } from '../support/sandbox.ts';
import { vendorFile, corner } from './corner.ts';

const edit = `update marts.fact_vendor set vendor_name = 'by a job' where vendor_id = 1`;

export const toldIn = ({ report }: RunResult): readonly unknown[] =>
  report.warnings.flatMap(({ code, details }) => (code === 'healed_again' ? [details] : []));

export const describeHealedAgain = (engine: Engine): void => {
  describe(`a target that others write again and again on ${engine}`, () => {
    let prepared: Sandbox;
    let sandbox: Sandbox;
    beforeAll(async () => {
      prepared = await createSandbox(engine, corner());
      await prepared.run();
    });
    afterAll(() => prepared.remove());
    beforeEach(async () => {
      sandbox = await prepared.copy();
    });
    afterEach(() => sandbox.remove());

    const heal = async (): Promise<RunResult> => {
      await sandbox.sql(edit);
      return sandbox.run();
    };
    const statusOf = async (name: string) =>
      (await status({ project: sandbox.project() })).report.targets.find((each) => each.name === name);

    it('healed_again: is told from the third heal in a row on, in plan, run, status and alerts', async () => {
      const first = await heal();
      expect(first.report.targets).toMatchObject([{ name: 'fact_vendor', updated: 1, healed: 1 }]);
      expect(toldIn(first)).toEqual([]);
      expect(toldIn(await heal())).toEqual([]);
      expect(await statusOf('fact_vendor')).not.toHaveProperty('healed');
      await sandbox.sql(edit);
      const planned = await plan({ project: sandbox.project() });
      expect(planned.report.warnings).toMatchObject([{ code: 'healed_again', details: { times: 3 } }]);
      const third = await sandbox.run();
      expect(third.exit).toBe(0);
      expect(third.report.warnings).toMatchObject([
        {
          code: 'healed_again',
          severity: 'warning',
          message:
            'target `fact_vendor`: somebody else wrote it again: the last 3 batches that wrote it, since batch 2, each set right what others had changed (1 row now)',
          details: { relation: 'fact_vendor', times: 3, since: 2, rows: 1 },
        },
      ]);
      expect(third.report.warnings[0]?.hint).toContain('trigger');
      expect(await statusOf('fact_vendor')).toMatchObject({
        status: 'in step',
        healed: { times: 3, since: 2, rows: 1 },
      });
      const { alerts } = situationOf(sandbox.project(), third, { nowMs: 0 });
      expect(alerts).toMatchObject([
        {
          event: 'drift',
          key: 'drift:table:healed_again:fact_vendor',
          relation: 'fact_vendor',
          next: 'tidemark show 4 --rows',
          lasts: true,
        },
      ]);
      expect(toldIn(await heal())).toMatchObject([{ times: 4, since: 2 }]);
      // The next run finds nothing: it is over.
      expect((await sandbox.run()).report).toMatchObject({ status: 'idle', warnings: [] });
      expect(await statusOf('fact_vendor')).not.toHaveProperty('healed');
    });

    it('is not told of changes that staging explains, though somebody rebuilt the table each time', async () => {
      for (const n of [1, 2, 3, 4]) {
        await sandbox.sql(
          `update staging.companies set name = 'Adler ${n}', updated_at = timestamp '2020-03-0${n} 00:00:00' where id = 1`,
          // As of the batch before: what an older build of dbt leaves in rows that change now.
          `update marts.fact_vendor set vendor_name = 'old' where vendor_id = 1`,
        );
        const result = await sandbox.run();
        expect(result.report.targets).toMatchObject([{ name: 'fact_sales' }, { name: 'fact_vendor' }]);
        expect(result.report.targets.map((each) => each.healed)).toEqual([undefined, undefined]);
        expect(toldIn(result)).toEqual([]);
      }
    });

    it('counts only the rows that nothing in staging explains', async () => {
      await sandbox.sql(
        `update staging.companies set name = 'Blanc 2', updated_at = timestamp '2020-03-01 00:00:00' where id = 2`,
        edit,
        `delete from marts.fact_vendor where vendor_id = 3`,
        `insert into marts.fact_vendor values (77, 'stray')`,
      );
      const { report } = await sandbox.run();
      expect(report.targets.find(({ name }) => name === 'fact_vendor')).toMatchObject({
        inserted: 1,
        updated: 2,
        deleted: 1,
        healed: 3,
      });
      expect(report.targets.find(({ name }) => name === 'fact_sales')).not.toHaveProperty('healed');
    });

    it('begins anew when a batch wrote it of which nothing was to be set right', async () => {
      await heal();
      await heal();
      await sandbox.sql(
        `update staging.companies set name = 'Blanc 2', updated_at = timestamp '2020-03-01 00:00:00' where id = 2`,
      );
      expect(toldIn(await sandbox.run())).toEqual([]);
      expect(toldIn(await heal())).toEqual([]);
      expect(toldIn(await heal())).toEqual([]);
      expect(toldIn(await heal())).toMatchObject([{ times: 3 }]);
    });

    it('is not told of a mapping that changed: that is another notice', async () => {
      await heal();
      await heal();
      sandbox.map('fact_vendor.yml', vendorFile().replace('companies.name', 'upper(companies.name)'));
      const changed = await sandbox.run({ allow: ['fact_vendor:touched'] });
      expect(changed.report.warnings).toMatchObject([{ code: 'mapping_changed' }]);
    });
  });
};
