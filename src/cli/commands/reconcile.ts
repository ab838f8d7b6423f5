// tidemark reconcile
import { run as runBatch } from '../../batch/run.ts';
import { batchOutcome, tellWaiting } from '../batch-outcome.ts';
import type { Command, Invocation, Outcome } from '../invocation.ts';
import { allowancesOf, durationOf, isOn, namesOf, pairsOf, textOf, wholeOf } from '../read-options.ts';
import { tellThrough, toldRun } from '../told-run.ts';
import { usage } from '../usage.ts';
import { mergeHistory } from './merge-history.ts';
import { waitingFor } from '../waiting.ts';

const defaultWaitMs = 90_000;

const execute = async (invocation: Invocation): Promise<Outcome> => {
  const { options, select, log, signal } = invocation;
  const from = textOf(options, 'history');
  if (from !== undefined) return mergeHistory(invocation, from, defaultWaitMs);
  if (isOn(options, 'dryRun') || namesOf(options, 'as').length > 0)
    throw usage(
      '`--dry-run` and `--as` belong to `--history`',
      '`tidemark plan` shows what a run would write',
    );
  const waitMs = durationOf(options, 'wait') ?? defaultWaitMs;
  const allowed = allowancesOf(options);
  const meta = pairsOf(options, 'meta');
  const columns = namesOf(options, 'column');
  const partRows = wholeOf(options, 'chunk');
  if (partRows === 0) throw usage('`--chunk` takes a number of rows, at least 1');
  const rejected = isOn(options, 'rejected');
  const project = await invocation.project();
  const told = toldRun(project, log, { command: 'reconcile' });
  const reconciled = (ms: number): ReturnType<typeof runBatch> =>
    runBatch({
      project,
      // Reading what was set aside compares no target in full, unless one is named.
      reconcile: rejected && select.length === 0 ? undefined : select,
      rejected,
      strict: isOn(options, 'strict'),
      columns,
      partRows,
      pauseMs: durationOf(options, 'pause'),
      ...allowed,
      meta,
      waitMs: ms,
      owner: textOf(options, 'owner'),
      progress: invocation.progress,
      onWait: tellWaiting(log, waitMs),
      onBegin: told.onBegin,
      signal,
    });
  const result = await tellThrough(told, () => waitingFor(project, invocation, waitMs, reconciled));
  return batchOutcome(project, result);
};

export const reconcile: Command = { endsOnSignal: true, execute };
