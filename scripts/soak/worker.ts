// The process under test: the scheduler itself, whose clock runs as fast as its batches do. What it does is told to its
// parent; a message from there moves its clock.
import { schedule } from '../../src/batch/schedule/schedule.ts';
import type { Ticked } from '../../src/batch/schedule/loop.ts';
import type { RunResult } from '../../src/batch/run.ts';
import { isTidemarkError } from '../../src/errors/tidemark-error.ts';
import { readProject } from '../../src/project/read-project.ts';

const [directory = '', start = '0'] = process.argv.slice(2);
const everyMs = 60_000;
/** Of the real clock, between two ticks and before a retry. */
const breathMs = 40;

let now = Number(start);
process.on('message', (stepMs) => {
  now += Number(stepMs);
});
const drain = new AbortController();
process.on('SIGTERM', () => drain.abort());
process.on('disconnect', () => process.exit(1));

const codeOf = (outcome: Ticked<RunResult>): string => {
  if (outcome.kind === 'done') return outcome.result.report.status;
  if (outcome.kind === 'taken') return 'taken';
  return isTidemarkError(outcome.error) ? outcome.error.code : String(outcome.error);
};

let ticks = 0;
const heapBytes = (): number => {
  ticks += 1;
  if (ticks % 10 === 0) globalThis.gc?.();
  return ticks % 10 === 0 ? process.memoryUsage().heapUsed : 0;
};

await schedule({
  cadence: { kind: 'every', ms: everyMs },
  project: () => readProject({ directory, variables: {} }),
  owner: 'soak',
  waitMs: 20_000,
  drain: drain.signal,
  told: {
    ticked: (_tick, outcome) => {
      process.send?.({
        kind: outcome.kind,
        code: codeOf(outcome),
        behind:
          outcome.kind === 'done'
            ? outcome.result.report.behind.map(({ name, code }) => `${name}: ${code}`)
            : [],
        now,
        heap: heapBytes(),
      });
    },
    retrying: (_tick, error) => {
      process.send?.({
        kind: 'retry',
        code: isTidemarkError(error) ? error.code : String(error),
        behind: [],
        now,
        heap: 0,
      });
    },
    opened: () => undefined,
    recovered: () => undefined,
  },
  around: {
    now: () => now,
    chance: () => Math.random(),
    sleepUntil: async (ms) => {
      now = Math.max(now, ms);
      await new Promise((resolve) => setTimeout(resolve, breathMs));
    },
  },
});
process.disconnect?.();
