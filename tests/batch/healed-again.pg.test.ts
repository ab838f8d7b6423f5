// See healed-again-suite.ts; and triggers, which rewrite the very rows that we write.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { verify } from '../../src/batch/verify.ts';
import { createSandbox, type Sandbox } from '../support/sandbox.ts';
import { corner } from './corner.ts';
import { describeHealedAgain, toldIn } from './healed-again-suite.ts';

describeHealedAgain('postgres');

describe('a trigger of a target that rewrites what is written', () => {
  let sandbox: Sandbox;
  beforeEach(async () => {
    sandbox = await createSandbox('postgres', corner());
    await sandbox.run();
  });
  afterEach(() => sandbox.remove());

  it.each([
    ['before', `begin new.vendor_name := upper(new.vendor_name); return new; end`],
    [
      'after',
      `begin update marts.fact_vendor set vendor_name = upper(vendor_name) where vendor_id = new.vendor_id and vendor_name <> upper(vendor_name); return new; end`,
    ],
  ])(
    'healed_again: %s it is written is noticed by the next run, and told from the third on',
    async (when, body) => {
      await sandbox.sql(
        `create function marts.shout() returns trigger language plpgsql as $$ ${body} $$`,
        `create trigger shout ${when} insert or update on marts.fact_vendor for each row execute function marts.shout()`,
        `update staging.companies set name = 'Adler 2', updated_at = timestamp '2020-03-01 00:00:00' where id = 1`,
      );
      expect((await sandbox.run()).report.targets).toMatchObject([{}, { name: 'fact_vendor', updated: 1 }]);
      for (const times of [1, 2, 3]) {
        const result = await sandbox.run();
        expect(result.report.targets).toMatchObject([{ name: 'fact_vendor', updated: 1, healed: 1 }]);
        expect(toldIn(result)).toMatchObject(times === 3 ? [{ times: 3 }] : []);
      }
      await sandbox.sql('drop trigger shout on marts.fact_vendor');
      expect((await sandbox.run()).report.targets).toMatchObject([{ name: 'fact_vendor', updated: 1 }]);
      expect((await sandbox.run()).report.status).toBe('idle');
      expect((await verify({ project: sandbox.project() })).report.status).toBe('equal');
    },
  );

  it('costs no more than a look at the written rows where it changes nothing of ours', async () => {
    await sandbox.sql(
      `create function marts.stamp() returns trigger language plpgsql as $$ begin new.amount := 7; return new; end $$`,
      'create trigger stamp before update on marts.fact_sales for each row execute function marts.stamp()',
      `update staging.companies set name = 'Adler 2', updated_at = timestamp '2020-03-01 00:00:00' where id = 1`,
    );
    await sandbox.run();
    expect((await sandbox.run()).report.status).toBe('idle');
  });
});
