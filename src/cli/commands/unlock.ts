// tidemark unlock
import { holderWords } from '../../store/lease-holder.ts';
import { unlock as unlockProject, type UnlockReport } from '../../batch/unlock.ts';
import type { Command, Invocation, Outcome } from '../invocation.ts';
import { durationOf, isOn } from '../read-options.ts';
import { holderJson } from '../render/json.ts';
import { instantUtc } from '../render/text.ts';
import { readersWaitMs, waitingFor } from '../waiting.ts';

const render = ({ holder }: UnlockReport): string =>
  holder === null
    ? 'the lease is free'
    : `the lease is free again: ${holderWords(holder)} held it since ${instantUtc(holder.takenAt)}`;

const execute = async (invocation: Invocation): Promise<Outcome> => {
  const force = isOn(invocation.options, 'force');
  const waitMs = durationOf(invocation.options, 'wait') ?? readersWaitMs;
  const project = await invocation.project();
  const report = await waitingFor(project, invocation, waitMs, (ms) =>
    unlockProject({ project, force, waitMs: ms }),
  );
  return { exit: 0, json: { ...report, holder: holderJson(report.holder) }, text: () => render(report) };
};

export const unlock: Command = { endsOnSignal: true, execute };
