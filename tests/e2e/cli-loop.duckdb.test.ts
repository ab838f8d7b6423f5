// The whole loop as a user types it: both streams and the exit status of every command, as text and as JSON.
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Sandbox } from './cli-sandbox.ts';
import { schemaErrors, schemaNames } from './cli-schemas.ts';

const sandbox = new Sandbox();
const seen = new Set<string>();

/** What differs from run to run, replaced by what it is. */
const settled = (text: string): string =>
  text
    .replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?/g, '<time>')
    .replaceAll(/\d+\.\d\d s/g, '<took>')
    .replaceAll(/<time> UTC, \d+ s (ago|old)/g, '<time> UTC, <age> $1')
    .replaceAll(/\d+d \d+d \d+d( *)/g, (_all, space: string) => (space === '' ? '<lags>' : '<lags>  '))
    .replaceAll(/status +lag/g, 'status  lag')
    .replaceAll(/in step +(\d+ min )?\d+ s/g, 'in step  <lag>')
    .replaceAll(/ by \S+ on \S+/g, ' by <actor>')
    .replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '<run>')
    .replaceAll(/:[0-9a-f]{12}\b/g, ':<hash>')
    .replaceAll(/ {2,}<took>/g, '  <took>');

const json = async (...args: readonly string[]) => {
  const answer = await sandbox.json(...args);
  expect(schemaErrors(answer.value)).toEqual([]);
  seen.add(String(answer.value['schema']).split('/')[1] ?? '');
  return answer;
};

beforeAll(() => sandbox.fill());

afterAll(() => sandbox.remove());

