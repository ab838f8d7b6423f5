// Two processes on one DuckDB file: the second waits until the first has closed it, or says which process has it.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { execFileSync } from 'node:child_process';
import { startRun, type Started } from '../support/program.ts';
import { createSandbox, type Sandbox } from '../support/sandbox.ts';
import { changes, notes, workshop } from '../support/workshop.ts';

const untilAsleep = ({ child }: Started): Promise<void> =>
  vi.waitFor(
    () => {
      const state = execFileSync('ps', ['-o', 'stat=', '-p', String(child.pid)], { encoding: 'utf8' });
      expect(state).toMatch(/^T/);
    },
    { timeout: 30_000, interval: 20 },
  );

describe('two processes on one DuckDB file', () => {
  let sandbox: Sandbox;
  const started: Started[] = [];

  beforeEach(async () => {
    sandbox = await createSandbox('duckdb', workshop);
    await sandbox.run();
    await sandbox.sql(...notes, ...changes);
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

  it('started at once: one waits, both end well, the batch is done once', async () => {
    const ends = await Promise.all(['left', 'right'].map((owner) => begin(sandbox.folder, { owner }).ended));
    expect(ends.map(({ exit, stdout }) => (exit === 0 ? 0 : stdout))).toEqual([0, 0]);
    expect(
      ends.map(({ stdout }) => (JSON.parse(stdout) as { readonly status: string }).status).toSorted(),
    ).toEqual(['applied', 'idle']);
    expect(await sandbox.sql('select count(*) as batches from tidemark.batches')).toEqual([{ batches: '2' }]);
  });

  it('says which process has the file, and leaves with 4', async () => {
    const sleeper = begin(sandbox.folder, {
      stop: { text: 'insert into "tidemark"."batches"', signal: 'SIGSTOP' },
    });
    await untilAsleep(sleeper);
    const { exit, stdout } = await begin(sandbox.folder, { owner: 'other', wait: '0s' }).ended;
    expect(exit).toBe(4);
    expect(JSON.parse(stdout)).toMatchObject({
      schema: 'tidemark/error/1',
      code: 'file_locked',
      message: expect.stringContaining(`process ${sleeper.child.pid} has the database file open`),
      retryable: true,
    });
    sleeper.child.kill('SIGCONT');
    expect((await sleeper.ended).exit).toBe(0);
  });

  it('takes over at once from a process that died with the file open', async () => {
    const dead = await begin(sandbox.folder, {
      owner: 'dead',
      stop: { text: 'insert into "tidemark"."positions"' },
    }).ended;
    expect(dead.signal).toBe('SIGKILL');
    const { exit, stdout } = await begin(sandbox.folder, { owner: 'other', wait: '0s' }).ended;
    expect({ exit, ...JSON.parse(stdout) }).toMatchObject({ exit: 0, status: 'applied', batch: 2 });
  });
});
