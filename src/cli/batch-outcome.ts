// What `run` and `reconcile` tell of a batch.
import { holderWords } from '../store/lease-holder.ts';
import type { BatchReport } from '../batch/report.ts';
import type { RunOptions, RunResult } from '../batch/run.ts';
import type { Log } from '../observe/log.ts';
import type { Project } from '../project/project.ts';
import type { Outcome } from './invocation.ts';
import { behindTable, effect, figuresTables, problemsOf, totalsOf } from './render/batch.ts';
import { undoTables } from './render/undo.ts';
import { batchJson } from './render/json.ts';
import { projectLine, type ProjectLine } from './render/project-line.ts';
import type { Style } from './render/style.ts';
import { instantUtc, phases } from './render/text.ts';

/** What is told of a result. */
type Told = Pick<RunResult, 'report' | 'exit' | 'phases'>;

const undoneOf = ({ undoes = [] }: BatchReport): string =>
  `batch${undoes.length === 1 ? '' : 'es'} ${undoes.join(', ')}`;

const headline = (report: BatchReport): string => {
  if (report.status === 'refused') return `rollback of ${undoneOf(report)} refused: nothing was written`;
  if (report.status === 'pending')
    return `rollback of ${undoneOf(report)}, not written: ${effect(report.kind, totalsOf(report))}`;
  if (report.batch !== null && report.undoes !== undefined)
    return `batch ${report.batch} committed, takes back ${undoneOf(report)}: ${effect(report.kind, totalsOf(report))}`;
  if (report.batch === null) return `nothing was written (data as of ${instantUtc(report.started_at)})`;
  if (report.batches !== undefined)
    return `batches ${report.batches.join(', ')} committed: ${effect(report.kind, totalsOf(report))}`;
  return `batch ${report.batch} committed: ${effect(report.kind, totalsOf(report))}`;
};

const render = ({ report, phases: spent }: Told, line: ProjectLine, style: Style): string => {
  if (report.status === 'idle' && report.undoes !== undefined)
    return `${line(style)}: everything is already as it was before ${undoneOf(report)}`;
  if (report.status === 'idle')
    return `${line(style)}: nothing changed (data as of ${instantUtc(report.started_at)})`;
  return [
    `${line(style)}\n${headline(report)}`,
    ...figuresTables(report, style),
    ...undoTables(report, style),
    ...(report.behind.length === 0 ? [] : [behindTable(report.behind, style)]),
    phases(spent, report.duration_ms, style),
  ].join('\n\n');
};

/** Which state the data is in when something was left out. */
const closing = ({ report, exit }: Told): string | undefined => {
  if (exit === 0 || exit === 3) return undefined;
  const { batch } = report;
  const rest =
    batch === null
      ? 'nothing was written; all other tables are in step'
      : `everything else was committed as batch ${batch}`;
  const next = exit === 5 ? 'a retry does not help until somebody has decided' : 'the next run tries again';
  return `${rest}, data as of ${instantUtc(report.started_at)}; ${next}`;
};

export const batchOutcome = async (project: Project, result: Told): Promise<Outcome> => {
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
