// The commands on Snowflake's double, each a process: from a first plan to a batch taken back.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { start } from '../support/program.ts';
import { createSandbox, type Sandbox } from '../support/sandbox.ts';
import { changes, workshop } from '../support/workshop.ts';

let box: Sandbox<'snowflake'>;

beforeAll(async () => {
  box = await createSandbox('snowflake', workshop);
});
afterAll(async () => {
  await box.remove();
});

interface Told {
  readonly exit: number | null;
  readonly told: Readonly<Record<string, unknown>>;
}

const run = async (...args: readonly string[]): Promise<Told> => {
  const { exit, stdout, stderr } = await start([...args, '--project', box.folder, '--json']).ended;
  expect(`${stdout}${stderr}`).not.toContain('sesame');
  return { exit, told: JSON.parse(stdout) as Told['told'] };
};

const changed = {
  sources: [
    { name: 'countries', inserted: 1, updated: 1, deleted: 0 },
    { name: 'customers', inserted: 1, updated: 2, deleted: 1 },
    { name: 'order_lines', inserted: 2, updated: 1, deleted: 1 },
  ],
  targets: [
    { name: 'dim_customer', inserted: 1, updated: 3, deleted: 1, cells: 4 },
    { name: 'fact_line', inserted: 2, updated: 3, deleted: 1, cells: 4 },
    { name: 'fact_visit', inserted: 0, updated: 2, deleted: 0, cells: 2 },
    { name: 'line_country', inserted: 2, updated: 4, deleted: 1, cells: 4 },
  ],
  behind: [],
};

/** One story, told in the order of the tests. */
describe('facts on Snowflake', { sequential: true }, () => {
  it('validate finds nothing wrong, and a first run fills mirrors and targets', async () => {
    expect((await run('validate')).exit).toBe(0);
    expect(await run('run')).toMatchObject({
      exit: 0,
      told: { kind: 'bootstrap', batch: 1, status: 'applied', behind: [] },
    });
  });

  it('plan shows what run then does, to the cell', async () => {
    await box.sql(...changes);
    const planned = await run('plan');
    expect(planned).toMatchObject({ exit: 0, told: changed });
    const done = await run('run');
    expect(done).toMatchObject({ exit: 0, told: { ...changed, batch: 2, digest: planned.told['digest'] } });
  });

  it('history, show and status tell of it, and verify proves it', async () => {
    expect(await run('history')).toMatchObject({ exit: 0, told: { batches: [{ batch: 2 }, { batch: 1 }] } });
    expect(await run('show', '2', '--rows')).toMatchObject({ exit: 0, told: { batch: 2 } });
    expect((await run('status')).exit).toBe(0);
    expect(await run('verify', '--mirrors')).toMatchObject({ exit: 0, told: { status: 'equal' } });
    expect(await run('unlock')).toMatchObject({ exit: 0 });
  });

  it('rollback takes it back, and a run is idle after it', async () => {
    expect(await run('rollback', '2')).toMatchObject({ exit: 0, told: { batch: 3, behind: [] } });
    expect(await run('run')).toMatchObject({ exit: 0, told: { status: 'idle', batch: null } });
    expect(await run('verify')).toMatchObject({ exit: 0, told: { status: 'equal' } });
  });

  it('uninstall lists what is ours, and drops it', async () => {
    // What is no table is not known, and a schema would be dropped with it.
    const { exit, told } = await run('uninstall', '--yes');
    expect(exit).toBe(0);
    expect(told['objects']).not.toContainEqual(expect.objectContaining({ kind: 'schema' }));
    const reason = expect.stringContaining('drops a schema with all that stands in it') as string;
    expect(told['kept']).toContainEqual({ name: 'tidemark', reason });
    expect(
      await box.sql(
        `select SCHEMA_NAME as name from INFORMATION_SCHEMA.SCHEMATA where SCHEMA_NAME = 'tidemark'`,
      ),
    ).toEqual([{ name: 'tidemark' }]);
    const left = await box.sql(
      `select TABLE_SCHEMA as sch, count(*) as n from INFORMATION_SCHEMA.TABLES group by TABLE_SCHEMA order by 1`,
    );
    expect(left.map(({ sch }) => sch)).toEqual(['marts', 'staging']);
  });
});
