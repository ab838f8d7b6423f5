// Locks on targets are held for the commit only: while a batch computes, others read and write the target's other
// rows without waiting; while it commits, only the rows that it writes are locked where the key is enforced.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { pausing, startProxy, type PostgresProxy } from '../support/postgres-proxy.ts';
import { createSandbox, reachedBy, type Sandbox } from '../support/sandbox.ts';
import { changes, notes, workshop } from '../support/workshop.ts';

/** Waits for nobody: a lock that is held fails at once. */
const atOnce = (statement: string): string =>
  `do $do$ begin set local lock_timeout = '1ms'; ${statement}; end $do$`;

const heldLocks = `select n.nspname || '.' || c.relname as name, l.mode
from pg_locks l join pg_class c on c.oid = l.relation join pg_namespace n on n.oid = c.relnamespace
join pg_stat_activity a on a.pid = l.pid
where n.nspname = 'marts' and c.relkind = 'r' and a.application_name = 'tidemark' and a.pid <> pg_backend_pid()
  and a.datname = current_database()
order by 1, 2`;

const otherRows = [
  `update marts.dim_customer set note = 'theirs' where customer_id = 15000`,
  `insert into marts.dim_customer values (901, 'new', 'x', null)`,
  'delete from marts.dim_customer where customer_id = 901',
  `update marts.fact_visit set seen_by = 'zed'`,
  `insert into marts.fact_visit values (999, 9, 'new', 'zed', null)`,
  `insert into marts.line_country values (900, 1, 'new', 'x')`,
];

describe('locks on targets', () => {
  let direct: Sandbox;
  let proxied: Sandbox;
  let proxy: PostgresProxy;

  beforeEach(async () => {
    direct = await createSandbox('postgres', workshop);
    await direct.run();
    await direct.sql(
      ...notes,
      ...changes,
      `insert into staging.customers select n, 'bulk ' || n, 'DE', 1, timestamp '2020-04-01' from generate_series(1000, 20999) as n`,
    );
    await direct.run();
    // A batch of some size, and below the limit of touched rows.
    await direct.sql(
      `update staging.customers set name = name || '!', updated_at = timestamp '2020-04-02' where id between 1000 and 8999`,
    );
    proxy = await startProxy(direct.place);
    proxied = reachedBy(direct, proxy.url);
  });
  afterEach(async () => {
    await proxy.close();
    await direct.remove();
  });

  const lookWhileAt = async (
    before: (statement: string) => boolean,
    look: () => Promise<void>,
  ): Promise<void> => {
    await pausing(proxy, { before, meanwhile: look }, () => proxied.run());
  };

  it.each([
    ['compares the source', (statement: string) => statement.includes('images_customers" (')],
    ['computes the target', (statement: string) => statement.includes('desired_dim_customer" (')],
    [
      'takes the target apart',
      (statement: string) => statement.startsWith('insert') && statement.includes('changes_dim_customer" ('),
    ],
  ])('are none but those of a reader while a batch %s', (_, before) =>
    lookWhileAt(before, async () => {
      for (const statement of otherRows) await direct.sql(atOnce(statement));
      await direct.sql(atOnce('perform count(*) from marts.dim_customer'));
      const modes = new Set((await direct.sql(heldLocks)).map(({ mode }) => mode));
      expect([...modes].filter((mode) => mode !== 'AccessShareLock')).toEqual([]);
    }),
  );

  it('are taken for the commit, on the rows that it writes', () =>
    lookWhileAt(
      (statement) => statement.startsWith('insert into "tidemark"."positions"'),
      async () => {
        const [mine] = await direct.sql(heldLocks);
        expect(mine).toMatchObject({ name: 'marts.dim_customer', mode: expect.stringMatching(/^Row/) });
        await direct.sql(atOnce(`update marts.dim_customer set note = 'theirs' where customer_id = 15000`));
        await direct.sql(atOnce(`insert into marts.dim_customer values (901, 'new', 'x', null)`));
        await expect(
          direct.sql(atOnce(`update marts.dim_customer set note = 'theirs' where customer_id = 1000`)),
        ).rejects.toMatchObject({ code: 'lock_timeout' });
        expect(
          await direct.sql(`select count(*) as rows from marts.dim_customer where name like '%!'`),
        ).toEqual([{ rows: '0' }]);
      },
    ));

  it('keep other inserts out for the commit where nothing enforces the key, and readers never', async () => {
    await direct.sql(`insert into staging.order_lines values (20, 1, 1, 'hammer', 1.00)`);
    await lookWhileAt(
      (statement) => statement.startsWith('insert into "tidemark"."positions"'),
      async () => {
        expect(await direct.sql(heldLocks)).toContainEqual({
          name: 'marts.fact_line',
          mode: 'ShareRowExclusiveLock',
        });
        await direct.sql(atOnce('perform count(*) from marts.fact_line'));
        await expect(
          direct.sql(atOnce(`insert into marts.fact_line (order_id, line_no) values (20, 1)`)),
        ).rejects.toMatchObject({ code: 'lock_timeout' });
      },
    );
  });
});
