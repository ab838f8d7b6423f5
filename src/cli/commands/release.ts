// tidemark release
import { release as releaseBatch } from '../../batch/undo/release.ts';
import { batchNumber } from '../batch-number.ts';
import type { Command, Invocation, Outcome } from '../invocation.ts';
import { durationOf } from '../read-options.ts';
import { count } from '../render/text.ts';
import { readersWaitMs, waitingFor } from '../waiting.ts';

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
    text: () =>
      report.status === 'released'
        ? `${count(report.rows, 'source row')} of batch ${report.batch} released: the next run reads them again`
        : `nothing of batch ${report.batch} is held`,
  };
};

export const release: Command = { endsOnSignal: false, execute };
