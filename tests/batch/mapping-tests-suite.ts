// Mapping tests: rows that are given, how they change, what the target must hold then; played by the engine itself.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { doctor } from '../../src/batch/doctor/doctor.ts';
import { validate, type ValidateOptions } from '../../src/batch/validate.ts';
import { createSandbox, type Engine, type Sandbox } from '../support/sandbox.ts';
import { workshop } from '../support/workshop.ts';

const dim = (tests: string): string => `target: dim_customer
key: customer_id
from: customers
join: { countries: customers.country = countries.code }
columns:
  customer_id: customers.id
  name: customers.name
  country_name: coalesce(countries.name, '-')
tests:
${tests}`;

const visit = (tests: string): string => `target: fact_visit
key: visit_id
join: { customers: this.customer_id = customers.id }
columns: { customer_name: customers.name }
touch: { _updated_at: now }
tests:
${tests}`;

/** Reads another target, which may be given or computed. */
const lineCountry = (tests: string): string => `target: line_country
key: [order_id, line_no]
from: order_lines
join: { dim_customer: order_lines.customer_id = dim_customer.customer_id }
columns:
  order_id: order_lines.order_id
  line_no: order_lines.line_no
  product: order_lines.product
  country_name: dim_customer.country_name
tests:
${tests}`;

const passing = `  - name: a country is renamed
    given:
      countries: [{ code: DE, name: Germany }]
      customers: [{ id: 1, name: Ada, country: DE }]
    when: { countries: [{ code: DE, name: Deutschland }] }
    expect: [{ customer_id: 1, country_name: Deutschland }]
  - name: nothing is given
    expect: []
`;

