// docs/upgrade.md: the statements that take a version of our tables back do, and the next run brings them forward again.
import { readdirSync } from 'node:fs';
import { expect, it } from 'vitest';
import { verify } from '../../src/batch/verify.ts';
import { stateVersion } from '../../src/store/migrate.ts';
import { openWarehouse } from '../../src/warehouse/open.ts';
import { corner } from '../batch/corner.ts';
import { createSandbox, type Engine } from '../support/sandbox.ts';
import { examplesOf } from './guide.ts';

/** Newest first. */
const versions = readdirSync(new URL('../../sql/postgres/', import.meta.url))
  .map((name) => Number.parseInt(name, 10))
  .toSorted((left, right) => right - left);

const steps = examplesOf('upgrade.md')
  .filter(({ language }) => language === 'sql')
  .map(({ text }) => ({
    version: Number(/version = (\d+)/.exec(text)?.[1]),
    statements: text.split(/;\s*/).filter((statement) => statement.trim() !== ''),
  }))
  .filter(({ version }) => versions.includes(version));

export const goingBack = (engine: Engine): void => {
  it('goes back version by version, and forward again from each', async () => {
    expect(steps.map(({ version }) => version)).toEqual(versions.slice(0, -1));
    const sandbox = await createSandbox(engine, corner());
    const version = async (): Promise<number> => {
      const warehouse = await openWarehouse(sandbox.project().connection);
      try {
        return await stateVersion(warehouse, sandbox.project().schemas.state);
      } finally {
        await warehouse.close();
      }
    };
    try {
      await sandbox.run();
      for (const [place] of steps.entries()) {
        const back = steps.slice(0, place + 1);
        for (const { statements } of back) await sandbox.sql(...statements);
        expect(await version()).toBe(versions[place + 1]);
        await sandbox.sql(
          `update staging.companies set name = name || '.', updated_at = timestamp '2021-01-0${place + 1}' where id = 1`,
        );
        const { report } = await sandbox.run();
        expect([report.status, report.batch]).toEqual(['applied', place + 2]);
        expect(await version()).toBe(versions[0]);
        expect((await verify({ project: sandbox.project() })).report.status).toBe('equal');
      }
    } finally {
      await sandbox.remove();
    }
  });
};
