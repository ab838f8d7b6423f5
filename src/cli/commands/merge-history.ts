// tidemark reconcile --history: versions from before a history began are merged into it
import { plan } from '../../batch/plan.ts';
import { run as runBatch } from '../../batch/run.ts';
import type { OlderWish } from '../../batch/older-versions/wish.ts';
import { batchOutcome, tellWaiting } from '../batch-outcome.ts';
import type { Invocation, Outcome } from '../invocation.ts';
import { durationOf, isOn, namesOf, pairsOf, textOf } from '../read-options.ts';
import { usage } from '../usage.ts';
import { tellThrough, toldRun } from '../told-run.ts';
import { waitingFor } from '../waiting.ts';

const wishOf = ({ options, select }: Invocation, from: string): OlderWish => {
  const [target, ...more] = select;
  if (target === undefined || more.length > 0)
    throw usage(
      '`--history` merges versions into one history, and `-s` names it',
      'for example: `tidemark reconcile -s customers_scd --history old.csv`',
    );
  const other = ['column', 'adopt', 'allow'].find((name) => namesOf(options, name).length > 0);
  if (other !== undefined || isOn(options, 'rejected'))
    throw usage(`\`--${other ?? 'rejected'}\` says nothing to \`--history\`: one after the other`);
  return { target, from, names: pairsOf(options, 'as') };
};

export const mergeHistory = async (
  invocation: Invocation,
  from: string,
  defaultWaitMs: number,
): Promise<Outcome> => {
  const { options, log, signal, progress } = invocation;
  const older = wishOf(invocation, from);
  const waitMs = durationOf(options, 'wait') ?? defaultWaitMs;
  const meta = { history: from, ...pairsOf(options, 'meta') };
  const project = await invocation.project();
  if (isOn(options, 'dryRun')) {
    const planned = await waitingFor(project, invocation, waitMs, (ms) =>
      plan({ project, older, samples: 3, progress, waitMs: ms }),
    );
    return batchOutcome(project, { ...planned, phases: {} });
  }
  const told = toldRun(project, log, { command: 'reconcile', partly: true });
  const merged = (ms: number): ReturnType<typeof runBatch> =>
    runBatch({
      project,
      older,
      meta,
      waitMs: ms,
      owner: textOf(options, 'owner'),
      progress,
      onWait: tellWaiting(log, waitMs),
      onBegin: told.onBegin,
      signal,
    });
  const result = await tellThrough(told, () => waitingFor(project, invocation, waitMs, merged));
  return batchOutcome(project, result);
};
