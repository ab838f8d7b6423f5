// Batches on Snowflake's double where they go another way than elsewhere: tables that change form outside of the
// transaction, rows that others write, keys that nobody keeps, and what is not there yet.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { knownCatalog } from '../../src/batch/catalog-file.ts';
import { doctor } from '../../src/batch/doctor/doctor.ts';
import { pause } from '../../src/batch/pause.ts';
import { plan } from '../../src/batch/plan.ts';
import { status } from '../../src/batch/status.ts';
import { validate } from '../../src/batch/validate.ts';
import { verify } from '../../src/batch/verify.ts';
import { createSandbox, type Sandbox } from '../support/sandbox.ts';
import { changes, workshop } from '../support/workshop.ts';

let box: Sandbox<'snowflake'>;

beforeEach(async () => {
  box = await createSandbox('snowflake', workshop);
  await box.run();
});
afterEach(async () => {
  await box.remove();
});

const values = async (select: string): Promise<readonly unknown[]> =>
  (await box.sql(select)).map((row) => Object.values(row)[0]);

const provedEqual = async (): Promise<void> => {
  expect((await verify({ project: box.project() })).report).toMatchObject({ status: 'equal', behind: [] });
};

describe('columns of a source', () => {
  it('that come, are renamed, or get another type: the mirror is replaced by what it will be, at once', async () => {
    await box.sql(
      'alter table staging.customers add column city varchar',
      `update staging.customers set city = 'Rom' where id = 3`,
    );
    const { exit, report } = await box.run();
    expect({ exit, behind: report.behind }).toEqual({ exit: 0, behind: [] });
    expect(await values('select city from staging_public.customers order by id')).toEqual([
      null,
      null,
      'Rom',
      null,
    ]);
    await box.sql(
      'create or replace table staging.customers as select id, name, country, cast(credit as number(20, 4)) as credit, updated_at, city from staging.customers',
    );
    expect(await box.run()).toMatchObject({ exit: 0, report: { behind: [] } });
    expect(await values('select credit from staging_public.customers order by id')).toEqual([
      '10.5000',
      null,
      '7.2500',
      '1.0000',
    ]);
    await provedEqual();
    expect((await box.run()).report).toMatchObject({ status: 'idle', behind: [] });
  });
});

describe('rows that others write', () => {
  it('are noticed by reading, and healed with what they feed', async () => {
    await box.sql(`update marts.dim_customer set name = 'somebody' where customer_id = 2`);
    const { report } = await box.run();
    expect(report.targets).toMatchObject([{ name: 'dim_customer', updated: 1, healed: 1 }]);
    await provedEqual();
  });

  it('of a key twice are refused by name, since nothing there keeps keys', async () => {
    await box.sql(`insert into staging.countries values ('DE', 'Germany again')`);
    const { exit, report } = await box.run();
    expect(exit).toBe(5);
    expect(report.behind.map(({ name, code }) => [name, code])).toContainEqual([
      'countries',
      'duplicate_row',
    ]);
  });
});

describe('taking back', () => {
  it('a batch, and that again, each cell as it was', async () => {
    const before = await box.sql('select * from marts.dim_customer order by customer_id');
    await box.sql(...changes);
    await box.run();
    const after = await box.sql('select * from marts.dim_customer order by customer_id');
    // Of a part of it, it is said that this is what cannot be done.
    await expect(box.run({ undo: { batch: 2, source: 'customers' } })).rejects.toMatchObject({
      code: 'not_supported',
      message: expect.stringContaining('undos of a part of a batch') as string,
    });
    expect(await box.run({ undo: { batch: 2 } })).toMatchObject({ exit: 0 });
    expect(await box.sql('select * from marts.dim_customer order by customer_id')).toEqual(before);
    expect((await box.run()).report).toMatchObject({ status: 'idle' });
    expect(await box.run({ undo: { batch: 3 } })).toMatchObject({ exit: 0 });
    expect(await box.sql('select * from marts.dim_customer order by customer_id')).toEqual(after);
    await provedEqual();
  });
});

describe('what is not there yet', () => {
  it('a log is refused by name', async () => {
    await box.sql('create table staging.raw_visits (n bigint, op varchar, visit_id bigint, note varchar)');
    box.map(
      'visits.yml',
      'sources:\n  visits: { table: raw_visits, key: visit_id, detect: log, sequence: n, arrival: n, op: op }\n',
    );
    await expect(box.run()).rejects.toMatchObject({ code: 'not_supported' });
  });

  it('a history is refused by name', async () => {
    box.map(
      'customers_scd.yml',
      'target: customers_scd\nkey: customer_id\nfrom: customers\ncolumns: { customer_id: customers.id, name: customers.name }\nhistory: { track: [name] }\n',
    );
    await expect(box.run()).rejects.toMatchObject({ code: 'not_supported' });
  });

  it('is told by `validate`, which keeps the catalog; what reads alone goes on', async () => {
    await box.sql(
      'create table staging.raw_visits (n bigint, op varchar, visit_id bigint, name varchar)',
      `insert into staging.raw_visits values (1, 'u', 7, 'x')`,
    );
    box.map(
      'visits.yml',
      'sources:\n  visits: { table: raw_visits, key: visit_id, detect: log, sequence: n, arrival: n, op: op }\n',
    );
    box.map(
      'fact_visited.yml',
      'target: fact_visited\nkey: visit_id\nfrom: visits\ncolumns: { visit_id: visits.visit_id, name: visits.name }\n',
    );
    box.map(
      'customers_scd.yml',
      'target: customers_scd\nkey: customer_id\nfrom: customers\ncolumns: { customer_id: customers.id, name: customers.name }\nhistory: { track: [name] }\n',
    );
    const project = box.project();
    const found = await validate({ project, saveCatalog: true });
    const told = found.problems.filter(({ code }) => code === 'not_supported');
    expect(found.status).toBe('valid');
    expect(told.map(({ severity }) => severity)).toEqual(['warning', 'warning']);
    expect(told.map(({ message }) => message).join()).toContain('`tidemark snowflake generate` can');
    expect(knownCatalog(project)?.catalog.size).toBeGreaterThan(3);
    expect((await status({ project })).exit).toBe(0);
    await pause({ project, name: 'dim_customer', reason: 'a test' });
    expect((await doctor({ project })).findings).toContainEqual(
      expect.objectContaining({ check: 'dictionary', severity: 'warning' }),
    );
    await expect(plan({ project })).rejects.toMatchObject({ code: 'not_supported' });
  });
});
