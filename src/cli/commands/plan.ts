// tidemark plan
import { plan as planBatch, type PlanResult } from '../../batch/plan.ts';
import { usage } from '../usage.ts';
import type { Command, Invocation, Outcome } from '../invocation.ts';
import { writePlan } from '../plan-file.ts';
import { allowancesOf, durationOf, isOn, textOf, wholeOf } from '../read-options.ts';
import { behindTable, effect, figuresTables, problemsOf, totalsOf } from '../render/batch.ts';
import { changedRow, renderTargets, type RowsOfTarget } from '../render/changed-rows.ts';
import { batchJson, samplesJson } from '../render/json.ts';
import { projectLine, type ProjectLine } from '../render/project-line.ts';
import type { Style } from '../render/style.ts';
import { instantUtc, seconds } from '../render/text.ts';
import { readersWaitMs, waitingFor } from '../waiting.ts';

const defaultSamples = 3;
const samplesWithRows = 20;

const samplesAsked = ({ options, json }: Invocation): number => {
  const asked = wholeOf(options, 'samples');
  const rows = isOn(options, 'rows');
  if (json && !rows) {
    if (asked !== undefined)
      throw usage('JSON holds row values only with `--rows`', 'add `--rows`, or leave out `--samples`');
    return 0;
  }
  return asked ?? (rows ? samplesWithRows : defaultSamples);
};

const headline = ({ report, after }: PlanResult): string => {
  const state = after === 0 ? 'before the first batch' : `after batch ${after}`;
  if (report.status === 'idle')
    return `plan ${state}: nothing to do (data as of ${instantUtc(report.started_at)})`;
  return `plan ${state}: ${effect(report.kind, totalsOf(report))}`;
};

const rowsOfTargets = ({ report, samples }: PlanResult): readonly RowsOfTarget[] =>
  samples.map(({ target, samples: rows }) => {
    const figures = report.targets.find(({ name }) => name === target);
    const total = figures === undefined ? rows.length : figures.inserted + figures.updated + figures.deleted;
    return { target, rows: rows.map(changedRow), total };
  });

const render = (result: PlanResult, line: ProjectLine, file: string | undefined, style: Style): string => {
  const { report } = result;
  const samples = renderTargets(rowsOfTargets(result), style);
  const next =
    file === undefined ? '`tidemark run` writes this' : `\`tidemark run --plan ${file}\` writes exactly this`;
  const idle = report.sources.length + report.targets.length === 0;
  const end = `nothing was written; took ${seconds(report.duration_ms)}${idle ? '' : `; ${next}`}`;
  return [
    `${line(style)}\n${headline(result)}`,
    ...figuresTables(report, style),
    ...(samples === '' ? [] : [samples]),
    ...(report.behind.length === 0 ? [] : [behindTable(report.behind, style)]),
    style.colors.dim(end),
  ].join('\n\n');
};

const exitOf = (result: PlanResult, options: Invocation['options']): number => {
  if (result.exit !== 0 || !isOn(options, 'exitCode')) return result.exit;
  return result.report.status === 'idle' ? 0 : 3;
};

const execute = async (invocation: Invocation): Promise<Outcome> => {
  const { options } = invocation;
  const samples = samplesAsked(invocation);
  const allowed = allowancesOf(options);
  const waitMs = durationOf(options, 'wait') ?? readersWaitMs;
  const out = textOf(options, 'out');
  const project = await invocation.project();
  const result = await waitingFor(project, invocation, waitMs, (ms) =>
    planBatch({
      project,
      samples,
      ...allowed,
      rebind: isOn(options, 'rebind'),
      strict: isOn(options, 'strict'),
      progress: invocation.progress,
      waitMs: ms,
    }),
  );
  if (out !== undefined) await writePlan(out, result, allowed);
  const line = await projectLine(project);
  return {
    exit: exitOf(result, options),
    json: isOn(options, 'rows')
      ? { ...batchJson(result.report), samples: samplesJson(result.samples) }
      : batchJson(result.report),
    text: (style) => render(result, line, out, style),
    problems: problemsOf(result.report),
  };
};

export const plan: Command = { endsOnSignal: false, execute };
