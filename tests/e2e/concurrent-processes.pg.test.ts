// Two processes on one Postgres: one waits for the other and no batch is done twice; I7: whoever lost the lease
// while he slept cannot commit.
import { execFileSync } from 'node:child_process';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { startRun, type Ended, type Started } from '../support/program.ts';
import { createSandbox, type Sandbox } from '../support/sandbox.ts';
import { difference, snapshot, type Snapshot } from '../support/snapshot.ts';
import { changes, notes, workshop } from '../support/workshop.ts';

const untilAsleep = ({ child }: Started): Promise<void> =>
  vi.waitFor(
    () => {
      const state = execFileSync('ps', ['-o', 'stat=', '-p', String(child.pid)], { encoding: 'utf8' });
      expect(state).toMatch(/^T/);
    },
    { timeout: 30_000, interval: 20 },
  );

const answerOf = ({ stdout }: Ended) =>
  JSON.parse(stdout) as {
    readonly status?: string;
    readonly batch?: number | null;
    readonly code?: string;
    readonly message?: string;
  };

describe('two processes on one Postgres', () => {
  let prepared: Sandbox;
  let before: Snapshot;
  let after: Snapshot;
  let sandbox: Sandbox;
  const started: Started[] = [];

  beforeAll(async () => {
    prepared = await createSandbox('postgres', workshop);
    await prepared.run();
    await prepared.sql(...notes, ...changes);
    before = await snapshot(prepared);
    const undisturbed = await prepared.copy();
    await undisturbed.run();
    after = await snapshot(undisturbed);
    await undisturbed.remove();
  });
  afterAll(() => prepared.remove());
  beforeEach(async () => {
    sandbox = await prepared.copy();
  });
  afterEach(async () => {
    for (const { child } of started.splice(0)) child.kill('SIGKILL');
    await sandbox.remove();
  });

  const begin = (...args: Parameters<typeof startRun>): Started => {
    const process = startRun(...args);
    started.push(process);
    return process;
  };

  const asleepAt = async (text: string, nth = 1): Promise<Started> => {
    const sleeper = begin(sandbox.folder, { owner: 'sleeper', stop: { text, nth, signal: 'SIGSTOP' } });
    await untilAsleep(sleeper);
    return sleeper;
  };

  it('started at once: one waits, both end well, the batch is done once', async () => {
    const ends = await Promise.all(['left', 'right'].map((owner) => begin(sandbox.folder, { owner }).ended));
    expect(ends.map(({ exit }) => exit)).toEqual([0, 0]);
    expect(ends.map((end) => String(answerOf(end).status)).toSorted()).toEqual(['applied', 'idle']);
    expect(difference(after, await snapshot(sandbox))).toEqual([]);
  });

  it('started at once on a warehouse that never saw us: the tables are made once, the batch is done once', async () => {
    await sandbox.remove();
    sandbox = await createSandbox('postgres', workshop);
    const ends = await Promise.all(['left', 'right'].map((owner) => begin(sandbox.folder, { owner }).ended));
    expect(ends.map(({ exit, stdout }) => (exit === 0 ? 0 : stdout))).toEqual([0, 0]);
    expect(ends.map((end) => String(answerOf(end).status)).toSorted()).toEqual(['applied', 'idle']);
    expect(await sandbox.sql('select count(*) as batches from tidemark.batches')).toEqual([{ batches: '1' }]);
  });

  it.each([
    ['computes', 'desired_dim_customer" ('],
    ['commits', 'insert into "tidemark"."batches"'],
  ])('says who holds the lease while he %s, and leaves with 4 at once', async (_, text) => {
    const sleeper = await asleepAt(text);
    const { exit, stdout } = await begin(sandbox.folder, { owner: 'other', wait: '0s' }).ended;
    expect({ exit, ...JSON.parse(stdout) }).toMatchObject({
      exit: 4,
      schema: 'tidemark/error/1',
      code: 'lease_held',
      retryable: true,
      message: expect.stringContaining(`\`tidemark run\` of sleeper (process ${sleeper.child.pid} on `),
    });
    expect(difference(before, await snapshot(sandbox))).toEqual([]);
    sleeper.child.kill('SIGCONT');
    expect(answerOf(await sleeper.ended).status).toBe('applied');
    expect(difference(after, await snapshot(sandbox))).toEqual([]);
  });

  it.each([
    ['while it computed', 'desired_line_country" (', 1],
    // The first time it takes the lease.
    ['before it locked the token', 'select token from "tidemark"."lease" where id = 1 for update', 2],
  ])('I7: a process that slept %s while its lease expired cannot commit', async (_, text, nth) => {
    const sleeper = await asleepAt(text, nth);
    await sandbox.sql(`update tidemark.heartbeat set expires_at = clock_timestamp() - interval '1 second'`);
    const other = await begin(sandbox.folder, { owner: 'other' }).ended;
    expect(answerOf(other)).toMatchObject({ status: 'applied', batch: 2 });
    sleeper.child.kill('SIGCONT');
    const late = await sleeper.ended;
    expect(difference(after, await snapshot(sandbox))).toEqual([]);
    expect({ exit: late.exit, ...answerOf(late) }).toMatchObject({
      exit: 1,
      code: 'lease_lost',
      message: expect.stringContaining('nothing was written'),
    });
  });

  it('I7: a process that sleeps in the middle of its commit keeps the lease until it ends', async () => {
    const sleeper = await asleepAt('insert into "tidemark"."positions"');
    await sandbox.sql(`update tidemark.heartbeat set expires_at = clock_timestamp() - interval '1 second'`);
    const other = begin(sandbox.folder, { owner: 'other' });
    await other.says('waiting');
    sleeper.child.kill('SIGCONT');
    const [first, second] = await Promise.all([sleeper.ended, other.ended]);
    expect([answerOf(first).status, answerOf(second).status]).toEqual(['applied', 'idle']);
    expect([first.exit, second.exit]).toEqual([0, 0]);
    expect(difference(after, await snapshot(sandbox))).toEqual([]);
  });
});
