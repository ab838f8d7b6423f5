// tidemark rollback
import { plan } from '../../batch/plan.ts';
import { run as runBatch } from '../../batch/run.ts';
import type { UndoWish } from '../../batch/undo/wish.ts';
import { batchNumber } from '../batch-number.ts';
import { batchOutcome, tellWaiting } from '../batch-outcome.ts';
import type { Command, Invocation, Outcome } from '../invocation.ts';
import { choiceOf, durationOf, isOn, pairsOf, textOf } from '../read-options.ts';
import { tellThrough, toldRun } from '../told-run.ts';
import { usage } from '../usage.ts';
import { waitingFor } from '../waiting.ts';

const defaultWaitMs = 90_000;

type Options = Invocation['options'];

const changeOf = (options: Options): number | undefined => {
  const text = textOf(options, 'change');
  if (text === undefined) return undefined;
  const number = /^c?(\d{1,15})$/.exec(text)?.[1];
  if (number === undefined)
    throw usage(`\`--change\` takes the id of a change, such as \`c123\`, not \`${text}\``);
  return Number(number);
};

const refuseMixed = (wish: Omit<UndoWish, 'batch'>): void => {
  const { to, change, source, key, targets = [], withWrites } = wish;
  if (to === true && (change ?? source ?? key) !== undefined)
    throw usage(
      '`--to` takes everything after the batch back: `--change`, `--source` and `--key` do not narrow it',
    );
  if (key !== undefined && source === undefined && targets.length !== 1)
    throw usage(
      '`--key` names a row, but not of which source or target',
      'add `--source NAME`, or `-s TARGET` for what was written into one target for no source change',
    );
  if ((change ?? source) !== undefined && (withWrites === true || targets.length > 0))
    throw usage(
      '`--change` and `--source` name source changes; `-s` and `--with-writes` speak of what was written for none',
    );
};

const wishOf = ({ options, select }: Invocation): Omit<UndoWish, 'batch'> => {
  const key = pairsOf(options, 'key');
  const wish = {
    to: isOn(options, 'to'),
    change: changeOf(options),
    source: textOf(options, 'source'),
    targets: select,
    withWrites: isOn(options, 'withWrites'),
    key: Object.keys(key).length === 0 ? undefined : key,
    onConflict: choiceOf(options, 'onConflict', ['fail', 'skip', 'force']),
    reapply: isOn(options, 'reapply'),
    accept: isOn(options, 'accept'),
  };
  refuseMixed(wish);
  return wish;
};

const execute = async (invocation: Invocation): Promise<Outcome> => {
  const { options, args, log, signal } = invocation;
  const wish = wishOf(invocation);
  const waitMs = durationOf(options, 'wait') ?? defaultWaitMs;
  const meta = pairsOf(options, 'meta');
  const project = await invocation.project();
  const dryRun = isOn(options, 'dryRun');
  const { progress } = invocation;
  const undoOf = async (ms: number): Promise<UndoWish> => ({
    ...wish,
    batch: await batchNumber('rollback', args[0], project, ms),
  });
  if (dryRun) {
    const planned = await waitingFor(project, invocation, waitMs, async (ms) =>
      plan({ project, undo: await undoOf(ms), samples: 3, progress, waitMs: ms }),
    );
    return batchOutcome(project, { ...planned, phases: {} });
  }
  // What it did not look at is as it was.
  const told = toldRun(project, log, { command: 'rollback', partly: true });
  const undone = async (ms: number): ReturnType<typeof runBatch> =>
    runBatch({
      project,
      undo: await undoOf(ms),
      meta,
      waitMs: ms,
      owner: textOf(options, 'owner'),
      progress,
      onWait: tellWaiting(log, waitMs),
      onBegin: told.onBegin,
      signal,
    });
  const result = await tellThrough(told, () => waitingFor(project, invocation, waitMs, undone));
  return batchOutcome(project, result);
};

export const rollback: Command = { endsOnSignal: true, execute };
