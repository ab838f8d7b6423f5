// `impact --rows`: counts that a hand-written query confirms; and nothing of the warehouse changes (I12).
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { impact } from '../../src/batch/impact/impact.ts';
import type { ImpactReport } from '../../src/batch/impact/impact-report.ts';
import { createSandbox, type Engine, type Sandbox } from '../support/sandbox.ts';
import { workshop } from '../support/workshop.ts';

const more = {
  'big_line.yml': `target: big_line
key: [order_id, line_no]
from: fact_line
where: fact_line.amount > 6
join:
  lines: { source: fact_line, on: fact_line.order_id = lines.order_id and lines.line_no = 1 }
  dim_customer: { on: lines.customer_id = dim_customer.customer_id, type: inner }
columns:
  order_id: fact_line.order_id
  line_no: fact_line.line_no
  customer: dim_customer.name
`,
};

export const describeImpact = (engine: Engine): void => {
  describe(`impact --rows on ${engine}`, () => {
    let sandbox: Sandbox;
    beforeAll(async () => {
      sandbox = await createSandbox(engine, { ...workshop, mappings: { ...workshop.mappings, ...more } });
    });
    afterAll(() => sandbox.remove());

    const ask = (...columns: readonly string[]): Promise<ImpactReport> =>
      impact({ project: sandbox.project(), columns, rows: true });

    const rowsOf = (report: ImpactReport): readonly string[] =>
      report.reaches.map(
        ({ target, column, how, rows }) => `${target}.${column} ${how} ${rows ?? 'uncounted'}`,
      );

    it('counts what is there before the first run, and says what is not', async () => {
      const report = await ask('customers.name');
      expect(rowsOf(report)).toEqual([
        'dim_customer.name direct 0',
        'fact_line.customer_name direct uncounted',
        'fact_visit.customer_name direct 3',
        'big_line.customer direct uncounted',
      ]);
      expect(report.warnings.map(({ message }) => message)).toEqual([
        'the rows of `fact_line` cannot be counted: its table, or one that it reads, does not exist yet',
        'the rows of `big_line` cannot be counted: its table, or one that it reads, does not exist yet',
      ]);
    });

    describe('after a run', () => {
      beforeAll(() => sandbox.run());

      it('counts the rows that find a row of the source', async () => {
        const report = await ask('customers.name');
        expect(rowsOf(report)).toEqual([
          'dim_customer.name direct 4',
          'fact_line.customer_name direct 5',
          'fact_visit.customer_name direct 3',
          'big_line.customer direct 4',
        ]);
        expect(report.targets).toEqual([
          { target: 'dim_customer', rows: 4, of: 4 },
          { target: 'fact_line', rows: 5, of: 5 },
          { target: 'fact_visit', rows: 3, of: 4 },
          { target: 'big_line', rows: 4, of: 4 },
        ]);
      });

      it('through other targets only what hangs on rows that hang on it', async () => {
        await sandbox.sql(`delete from staging.countries where code = 'FR'`);
        await sandbox.run({ allow: ['countries:deletes'] });
        const report = await ask('countries.name');
        expect(rowsOf(report)).toEqual([
          'dim_customer.country_name direct 3',
          'line_country.country_name direct 4',
        ]);
        const [row] = await sandbox.sql(`select count(*) as rows from marts.line_country l
          join marts.fact_line f on f.order_id = l.order_id and f.line_no = l.line_no
          join staging.customers c on c.id = f.customer_id join staging.countries k on k.code = c.country`);
        expect(Number(row?.['rows'])).toBe(4);
      });

      it('of rows as such, all that are there', async () => {
        const report = await ask('order_lines.amount');
        expect(rowsOf(report)).toEqual([
          'fact_line.amount direct 5',
          'big_line.order_id filter 4',
          'big_line.line_no filter 4',
          'big_line.customer filter 4',
        ]);
      });

      it('of a table, by each of its columns', async () => {
        const report = await ask('countries');
        expect(report.columns).toEqual([{ source: 'countries', column: null }]);
        expect(new Set(report.reaches.map(({ source_column: column }) => column))).toEqual(
          new Set([null, 'code', 'name']),
        );
        expect(report.targets).toEqual([
          { target: 'dim_customer', rows: 3, of: 4 },
          { target: 'line_country', rows: 4, of: 5 },
        ]);
      });

      it('knows columns that no mapping reads, and tells the mistyped ones', async () => {
        const asked = (text: string) => impact({ project: sandbox.project(), columns: [text] });
        expect(await asked('countries.code')).toMatchObject({ warnings: [] });
        expect(await asked('fact_visit.SEEN_BY')).toMatchObject({
          columns: [{ source: 'fact_visit', column: 'seen_by' }],
          reaches: [],
          warnings: [],
        });
        await expect(asked('customers.nmae')).rejects.toMatchObject({
          code: 'unknown_column',
          hint: 'did you mean `name`?',
        });
      });

      it('does not fail where the warehouse cannot be asked', async () => {
        const project = { ...sandbox.project() };
        const report = await impact({ project, columns: ['customers.nmae'], offline: true });
        expect(report).toMatchObject({
          reaches: [],
          warnings: [{ code: 'unknown_column', severity: 'warning', hint: 'did you mean `name`?' }],
        });
      });

      // Found by a telling dictionary with a history: a fault of ours instead of a count.
      it('of a history all versions of the keys that find a row', async () => {
        sandbox.map(
          'scd.yml',
          'target: scd\nkey: id\nfrom: customers\ncolumns: { id: customers.id, name: customers.name }\nhistory: { track: [name] }\n',
        );
        await sandbox.run();
        const { targets = [] } = await ask('customers.name');
        const [held] = await sandbox.sql('select count(*) as rows from marts.scd');
        const rows = Number(held?.['rows']);
        expect(rows).toBeGreaterThan(0);
        expect(targets).toContainEqual({ target: 'scd', rows, of: rows });
        rmSync(join(sandbox.folder, 'mappings', 'scd.yml'));
      });

      it('I12: leaves no trace', async () => {
        const seen = () =>
          sandbox.sql(`select table_schema, table_name from information_schema.tables
            where table_schema not in ('pg_catalog', 'information_schema') order by 1, 2`);
        const before = await seen();
        const attempts = await sandbox.sql('select count(*) as n from tidemark.runs');
        await ask('companies', 'customers', 'order_lines').catch(() => undefined);
        await ask('customers', 'order_lines');
        expect(await seen()).toEqual(before);
        expect(await sandbox.sql('select count(*) as n from tidemark.runs')).toEqual(attempts);
      });
    });
  });
};