describe.sequential('the loop', () => {
  it('says so before anything was done', async () => {
    expect(await sandbox.run('history')).toEqual({
      exit: 0,
      stdout: 'no batch was committed yet: `tidemark run` makes the first\n',
      stderr: '',
    });
    const { exit, value } = await json('show', '1');
    expect([exit, value['code'], value['retryable']]).toEqual([2, 'unknown_batch', false]);
    expect((await json('status')).value).toMatchObject({
      last_batch: null,
      last_run: null,
      data_at: null,
      lease: null,
    });
    expect((await json('verify')).exit).toBe(2);
  });

  it('init says what it would write beside it', async () => {
    mkdirSync(join(sandbox.folder, 'beside'));
    const { exit, value } = await json('init', '--project', 'beside', '--duckdb', '../corner.duckdb');
    expect([exit, value['written'], value['sources']]).toMatchObject([
      0,
      false,
      [{ name: 'countries' }, { name: 'customers' }],
    ]);
  });

  it('run takes over what dbt built', async () => {
    const { exit, value } = await json('run');
    expect(exit).toBe(0);
    expect(value).toMatchObject({
      command: 'run',
      project: 'corner',
      environment: 'dev',
      batch: 1,
      kind: 'bootstrap',
      status: 'applied',
      targets: [],
    });
  });

  it('an idle run is one line, and none with --quiet', async () => {
    const { exit, stdout, stderr } = await sandbox.run('run');
    expect({ exit, stderr, stdout: settled(stdout) }).toEqual({
      exit: 0,
      stderr: '',
      stdout:
        'project corner, environment dev, duckdb corner.duckdb: nothing changed (data as of <time> UTC)\n',
    });
    expect(await sandbox.run('run', '--quiet')).toEqual({ exit: 0, stdout: '', stderr: '' });
    expect((await json('run')).value).toMatchObject({ status: 'idle', batch: null });
    expect((await sandbox.run('plan', '--exit-code', '-q')).exit).toBe(0);
  });

  it('plan shows rows and cells, and writes nothing', async () => {
    await sandbox.sql(
      `update staging.customers set name = 'Ada Lovelace', updated_at = timestamp '2026-02-01' where id = 1`,
      `update staging.customers set country_id = 'DE', updated_at = timestamp '2026-02-01' where id = 2`,
      `insert into staging.customers values (4, 'Dan', 'FR', 1.25, timestamp '2026-02-01')`,
      `delete from staging.customers where id = 9007199254740993`,
    );
    const { exit, stdout, stderr } = await sandbox.run('plan');
    expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' });
    expect(settled(stdout)).toMatchInlineSnapshot(`
      "project corner, environment dev, duckdb corner.duckdb
      plan after batch 1: 4 source rows changed → 4 rows, 2 cells in 1 target

      source     inserted  updated  deleted  cells by column
      customers         1        2        1  name 1, country_id 1, updated_at 2

      target        inserted  updated  deleted  cells  by column
      dim_customer         1        2        1      2  customer_name 1, country 1

      dim_customer
        ~ customer_id 1  customer_name  Ada → Ada Lovelace
        ~ customer_id 2  country        France → Germany
        + customer_id 4: customer_name Dan, country France, balance 1.25
        … and 1 more row

      nothing was written; took <took>; \`tidemark run\` writes this
      "
    `);
    expect(await sandbox.run('plan', '--exit-code', '--quiet')).toEqual({ exit: 3, stdout: '', stderr: '' });
    expect((await json('history')).value['batches']).toHaveLength(1);
  });

  it('plan --json holds row values only when asked', async () => {
    const plain = await json('plan');
    expect(plain.value).toMatchObject({
      command: 'plan',
      batch: null,
      status: 'pending',
      sources: [
        {
          name: 'customers',
          inserted: 1,
          updated: 2,
          deleted: 1,
          columns: { name: 1, country_id: 1, updated_at: 2 },
        },
      ],
      targets: [
        {
          name: 'dim_customer',
          inserted: 1,
          updated: 2,
          deleted: 1,
          cells: 2,
          columns: { customer_name: 1, country: 1 },
        },
      ],
    });
    expect(JSON.stringify(plain.value)).not.toContain('Lovelace');
    const { value } = await json('plan', '--rows');
    expect(value['samples']).toEqual([
      {
        target: 'dim_customer',
        rows: [
          {
            operation: 'update',
            key: { customer_id: 1 },
            before: { customer_name: 'Ada' },
            after: { customer_name: 'Ada Lovelace' },
          },
          {
            operation: 'update',
            key: { customer_id: 2 },
            before: { country: 'France' },
            after: { country: 'Germany' },
          },
          expect.objectContaining({ operation: 'insert', key: { customer_id: 4 } }),
          expect.objectContaining({
            operation: 'delete',
            key: { customer_id: '9007199254740993' },
            after: null,
          }),
        ],
      },
    ]);
  });

  it('a plan runs as it was made, elsewhere or later it does not', async () => {
    await sandbox.run('plan', '--out', 'plan.json', '-q');
    const file = JSON.parse(readFileSync(join(sandbox.folder, 'plan.json'), 'utf8')) as Record<
      string,
      unknown
    >;
    expect(schemaErrors(file)).toEqual([]);
    seen.add('plan');
    const other = await json('run', '--plan', 'plan.json', '-e', 'prod');
    expect([other.exit, other.value['code']]).toEqual([2, 'environment_mismatch']);
    sandbox.write('broken.json', '{"schema": ');
    const broken = await sandbox.run('run', '--plan', 'broken.json');
    expect(broken).toEqual({
      exit: 2,
      stdout: '',
      stderr:
        'error: `broken.json` is no plan that can be run: it is not JSON\nhint: plan again: `tidemark plan --out FILE`\n',
    });
    const { exit, value } = await json(
      'run',
      '--plan',
      'plan.json',
      '--meta',
      'ticket=A-1',
      '--meta',
      'by=ci, nightly',
    );
    expect(exit).toBe(0);
    expect(value).toMatchObject({
      batch: 2,
      status: 'applied',
      digest: file['digest'],
      targets: (file['report'] as Record<string, unknown>)['targets'],
    });
    const stale = await sandbox.run('run', '--plan', 'plan.json');
    expect([stale.exit, stale.stdout]).toEqual([3, '']);
    expect(stale.stderr).toContain('the data changed since the plan was made');
  });

  it('history, show and status tell of it', async () => {
    const history = await sandbox.run('history');
    expect(settled(history.stdout)).toMatchInlineSnapshot(`
      "batch  started (UTC)        kind       status   changes  rows  cells    took
          2  <time>  run        applied        4     4      2  <took>
          1  <time>  bootstrap  applied        5     0      0  <took>
      "
    `);
    expect((await json('history', '-s', 'dim_customer')).value['batches']).toMatchObject([
      { batch: 2, changes: 4, rows: 4, cells: 2 },
    ]);
    const show = await sandbox.run('show', 'last');
    expect(settled(show.stdout)).toMatchInlineSnapshot(`
      "batch 2 (run, applied): 4 source rows changed → 4 rows, 2 cells in 1 target
      data as of     <time> UTC
      committed      <time> UTC by <actor>
      started by     \`tidemark run\`, run <run>
      meta           ticket=A-1, by=ci, nightly
      mappings       dim_customer:<hash>

      source     inserted  updated  deleted  cells by column
      customers         1        2        1  name 1, country_id 1, updated_at 2

      target        inserted  updated  deleted  cells  by column
      dim_customer         1        2        1      2  customer_name 1, country 1

      dim_customer
        ~ customer_id 1  customer_name  Ada → Ada Lovelace
        ~ customer_id 2  country        France → Germany
        + customer_id 4: customer_name Dan, country France, balance 1.25
        … and 1 more row

      took <took>: lease <took>, freeze <took>, compute <took>, commit <took>
      "
    `);
    const { value } = await json('show', '2', '--rows', '--limit', '2');
    expect(value['audit']).toHaveLength(2);
    expect(value['meta']).toEqual({ ticket: 'A-1', by: 'ci, nightly' });
    expect((await json('show', '2')).value['audit']).toEqual([]);
    const status = await sandbox.run('status');
    expect(status.exit).toBe(0);
    expect(settled(status.stdout)).toMatchInlineSnapshot(`
      "project corner, environment dev, duckdb corner.duckdb
      data as of <time> UTC, <age> ago
      last batch 2 (applied) at <time> UTC: 4 rows, 2 cells
      last run failed: the data changed since the plan was made: this run would write something else, nothing was written, started <time> UTC
      lease free

      source     status  lag  p50 p95 p99 of 24 h  watermark
      countries  in step  <lag>                       <time>
      customers  in step  <lag>  <lags>  <time>

      target        status  lag  p50 p95 p99 of 24 h
      dim_customer  in step  <lag>  <lags>
      "
    `);
    expect((await json('status', '--fail-if-lag', '1h')).exit).toBe(0);
    const old = await sandbox.run('status', '--fail-if-lag', '0', '-q');
    expect([old.exit, old.stdout]).toEqual([3, '']);
    expect(old.stderr).toContain('older than --fail-if-lag allows');
  });

  it('verify proves it, and finds what somebody else wrote', async () => {
    const equal = await sandbox.run('verify', '-s', 'dim_customer');
    expect([equal.exit, equal.stderr]).toEqual([0, '']);
    expect(settled(equal.stdout)).toMatchInlineSnapshot(`
      "target == f(mirrors)? mirrors as of <time> UTC, <age> old

      target        rows  different  missing  extra  cells by column
      dim_customer     3          -        -      -

      equal: 1 target, 3 rows
      "
    `);
    await sandbox.sql(`update marts.dim_customer set customer_name = 'oops' where customer_id = 4`);
    const different = await sandbox.run('verify');
    expect([different.exit, different.stderr]).toEqual([3, '']);
    expect(settled(different.stdout)).toMatchInlineSnapshot(`
      "target == f(mirrors)? mirrors as of <time> UTC, <age> old

      target        rows  different  missing  extra  cells by column
      dim_customer     3          1        -      -  customer_name 1

      in the target → by its mapping; + missing there, - too many

      dim_customer
        ~ customer_id 4  customer_name  oops → Dan

      different: 1 of 1 target
      "
    `);
    expect((await json('verify')).value).toMatchObject({
      status: 'different',
      targets: [{ different: 1, missing: 0, extra: 0, columns: { customer_name: 1 } }],
    });
    expect(await sandbox.run('verify', '-q')).toEqual({
      exit: 3,
      stdout: '',
      stderr: 'different: 1 of 1 target\n',
    });
  });

  it('unlock says that nobody holds the lease', async () => {
    expect(await sandbox.run('unlock')).toEqual({ exit: 0, stdout: 'the lease is free\n', stderr: '' });
    expect((await json('unlock')).value).toEqual({
      schema: 'tidemark/unlock/1',
      status: 'free',
      holder: null,
    });
  });

  it('--log-format json names the run in every line of it, the same one that lineage tells', async () => {
    const file = readFileSync(join(sandbox.folder, 'tidemark.yml'), 'utf8');
    sandbox.write('tidemark.yml', `${file}openlineage: { file: lineage.ndjson }\n`);
    const { stderr } = await sandbox.run('run', '--verbose', '--log-format', 'json');
    sandbox.write('tidemark.yml', file);
    const ids = stderr
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { readonly run_id?: string }).run_id);
    const events = readFileSync(join(sandbox.folder, 'lineage.ndjson'), 'utf8').trim().split('\n');
    const told = JSON.parse(events.at(-1) ?? '') as { readonly run: { readonly runId: string } };
    expect([...new Set(ids)]).toEqual([undefined, told.run.runId]);
    expect(ids.filter((id) => id !== undefined).length).toBeGreaterThan(20);
  });

  it('--log-format json names the batch from where it is written', async () => {
    await sandbox.sql(`update marts.dim_customer set customer_name = 'oops' where customer_id = 4`);
    const { stderr } = await sandbox.run('reconcile', '-s', 'dim_customer', '-v', '--log-format', 'json');
    const lines = stderr
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { readonly batch?: number; readonly sql?: string });
    const audit = lines.find(({ sql }) => sql?.startsWith('insert into') === true && sql.includes('"audit"'));
    expect(audit?.batch).toBeGreaterThan(1);
    expect(lines[0]).not.toHaveProperty('batch');
    expect(lines.at(-1)).toHaveProperty('batch');
  });

  it('--verbose prints every statement with its time and rows, on stderr', async () => {
    const { exit, stdout, stderr } = await sandbox.run('plan', '--verbose', '--json');
    expect(exit).toBe(0);
    expect(stdout.split('\n')).toHaveLength(2);
    expect(stderr).toMatch(/^-- \d+ duckdb#1, [\d.]+ ms, \d+ rows?\n.*select/m);
    const lines = (await sandbox.run('plan', '-v', '--log-format', 'json')).stderr.trim().split('\n');
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ level: 'debug', msg: 'statement', failed: false });
  });

  it("docs says what dbt's docs would be told", async () => {
    const file = readFileSync(join(sandbox.folder, 'tidemark.yml'), 'utf8');
    const metadata = {
      dbt_schema_version: 'https://schemas.getdbt.com/dbt/manifest/v12.json',
      dbt_version: '1.12.0',
    };
    sandbox.write('manifest.json', JSON.stringify({ metadata, nodes: {} }));
    sandbox.write('dbt_project.yml', 'name: corner\n');
    sandbox.write('tidemark.yml', `${file}manifest: manifest.json\n`);
    expect(await json('docs')).toMatchObject({
      exit: 0,
      value: { status: 'current', targets: [{ name: 'dim_customer', node: null, exposure: null }] },
    });
    sandbox.write('tidemark.yml', file);
  });

  it('validate counts what there is', async () => {
    expect(await sandbox.run('validate')).toEqual({
      exit: 0,
      stdout: 'valid: 2 sources, 1 target, 4 mapped columns\n',
      stderr: '',
    });
    expect((await json('validate')).value).toMatchObject({ status: 'valid', problems: [] });
  });

  it('pause leaves a table out, resume takes it in again', async () => {
    const facts = { schema: 'tidemark/pause/1', name: 'dim_customer', kind: 'target', reason: 'an audit' };
    expect((await json('pause', 'dim_customer', '--reason', 'an audit')).value).toEqual({
      ...facts,
      status: 'paused',
    });
    expect((await json('resume', 'dim_customer')).value).toEqual({ ...facts, status: 'resumed' });
  });

  it('impact answers from the mappings', async () => {
    expect((await json('impact', 'countries.name')).value).toMatchObject({
      reaches: [{ target: 'dim_customer', column: 'country', how: 'expression', via: [] }],
    });
  });

  it('dictionary and import turn it round and back', async () => {
    const { value } = await json('dictionary');
    expect(value['dictionary']).toMatchObject({ customers: { name: { dim_customer: 'customer_name' } } });
    sandbox.write('dictionary.json', JSON.stringify(value));
    expect((await json('import', 'dictionary.json', '--dry-run')).value).toMatchObject({
      written: false,
      files: [],
      mapped_already: [{ target: 'dim_customer', file: 'mappings/dim_customer.yml' }],
    });
  });

  it('dictionary --schema tells editors of it', async () => {
    expect((await json('dictionary', '--schema', '--no-modeline')).value).toMatchObject({
      file: 'mappings/tidemark.schema.json',
      modelines: [],
    });
  });

  it('doctor, completion, why and release answer in their own shapes', async () => {
    expect((await json('doctor')).value).toMatchObject({ schema: 'tidemark/doctor/1' });
    expect((await json('completion', 'names')).value).toMatchObject({
      names: expect.arrayContaining(['customers']) as string[],
    });
    expect((await json('why', 'dim_customer', 'customer_id=1')).value).toMatchObject({
      schema: 'tidemark/why/1',
    });
    expect((await json('release', '1')).value).toMatchObject({ status: 'nothing held' });
  });

  it('schedule sums up what its ticks came to', async () => {
    const { exit, stdout } = await sandbox.run(
      'schedule',
      '--every',
      '1s',
      '--ticks',
      '1',
      '--listen',
      'off',
      '--json',
    );
    const value = JSON.parse(stdout) as Readonly<Record<string, unknown>>;
    expect({ exit, errors: schemaErrors(value) }).toEqual({ exit: 0, errors: [] });
    seen.add('schedule');
  });

  it('prune --dry-run says what would go, and keeps it', async () => {
    const { exit, value } = await json('prune', '--keep-size', '0', '--dry-run');
    expect({ exit, value }).toMatchObject({
      exit: 0,
      value: { status: 'pending', keep_bytes: 0, pruned: { first: 1 }, spared: expect.any(Number) },
    });
    expect((await json('prune', '--older-than', '90d')).value).toMatchObject({ status: 'nothing' });
  });

  it('alerts lists channels, and sends what it says it sends', async () => {
    const file = readFileSync(join(sandbox.folder, 'tidemark.yml'), 'utf8');
    const command = JSON.stringify(['sh', '-c', 'cat > alert.json']);
    sandbox.write('tidemark.yml', `${file}alerts: { channels: { here: { command: ${command} } } }\n`);
    expect((await json('alerts', '--test')).value).toMatchObject({ channels: [{ reached: true }], open: [] });
    const message = JSON.parse(readFileSync(join(sandbox.folder, 'alert.json'), 'utf8')) as Record<
      string,
      unknown
    >;
    expect({ errors: schemaErrors(message), event: message['event'] }).toEqual({ errors: [], event: 'test' });
    seen.add('alert');
    sandbox.write('tidemark.yml', file);
  });

  it('uninstall --dry-run lists what is ours, and leaves it', async () => {
    expect((await json('uninstall', '--dry-run')).value).toMatchObject({
      status: 'pending',
      objects: expect.arrayContaining([{ name: 'tidemark', kind: 'schema' }]),
    });
    expect((await json('uninstall', '--dry-run')).value).toMatchObject({ status: 'pending' });
  });

  it('every published schema was put to use', () => {
    // What `tidemark snowflake` prints, which needs a project there, is read by snowflake-pipeline.snowflake.test.ts.
    expect([...seen, 'snowflake'].toSorted()).toEqual(schemaNames.toSorted());
  });
});
