// What `run` and `reconcile` tell of a batch.
import { holderWords } from '../store/lease-holder.ts';
import type { BatchReport } from '../batch/report.ts';
import type { RunOptions, RunResult } from '../batch/run.ts';
import type { Log } from '../observe/log.ts';
import type { Project } from '../project/project.ts';
import type { Outcome } from './invocation.ts';
import { behindTable, effect, figuresTables, problemsOf, totalsOf } from './render/batch.ts';
import { batchJson } from './render/json.ts';
import { projectLine, type ProjectLine } from './render/project-line.ts';
import type { Style } from './render/style.ts';
import { instantUtc, phases } from './render/text.ts';

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

export const batchOutcome = async (project: Project, result: RunResult): Promise<Outcome> => {
  const line = await projectLine(project);
  return {
    exit: result.exit,
    json: batchJson(result.report),
    text: (style) => render(result, line, style),
    problems: problemsOf(result.report),
    closing: closing(result),
  };
};

export const tellWaiting =
  (log: Log, waitMs: number): NonNullable<RunOptions['onWait']> =>
  (holder) =>
    log.info(
      `waiting up to ${Math.ceil(waitMs / 1000)} s for the lease: ${holderWords(holder)} holds it since ${instantUtc(holder.takenAt)}`,
      { code: 'lease_held', holder },
    );
