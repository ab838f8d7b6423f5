// What a schedule says of each of its ticks, to people and to metrics.
import type { RunResult } from '../batch/run.ts';
import { measureFailure, measureRun } from '../batch/measure-run.ts';
import type { Ticked, Told } from '../batch/schedule/loop.ts';
import { isTidemarkError } from '../errors/tidemark-error.ts';
import type { Log } from '../observe/log.ts';
import type { Metrics } from '../observe/metrics.ts';
import type { StatementTally } from '../observe/statement-tally.ts';
import { effect, totalsOf } from './render/batch.ts';

export const seconds = (ms: number): string => `${Math.round(ms / 100) / 10} s`;

const clock = (ms: number): string => new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');

const wordsOf = ({ report }: RunResult): string => {
  const done =
    report.batch === null
      ? 'nothing changed'
      : `batch ${report.batch}: ${effect(report.kind, totalsOf(report))}`;
  const behind = report.behind.map(({ name, code }) => `\`${name}\` is left out (${code})`);
  return [`${done}, ${seconds(report.duration_ms)}`, ...behind].join('; ');
};

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

export interface Tally {
  done: number;
  taken: number;
  busy: number;
  failed: number;
  missed: number;
  retries: number;
}

export const newTally = (): Tally => ({ done: 0, taken: 0, busy: 0, failed: 0, missed: 0, retries: 0 });

export interface Watching {
  readonly log: Log;
  readonly metrics: Metrics;
  readonly tally: Tally;
  readonly statements: StatementTally;
  readonly save: () => void;
  /** Told of what came of each tick that was ours. */
  readonly hear: (outcome: Ticked<RunResult>) => void;
  readonly hearRetry: (error: unknown) => void;
  trouble: string | undefined;
}

const tell = (watching: Watching, tick: number, outcome: Ticked<RunResult>): void => {
  const { log } = watching;
  const facts = { tick: clock(tick), outcome: outcome.kind };
  switch (outcome.kind) {
    case 'done': {
      const { report, exit } = outcome.result;
      const say = exit === 0 ? log.info.bind(log) : log.error.bind(log);
      say(`${clock(tick)} ${wordsOf(outcome.result)}`, {
        ...facts,
        exit,
        batch: report.batch,
        status: report.status,
        behind: report.behind,
      });
      return;
    }
    case 'taken':
      log.info(`${clock(tick)} left to another host, which has this tick`, facts);
      return;
    case 'busy':
      log.info(`${clock(tick)} skipped: ${messageOf(outcome.error)}`, facts);
      return;
    case 'failed': {
      const { error } = outcome;
      const known = isTidemarkError(error) ? { code: error.code, hint: error.hint } : {};
      const hint = known.hint === undefined ? '' : ` (${known.hint})`;
      log.error(`${clock(tick)} failed: ${messageOf(error)}${hint}`, { ...facts, ...known });
    }
  }
};

export const toldOf = (watching: Watching): Told<RunResult> => ({
  ticked: (tick, outcome, missed) => {
    const { metrics, tally } = watching;
    tally[outcome.kind] += 1;
    tally.missed += missed;
    metrics.add('tidemark_missed_ticks_total', {}, missed);
    if (outcome.kind === 'done') measureRun(metrics, outcome.result, Date.now());
    else
      measureFailure(metrics, outcome.kind, outcome.kind === 'taken' ? undefined : outcome.error, Date.now());
    watching.statements.addTo(metrics, 'run');
    tell(watching, tick, outcome);
    watching.log.bind({ run_id: undefined, batch: undefined });
    watching.save();
    watching.hear(outcome);
  },
  retrying: (_tick, error, delayMs) => {
    watching.tally.retries += 1;
    watching.hearRetry(error);
    watching.metrics.add('tidemark_retries_total', {}, 1);
    watching.log.info(`trying again in ${seconds(delayMs)}: ${messageOf(error)}`, { retry_ms: delayMs });
  },
  opened: (failed, nextAt) => {
    watching.trouble = `${failed} ticks in a row failed; the next try is at ${clock(nextAt)}`;
    watching.metrics.set('tidemark_circuit_open', {}, 1);
    watching.log.error(watching.trouble, { failed, next: clock(nextAt) });
    watching.save();
  },
  recovered: (failed) => {
    watching.trouble = undefined;
    watching.metrics.set('tidemark_circuit_open', {}, 0);
    watching.log.info(`goes well again, after ${failed} failed ticks`, { failed });
    watching.save();
  },
});
