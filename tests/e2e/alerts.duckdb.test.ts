// Alerts as people get them: the program as a process, a real HTTP server, a real command.
import { createHmac } from 'node:crypto';
import { chmodSync, existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openReceiver, type Receiver } from '../support/http-receiver.ts';
import { Sandbox } from './cli-sandbox.ts';
import { schemaErrors } from './cli-schemas.ts';

let sandbox: Sandbox;
let receiver: Receiver;

beforeEach(async () => {
  sandbox = new Sandbox();
  await sandbox.fill();
  receiver = await openReceiver();
});
afterEach(async () => {
  await receiver.close();
  await sandbox.remove();
});

const secret = 'S1GNINGKEY';

const withAlerts = (channels: string, more = ''): void => {
  sandbox.write(
    'tidemark.yml',
    `version: 1
name: corner
warehouse: { type: duckdb, path: corner.duckdb }
environments: { dev: {}, prod: {} }
default_environment: dev
alerts:
${more}  channels:
${channels}`,
  );
};

const goodMapping = (): string => readFileSync(join(sandbox.folder, 'mappings/dim_customer.yml'), 'utf8');

const breakMapping = (): (() => void) => {
  const good = goodMapping();
  sandbox.write('mappings/dim_customer.yml', good.replace('customers.name', 'customers.nmae'));
  return () => sandbox.write('mappings/dim_customer.yml', good);
};

const textsAt = (path: string): readonly string[] =>
  receiver.received
    .filter((each) => each.path === path)
    .map(({ body }) => (JSON.parse(body) as { text: string }).text);

const messagesAt = (path: string): readonly Readonly<Record<string, unknown>>[] =>
  receiver.received
    .filter((each) => each.path === path)
    .map(({ body }) => JSON.parse(body) as Record<string, unknown>);

describe('a run that fails', () => {
  it('tells Slack, a signed webhook and a command, once, and of its end', async () => {
    sandbox.write('notify.sh', '#!/bin/sh\ncat >> told.ndjson\necho "$TIDEMARK_ALERT_EVENT" >> events.txt\n');
    chmodSync(join(sandbox.folder, 'notify.sh'), 0o755);
    withAlerts(`    team: { slack: ${receiver.url}/services/T0/HUSH }
    pager: { webhook: ${receiver.url}/hook, secret: "${secret}", headers: { X-Team: data } }
    local: { command: [./notify.sh] }
`);
    const mend = breakMapping();
    const first = await sandbox.run('run');
    expect(first.exit).toBe(2);
    await sandbox.run('run');
    expect(textsAt('/services/T0/HUSH')).toEqual([expect.stringContaining(':red_circle: *a run failed*')]);
    const [text = ''] = textsAt('/services/T0/HUSH');
    expect(text).toContain('project `corner`, environment `dev`, duckdb');
    expect(text).toContain('column `nmae` is mapped but missing from `staging.customers`');
    expect(text).toContain('next: `tidemark validate -e dev`');
    expect(text).toContain('nothing was written');

    const [hook] = receiver.received.filter((each) => each.path === '/hook');
    const [, seconds = '', signed = ''] =
      /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(hook?.headers['x-tidemark-signature'])) ?? [];
    expect(
      createHmac('sha256', secret)
        .update(`${seconds}.${hook?.body ?? ''}`)
        .digest('hex'),
    ).toBe(signed);
    expect(Math.abs(Date.now() / 1000 - Number(seconds))).toBeLessThan(300);
    expect(hook?.headers).toMatchObject({ 'x-team': 'data', 'x-tidemark-event': 'failure' });
    const [message] = messagesAt('/hook');
    expect(schemaErrors(message ?? {})).toEqual([]);
    expect(message).toMatchObject({
      event: 'failure',
      project: 'corner',
      environment: 'dev',
      items: [{ code: 'dictionary_invalid', times: 1 }],
    });
    expect(JSON.parse(readFileSync(join(sandbox.folder, 'told.ndjson'), 'utf8'))).toEqual(message);

    const open = await sandbox.json('alerts');
    expect(schemaErrors(open.value)).toEqual([]);
    expect(open.value).toMatchObject({ open: [{ event: 'failure', times: 2 }] });

    mend();
    expect((await sandbox.run('run')).exit).toBe(0);
    await sandbox.run('run');
    expect(messagesAt('/hook').map((each) => each['event'])).toEqual(['failure', 'recovery']);
    expect(readFileSync(join(sandbox.folder, 'events.txt'), 'utf8')).toBe('failure\nrecovery\n');
    expect((await sandbox.json('alerts')).value).toMatchObject({ open: [] });
  });

  it('shows nobody its secrets, and keeps its memory to itself', async () => {
    withAlerts(`    team: { slack: ${receiver.url}/services/T0/HUSH }
    gone: { webhook: "http://user:PASSW0RD@127.0.0.1:1/HUSH?key=HUSH", secret: "${secret}" }
`);
    breakMapping();
    const spoken = [
      await sandbox.run('run'),
      await sandbox.run('run', '--verbose', '--log-format', 'json'),
      await sandbox.run('alerts'),
      await sandbox.run('alerts', '--test', '--json'),
    ];
    const text = spoken.map(({ stdout, stderr }) => stdout + stderr).join('\n');
    expect(text).toContain('alert channel `gone` was not reached: no connection');
    const state = join(sandbox.folder, '.tidemark', 'alerts.json');
    for (const each of ['HUSH', secret, 'PASSW0RD']) {
      expect(text).not.toContain(each);
      expect(readFileSync(state, 'utf8')).not.toContain(each);
      expect(receiver.received.map(({ body }) => body).join('\n')).not.toContain(each);
    }
    expect(statSync(state).mode & 0o777).toBe(0o600);
    expect(statSync(join(state, '..')).mode & 0o777).toBe(0o700);
  });
});

