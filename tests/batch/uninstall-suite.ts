// Uninstall: what is ours goes, with everything else left as it is.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { schemaErrors } from '../e2e/cli-schemas.ts';
import { createSandbox, type Engine, type Recipe, type Sandbox } from '../support/sandbox.ts';
import { changes, workshop } from '../support/workshop.ts';
import { call } from './command.ts';
import { append, customer, logBook } from './log-book.ts';

const withHistory: Recipe = {
  tables: workshop.tables,
  mappings: {
    ...workshop.mappings,
    'customers_scd.yml': `target: customers_scd
key: customer_id
from: customers
columns: { customer_id: customers.id, name: customers.name }
history: { track: [name], surrogate_key: customer_key }
`,
  },
};

export const describeUninstall = (engine: Engine): void => {
  describe(`uninstall on ${engine}`, () => {
    let sandbox: Sandbox;
    beforeEach(async () => {
      sandbox = await createSandbox(engine, withHistory);
      await sandbox.run();
      await sandbox.sql(...changes);
      await sandbox.run();
    });
    afterEach(() => sandbox.remove());

    const json = async (...argv: readonly string[]) => {
      const answer = await call(sandbox, ['uninstall', ...argv, '--json']);
      expect(schemaErrors(answer.json)).toEqual([]);
      return { exit: answer.exit, report: answer.json };
    };
    const objects = async (of: Sandbox = sandbox): Promise<readonly string[]> =>
      (
        await of.sql(`select table_schema || '.' || table_name as name from information_schema.tables
where table_schema not in ('pg_catalog', 'information_schema') order by 1`)
      ).map(({ name }) => String(name));
    const schemas = async (): Promise<readonly unknown[]> =>
      (
        await sandbox.sql(
          `select distinct schema_name as name from information_schema.schemata where schema_name like 'tidemark%'`,
        )
      ).map(({ name }) => name);
    const listed = (report: Readonly<Record<string, unknown>>) =>
      report['objects'] as readonly { name: string; kind: string }[];

    it('drops everything that was made, and nothing else; a dry run lists exactly that', async () => {
      const before = await objects();
      const target = await sandbox.sql('select * from marts.fact_line order by 1, 2');
      const dry = await json('--dry-run');
      expect(dry).toMatchObject({ exit: 0, report: { status: 'pending', exported: [] } });
      expect(await objects()).toEqual(before);
      const { exit, report } = await json('--yes');
      expect({ exit, report }).toEqual({ exit: 0, report: { ...dry.report, status: 'removed' } });
      const dropped = listed(report)
        .filter(({ kind }) => kind !== 'schema' && kind !== 'file')
        .map(({ name }) => name);
      expect(dropped).toEqual(
        expect.arrayContaining([
          'staging_public.customers',
          'tidemark.events_customers_scd',
          'tidemark.audit',
          'tidemark.holds',
        ]),
      );
      expect(before.filter((name) => !dropped.includes(name))).toEqual(await objects());
      expect((await objects()).filter((name) => !/^(staging|marts)\./.test(name))).toEqual([]);
      expect(await schemas()).toEqual([]);
      expect(await sandbox.sql('select * from marts.fact_line order by 1, 2')).toEqual(target);
      expect(await json('--yes')).toMatchObject({ exit: 0, report: { status: 'nothing', objects: [] } });
      expect(await sandbox.run({ adopt: [] })).toMatchObject({ report: { kind: 'bootstrap' } });
    });

    it.runIf(engine === 'duckdb')(
      'removes the seal beside the file, and leaves those of other files',
      async () => {
        const folder = join(sandbox.folder, '.tidemark');
        const seal = join(folder, 'workshop.duckdb.seal.json');
        writeFileSync(`${seal}.4711`, 'the draft of one that was killed');
        writeFileSync(join(folder, 'another.duckdb.seal.json'), '{}');
        expect(listed((await json('--dry-run')).report).filter(({ kind }) => kind === 'file')).toEqual([
          { name: seal, kind: 'file' },
          { name: `${seal}.4711`, kind: 'file' },
        ]);
        expect(existsSync(seal)).toBe(true);
        await json('--yes');
        expect(readdirSync(folder).toSorted()).toEqual(['.gitignore', 'another.duckdb.seal.json']);
        const other = await createSandbox(engine, withHistory);
        await other.run();
        expect(existsSync(join(other.folder, '.tidemark'))).toBe(true);
        await call(other, ['uninstall', '--yes']);
        expect(existsSync(join(other.folder, '.tidemark'))).toBe(false);
        await other.remove();
      },
    );

    it('drops what it keeps of logs', async () => {
      const logs = await createSandbox(engine, logBook());
      try {
        await append(logs, { op: 'c', after: customer(1) });
        await logs.run();
        const { json: report } = await call(logs, ['uninstall', '--yes', '--json']);
        expect(listed(report).map(({ kind }) => kind)).toContain('log state');
        expect((await objects(logs)).filter((name) => !/^(staging|marts)\./.test(name))).toEqual([]);
      } finally {
        await logs.remove();
      }
    });

    it('leaves mirrors that somebody else made, and a schema in which somebody else keeps a table', async () => {
      const other = await createSandbox(engine, withHistory);
      try {
        await other.sql(
          'create schema staging_public',
          'create table staging_public.countries as select * from staging.countries',
        );
        await other.run();
        await other.sql(
          'create table tidemark.notes (a int)',
          'create table tidemark.events_of_mine (a int)',
        );
        const answer = await call(other, ['uninstall', '--yes']);
        expect(answer).toMatchObject({ exit: 0 });
        expect(answer.stdout).toContain('not ours lies in it: `events_of_mine`, `notes`');
        expect(answer.stdout).toMatch(/staging_public\.countries +a mirror that somebody else made/);
        expect((await objects(other)).filter((name) => !/^(staging|marts)\./.test(name))).toEqual([
          'staging_public.countries',
          'tidemark.events_of_mine',
          'tidemark.notes',
        ]);
      } finally {
        await other.remove();
      }
    });

    it('refuses without --yes, and the tables of another project', async () => {
      const before = await objects();
      expect(await json()).toMatchObject({ exit: 2, report: { code: 'usage' } });
      expect(await json('--dry-run', '--export', 'x')).toMatchObject({ exit: 2, report: { code: 'usage' } });
      await sandbox.sql(`update tidemark.project set name = 'another'`);
      for (const how of ['--dry-run', '--yes'])
        expect(await json(how)).toMatchObject({ exit: 2, report: { code: 'environment_mismatch' } });
      expect(await objects()).toEqual(before);
    });

    it.runIf(engine === 'postgres')(
      'drops nothing where a view of somebody else reads a mirror',
      async () => {
        const before = await objects();
        await sandbox.sql('create view marts.peek as select * from staging_public.customers');
        const { exit, report } = await json('--yes');
        expect({ exit, report }).toMatchObject({
          exit: 1,
          report: {
            code: 'sql_failed',
            message: expect.stringContaining('nothing was removed'),
            hint: 'drop or change first what depends on it',
          },
        });
        expect(await objects()).toEqual([...before, 'marts.peek'].toSorted());
        expect(await sandbox.sql('select * from tidemark.heartbeat')).toEqual([]);
      },
    );

    it('--export writes batches, ledger and audit first, and drops nothing where it cannot', async () => {
      const folder = join(sandbox.folder, 'records');
      const before = await objects();
      mkdirSync(folder);
      writeFileSync(join(folder, 'audit.ndjson'), 'an earlier one');
      expect(await json('--yes', '--export', folder)).toMatchObject({ exit: 2, report: { code: 'usage' } });
      expect(await objects()).toEqual(before);
      const [count] = await sandbox.sql(
        'select (select count(*) from tidemark.changes) as changes, (select count(*) from tidemark.audit) as audit',
      );
      const { report } = await json('--yes', '--export', join(folder, 'new'));
      expect(report).toMatchObject({
        status: 'removed',
        exported: [
          { file: 'batches.ndjson', rows: 2 },
          { file: 'changes.ndjson', rows: Number(count?.['changes']) },
          { file: 'audit.ndjson', rows: Number(count?.['audit']) },
        ],
      });
      const lines = (name: string) =>
        readFileSync(join(folder, 'new', name), 'utf8')
          .trimEnd()
          .split('\n')
          .map((line) => JSON.parse(line) as Record<string, unknown>);
      expect(lines('audit.ndjson')).toHaveLength(Number(count?.['audit']));
      expect(Number(count?.['audit'])).toBeGreaterThan(0);
      expect(lines('changes.ndjson').at(-1)).toMatchObject({
        batch: 2,
        change_id: Number(count?.['changes']),
        key: expect.any(Object),
      });
    });
  });
};
