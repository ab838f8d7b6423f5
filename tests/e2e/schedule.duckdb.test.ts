// `tidemark schedule` as a process: ticks, figures over HTTP and in a file, stopping, wrong words.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Sandbox } from './cli-sandbox.ts';
import { schemaErrors } from './cli-schemas.ts';

let sandbox: Sandbox;

beforeEach(async () => {
  sandbox = new Sandbox();
  await sandbox.fill();
});
afterEach(() => sandbox.remove());

const address = (stderr: string): string => /(http:\/\/[^/]+)\/metrics/.exec(stderr)?.[1] ?? '';

describe('tidemark schedule', () => {
  it('runs tick by tick, says one line of each, and ends after as many as were asked for', async () => {
    const args = [
      'schedule',
      '--every',
      '1s',
      '--ticks',
      '3',
      '--listen',
      'off',
      '--metrics-file',
      'tidemark.prom',
    ];
    const { exit, stdout, stderr } = await sandbox.run(...args, '--json');
    expect({ exit, stderr }).toMatchObject({ exit: 0 });
    const lines = stderr.trim().split('\n');
    expect(lines[0]).toBe('scheduled every 1 s');
    expect(lines[1]).toMatch(
      /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ batch 1: 5 source rows taken in; no target differs, /,
    );
    expect(lines[2]).toMatch(/ nothing changed, /);
    const summary = JSON.parse(stdout) as Readonly<Record<string, unknown>>;
    expect(schemaErrors(summary)).toEqual([]);
    expect(summary).toMatchObject({ done: 3, failed: 0, taken: 0 });
    const text = readFileSync(join(sandbox.folder, 'tidemark.prom'), 'utf8');
    expect(text).toContain('tidemark_runs_total{outcome="done"} 3\n');
    expect(text).toMatch(/tidemark_data_timestamp_seconds\{relation="dim_customer",kind="target"\} \d+/);
  });

  it.each([
    ['SIGTERM', 143],
    ['SIGINT', 130],
  ] as const)('serves its figures until %s, then ends with %i', async (signal, status) => {
    const program = sandbox.start(['schedule', '--every', '1h', '--listen', '127.0.0.1:0']);
    let said = '';
    program.child.stderr?.on('data', (text: string) => (said += text));
    await program.says('batch 1');
    const get = async (path: string) => {
      const response = await fetch(`${address(said)}${path}`);
      return { status: response.status, text: await response.text() };
    };
    expect((await get('/metrics')).text).toContain(
      'tidemark_batches_total{kind="bootstrap",status="applied"} 1\n',
    );
    expect(await get('/healthz')).toEqual({ status: 200, text: 'alive\n' });
    expect(await get('/readyz')).toEqual({ status: 200, text: 'ready\n' });
    expect((await get('/')).status).toBe(404);
    program.child.kill(signal);
    const { exit, stderr } = await program.ended;
    expect({ exit, stderr }).toMatchObject({ exit: status });
    expect(stderr).toContain('asked to stop');
  });

  describe('that is asked to stop', () => {
    const schedule = ['schedule', '--every', '1h', '--listen', 'off'];
    const lastBatch = async (): Promise<unknown> =>
      ((await sandbox.json('history')).value['batches'] as readonly object[])[0];

    beforeEach(async () => {
      await sandbox.run('run');
      await sandbox.sql(`update staging.customers set name = 'Eve', updated_at = now() where id = 1`);
    });

    it('lets the batch at work end', async () => {
      const program = sandbox.startInterrupted(schedule, 'SIGTERM', 'images_customers');
      const { exit, stderr } = await program.ended;
      expect({ exit, stderr }).toMatchObject({
        exit: 143,
        stderr: expect.stringMatching(/asked to stop: no further tick.*\n.* batch 2: .*1 cell/) as string,
      });
      expect(await lastBatch()).toMatchObject({ batch: 2, cells: 1 });
    });

    it('stops it before its commit once its grace is over', async () => {
      const program = sandbox.startInterrupted(
        [...schedule, '--grace', '1ms'],
        'SIGTERM',
        'images_customers',
      );
      const { exit, stderr } = await program.ended;
      expect({ exit, stderr }).toMatchObject({
        exit: 143,
        stderr: expect.stringContaining('interrupted before the commit, nothing was written') as string,
      });
      expect(await lastBatch()).toMatchObject({ batch: 1 });
    });

    it('waits no longer for a file that somebody else has', async () => {
      const holder = await sandbox.hold();
      const program = sandbox.start([...schedule, '--wait', '1h']);
      const held = `process ${String(holder.child.pid)} has the database file open`;
      await program.says(`waiting: ${held}`);
      program.child.kill('SIGTERM');
      const { exit, stderr } = await program.ended;
      expect({ exit, stderr }).toMatchObject({
        exit: 143,
        stderr: expect.stringContaining(`skipped: ${held}`) as string,
      });
      holder.child.kill();
      await holder.ended;
    });
  });

  it('lets nothing through that a guard refuses, and knows no word that would', async () => {
    await sandbox.sql(
      `insert into staging.customers select 100 + i, 'New ' || i, 'DE', 0, timestamp '2026-03-01' from range(300) as t(i)`,
      "insert into marts.dim_customer select id, name, 'Germany', balance from staging.customers where id >= 100",
    );
    await sandbox.run('run');
    await sandbox.sql('delete from staging.customers where id >= 100');
    const ticks = ['schedule', '--every', '1s', '--ticks', '2', '--listen', 'off'];
    const { exit, stderr } = await sandbox.run(...ticks);
    expect({ exit, refused: stderr.match(/`customers` is left out \(guard_deletes\)/g) }).toMatchObject({
      exit: 0,
      refused: [expect.any(String), expect.any(String)],
    });
    expect((await sandbox.run(...ticks, '--allow', 'customers:deletes')).exit).toBe(2);
  });

  it('goes on where its figures cannot be written, and where its project file is broken for a while', async () => {
    const program = sandbox.start([
      'schedule',
      '--every',
      '1s',
      '--listen',
      'off',
      '--metrics-file',
      'nowhere/tidemark.prom',
    ]);
    await program.says('batch 1');
    await program.says('the metrics were not written to `nowhere/tidemark.prom`: ENOENT');
    const good = readFileSync(join(sandbox.folder, 'tidemark.yml'), 'utf8');
    sandbox.write('tidemark.yml', `${good}warehouse: [\n`);
    await program.says('failed: ');
    sandbox.write('tidemark.yml', good);
    await sandbox.run('pause', 'dim_customer', '--reason', 'an audit', '--wait', '1m');
    await program.says('`dim_customer` is left out (paused)');
    program.child.kill('SIGTERM');
    expect((await program.ended).exit).toBe(143);
  });

  it('goes on through failures, says them, and is not ready while its circuit is open', async () => {
    const good = readFileSync(join(sandbox.folder, 'mappings/dim_customer.yml'), 'utf8');
    sandbox.write('mappings/dim_customer.yml', good.replace('customers.name', 'customers.nmae'));
    const program = sandbox.start([
      'schedule',
      '--every',
      '1s',
      '--max-failures',
      '1',
      '--listen',
      '127.0.0.1:0',
    ]);
    let said = '';
    program.child.stderr?.on('data', (text: string) => (said += text));
    await program.says('1 ticks in a row failed');
    expect(said).toContain('failed: column `nmae` is mapped but missing from `staging.customers`');
    expect((await fetch(`${address(said)}/readyz`)).status).toBe(503);
    sandbox.write('mappings/dim_customer.yml', good);
    await program.says('goes well again');
    expect((await fetch(`${address(said)}/readyz`)).status).toBe(200);
    program.child.kill('SIGTERM');
    await program.ended;
  });

  it('takes what the project file says', async () => {
    const file = readFileSync(join(sandbox.folder, 'tidemark.yml'), 'utf8');
    sandbox.write('tidemark.yml', `${file}schedule: { cron: '* * * * * *', timezone: Europe/Berlin }\n`);
    const { exit, stderr } = await sandbox.run('schedule', '--ticks', '1', '--listen', 'off');
    expect({ exit, first: stderr.split('\n')[0] }).toEqual({ exit: 0, first: 'scheduled at `* * * * * *`' });
  });

  it.each([
    [[], 'say how often: `--every 30m` or `--cron …`'],
    [['--every', '30m', '--cron', '* * * * *'], '`--every` and `--cron` exclude each other'],
    [['--every', 'often'], '`--every` takes a time such as `30s`, `5m` or `1h`, not `often`'],
    [['--every', '30m', '--timezone', 'UTC'], '`--timezone` goes with `--cron`'],
    [['--cron', 'daily-ish'], '`daily-ish` is no cron expression'],
    [['--every', '30m', '--listen', 'nowhere'], '`--listen` takes `HOST:PORT` or `off`, not `nowhere`'],
  ])('refuses %j', async (args, message) => {
    const { exit, stderr } = await sandbox.run('schedule', ...args);
    expect({ exit, stderr }).toMatchObject({ exit: 2, stderr: expect.stringContaining(message) as string });
    expect(existsSync(join(sandbox.folder, 'tidemark.prom'))).toBe(false);
  });

  it('says that a place to listen at is taken', async () => {
    const first = sandbox.start(['schedule', '--every', '1h', '--listen', '127.0.0.1:0']);
    let said = '';
    first.child.stderr?.on('data', (text: string) => (said += text));
    await first.says('batch 1');
    const { exit, stderr } = await sandbox.run(
      'schedule',
      '--every',
      '1h',
      '--listen',
      address(said).replace('http://', ''),
    );
    expect({ exit, stderr }).toMatchObject({
      exit: 2,
      stderr: expect.stringContaining('cannot listen on') as string,
    });
    first.child.kill('SIGTERM');
    await first.ended;
  });
});

