// What Postgres tells of a table without reading it: its identity is exact, its counters are a hint.
import { Client } from 'pg';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { verify } from '../../src/batch/verify.ts';
import { createSandbox, type Sandbox } from '../support/sandbox.ts';
import { recorded } from '../support/statements.ts';
import { workshop } from '../support/workshop.ts';

describe('the marks of a Postgres table', () => {
  let sandbox: Sandbox;
  let other: Client;
  beforeEach(async () => {
    sandbox = await createSandbox('postgres', workshop);
    await sandbox.run();
    other = new Client({ connectionString: sandbox.place });
    await other.connect();
  });
  afterEach(async () => {
    await other.end().catch(() => undefined);
    await sandbox.remove();
  });

  const edit = `update marts.dim_customer set name = 'by hand' where customer_id = 1`;
  const name = async () =>
    (await sandbox.sql('select name from marts.dim_customer where customer_id = 1'))[0]?.['name'];
  const scans = async (work: () => Promise<unknown>) =>
    (await recorded(work)).filter(
      (statement) => statement.includes('hashtextextended') && statement.includes('"marts"."dim_customer"'),
    ).length;

  /** The server tells its counters when it finds the time. */
  const settled = () =>
    vi.waitFor(async () => expect(await scans(() => sandbox.run())).toBe(0), {
      timeout: 30_000,
      interval: 50,
    });

  it('spare an idle run from reading any table', async () => {
    expect(await scans(() => sandbox.run())).toBe(0);
  });

  it('tell of a truncated and refilled table though its counters were reset', async () => {
    await sandbox.sql(
      'create table marts.kept as select * from marts.dim_customer',
      'truncate marts.dim_customer',
      `insert into marts.dim_customer select customer_id, 'x', country_name, note from marts.kept`,
      `select pg_stat_reset_single_table_counters(cast('marts.dim_customer' as regclass))`,
    );
    expect((await sandbox.run()).report.targets).toMatchObject([{ name: 'dim_customer', updated: 4 }]);
  });

  it('tell of columns that were dropped and made again, or changed names', async () => {
    await settled();
    await sandbox.sql(
      'alter table marts.dim_customer drop column name',
      'alter table marts.dim_customer add column name varchar(40)',
    );
    expect((await sandbox.run()).report.targets).toMatchObject([{ name: 'dim_customer', updated: 4 }]);
    await settled();
    await sandbox.sql(
      'alter table marts.dim_customer rename column name to kept',
      'alter table marts.dim_customer rename column country_name to name',
      'alter table marts.dim_customer rename column kept to country_name',
    );
    expect((await sandbox.run()).report.targets).toMatchObject([{ name: 'dim_customer', updated: 4 }]);
    expect(await name()).toBe('Adler');
  });

  it('may be late: what a session wrote that is still open is healed by a later run', async () => {
    await other.query(edit);
    await sandbox.run();
    await other.end();
    await vi.waitFor(
      async () => {
        await sandbox.run();
        expect(await name()).toBe('Adler');
      },
      { timeout: 30_000, interval: 50 },
    );
    expect((await verify({ project: sandbox.project() })).exit).toBe(0);
  });

  it('may never tell: at the latest the scan that comes with every day heals it', async () => {
    await other.query('set track_counts = off');
    await other.query(edit);
    await sandbox.run();
    expect(await name()).toBe('by hand');
    await sandbox.sql(
      `update tidemark.relations set fingerprint = jsonb_set(cast(fingerprint as jsonb), '{scannedAtMs}', '1577836800000') where name = 'dim_customer'`,
    );
    expect((await sandbox.run()).report.targets).toMatchObject([{ name: 'dim_customer', updated: 1 }]);
    expect(await name()).toBe('Adler');
  });

  it('count rolled-back work: that costs one look, and nothing is compared', async () => {
    await other.query('begin');
    await other.query(edit);
    await other.query('rollback');
    await other.query('select pg_stat_force_next_flush()');
    await other.end();
    await vi.waitFor(async () => {
      const [row] = await sandbox.sql(
        `select n_tup_upd as updates from pg_stat_all_tables where relid = cast('marts.dim_customer' as regclass)`,
      );
      expect(Number(row?.['updates'])).toBeGreaterThan(0);
    });
    const statements = await recorded(async () => expect((await sandbox.run()).report.status).toBe('idle'));
    expect(
      statements.filter(
        (statement) => statement.includes('hashtextextended') && statement.includes('"marts"."dim_customer"'),
      ),
    ).toHaveLength(1);
    expect(statements.filter((statement) => statement.includes('desired_dim_customer'))).toEqual([]);
    expect(await scans(() => sandbox.run())).toBe(0);
  });

  it('are carried on by our own writes: the next run reads no table', async () => {
    await sandbox.sql(
      `update staging.customers set name = 'Adler & Sons', updated_at = timestamp '2020-03-01 10:00:00' where id = 1`,
    );
    expect((await sandbox.run()).report.status).toBe('applied');
    await settled();
  });
});
