// Failures of a server that concern one relation alone: it is left out, the rest goes on, and a retry may help.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSandbox, type Sandbox } from '../support/sandbox.ts';
import { corner, vendorFile } from './corner.ts';

describe('a relation that the server fails', () => {
  let sandbox: Sandbox;
  beforeEach(async () => {
    sandbox = await createSandbox('postgres', corner());
    await sandbox.run();
    await sandbox.sql(
      `update staging.companies set name = 'Adler!', updated_at = timestamp '2020-03-01 00:00:00' where id = 1`,
    );
  });
  afterEach(() => sandbox.remove());

  it("target_failed: a failure that is nobody's value leaves the target behind, exit 6, and is retried", async () => {
    await sandbox.sql(
      `create function marts.fail(text) returns text language plpgsql as $$ begin raise exception 'out of service'; end $$`,
    );
    sandbox.map('fact_vendor.yml', vendorFile().replace('companies.name', 'marts.fail(companies.name)'));
    expect(await sandbox.run()).toMatchObject({
      exit: 6,
      report: {
        status: 'partial',
        behind: [
          {
            name: 'fact_vendor',
            code: 'target_failed',
            retryable: true,
            reason: expect.stringContaining('out of service'),
          },
        ],
        targets: [{ name: 'fact_sales', updated: 1 }],
      },
    });
    await sandbox.sql(
      'create or replace function marts.fail(text) returns text language sql as $$ select $1 $$',
    );
    expect(await sandbox.run()).toMatchObject({
      exit: 0,
      report: { behind: [], targets: [{ name: 'fact_vendor', updated: 1 }] },
    });
  });

  it('source_failed: a source that takes too long is left out, exit 6, and is retried', async () => {
    await sandbox.sql(
      'alter table staging.order_items rename to items',
      `create view staging.order_items as select order_id, line_no, product || case when pg_sleep(5) is null then '' else '' end as product from staging.items`,
    );
    const name = new URL(sandbox.place).pathname.slice(1);
    await sandbox.sql(`alter database ${name} set statement_timeout = '2s'`);
    const { report, exit } = await sandbox.run();
    expect(exit).toBe(6);
    expect(report.behind).toMatchObject([
      {
        name: 'order_items',
        code: 'source_failed',
        retryable: true,
        reason: expect.stringContaining('statement timeout'),
      },
    ]);
    expect(report.sources).toMatchObject([{ name: 'companies', updated: 1 }]);
  });
});
