// Two hosts with one schedule on one Postgres: every tick is run once, whoever comes first.
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Ticked } from '../../src/batch/schedule/loop.ts';
import { schedule } from '../../src/batch/schedule/schedule.ts';
import type { RunResult } from '../../src/batch/run.ts';
import { createSandbox, type Sandbox } from '../support/sandbox.ts';
import { corner } from './corner.ts';

let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = await createSandbox('postgres', corner());
  await sandbox.run();
});
afterEach(() => sandbox.remove());

it('make one run of each tick', async () => {
  const outcomes: {
    readonly host: string;
    readonly tick: number;
    readonly kind: Ticked<RunResult>['kind'];
  }[] = [];
  const host = async (name: string): Promise<void> => {
    let time = Date.UTC(2026, 2, 1, 10);
    await schedule({
      cadence: { kind: 'every', ms: 60_000 },
      project: () => sandbox.project(),
      owner: name,
      waitMs: 60_000,
      drain: new AbortController().signal,
      atMost: 8,
      around: {
        now: () => time,
        chance: () => 0,
        sleepUntil: async (ms) => {
          time = Math.max(time, ms);
        },
      },
      told: {
        ticked: (tick, { kind }) => void outcomes.push({ host: name, tick, kind }),
        retrying: () => undefined,
        opened: () => undefined,
        recovered: () => undefined,
      },
    });
  };
  await Promise.all([host('one'), host('two')]);
  const done = outcomes.filter(({ kind }) => kind === 'done').map(({ tick }) => tick);
  expect(new Set(outcomes.map(({ kind }) => kind))).toEqual(new Set(['done', 'taken']));
  expect(done.toSorted((a, b) => a - b)).toEqual(
    [...new Set(outcomes.map(({ tick }) => tick))].toSorted((a, b) => a - b),
  );
  expect(done).toHaveLength(8);
});
