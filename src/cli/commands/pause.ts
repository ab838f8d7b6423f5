// tidemark pause, tidemark resume
import { pause as pauseRelation, resume as resumeRelation, type PauseReport } from '../../batch/pause.ts';
import type { Command, Invocation, Outcome } from '../invocation.ts';
import { durationOf, textOf } from '../read-options.ts';
import { usage } from '../usage.ts';
import { readersWaitMs, waitingFor } from '../waiting.ts';

const render = ({ name, kind, status, reason }: PauseReport): string => {
  switch (status) {
    case 'paused':
      return `${kind} \`${name}\` is paused: ${reason ?? ''}; \`tidemark resume ${name}\` takes it in again`;
    case 'resumed':
      return `${kind} \`${name}\` is taken in again: the next run compares it in full (it was paused: ${reason ?? ''})`;
    case 'not paused':
      return `${kind} \`${name}\` is not paused`;
  }
};

const nameOf = ({ args }: Invocation, command: string): string => {
  const [name] = args;
  if (name === undefined) throw usage(`\`tidemark ${command}\` needs the name of a source or target`);
  return name;
};

const outcome = (report: PauseReport): Outcome => ({ exit: 0, json: report, text: () => render(report) });

const executePause = async (invocation: Invocation): Promise<Outcome> => {
  const name = nameOf(invocation, 'pause');
  const reason = textOf(invocation.options, 'reason')?.trim() ?? '';
  if (reason === '')
    throw usage('`tidemark pause` needs a reason', `whoever finds it paused will ask: \`--reason "…"\``);
  const waitMs = durationOf(invocation.options, 'wait') ?? readersWaitMs;
  const project = await invocation.project();
  return outcome(
    await waitingFor(project, invocation, waitMs, (ms) =>
      pauseRelation({ project, name, reason, waitMs: ms }),
    ),
  );
};

const executeResume = async (invocation: Invocation): Promise<Outcome> => {
  const name = nameOf(invocation, 'resume');
  const waitMs = durationOf(invocation.options, 'wait') ?? readersWaitMs;
  const project = await invocation.project();
  return outcome(
    await waitingFor(project, invocation, waitMs, (ms) => resumeRelation({ project, name, waitMs: ms })),
  );
};

export const pause: Command = { endsOnSignal: true, execute: executePause };
export const resume: Command = { endsOnSignal: true, execute: executeResume };
