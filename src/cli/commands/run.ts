// tidemark run
import { measureFailure, measureRun } from '../../batch/measure-run.ts';
import type { BatchReport } from '../../batch/report.ts';
import { run as runBatch, type RunResult } from '../../batch/run.ts';
import { isTidemarkError, type TidemarkError } from '../../errors/tidemark-error.ts';
import type { Project } from '../../project/project.ts';
import { batchOutcome, tellWaiting } from '../batch-outcome.ts';
import { readChangesFile } from '../changes-file.ts';
import type { Command, Invocation, Outcome } from '../invocation.ts';
import { measuredFile } from '../measured-file.ts';
import { readPlan } from '../plan-file.ts';
import { allowancesOf, choiceOf, durationOf, isOn, pairsOf, textOf } from '../read-options.ts';
import { batchJson } from '../render/json.ts';
import { projectLine } from '../render/project-line.ts';
import { toldRun } from '../told-run.ts';
import { usage } from '../usage.ts';
import { waitingFor } from '../waiting.ts';

const defaultWaitMs = 90_000;

const skipped = async (project: Project, error: TidemarkError, startedAt: Date): Promise<Outcome> => {
  const { code, message, hint, details } = error;
  const report: BatchReport = {
    schema: 'tidemark/batch/1',
    command: 'run',
    project: project.name,
    environment: project.environment,
    batch: null,
    kind: 'run',
    status: 'skipped',
    digest: '',
    started_at: startedAt.toISOString(),
    duration_ms: Date.now() - startedAt.getTime(),
    sources: [],
    targets: [],
    adopted: [],
    behind: [],
    guards: [],
    warnings: [{ code, message, hint, details, severity: 'warning' }],
    errors: [],
  };
  const line = await projectLine(project);
  return { exit: 0, json: batchJson(report), text: (style) => `${line(style)}: skipped, ${message}` };
};

const isBusy = (error: unknown): error is TidemarkError =>
  isTidemarkError(error) && (error.code === 'lease_held' || error.code === 'file_locked');

const execute = async (invocation: Invocation): Promise<Outcome> => {
  const { options, log, signal } = invocation;
  const ifBusy = choiceOf(options, 'ifBusy', ['fail', 'skip']) ?? 'fail';
  // Who would rather skip than wait says so with --wait.
  const waitMs = durationOf(options, 'wait') ?? (ifBusy === 'skip' ? 0 : defaultWaitMs);
  const given = allowancesOf(options);
  const meta = pairsOf(options, 'meta');
  const project = await invocation.project();
  const plan = textOf(options, 'plan');
  const planned = plan === undefined ? undefined : await readPlan(plan, project);
  const file = textOf(options, 'changes');
  if (file !== undefined && plan !== undefined) throw usage('`--changes` and `--plan` exclude each other');
  const changes = file === undefined ? undefined : await readChangesFile(file);
  const measured = measuredFile(log, textOf(options, 'metricsFile'), 'run');
  const startedAt = new Date();
  const told = toldRun(project, log, { command: 'run', partly: changes !== undefined });
  let result: RunResult;
  try {
    result = await waitingFor(project, invocation, waitMs, (ms) =>
      runBatch({
        project,
        adopt: [...given.adopt, ...(planned?.adopt ?? [])],
        allow: [...given.allow, ...(planned?.allow ?? [])],
        expectedDigest: planned?.digest,
        changes,
        rebind: isOn(options, 'rebind'),
        strict: isOn(options, 'strict'),
        meta,
        waitMs: ms,
        owner: textOf(options, 'owner'),
        progress: invocation.progress,
        onWait: tellWaiting(log, waitMs),
        onBegin: told.onBegin,
        signal,
      }),
    );
    measured.write((metrics) => measureRun(metrics, result, Date.now()));
    await told.done(result);
  } catch (error) {
    measured.write((metrics) =>
      measureFailure(metrics, isBusy(error) ? 'busy' : 'failed', error, Date.now()),
    );
    await told.failed(error);
    if (ifBusy === 'skip' && isBusy(error)) return skipped(project, error, startedAt);
    throw error;
  }
  return batchOutcome(project, result);
};

export const run: Command = { endsOnSignal: true, execute };
