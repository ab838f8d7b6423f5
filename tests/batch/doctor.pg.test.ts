// Doctor on a real server: what it finds, on what it rests, and that its statements mend it.
import { Client } from 'pg';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { doctor, type DoctorReport } from '../../src/batch/doctor/doctor.ts';
import type { Project } from '../../src/project/project.ts';
import { tableName } from '../../src/sql/table-name.ts';
import { openWarehouse } from '../../src/warehouse/open.ts';
import { createSandbox, type Sandbox } from '../support/sandbox.ts';
import { writeFileSync, chmodSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { corner } from './corner.ts';

let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = await createSandbox('postgres', corner());
});
afterEach(() => sandbox.remove());

const found = ({ findings }: DoctorReport, check: string) =>
  findings.filter((finding) => finding.check === check && finding.severity !== 'fine');

const examine = (project: Project = sandbox.project()): Promise<DoctorReport> => doctor({ project });

describe('doctor', () => {
  it('finds nothing wrong with a project that is in step', async () => {
    await sandbox.run();
    const report = await examine();
    expect(report.findings.filter(({ severity }) => severity === 'error' || severity === 'warning')).toEqual(
      [],
    );
    expect(report).toMatchObject({ status: 'fine' });
    expect(report.findings.map(({ check }) => check)).toEqual(
      expect.arrayContaining(['connection', 'version', 'clock', 'dictionary']),
    );
  });

  it('names indexes that a large table lacks, with the statement that makes them', async () => {
    await sandbox.sql(
      `insert into staging.companies select n, 'Company ' || n, true, false, timestamp '2020-01-01' from generate_series(10, 30000) as n`,
      'insert into marts.fact_sales (sale_id, vendor_id) select n, n from generate_series(1000, 30000) as n',
      'analyze',
    );
    const missing = found(await examine(), 'indexes');
    expect(missing.map(({ message, fix }) => [message, fix])).toEqual([
      [
        'source `companies`: no index of `staging.companies` leads with `updated_at`: what changed since the last run is found by it',
        'create index concurrently on "staging"."companies" ("updated_at");',
      ],
      [
        'target `fact_sales`: no index of `marts.fact_sales` leads with `vendor_id`: a changed look-up row finds its rows by it',
        'create index concurrently on "marts"."fact_sales" ("vendor_id");',
      ],
    ]);
    await sandbox.sql(
      ...missing.flatMap(({ fix }) => fix?.replace(' concurrently', '').replace(';', '') ?? []),
    );
    expect(found(await examine(), 'indexes')).toEqual([]);
  });

  it('names targets whose keys nothing else keeps unique, until an index does', async () => {
    await sandbox.sql('create table marts.fact_item (order_id bigint, line_no integer, product varchar(40))');
    expect(found(await examine(), 'keys').map(({ severity, message }) => [severity, message])).toEqual([
      ['notice', expect.stringContaining('keys unique of `fact_item`:') as string],
    ]);
    await sandbox.sql('create unique index on marts.fact_item (order_id, line_no)');
    expect(found(await examine(), 'keys')).toEqual([]);
  });

  it('names rights that are missing, and grants that bring them', async () => {
    await sandbox.sql('create role reader login', 'grant usage on schema staging to reader');
    const url = new URL(sandbox.place);
    url.username = 'reader';
    url.password = '';
    const project: Project = { ...sandbox.project(), connection: { type: 'postgres', url: url.href } };
    try {
      const report = await examine(project);
      expect(report.status).toBe('errors');
      const grants = found(report, 'rights').flatMap(({ fix }) => fix ?? []);
      expect(grants).toEqual(
        expect.arrayContaining([
          'grant select on "staging"."companies" to "reader";',
          'grant usage on schema "marts" to "reader";',
        ]),
      );
      // What it says mends it: in a few rounds nothing is left to say.
      for (let round = 0; round < 4; round += 1) {
        const now = found(await examine(project), 'rights').flatMap(({ fix }) => fix ?? []);
        if (now.length === 0) break;
        await sandbox.sql(...now.map((fix) => fix.replace(/;.*$/, '')));
      }
      expect(found(await examine(project), 'rights')).toEqual([]);
    } finally {
      await sandbox.sql(
        'drop schema if exists tidemark cascade',
        'drop schema if exists staging_public cascade',
        'drop owned by reader',
        'drop role reader',
      );
    }
  });

  it('says who holds a lock on a table of ours', async () => {
    await sandbox.run();
    const other = new Client({ connectionString: sandbox.place, application_name: 'nightly load' });
    await other.connect();
    try {
      await other.query('begin');
      await other.query('lock table marts.fact_sales in share row exclusive mode');
      // A lock of a moment is nobody's concern.
      expect(found(await examine(), 'locks')).toEqual([]);
      const warehouse = await openWarehouse(sandbox.project().connection);
      const use = {
        table: tableName('marts', 'fact_sales'),
        what: 'target `fact_sales`',
        writes: true,
        lookups: [],
      };
      const findings = await warehouse.health({
        tables: [use],
        schemas: [],
        state: 'tidemark',
        lockedForMs: 0,
      });
      await warehouse.close();
      expect(findings.filter(({ check }) => check === 'locks').map(({ message }) => message)).toEqual([
        expect.stringMatching(
          /^`marts.fact_sales` is locked for writing by process \d+ \(nightly load\), idle in transaction, for /,
        ),
      ]);
    } finally {
      await other.end();
    }
  });

  it('says why the server cannot be reached, and fails', async () => {
    const project: Project = {
      ...sandbox.project(),
      connection: { type: 'postgres', host: '127.0.0.1', port: 1, user: 'me', database: 'shop' },
    };
    expect(await examine(project)).toMatchObject({
      status: 'errors',
      warehouse: null,
      findings: [{ check: 'connection', severity: 'error', evidence: 'connection_failed' }],
    });
  });

  it('tells of what is left out and paused, and writes nothing', async () => {
    await sandbox.run();
    await sandbox.sql(
      `update tidemark.relations set paused_reason = 'reload', paused_at = now() where name = 'companies'`,
    );
    const before = await sandbox.sql('select count(*) as n, max(xmin::text) as x from tidemark.relations');
    expect(found(await examine(), 'paused')).toMatchObject([{ fix: 'tidemark resume companies' }]);
    expect(await sandbox.sql('select count(*) as n, max(xmin::text) as x from tidemark.relations')).toEqual(
      before,
    );
  });

  /** The same database through a role that owns nothing. */
  const asReader = async (work: (project: Project) => Promise<void>): Promise<void> => {
    await sandbox.sql(
      'create role careful login',
      'grant usage on schema staging, marts to careful',
      'grant select on all tables in schema staging to careful',
      'grant select, insert, update, delete on all tables in schema marts to careful',
      'grant create on database ' + new URL(sandbox.place).pathname.slice(1) + ' to careful',
    );
    const url = new URL(sandbox.place);
    url.username = 'careful';
    url.password = '';
    try {
      await work({ ...sandbox.project(), connection: { type: 'postgres', url: url.href } });
    } finally {
      await sandbox.sql('drop owned by careful cascade', 'drop role careful');
    }
  };

  it('says what is hidden from our role: rows behind a policy, columns without a right', async () => {
    await asReader(async (project) => {
      expect(found(await examine(project), 'hidden')).toEqual([]);
      await sandbox.sql(
        'alter table staging.companies enable row level security',
        'revoke select on staging.order_items from careful',
        'grant select (order_id, line_no) on staging.order_items to careful',
      );
      const report = await examine(project);
      expect(found(report, 'hidden').map(({ severity, message, fix }) => [severity, message, fix])).toEqual([
        [
          'error',
          'source `companies`: a row policy hides rows of `staging.companies` from us: what is hidden counts as deleted',
          'alter role "careful" bypassrls; -- or a policy: create policy tidemark on "staging"."companies" to "careful" using (true);',
        ],
        [
          'warning',
          'source `order_items`: no right to read `product` of `staging.order_items`',
          'grant select ("product") on "staging"."order_items" to "careful";',
        ],
      ]);
      await sandbox.sql(...found(report, 'hidden').map(({ fix = '' }) => fix.replace(/;.*$/, '')));
      expect(found(await examine(project), 'hidden')).toEqual([]);
    });
  });

  it('says which columns carry a mask', async () => {
    // What an anonymizer writes down; its own command takes its library, which no server of ours has.
    await sandbox.sql(
      `insert into pg_seclabel (objoid, classoid, objsubid, provider, label) values ('staging.companies'::regclass, 'pg_class'::regclass, 2, 'anon', 'MASKED WITH VALUE NULL')`,
    );
    expect(found(await examine(), 'hidden')).toMatchObject([
      {
        severity: 'warning',
        message:
          'source `companies`: `name` of `staging.companies` is masked: were the mask on for us, it would be written into targets',
        evidence: 'a security label MASKED',
      },
    ]);
  });

  it('says that the server cuts statements of our role off early, and how to give them time', async () => {
    await asReader(async (project) => {
      await sandbox.sql(`alter role careful set statement_timeout = '5s'`);
      const [limit] = found(await examine(project), 'limits');
      expect(limit).toMatchObject({ severity: 'warning', evidence: 'statement_timeout is 5000 ms' });
      await sandbox.sql((limit?.fix ?? '').replace(';', ''));
      expect(found(await examine(project), 'limits')).toEqual([]);
    });
  });

  it("says that the warehouse's clock is not ours", async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() - 90_000 });
    try {
      expect(found(await examine(), 'clock')).toMatchObject([
        {
          severity: 'warning',
          evidence: expect.stringMatching(/^\d{5} ms ahead of this machine$/) as string,
        },
      ]);
    } finally {
      vi.useRealTimers();
    }
  });

  it('proves rights by using them, and leaves no trace', async () => {
    await sandbox.sql(
      `create function marts.no() returns trigger language plpgsql as $$ begin raise exception 'marts are closed'; end $$`,
      'create trigger closed before insert on marts.fact_sales for each statement execute function marts.no()',
    );
    const before = await sandbox.sql(`select relname from pg_class where relkind = 'r' order by 1`);
    expect(found(await examine(), 'rights')).toMatchObject([
      {
        severity: 'error',
        message: expect.stringMatching(
          /^target `fact_sales`: cannot insert into `marts.fact_sales`: .*marts are closed/,
        ) as string,
        evidence: 'tried in a transaction that was rolled back',
      },
    ]);
    expect(await sandbox.sql(`select relname from pg_class where relkind = 'r' order by 1`)).toEqual(before);
  });

  it('says how dbt keeps rights that it takes away by making a table anew', async () => {
    await asReader(async (project) => {
      await sandbox.sql('revoke insert, update, delete on marts.fact_sales from careful');
      expect(found(await examine(project), 'rights').map(({ fix }) => fix)).toEqual([
        'grant select, insert, update, delete on "marts"."fact_sales" to "careful"; -- and in dbt, so that it lasts: +grants: { select: ["careful"], insert: ["careful"], update: ["careful"], delete: ["careful"] }',
      ]);
    });
  });

  it('finds an index that the planner does not use, by EXPLAIN', async () => {
    await sandbox.sql(
      `insert into staging.companies select n, 'Company ' || n, true, false, timestamp '2020-01-01' + n * interval '1 minute' from generate_series(10, 40000) as n`,
      'create index on staging.companies (updated_at)',
      'analyze staging.companies',
    );
    expect(found(await examine(), 'plans')).toEqual([]);
    // What the planner is told of the cost of random reads is wrong here.
    const database = new URL(sandbox.place).pathname.slice(1);
    await sandbox.sql(`alter database ${database} set random_page_cost = 1000000`);
    try {
      expect(found(await examine(), 'plans')).toMatchObject([
        {
          severity: 'warning',
          message: expect.stringMatching(
            /^source `companies`: looking up by `updated_at` of `staging.companies` reads all [\d,]+ rows though there is an index$/,
          ) as string,
          evidence: 'EXPLAIN says Seq Scan',
        },
      ]);
    } finally {
      await sandbox.sql(`alter database ${database} reset random_page_cost`);
    }
    await sandbox.sql("delete from pg_statistic where starelid = 'staging.companies'::regclass");
    expect(found(await examine(), 'plans')).toMatchObject([
      { evidence: 'no row in pg_stats', fix: 'analyze "staging"."companies";' },
    ]);
  });

  it('--fix vacuums tables of ours, frees a dead lease, closes our files, and leaves the rest to people', async () => {
    await sandbox.run();
    await sandbox.sql(
      'alter table staging_public.companies set (autovacuum_enabled = false)',
      `insert into staging_public.companies select n, 'x', true, false, timestamp '2020-01-01' from generate_series(100, 15000) as n`,
      'delete from staging_public.companies where id >= 100',
      `insert into tidemark.heartbeat (id, token, owner, host, pid, command, taken_at, expires_at)
        select 1, token, 'gone', 'elsewhere', 1, 'run', now() - interval '2 hours', now() - interval '1 hour' from tidemark.lease
        on conflict (id) do update set owner = 'gone', expires_at = excluded.expires_at, token = excluded.token`,
    );
    await sandbox.sql('select pg_stat_force_next_flush()');
    const file = join(sandbox.folder, 'lineage.ndjson');
    writeFileSync(file, '');
    chmodSync(file, 0o644);
    const project: Project = {
      ...sandbox.project(),
      lineage: { file, namespace: 'x', timeoutMs: 1000 },
    };
    const bloated = found(await examine(project), 'bloat');
    expect(bloated).toMatchObject([
      {
        message: expect.stringMatching(/^`staging_public.companies` holds 14,901 dead rows/) as string,
        fix: 'vacuum (analyze) "staging_public"."companies";',
      },
    ]);
    const report = await doctor({ project, fix: true });
    expect(report.findings.filter(({ fixed }) => fixed).map(({ check }) => check)).toEqual([
      'bloat',
      'lease',
      'files',
    ]);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    await sandbox.sql('select pg_stat_force_next_flush()');
    const after = await examine(project);
    expect([...found(after, 'bloat'), ...found(after, 'lease'), ...found(after, 'files')]).toEqual([]);
  });

  it('says that dbt does not tell when it is at work', async () => {
    const manifest = (code: string): string => {
      const path = join(sandbox.folder, 'manifest.json');
      writeFileSync(
        path,
        JSON.stringify({
          metadata: {
            dbt_schema_version: 'https://schemas.getdbt.com/dbt/manifest/v12.json',
            project_name: 'shop',
            adapter_type: 'postgres',
          },
          nodes: {
            'operation.shop.shop-on-run-start-0': { resource_type: 'operation', name: 'x', raw_code: code },
          },
          sources: {},
        }),
      );
      return path;
    };
    const without = { ...sandbox.project(), manifest: manifest('{{ something() }}') };
    expect(found(await examine(without), 'hook')).toMatchObject([
      { severity: 'notice', fix: expect.stringContaining('on-run-start') as string },
    ]);
    const hooked = { ...sandbox.project(), manifest: manifest('{{ tidemark.take_lease() }}') };
    expect(found(await examine(hooked), 'hook')).toEqual([]);
  });
});
