// Doctor on a real server: what it finds, on what it rests, and that its statements mend it.
import { Client } from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { doctor, type DoctorReport } from '../../src/batch/doctor.ts';
import type { Project } from '../../src/project/project.ts';
import { tableName } from '../../src/sql/table-name.ts';
import { openWarehouse } from '../../src/warehouse/open.ts';
import { createSandbox, type Sandbox } from '../support/sandbox.ts';
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
      const findings = await warehouse.health({ tables: [use], schemas: [], lockedForMs: 0 });
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
});
