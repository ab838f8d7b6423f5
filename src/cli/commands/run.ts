// tidemark run
import type { BatchReport } from '../../batch/report.ts';
import { run as runBatch, type RunResult } from '../../batch/run.ts';
import { isTidemarkError, type TidemarkError } from '../../errors/tidemark-error.ts';
import type { Project } from '../../project/project.ts';
import type { Command, Invocation, Outcome } from '../invocation.ts';
import { readPlan } from '../plan-file.ts';
import { allowancesOf, choiceOf, durationOf, pairsOf, textOf } from '../read-options.ts';
import { behindTable, effect, figuresTables, problemsOf, totalsOf } from '../render/batch.ts';
import { batchJson } from '../render/json.ts';
import { projectLine, type ProjectLine } from '../render/project-line.ts';
import type { Style } from '../render/style.ts';
import { instantUtc, phases } from '../render/text.ts';
import { waitingFor } from '../waiting.ts';

const defaultWaitMs = 90_000;

const headline = (report: BatchReport): string => {
  if (report.batch === null) return `nothing was written (data as of ${instantUtc(report.started_at)})`;
  return `batch ${report.batch} committed: ${effect(report.kind, totalsOf(report))}`;
};

const render = ({ report, phases: spent }: RunResult, line: ProjectLine, style: Style): string => {
  if (report.status === 'idle')
    return `${line(style)}: nothing changed (data as of ${instantUtc(report.started_at)})`;
  return [
    `${line(style)}\n${headline(report)}`,
    ...figuresTables(report, style),
    ...(report.behind.length === 0 ? [] : [behindTable(report.behind, style)]),
    phases(spent, report.duration_ms, style),
  ].join('\n\n');
};

/** Which state the data is in when something was left out. */
const closing = ({ report, exit }: RunResult): string | undefined => {
  if (exit === 0) return undefined;
  const { batch } = report;
  const rest =
    batch === null
      ? 'nothing was written; all other tables are in step'
      : `everything else was committed as batch ${batch}`;
  const next = exit === 5 ? 'a retry does not help until somebody has decided' : 'the next run tries again';
  return `${rest}, data as of ${instantUtc(report.started_at)}; ${next}`;
};

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
  const startedAt = new Date();
  let result: RunResult;
  try {
    result = await waitingFor(project, invocation, waitMs, (ms) =>
      runBatch({
        project,
        adopt: [...given.adopt, ...(planned?.adopt ?? [])],
        allow: [...given.allow, ...(planned?.allow ?? [])],
        expectedDigest: planned?.digest,
        meta,
        waitMs: ms,
        owner: textOf(options, 'owner'),
        progress: invocation.progress,
        onWait: (holder) =>
          log.info(
            `waiting up to ${Math.ceil(waitMs / 1000)} s for the lease: \`tidemark ${holder.command}\` of ${holder.owner} (process ${holder.pid} on ${holder.host}) holds it since ${instantUtc(holder.takenAt)}`,
            { code: 'lease_held', holder },
          ),
        signal,
      }),
    );
  } catch (error) {
    if (ifBusy === 'skip' && isBusy(error)) return skipped(project, error, startedAt);
    throw error;
  }
  const line = await projectLine(project);
  return {
    exit: result.exit,
    json: batchJson(result.report),
    text: (style) => render(result, line, style),
    problems: problemsOf(result.report),
    closing: closing(result),
  };
};

export const run: Command = { endsOnSignal: true, execute };
