// The scripts of the pipeline as Snowflake gets them: reviewed like code, and parsed under a grammar that is not ours
// (`npm run test:snowflake`). What stands between `$$` is a text to that grammar, so that the statements of procedures stand in a
// file of their own, one by one.
import { describe, expect, it } from 'vitest';
import { scriptText, statementsOf } from '../../src/batch/pipeline/script-text.ts';
import { scriptsOf } from '../../src/snowflake-pipeline/files.ts';
import type { Pipeline } from '../../src/snowflake-pipeline/pipeline.ts';
import { allRoutines } from '../../src/snowflake-pipeline/routines.ts';
import { tableOf } from '../dictionary/shop.ts';
import { pipelineOf } from '../snowflake-pipeline/pipelines.ts';

const tables = [
  tableOf('STAGING.COMPANIES', [
    'ID NUMBER(38,0)',
    'NAME VARCHAR',
    'COUNTRY_ID NUMBER(38,0)',
    'UPDATED_AT TIMESTAMP_NTZ(9)',
  ]),
  tableOf('STAGING.COUNTRIES', ['ID NUMBER(38,0)', 'NAME VARCHAR'], { kind: 'view' }),
  tableOf('STAGING.SALES', [
    'ID NUMBER(38,0)',
    'COMPANY_ID NUMBER(38,0)',
    'AMOUNT NUMBER(12,2)',
    'GONE BOOLEAN',
  ]),
  tableOf('STAGING.RAW_CHANGES', [
    'SEQ NUMBER(38,0)',
    'OPERATION VARCHAR',
    'TABLE_NAME VARCHAR',
    'BEFORE VARIANT',
    'AFTER VARIANT',
    'TS_MS NUMBER(38,0)',
  ]),
  tableOf('MARTS.FACT_SALES', [
    'SALE_ID NUMBER(38,0)',
    'COMPANY_ID NUMBER(38,0)',
    'COMPANY_NAME VARCHAR',
    'TOUCHED_AT TIMESTAMP_NTZ(9)',
  ]),
];

const files = {
  'sources.yml': `sources:
  COMPANIES: { key: ID, updated_at: UPDATED_AT }
  COUNTRIES: { key: ID }
  SALES: { key: ID, deleted: SALES.GONE }
  customers:
    table: STAGING.RAW_CHANGES
    detect: log
    where: TABLE_NAME = 'customers'
    key: customer_id
    op: OPERATION
    before: BEFORE
    after: AFTER
    types: { customer_id: bigint, name: varchar, note: varchar, born: date, at: timestamp }
    sequence: [TS_MS, SEQ]
    time: TS_MS
    arrival: SEQ
`,
  'fact_vendor.yml': `target: FACT_VENDOR
key: VENDOR_ID
from: COMPANIES
join: { COUNTRIES: COMPANIES.COUNTRY_ID = COUNTRIES.ID }
where: COMPANIES.NAME is not null
columns: { VENDOR_ID: COMPANIES.ID, VENDOR_NAME: COMPANIES.NAME, COUNTRY: COUNTRIES.NAME }
on_delete: { set: { COUNTRY: "it's gone" } }
checks: { named: "select * from FACT_VENDOR where VENDOR_NAME = ''" }
`,
  'fact_sales.yml': `target: FACT_SALES
key: SALE_ID
join: { COMPANIES: this.COMPANY_ID = COMPANIES.ID }
columns: { COMPANY_NAME: COMPANIES.NAME }
touch: { TOUCHED_AT: now }
`,
  'metrics.yml': `target: COMPANY_METRICS
key: ID
from: COMPANIES
join: { SALES: { on: SALES.COMPANY_ID = COMPANIES.ID, many: true } }
columns: { ID: COMPANIES.ID, SALES: count(SALES.ID) }
`,
  'customers_scd.yml': `target: CUSTOMERS_SCD
key: ID
from: customers
columns: { ID: customers.customer_id, NAME: customers.name, NOTE: customers.note, BORN: customers.born }
history: { track: [NAME, BORN], overwrite: [NOTE], deletes: tombstone, deleted: IS_DELETED, valid_from: VALID_FROM, valid_to: VALID_TO, is_current: IS_CURRENT, surrogate_key: CUSTOMER_KEY }
`,
  'names.yml': `target: CURRENT_NAMES
key: ID
from: CUSTOMERS_SCD
where: CUSTOMERS_SCD.IS_CURRENT
columns: { ID: CUSTOMERS_SCD.ID, NAME: CUSTOMERS_SCD.NAME }
`,
};

const types = new Map([
  ['ID', 'NUMBER(38,0)'],
  ['SALES', 'NUMBER(38,0)'],
]);

const rendered = (changed: Parameters<typeof pipelineOf>[2] = {}): Promise<Pipeline> =>
  pipelineOf(files, tables, { database: 'SHOP', ...changed }, () => Promise.resolve(types));

const golden = (name: string): string => `snowflake-pipeline-${name}.sql`;

describe('the scripts of the pipeline', () => {
  it('are as reviewed', async () => {
    const pipeline = await rendered();
    expect(pipeline.leftOut.map(({ name }) => name)).toEqual(['FACT_VENDOR.checks.named']);
    for (const { file, statements } of scriptsOf(pipeline)) {
      if (file.startsWith('03_')) continue;
      const text = statements.map(
        ({ about, sql }) => `${about === undefined ? '' : `-- ${about}\n`}${sql};\n`,
      );
      await expect(text.join('\n')).toMatchFileSnapshot(golden(file.slice(3, -4)));
    }
  });

  it('hold each statement of each procedure', async () => {
    const routines = allRoutines(await rendered());
    const text = routines.flatMap(({ name, about, steps }) => [
      `-- ${name}: ${about}\n`,
      ...steps.map((step) => `-- ${step.about}\n${'sql' in step ? step.sql : step.counts};\n`),
    ]);
    await expect(text.join('\n')).toMatchFileSnapshot(golden('routines'));
  });

  it('hold a procedure as it is sent, a schedule, mail', async () => {
    const pipeline = await rendered({
      start: { kind: 'cron', expression: '*/10 * * * * UTC' },
      notify: { integration: 'MAILS', to: 'data@example.com' },
      refreshMode: 'full',
      place: { database: 'SHOP', schema: 'PIPES' },
    });
    const scripts = new Map(scriptsOf(pipeline).map((script) => [script.file, script.statements]));
    const some = [
      scripts.get('03_procedures.sql')?.[0],
      scripts.get('03_procedures.sql')?.find(({ object }) => object === 'procedure APPLY_FACT_VENDOR'),
      scripts.get('05_tasks.sql')?.find(({ object }) => object === 'task TASK_CAPTURE'),
      scripts.get('06_alerts.sql')?.[0],
    ];
    await expect(some.map((each) => `${each?.sql ?? ''};\n`).join('\n')).toMatchFileSnapshot(
      golden('variants'),
    );
  });

  it('are cut into the statements that they were made of', async () => {
    for (const script of scriptsOf(await rendered())) {
      const read = statementsOf(scriptText(script, 'shop'));
      expect(read.map(({ sql }) => sql)).toEqual(script.statements.map(({ sql }) => sql));
      expect(read.map(({ object }) => object)).toEqual(script.statements.map(({ object }) => object));
    }
  });
});
