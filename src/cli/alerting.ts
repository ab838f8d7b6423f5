// Tells the channels of the project file what came of a command; the command waits for them, within their time.
import { dataAtOf, situationOf, situationOfFailure, situationOfVerify } from '../batch/alerting/situation.ts';
import type { RunResult } from '../batch/run.ts';
import type { VerifyResult } from '../batch/verify.ts';
import { readMemory } from '../observe/alerts/alert-memory.ts';
import { memoryOf, raise, type Raising } from '../observe/alerts/raise.ts';
import type { Log } from '../observe/log.ts';
import type { Project } from '../project/project.ts';
import { placeOf } from './render/project-line.ts';

const hasChannels = ({ alerts }: Project): boolean => (alerts?.channels.length ?? 0) > 0;

const raising = async (project: Project, log: Log): Promise<Raising> => ({
  project,
  warehouse: await placeOf(project),
  nowMs: Date.now(),
  warn: (message, facts) => log.error(`warning: ${message}`, { ...facts, alerts: true }),
});

export const alertRun = async (
  project: Project,
  log: Log,
  result: RunResult,
  partly = false,
): Promise<void> => {
  if (!hasChannels(project)) return;
  const by = await raising(project, log);
  await raise(
    situationOf(project, result, { nowMs: by.nowMs, partly }),
    by,
    partly ? undefined : dataAtOf(result),
  );
};

export const alertFailure = async (project: Project, log: Log, error: unknown): Promise<void> => {
  if (!hasChannels(project)) return;
  const by = await raising(project, log);
  const { dataAt } = readMemory(memoryOf(project));
  const situation = situationOfFailure(project, error, { nowMs: by.nowMs, knownDataAt: dataAt });
  if (situation !== undefined) await raise(situation, by);
};

export const alertVerify = async (
  project: Project,
  log: Log,
  result: VerifyResult,
  select: readonly string[],
): Promise<void> => {
  if (!hasChannels(project)) return;
  await raise(situationOfVerify(project, result, select), await raising(project, log));
};
