// Our tables remember whose they are and which tables they speak of: another project file is refused, or takes over.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { plan } from '../../src/batch/plan.ts';
import { run, type RunOptions } from '../../src/batch/run.ts';
import { verify } from '../../src/batch/verify.ts';
import type { Project } from '../../src/project/project.ts';
import { readProject } from '../../src/project/read-project.ts';
import { createSandbox, type Engine, type Sandbox } from '../support/sandbox.ts';
import { call } from './command.ts';
import { corner, sourcesFile } from './corner.ts';

/** One project file, two environments with schemas of their own in one database. */
const projectFile = (engine: Engine, place: string, more = ''): string => `version: 1
name: corner
warehouse: ${JSON.stringify(engine === 'duckdb' ? { type: 'duckdb', path: place } : { type: 'postgres', url: place })}
schemas: { staging: staging, mirrors: staging_public, targets: marts, state: tidemark }
mappings: mappings
environments:
  prod: {}
  dev: { schemas: { staging: dev_staging, mirrors: dev_public, targets: dev_marts, state: dev_tidemark } }
  careless: { schemas: { staging: dev_staging, mirrors: dev_public, targets: dev_marts } }
default_environment: prod
${more}`;

export const describeEnvironments = (engine: Engine): void => {
  describe(`environments on ${engine}`, () => {
    let sandbox: Sandbox;
    beforeEach(async () => {
      sandbox = await createSandbox(engine, corner());
      writeFileSync(join(sandbox.folder, 'tidemark.yml'), projectFile(engine, sandbox.place));
      await sandbox.sql(
        'create schema dev_staging',
        'create schema dev_marts',
        'create table dev_staging.companies as select * from staging.companies where id < 3',
        'create table dev_staging.order_items as select * from staging.order_items',
        'create table dev_marts.fact_sales as select * from marts.fact_sales',
      );
    });
    afterEach(() => sandbox.remove());

    const project = (environment: string): Project =>
      readProject({ directory: sandbox.folder, environment, variables: {} });
    const runIn = (environment: string, options: Partial<RunOptions> = {}) =>
      run({ project: project(environment), waitMs: 5_000, ...options });
    const vendors = async (schema: string) =>
      (await sandbox.sql(`select vendor_name from ${schema}.fact_vendor order by vendor_id`)).map(
        (row) => row['vendor_name'],
      );
    const rename = (schema: string, name: string) =>
      sandbox.sql(
        `update ${schema}.companies set name = '${name}', updated_at = timestamp '2020-03-01 00:00:00' where id = 1`,
      );

    it('work side by side, each in its own schemas', async () => {
      await runIn('prod');
      await runIn('dev');
      await rename('dev_staging', 'Adler of dev');
      expect((await runIn('prod')).report).toMatchObject({
        environment: 'prod',
        status: 'idle',
        batch: null,
      });
      expect((await runIn('dev')).report).toMatchObject({ environment: 'dev', status: 'applied', batch: 2 });
      expect([await vendors('marts'), await vendors('dev_marts')]).toEqual([
        ['Adler', 'Blanc', 'Conti'],
        ['Adler of dev', 'Blanc'],
      ]);
      expect((await verify({ project: project('prod') })).exit).toBe(0);
      expect((await verify({ project: project('dev') })).exit).toBe(0);
    });

    it('are uninstalled each by itself, as for a pull request that is closed', async () => {
      await runIn('prod');
      await runIn('dev');
      expect(await call(sandbox, ['uninstall', '--yes', '--env', 'dev'])).toMatchObject({ exit: 0 });
      const schemas = (
        await sandbox.sql('select distinct table_schema as name from information_schema.tables')
      ).map(({ name }) => String(name));
      const ours = ['staging_public', 'tidemark', 'dev_public', 'dev_tidemark'];
      expect(ours.filter((name) => schemas.includes(name))).toEqual(['staging_public', 'tidemark']);
      expect(await vendors('dev_marts')).toEqual(['Adler', 'Blanc']);
      await rename('staging', 'Adler & Sons');
      expect((await runIn('prod')).report).toMatchObject({ status: 'applied', batch: 2 });
      expect((await verify({ project: project('prod') })).exit).toBe(0);
    });

    it('are refused where our tables belong to another one, by every command, and write nothing', async () => {
      await runIn('prod');
      await rename('dev_staging', 'Adler of dev');
      const refusal = {
        code: 'environment_mismatch',
        exitCode: 2,
        message:
          'the tables in schema `tidemark` belong to project `corner`, environment `prod`; this is project `corner`, environment `careless`',
        hint: expect.stringContaining('--rebind'),
        details: {
          found: { name: 'corner', environment: 'prod' },
          expected: { name: 'corner', environment: 'careless' },
        },
      };
      await expect(runIn('careless')).rejects.toMatchObject(refusal);
      await expect(plan({ project: project('careless') })).rejects.toMatchObject(refusal);
      await expect(verify({ project: project('careless') })).rejects.toMatchObject(refusal);
      expect(await sandbox.sql('select * from tidemark.project')).toEqual([
        { id: 1, name: 'corner', environment: 'prod' },
      ]);
      expect((await runIn('prod')).report.status).toBe('idle');
    });

    it('take our tables over with --rebind: the new names are taken, and all is compared in full', async () => {
      await runIn('prod');
      await runIn('dev');
      // Below the window of the position that prod has: only a full compare sees it.
      await sandbox.sql(
        `update dev_staging.companies set name = 'backdated', updated_at = timestamp '2019-01-01 00:00:00' where id = 2`,
      );
      expect((await plan({ project: project('careless'), rebind: true })).report.sources).toMatchObject([
        { name: 'companies', updated: 1 },
      ]);
      expect(await sandbox.sql('select environment from tidemark.project')).toEqual([
        { environment: 'prod' },
      ]);
      expect(await runIn('careless', { rebind: true })).toMatchObject({
        exit: 0,
        report: { status: 'applied' },
      });
      expect(await vendors('dev_marts')).toEqual(['Adler', 'backdated']);
      expect(await vendors('marts')).toEqual(['Adler', 'Blanc', 'Conti']);
      expect((await runIn('careless')).report.status).toBe('idle');
      await expect(runIn('prod')).rejects.toMatchObject({ code: 'environment_mismatch' });
    });

    it.each([
      [
        'source',
        'source `companies` is `dev_staging.companies` in this project file, but tidemark knows it as `staging.companies`',
        () => sourcesFile('{ key: id, updated_at: updated_at, table: dev_staging.companies }'),
      ],
      [
        'mirror',
        'the mirror of `companies` is `staging_public.firms` in this project file, but tidemark knows it as `staging_public.companies`',
        () => sourcesFile('{ key: id, updated_at: updated_at, mirror: firms }'),
      ],
    ])(
      'a known %s that is suddenly another table is refused, naming both, unless --rebind',
      async (_, message, sources) => {
        await runIn('prod');
        sandbox.map('sources.yml', sources());
        await expect(runIn('prod')).rejects.toMatchObject({
          code: 'environment_mismatch',
          exitCode: 2,
          message,
          at: { file: 'mappings/sources.yml' },
          hint: expect.stringContaining('--rebind'),
        });
        const { report, exit } = await runIn('prod', {
          rebind: true,
          allow: ['companies:deletes', 'fact_vendor:deletes'],
        });
        expect({ exit, errors: report.errors }).toEqual({ exit: 0, errors: [] });
        expect((await verify({ project: project('prod') })).exit).toBe(0);
        expect((await runIn('prod')).report.status).toBe('idle');
      },
    );

    it('a known target that is suddenly another table is refused, naming both, unless --rebind', async () => {
      await runIn('prod');
      const elsewhere = projectFile(engine, sandbox.place).replace(
        'prod: {}',
        'prod: { schemas: { targets: dev_marts } }',
      );
      writeFileSync(join(sandbox.folder, 'tidemark.yml'), elsewhere);
      await expect(runIn('prod')).rejects.toMatchObject({
        code: 'environment_mismatch',
        message: expect.stringContaining(
          'target `fact_item` is `dev_marts.fact_item` in this project file, but tidemark knows it as `marts.fact_item`, and 2 more',
        ),
        details: {
          moved: expect.arrayContaining([
            { name: 'fact_vendor', found: 'dev_marts.fact_vendor', expected: 'marts.fact_vendor' },
          ]),
        },
      });
      expect((await runIn('prod', { rebind: true })).exit).toBe(0);
      expect(await vendors('dev_marts')).toEqual(['Adler', 'Blanc', 'Conti']);
      expect((await runIn('prod')).report.status).toBe('idle');
    });

    it('a relation that --rebind could not bring in step keeps its old name', async () => {
      await runIn('prod');
      sandbox.map(
        'sources.yml',
        sourcesFile('{ key: id, updated_at: updated_at, table: dev_staging.companies, ready: select false }'),
      );
      expect((await runIn('prod', { rebind: true })).report.behind).toMatchObject([
        { name: 'companies', code: 'not_ready' },
        expect.anything(),
        expect.anything(),
      ]);
      await expect(runIn('prod')).rejects.toMatchObject({
        code: 'environment_mismatch',
        message: expect.stringContaining('`staging.companies`'),
      });
    });
  });
};
