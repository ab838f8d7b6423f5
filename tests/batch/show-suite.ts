// Show and status: who and what made a batch, every row that it wrote, the models of dbt that are stale since, and the
// rows that are held.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { schemaErrors } from '../e2e/cli-schemas.ts';
import { createSandbox, type Engine, type Sandbox } from '../support/sandbox.ts';
import { changes, workshop } from '../support/workshop.ts';
import { call } from './command.ts';

const manifest = {
  metadata: {
    dbt_schema_version: 'https://schemas.getdbt.com/dbt/manifest/v12.json',
    dbt_version: '1.12.0',
    project_name: 'workshop',
    adapter_type: 'any',
  },
  nodes: Object.fromEntries(
    [
      ['dim_customer', []],
      ['line_country', ['dim_customer']],
      ['customers_by_country', ['dim_customer']],
      ['lines_by_country', ['line_country']],
      ['visits_by_day', ['fact_visit']],
    ].map(([name, reads]) => [
      `model.workshop.${String(name)}`,
      {
        resource_type: 'model',
        name,
        package_name: 'workshop',
        schema: 'marts',
        config: { materialized: 'table' },
        depends_on: { nodes: (reads as readonly string[]).map((each) => `model.workshop.${each}`) },
      },
    ]),
  ),
};

export const describeShow = (engine: Engine): void => {
  describe.sequential(`show and status on ${engine}`, () => {
    let sandbox: Sandbox;
    beforeAll(async () => {
      sandbox = await createSandbox(engine, workshop);
      await sandbox.run();
      await sandbox.sql(...changes);
      await sandbox.run({ meta: { ticket: 'OPS-7' } });
    });
    afterAll(() => sandbox.remove());

    const json = async (...argv: readonly string[]) => {
      const answer = await call(sandbox, [...argv, '--json']);
      expect(schemaErrors(answer.json)).toEqual([]);
      return { exit: answer.exit, report: answer.json };
    };

    it('tells who and what started a batch, by which mappings, and how long each phase took', async () => {
      const { report } = await json('show', '2');
      expect(report).toMatchObject({
        kind: 'run',
        command: 'run',
        run: expect.stringMatching(/^[0-9a-f-]{36}$/),
        mapping: expect.stringContaining('dim_customer:'),
        meta: { ticket: 'OPS-7' },
        phases: { freeze: expect.any(Number), compute: expect.any(Number), commit: expect.any(Number) },
      });
      const { stdout } = await call(sandbox, ['show', '2']);
      expect(stdout).toMatch(/^started by {5}`tidemark run`, run [0-9a-f-]{36}$/m);
      expect(stdout).toMatch(/^mappings {7}.*dim_customer:/m);
    });

    it('--rows lists every audit row, a page at a time', async () => {
      const [{ rows } = {}] = await sandbox.sql(
        'select count(*) as rows from tidemark.audit where batch = 2',
      );
      const seen: string[] = [];
      for (let offset = 0; ; offset += 4) {
        const { report } = await json('show', '2', '--rows', '--limit', '4', '--offset', String(offset));
        const page = report['audit'] as readonly object[];
        seen.push(...page.map((row) => JSON.stringify(row)));
        if (page.length < 4) break;
      }
      expect(seen).toHaveLength(Number(rows));
      expect(new Set(seen).size).toBe(seen.length);
      expect((await json('show', '2')).report['audit']).toEqual([]);
    });

    it("--dbt-select prints what is stale as dbt's --select takes it; without a manifest it is refused", async () => {
      expect(await json('show', '2', '--dbt-select')).toMatchObject({ exit: 2, report: { code: 'usage' } });
      expect(await json('show', '2', '--dbt-select', '--rows')).toMatchObject({ exit: 2 });
      writeFileSync(join(sandbox.folder, 'manifest.json'), JSON.stringify(manifest));
      const { place } = sandbox;
      const warehouse =
        engine === 'duckdb' ? { type: 'duckdb', path: place } : { type: 'postgres', url: place };
      sandbox.map(
        '../tidemark.yml',
        `version: 1\nname: workshop\nwarehouse: ${JSON.stringify(warehouse)}\nmanifest: manifest.json\n`,
      );
      // fact_visit is written too, but no node of this manifest.
      expect(await call(sandbox, ['show', '2', '--dbt-select'])).toMatchObject({
        exit: 0,
        stdout: 'customers_by_country lines_by_country\n',
        stderr: '',
      });
      expect((await json('show', '2', '--dbt-select')).report['stale']).toEqual([
        {
          node: 'model.workshop.customers_by_country',
          name: 'customers_by_country',
          select: 'customers_by_country',
        },
        { node: 'model.workshop.lines_by_country', name: 'lines_by_country', select: 'lines_by_country' },
      ]);
    });

    it('history -s names the batches that wrote into a target, the first one too', async () => {
      const batches = async (...argv: readonly string[]) =>
        ((await json('history', ...argv)).report['batches'] as readonly { batch: number }[]).map(
          ({ batch }) => batch,
        );
      expect(await batches('-s', 'dim_customer')).toEqual([2, 1]);
      expect(await batches('-s', 'fact_visit')).toEqual([2]);
      expect(await batches('-s', 'fact_visit', '--since', '1h')).toEqual([2]);
      expect(await batches('--since', '2999-01-01')).toEqual([]);
      expect(await batches('-s', 'dim_customer', '--key', 'customer_id=1', '--column', 'name')).toEqual([
        2, 1,
      ]);
    });

    it('status counts holds per source; a rollback says what it undid', async () => {
      expect(await json('rollback', '2')).toMatchObject({ exit: 0, report: { batch: 3 } });
      expect((await json('show', '3')).report).toMatchObject({ command: 'rollback', undoes: [2] });
      const { report } = await json('status');
      const sources = report['sources'] as readonly { name: string; holds?: object }[];
      expect(sources.map(({ name, holds }) => [name, holds])).toEqual([
        ['countries', { rows: 2, released: 0 }],
        ['customers', { rows: 4, released: 0 }],
        ['order_lines', { rows: 4, released: 0 }],
      ]);
      expect((await call(sandbox, ['status'])).stdout).toContain('customers: 4 rows held since an undo');
      await json('release', '2');
      expect((await call(sandbox, ['status'])).stdout).toContain(
        'customers: 4 released rows for the next run to read',
      );
    });
  });
};
