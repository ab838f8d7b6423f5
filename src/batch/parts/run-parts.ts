// Runs the batches of targets that are compared in parts, one after the other under one lease, and tells of all of
// them as of one. What is done stays done, whatever stops the rest.
import { setTimeout as sleep } from 'node:timers/promises';
import { isTidemarkError, TidemarkError } from '../../errors/tidemark-error.ts';
import type { TargetFigures } from '../../store/batches.ts';
import type { RunResult } from '../attempt.ts';
import type { Progress } from '../context.ts';
import type { Part } from './part.ts';
import type { Parts } from './plan-parts.ts';

export interface PartsRun {
  readonly parts: readonly Parts[];
  readonly pauseMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly progress?: Progress | undefined;
  readonly runPart: (part: Part) => Promise<RunResult>;
}

const partAt = ({ target, ...progress }: Parts, place: number, later: ReadonlySet<string>): Part => {
  const { bounds, columns } = progress;
  const isLast = place === bounds.length;
  return {
    target,
    columns,
    place,
    of: bounds.length + 1,
    later,
    range: { from: bounds[place - 1], to: bounds[place] },
    progress: isLast ? undefined : { ...progress, done: place + 1 },
  };
};

const failed = ({ report }: RunResult, target: string): boolean =>
  report.behind.some(({ name, code }) => name === target && code !== 'reconciling');

/** Until one fails. */
export const runParts = async (run: PartsRun): Promise<readonly RunResult[]> => {
  const results: RunResult[] = [];
  for (const [turn, parts] of run.parts.entries()) {
    const later = new Set(run.parts.slice(turn + 1).map(({ target }) => target));
    for (let place = parts.done; place <= parts.bounds.length; place += 1) {
      if (results.length > 0 && (run.pauseMs ?? 0) > 0)
        await sleep(run.pauseMs, undefined, { signal: run.signal }).catch(() => undefined);
      const part = partAt(parts, place, later);
      run.progress?.part?.({ name: parts.target, place: place + 1, of: part.of });
      const result = await run.runPart(part);
      results.push(result);
      if (failed(result, parts.target)) return results;
    }
  }
  return results;
};

const sum = (all: readonly Readonly<Record<string, number>>[]): Record<string, number> => {
  const total: Record<string, number> = {};
  for (const each of all)
    for (const [name, cells] of Object.entries(each)) total[name] = (total[name] ?? 0) + cells;
  return total;
};

const added = (figures: readonly TargetFigures[]): readonly TargetFigures[] =>
  [...new Set(figures.map(({ name }) => name))].map((name) => {
    const own = figures.filter((each) => each.name === name);
    const of = (count: (each: TargetFigures) => number): number =>
      own.reduce((total, each) => total + count(each), 0);
    return {
      name,
      inserted: of(({ inserted }) => inserted),
      updated: of(({ updated }) => updated),
      deleted: of(({ deleted }) => deleted),
      cells: of(({ cells }) => cells),
      columns: sum(own.map(({ columns }) => columns)),
    };
  });

/** What was done of the parts stays done. */
export const goesOn = (error: unknown, { target, place, of }: Part): unknown =>
  isTidemarkError(error) && of > 1
    ? new TidemarkError(error.code, {
        message: error.message,
        hint: `\`tidemark reconcile -s ${target}\` goes on with part ${place + 1} of ${of}`,
        details: { ...error.details, part: { target, done: place, of } },
        cause: error,
      })
    : error;

/** The last batch's words, the figures of all. */
export const told = (results: readonly RunResult[]): RunResult => {
  const last = results.at(-1);
  if (last === undefined) throw new RangeError('no part was run');
  if (results.length === 1) return last;
  const reports = results.map(({ report }) => report);
  const batches = reports.flatMap(({ batch }) => batch ?? []);
  const targets = added(reports.flatMap((report) => report.targets));
  const { status } = last.report;
  return {
    ...last,
    phases: sum(results.map(({ phases }) => phases)),
    report: {
      ...last.report,
      batch: batches.at(-1) ?? null,
      batches,
      started_at: reports[0]?.started_at ?? last.report.started_at,
      status: status === 'idle' && batches.length > 0 ? 'applied' : status,
      duration_ms: reports.reduce((total, report) => total + report.duration_ms, 0),
      sources: added(reports.flatMap((report) => report.sources.map((each) => ({ ...each, cells: 0 })))).map(
        ({ cells: _, ...figures }) => figures,
      ),
      targets,
      warnings: [
        ...new Map(
          reports.flatMap(({ warnings }) => warnings).map((each) => [each.message, each] as const),
        ).values(),
      ],
    },
  };
};