export const describeMappingTests = (engine: Engine): void => {
  describe(`mapping tests of a project on ${engine}`, () => {
    let sandbox: Sandbox;

    beforeAll(async () => {
      sandbox = await createSandbox(engine, workshop);
    });

    afterAll(() => sandbox.remove());

    const played = async (file: string, text: string, options: Partial<ValidateOptions> = {}) => {
      const before = workshop.mappings[file];
      sandbox.map(file, text);
      try {
        const { tests, problems } = await validate({ project: sandbox.project(), ...options });
        const seen = problems.map(({ code, message, at }) => `${at?.line}:${at?.column} ${code} ${message}`);
        return { passed: tests?.passed, failed: tests?.failed, failures: tests?.failures ?? [], seen };
      } finally {
        if (before === undefined) rmSync(join(sandbox.folder, 'mappings', file));
        else sandbox.map(file, before);
      }
    };

    const places = [{}, { testsOn: 'warehouse' as const }];

    it.each(places)('pass where the target holds what is expected %j', async (options) => {
      expect(await played('dim_customer.yml', dim(passing), options)).toMatchObject({
        passed: 2,
        failed: 0,
        seen: [],
      });
    });

    it.each(places)(
      'show each cell that differs, each row that is missing or too many %j',
      async (options) => {
        const tests = `${passing}  - name: all wrong
    given: { customers: [{ id: 1, name: Ada, country: XX }, { id: 2, name: null }, { id: 3 }] }
    expect:
      - { customer_id: 1, name: Ado, country_name: Atlantis }
      - { customer_id: 2, name: null }
      - { customer_id: 4, name: Zoe }
`;
        const { passed, failed, failures, seen } = await played('dim_customer.yml', dim(tests), options);
        expect([passed, failed]).toEqual([2, 1]);
        expect(seen).toEqual([
          '18:11 test_failed test `all wrong` of `dim_customer` failed: 2 cells differ, 1 row is missing, 1 row is too many',
        ]);
        expect(failures[0]?.rows).toMatchObject([
          {
            kind: 'different',
            key: { customer_id: '1' },
            at: { line: 21 },
            cells: [
              { column: 'name', expected: 'Ado', actual: 'Ada' },
              { column: 'country_name', expected: 'Atlantis', actual: '-' },
            ],
          },
          { kind: 'missing', key: { customer_id: '4' }, at: { line: 23 }, row: { name: 'Zoe' } },
          { kind: 'extra', key: { customer_id: '3' }, row: { name: null, country_name: '-' } },
        ]);
      },
    );

    it('take rows away, add them, and go on in steps', async () => {
      const tests = `  - name: steps
    given: { customers: [{ id: 1, name: Ada }, { id: 2, name: Bo }] }
    when:
      - { customers: [{ id: 1, deleted: true }, { id: 3, name: Cy }] }
      - { customers: [{ id: 2, name: Bob }, { id: 3, name: null }] }
    expect: [{ customer_id: 2, name: Bob }, { customer_id: 3, name: null }]
`;
      expect(await played('dim_customer.yml', dim(tests))).toMatchObject({ passed: 1, failed: 0, seen: [] });
    });

    it('give the rows of a target without from, which keep what the mapping does not write', async () => {
      const tests = `  - name: a visitor is renamed
    given:
      customers: [{ id: 1, name: Ada }]
      this: [{ visit_id: 7, customer_id: 1, customer_name: Ada, seen_by: eve }, { visit_id: 8, customer_id: 9, customer_name: Old }]
    when: { customers: [{ id: 1, name: Adele }] }
    expect:
      - { visit_id: 7, customer_name: Adele, seen_by: eve }
      - { visit_id: 8, customer_name: Old, seen_by: null }
  - name: a second test does not meet the first
    given: { fact_visit: [{ visit_id: 7, customer_id: 1, customer_name: Ada }] }
    expect: [{ visit_id: 7, customer_name: Ada }]
`;
      expect(await played('fact_visit.yml', visit(tests))).toMatchObject({ passed: 2, failed: 0, seen: [] });
    });

    it('compute what feeds the target, or take its rows as given', async () => {
      const tests = `  - name: computed
    given:
      customers: [{ id: 1, country: DE }]
      countries: [{ code: DE, name: Germany }]
      order_lines: [{ order_id: 1, line_no: 1, customer_id: 1 }]
    when: { customers: [{ id: 1, country: FR }] }
    expect: [{ order_id: 1, line_no: 1, country_name: null }]
  - name: given
    given:
      dim_customer: [{ customer_id: 1, country_name: Atlantis }]
      order_lines: [{ order_id: 1, line_no: 1, customer_id: 1 }]
    expect: [{ order_id: 1, line_no: 1, country_name: Atlantis }]
`;
      expect(await played('line_country.yml', lineCountry(tests))).toMatchObject({
        passed: 2,
        failed: 0,
        seen: [],
      });
    });

    it('follow a history through its versions', async () => {
      const text = `target: customer_history
key: customer_id
from: customers
columns: { customer_id: customers.id, name: customers.name }
history: { track: [name], at: customers.updated_at }
tests:
  - name: a customer is renamed
    given: { customers: [{ id: 1, name: Ada, updated_at: 2024-01-01 10:00 }] }
    when:
      - { customers: [{ id: 1, name: Adele, updated_at: 2024-01-02 10:00 }] }
      - { customers: [{ id: 1, country: DE, updated_at: 2024-01-03 10:00 }] }
    expect:
      - { customer_id: 1, name: Ada, valid_from: 2024-01-01 10:00, valid_to: 2024-01-02 10:00, is_current: false }
      - { customer_id: 1, name: Adele, valid_from: 2024-01-02 10:00, valid_to: null, is_current: true }
  - name: a customer without a time
    given: { customers: [{ id: 1, name: Ada, updated_at: 2024-01-01 10:00 }] }
    expect: [{ name: Ada, is_current: true }]
`;
      expect(await played('customer_history.yml', text)).toMatchObject({ passed: 2, failed: 0, seen: [] });
    });

    it('are answered at the character for every name and value that is wrong', async () => {
      const tests = `  - name: names
    given: { customer: [{ id: 1 }], customers: [{ id: 2, nme: x }, { name: y }] }
    expect: [{ customer_idd: 1 }]
  - name: values
    given: { customers: [{ id: one }] }
    expect: []
  - name: values
    given: { customers: [{ id: 1 }] }
    expect: [{ customer_id: uno }]
`;
      const { seen } = await played('dim_customer.yml', dim(tests));
      expect(seen).toEqual(['16:11 duplicate_name two tests are called `values`']);
      const renamed = tests.replace(
        'values\n    given: { customers: [{ id: 1',
        'more\n    given: { customers: [{ id: 1',
      );
      const { seen: found, passed, failed } = await played('dim_customer.yml', dim(renamed));
      expect([passed, failed]).toEqual([0, 3]);
      expect(found.map((each) => each.replace(/, which is .*/, ''))).toEqual([
        '11:14 unknown_source rows are given of `customer`, which `dim_customer` does not read',
        '11:58 unknown_column `customers` has no column `nme`',
        '11:68 missing_key a row of `customers` has no `id`',
        '12:16 unknown_column `dim_customer` has no column `customer_idd`',
        '14:32 type_mismatch `one` is no value of `id`',
        '18:29 type_mismatch `uno` is no value of `customer_id`',
      ]);
    });

    it('tell the reason where the engine refuses what is given, and spoil no other test', async () => {
      const tests = `${passing}  - name: twice
    given: { countries: [{ code: DE }], customers: [{ id: 1, country: DE }, { id: 1, country: DE }] }
    expect: []
`;
      const { passed, failed, seen } = await played('dim_customer.yml', dim(tests));
      expect([passed, failed]).toEqual([2, 1]);
      expect(seen).toEqual([
        expect.stringMatching(
          /^18:11 test_failed test `twice` of `dim_customer` could not be played: .*\(id=1\)/,
        ),
      ]);
    });

    it.runIf(engine === 'postgres')('say where SQL is tested that DuckDB does not know', async () => {
      const text = dim(passing).replace(
        'name: customers.name',
        "name: to_char(customers.updated_at, 'YYYY')",
      );
      const { seen, failures } = await played('dim_customer.yml', text);
      expect(seen).toHaveLength(2);
      expect(failures[0]?.reason).toContain('to_char');
      sandbox.map('dim_customer.yml', text);
      const { problems } = await validate({ project: sandbox.project() });
      sandbox.map('dim_customer.yml', workshop.mappings['dim_customer.yml'] ?? '');
      expect(problems[0]?.hint).toContain('`--on warehouse`');
      expect(await played('dim_customer.yml', text, { testsOn: 'warehouse' })).toMatchObject({ passed: 2 });
    });

    it('leave nothing behind in the warehouse, and touch none of its tables', async () => {
      const tables = (): Promise<readonly unknown[]> =>
        sandbox.sql(`select table_schema, table_name from information_schema.tables
where table_schema not in ('pg_catalog', 'information_schema') order by 1, 2`);
      const before = [await tables(), await sandbox.sql('select * from marts.dim_customer')];
      await played('dim_customer.yml', dim(passing), { testsOn: 'warehouse' });
      expect([await tables(), await sandbox.sql('select * from marts.dim_customer')]).toEqual(before);
    });

    it('sweep what a killed one left in the warehouse, which doctor names, and no schema of anybody else', async () => {
      const minute = (ago: number): string =>
        Math.floor(Date.now() / 60_000 - ago)
          .toString(36)
          .padStart(6, '0');
      const old = `tidemark_test_${minute(300)}_0badcafe_staging`;
      const young = `tidemark_test_${minute(1)}_0badcafe_state`;
      const other = 'tidemark_test_results';
      for (const name of [old, young, other]) await sandbox.sql(`create schema ${name}`);
      await sandbox.sql(`create table ${old}.customers (id bigint)`);
      const { findings } = await doctor({ project: sandbox.project() });
      expect(findings.find(({ check }) => check === 'tests')).toMatchObject({
        severity: 'notice',
        evidence: expect.stringContaining(old),
        fix: expect.stringContaining(`drop schema "${old}" cascade;`),
      });
      await played('dim_customer.yml', dim(passing), { testsOn: 'warehouse' });
      const left = await sandbox.sql(
        `select distinct schema_name as name from information_schema.schemata where schema_name like 'tidemark_test%' order by 1`,
      );
      // On a server another process may still play in a young one; a DuckDB file is ours alone.
      expect(left.map(({ name }) => name)).toEqual(engine === 'postgres' ? [young, other] : [other]);
      for (const { name } of left) await sandbox.sql(`drop schema ${String(name)}`);
    });

    it('are left out on demand, and run for the targets that are named only', async () => {
      const wrong = dim(`  - { name: x, expect: [{ customer_id: 1 }] }\n`);
      expect(await played('dim_customer.yml', wrong, { tests: false })).toMatchObject({ seen: [] });
      expect(await played('dim_customer.yml', wrong, { select: ['fact_line'] })).toMatchObject({ seen: [] });
      expect(await played('dim_customer.yml', wrong, { select: ['dim_customer'] })).toMatchObject({
        failed: 1,
      });
    });
  });
};