describe('tidemark run --metrics-file', () => {
  it('counts on from run to run, failures too', async () => {
    const file = join(sandbox.folder, 'run.prom');
    await sandbox.run('run', '--metrics-file', 'run.prom');
    await sandbox.run('run', '--metrics-file', 'run.prom');
    const good = readFileSync(join(sandbox.folder, 'mappings/dim_customer.yml'), 'utf8');
    sandbox.write('mappings/dim_customer.yml', good.replace('customers.name', 'customers.nmae'));
    expect((await sandbox.run('run', '--metrics-file', 'run.prom')).exit).toBe(2);
    const text = readFileSync(file, 'utf8');
    expect(text).toContain('tidemark_runs_total{outcome="done"} 2\n');
    expect(text).toContain('tidemark_errors_total{code="dictionary_invalid"} 1\n');
    expect(Number(/tidemark_statements_total\{command="run"\} (\d+)/.exec(text)?.[1])).toBeGreaterThan(50);
    expect(text).toMatch(/tidemark_statement_seconds_sum\{command="run"\} \d/);
  });

  it('shows what an undo holds and what verify found, until the next one finds otherwise', async () => {
    const shown = (name: string): string | undefined =>
      new RegExp(`^${name}\\{[^}]*\\} (.*)$`, 'm').exec(
        readFileSync(join(sandbox.folder, 'run.prom'), 'utf8'),
      )?.[1];
    const [run, verify] = [
      ['run', '--metrics-file', 'run.prom'],
      ['verify', '--metrics-file', 'run.prom'],
    ];
    await sandbox.run(...run);
    await sandbox.run(...verify);
    expect(shown('tidemark_verify_differences')).toBe('0');
    expect(Number(shown('tidemark_verified_timestamp_seconds'))).toBeGreaterThan(Date.now() / 1000 - 60);
    await sandbox.sql(
      `update staging.countries set name = 'Deutschland', updated_at = timestamp '2026-02-01' where id = 'DE'`,
    );
    await sandbox.run(...run);
    await sandbox.run('rollback', '2');
    await sandbox.sql(`update marts.dim_customer set balance = 0 where customer_id = 1`);
    await sandbox.run(...verify, '--mirrors');
    expect(shown('tidemark_verify_missed_rows')).toBe('0');
    expect((await sandbox.run(...verify)).exit).toBe(3);
    expect(shown('tidemark_verify_differences')).toBe('1');
    await sandbox.run(...run);
    expect(shown('tidemark_held_changes')).toBe('1');
    // The run healed the row; that is known once somebody looks again.
    expect(shown('tidemark_verify_differences')).toBe('1');
    await sandbox.run(...verify);
    expect(shown('tidemark_verify_differences')).toBe('0');
  });
});