describe('a channel that fails', () => {
  it('fails no run, is said, waits no longer than it may, and is tried again', async () => {
    withAlerts(`    slow: { webhook: ${receiver.url}/hook, timeout: 300ms }
    missing: { command: [./not-there.sh] }
    failing: { command: [sh, -c, "exit 3"] }
    stuck: { command: [sh, -c, "sleep 60; echo"], timeout: 300ms }
`);
    receiver.answer = undefined;
    await sandbox.run('run');
    await sandbox.sql('alter table staging.customers drop column balance');
    const started = performance.now();
    const { exit, stderr } = await sandbox.run('run');
    expect(performance.now() - started).toBeLessThan(30_000);
    expect(exit).toBe(5);
    expect(stderr).toContain('alert channel `slow` was not reached: no answer within 300 ms');
    expect(stderr).toContain(
      'alert channel `missing` was not reached: the program could not be started (ENOENT)',
    );
    expect(stderr).toContain('alert channel `failing` was not reached: the program ended with status 3');
    expect(stderr).toContain('alert channel `stuck` was not reached: the program did not end within 300 ms');
    receiver.answer = 200;
    receiver.received.length = 0;
    await sandbox.run('run');
    expect(messagesAt('/hook')).toMatchObject([{ event: 'drift', items: [{ code: 'source_changed' }] }]);
  });

  it('is tried a second time where the server stumbles, not where it refuses', async () => {
    withAlerts(`    pager: { webhook: ${receiver.url}/hook }\n`);
    receiver.answer = 503;
    const stumbles = await sandbox.run('alerts', '--test');
    expect(stumbles.exit).toBe(1);
    expect(stumbles.stdout).toContain('not reached: HTTP 503');
    expect(receiver.received).toHaveLength(2);
    receiver.answer = 404;
    expect((await sandbox.run('alerts', '--test', '-q')).stderr).toContain('HTTP 404');
    expect(receiver.received).toHaveLength(3);
  });

  it('whose memory cannot be written is used all the same', async () => {
    withAlerts(`    pager: { webhook: ${receiver.url}/hook }\n`, '  state: tidemark.yml/alerts.json\n');
    breakMapping();
    for (let count = 0; count < 2; count += 1)
      expect((await sandbox.run('run')).stderr).toContain('which remembers what was said, cannot be written');
    expect(messagesAt('/hook').map((each) => each['event'])).toEqual(['failure', 'failure']);
  });
});

