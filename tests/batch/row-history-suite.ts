// history with its filters: since when, and the trail of one row and of one cell.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { schemaErrors } from '../e2e/cli-schemas.ts';
import { createSandbox, type Engine, type Sandbox } from '../support/sandbox.ts';
import { workshop } from '../support/workshop.ts';
import { call } from './command.ts';

export const describeRowHistory = (engine: Engine): void => {
  describe(`the history of a row on ${engine}`, () => {
    let sandbox: Sandbox;
    const set = (minute: number, what: string) =>
      sandbox.sql(
        `update staging.customers set ${what}, updated_at = timestamp '2020-05-01 00:00:00' + interval '${minute} minutes' where id = 1`,
      );
    beforeAll(async () => {
      sandbox = await createSandbox(engine, workshop);
      await sandbox.run();
      await set(1, `name = 'Adler''s'`);
      await sandbox.run();
      await set(2, `country = 'FR'`);
      await sandbox.run();
      await set(3, 'name = null');
      await sandbox.run();
      await sandbox.sql(
        `update tidemark.batches set committed_at = committed_at - interval '10 days' where batch <= 2`,
      );
    });
    afterAll(() => sandbox.remove());

    const json = async (...argv: readonly string[]) => {
      const answer = await call(sandbox, ['history', ...argv, '--json']);
      expect(schemaErrors(answer.json)).toEqual([]);
      return { exit: answer.exit, report: answer.json };
    };
    const batches = async (...argv: readonly string[]) =>
      ((await json(...argv)).report['batches'] as readonly Record<string, unknown>[]).map(
        ({ batch, row }) => [batch, row],
      );
    const row = ['-s', 'dim_customer', '--key', 'customer_id=1'];

    it('lists every batch that wrote it, and nothing of other rows', async () => {
      expect(await batches(...row)).toMatchObject([
        [4, { operation: 'update', before: { name: `Adler's` }, after: { name: null } }],
        [3, { operation: 'update', before: { country_name: 'Germany' }, after: { country_name: 'France' } }],
        [2, { operation: 'update', before: { name: 'Adler' }, after: { name: `Adler's` } }],
        [1, { operation: 'insert', before: null, after: { customer_id: 1, name: 'Adler' } }],
      ]);
      expect((await batches('-s', 'dim_customer', '--key', 'customer_id=2')).map(([batch]) => batch)).toEqual(
        [1],
      );
      expect(await batches('-s', 'dim_customer', '--key', 'customer_id=99')).toEqual([]);
      expect((await batches(...row, '--limit', '1')).map(([batch]) => batch)).toEqual([4]);
    });

    it('--column keeps one cell', async () => {
      expect(await batches(...row, '--column', 'name')).toMatchObject([
        [4, { before: { name: `Adler's` }, after: { name: null } }],
        [2, { before: { name: 'Adler' }, after: { name: `Adler's` } }],
        [1, { before: null, after: { name: 'Adler' } }],
      ]);
      const { stdout } = await call(sandbox, ['history', ...row, '--column', 'name']);
      expect(stdout).toMatch(
        / name +Adler's → NULL\n[^\n]* name +Adler → Adler's\n[^\n]* name +\(no row\) → Adler\n/,
      );
      expect(stdout).not.toContain('France');
    });

    it('--since keeps what was committed since, by the clock of the warehouse or from a date on', async () => {
      const numbers = async (...argv: readonly string[]) => (await batches(...argv)).map(([batch]) => batch);
      expect(await numbers('--since', '7d')).toEqual([4, 3]);
      expect(await numbers('--since', '30d')).toEqual([4, 3, 2, 1]);
      expect(await numbers('--since', '2000-01-31')).toEqual([4, 3, 2, 1]);
      expect(await numbers('--since', '2999-01-31 12:00')).toEqual([]);
      expect(await numbers(...row, '--column', 'name', '--since', '7d')).toEqual([4]);
    });

    it('refuses what it cannot look for', async () => {
      const wrong = async (...argv: readonly string[]) => (await json(...argv)).report;
      expect(await wrong('--key', 'customer_id=1')).toMatchObject({ code: 'usage' });
      expect(await wrong('-s', 'dim_customer', '--column', 'name')).toMatchObject({ code: 'usage' });
      expect(await wrong('--since', 'yesterday')).toMatchObject({ code: 'usage' });
      expect(await wrong('-s', 'dim_customr', '--key', 'customer_id=1')).toMatchObject({
        code: 'unknown_target',
        hint: 'did you mean `dim_customer`?',
      });
      expect(await wrong('-s', 'dim_customer', '--key', 'customer=1')).toMatchObject({
        code: 'unknown_column',
      });
      expect(await wrong(...row, '--column', 'nam')).toMatchObject({ code: 'unknown_column' });
    });
  });
};
