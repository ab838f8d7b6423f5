// tidemark release
import { release as releaseBatch, type ReleaseReport } from '../../batch/undo/release.ts';
import { batchNumber } from '../batch-number.ts';
import type { Command, Invocation, Outcome } from '../invocation.ts';
import { durationOf } from '../read-options.ts';
import { count } from '../render/text.ts';
import { readersWaitMs, waitingFor } from '../waiting.ts';

const textOf = ({ batch, rows, targets, logs }: ReleaseReport): string => {
  const read =
    rows > 0
      ? [`${count(rows, 'source row')} of batch ${batch} released: the next run reads them again`]
      : [];
  const compared = targets.map(
    ({ target, column }) =>
      `${column === null ? target : `${target}.${column}`} released: the next run brings it in step with its mapping`,
  );
  const kept = logs.map(
    ({ source, rows: held }) =>
      `${count(held, 'row')} of ${source} stay as they are: the events of a log come once; roll the rollback back to have them again`,
  );
  const lines = [...read, ...compared, ...kept];
  return lines.length === 0 ? `nothing of batch ${batch} is held` : lines.join('\n');
};

const execute = async (invocation: Invocation): Promise<Outcome> => {
  const { options, args } = invocation;
  const waitMs = durationOf(options, 'wait') ?? readersWaitMs;
  const project = await invocation.project();
  const report = await waitingFor(project, invocation, waitMs, async (ms) =>
    releaseBatch({ project, batch: await batchNumber('release', args[0], project, ms), waitMs: ms }),
  );
  return {
    exit: 0,
    json: report,
    text: () => textOf(report),
  };
};

export const release: Command = { endsOnSignal: false, execute };