describe('what else is told', () => {
  it('a guard, a table left out, drift, and a difference that verify finds', async () => {
    withAlerts(`    pager: { webhook: ${receiver.url}/hook }\n`);
    await sandbox.run('run');
    expect(receiver.received).toEqual([]);
    await sandbox.sql(`update marts.dim_customer set customer_name = 'oops' where customer_id = 1`);
    await sandbox.run('verify');
    await sandbox.run('verify');
    expect(messagesAt('/hook')).toMatchObject([
      {
        event: 'drift',
        items: [
          { code: 'different', relation: 'dim_customer', next: 'tidemark reconcile -s dim_customer -e dev' },
        ],
      },
    ]);
    await sandbox.run('reconcile', '-s', 'dim_customer');
    await sandbox.run('verify');
    expect(messagesAt('/hook').map((each) => each['event'])).toEqual(['drift', 'recovery']);

    await sandbox.sql(
      'alter table staging.customers add column size varchar',
      `insert into staging.customers select 100 + i, 'New ' || i, 'DE', 0, timestamp '2026-03-01', null from range(300) as t(i)`,
    );
    await sandbox.run('run');
    expect(messagesAt('/hook').slice(2)).toMatchObject([
      { event: 'drift', items: [{ code: 'column_added' }] },
    ]);
    await sandbox.sql('delete from staging.customers where id >= 100');
    expect((await sandbox.run('run')).exit).toBe(5);
    expect(messagesAt('/hook').at(-1)).toMatchObject({
      event: 'guard',
      items: [
        {
          code: 'guard_deletes',
          relation: 'customers',
          next: 'tidemark plan --allow customers:deletes -e dev',
        },
      ],
    });
    await sandbox.run('run', '--allow', 'customers:deletes', '--allow', 'dim_customer:deletes');
    expect(messagesAt('/hook').at(-1)).toMatchObject({
      event: 'recovery',
      items: [{ relation: 'customers' }],
    });
  });

  it('nothing of who is at work, of wrong words, and of what is asked for', async () => {
    withAlerts(`    pager: { webhook: ${receiver.url}/hook }\n`);
    const holder = await sandbox.hold();
    expect((await sandbox.run('run', '--wait', '0')).exit).toBe(4);
    holder.child.kill('SIGKILL');
    await holder.ended;
    expect((await sandbox.run('run', '--adopt', 'nobody')).exit).toBe(2);
    await sandbox.run('run');
    await sandbox.run('pause', 'dim_customer', '--reason', 'an audit');
    await sandbox.run('run');
    expect(receiver.received).toEqual([]);
  });

  it('a target that is later than its target_lag allows, on the data', async () => {
    const good = goodMapping();
    sandbox.write('mappings/dim_customer.yml', `${good}target_lag: 10m\n`);
    withAlerts(`    pager: { webhook: ${receiver.url}/hook, events: [lag, recovery] }\n`);
    await sandbox.run('run');
    const change = (ago: string): Promise<void> =>
      sandbox.sql(
        `update staging.customers set name = name || '.', updated_at = (now() at time zone 'UTC') - interval ${ago} where id = 1`,
      );
    await change("'1 minute'");
    await sandbox.run('run');
    expect(receiver.received).toEqual([]);
    await change("'50 seconds'");
    await sandbox.sql(
      `update staging.customers set name = 'Late', updated_at = (now() at time zone 'UTC') + interval '1 second' - interval '0 seconds' where id = 2`,
    );
    await sandbox.run('run');
    expect(receiver.received).toEqual([]);
    await sandbox.sql(
      `insert into staging.customers values (7, 'Old', 'DE', 0, (now() at time zone 'UTC') - interval '3 hours')`,
    );
    await sandbox.run('reconcile');
    expect(messagesAt('/hook')).toMatchObject([
      {
        event: 'lag',
        items: [
          {
            relation: 'dim_customer',
            what: expect.stringMatching(
              /took 3 h or longer from source to commit, the target is 10 min/,
            ) as string,
          },
        ],
      },
    ]);
    const { value } = await sandbox.json('status');
    expect(schemaErrors(value)).toEqual([]);
    expect(value['targets']).toMatchObject([
      { target_lag_ms: 600_000, late: true, change_lag: { changes: 4 } },
    ]);
    expect((await sandbox.run('status')).stdout).toMatch(/dim_customer +in step +\S+ s? +10m, late/);
  });

  it('by a schedule, of which nobody waits for a channel', async () => {
    withAlerts(`    pager: { webhook: ${receiver.url}/hook }\n`);
    const mend = breakMapping();
    const program = sandbox.start(['schedule', '--every', '1s', '--listen', 'off']);
    await program.says('failed');
    mend();
    await program.says('batch 1');
    program.child.kill('SIGTERM');
    await program.ended;
    expect(messagesAt('/hook').map((each) => each['event'])).toEqual(['failure', 'recovery']);
  });
});

describe('tidemark alerts', () => {
  it('lists channels, tests them, and refuses one that there is not', async () => {
    withAlerts(
      `    team: { slack: ${receiver.url}/slack, events: [failure] }\n    pager: { webhook: ${receiver.url}/hook }\n`,
    );
    const { stdout } = await sandbox.run('alerts');
    expect(stdout).toContain('team     slack    failure');
    expect(stdout).toContain('nothing is open');
    expect(receiver.received).toEqual([]);
    const { exit, value } = await sandbox.json('alerts', '--test', '--channel', 'team');
    expect({ exit, errors: schemaErrors(value), channels: value['channels'] }).toMatchObject({
      exit: 0,
      errors: [],
      channels: [{ name: 'team', reached: true }],
    });
    expect(textsAt('/slack')).toEqual([expect.stringContaining('a test: this channel works')]);
    expect((await sandbox.run('alerts', '--channel', 'nobody')).stderr).toContain(
      'there is no alert channel `nobody`',
    );
    expect(existsSync(join(sandbox.folder, '.tidemark', 'alerts.json'))).toBe(false);
  });

  it('says which channel a test does not reach, without its address, and fails', async () => {
    withAlerts(
      `    team: { slack: ${receiver.url}/slack }\n    pager: { webhook: "http://127.0.0.1:1/S3CRET" }\n    phone: { command: [./not-there] }\n`,
    );
    const { exit, stdout, stderr } = await sandbox.run('alerts', '--test');
    expect({ exit, told: `${stdout}${stderr}`.includes('S3CRET') }).toEqual({ exit: 1, told: false });
    expect(stdout).toMatch(/team +slack +reached\n/);
    expect(stdout).toMatch(/pager +webhook +not reached: no connection/);
    expect(stdout).toMatch(/phone +command +not reached: the program could not be started \(ENOENT\)/);
  });

  it('says that there are none', async () => {
    expect((await sandbox.run('alerts')).stdout).toContain(
      'no channels: `alerts:` in the project file names them',
    );
    expect((await sandbox.run('alerts', '--test')).exit).toBe(2);
  });
});
