// tidemark verify
import { verify as verifyTargets, type VerifyResult } from '../../batch/verify.ts';
import type { Command, Invocation, Outcome } from '../invocation.ts';
import { durationOf, wholeOf } from '../read-options.ts';
import { changedRow, renderTargets } from '../render/changed-rows.ts';
import { plainStyle, type Style } from '../render/style.ts';
import { counts, renderTable } from '../render/table.ts';
import { count, duration, figures, instantUtc, number } from '../render/text.ts';
import { readersWaitMs, waitingFor } from '../waiting.ts';

const firstLine = ({ report }: VerifyResult): string => {
  const { mirrors_at: at } = report;
  const age =
    at === null ? '' : ` mirrors as of ${instantUtc(at)}, ${duration(Date.now() - Date.parse(at))} old`;
  return `target == f(mirrors)?${age}`;
};

const orNothing = (value: number): string => (value === 0 ? '-' : number(value));

const targetsTable = ({ report }: VerifyResult, style: Style): string =>
  renderTable(
    {
      columns: [
        { title: 'target' },
        { title: 'rows', align: 'right' },
        counts('different'),
        counts('missing'),
        counts('extra'),
        { title: 'cells by column' },
      ],
      rows: report.targets.map((each) => [
        each.name,
        number(each.rows),
        orNothing(each.different),
        orNothing(each.missing),
        orNothing(each.extra),
        figures(each.columns),
      ]),
    },
    style,
  );

const verdict = ({ report }: VerifyResult, style: Style): string => {
  const { targets } = report;
  const rows = targets.reduce((sum, each) => sum + each.rows, 0);
  if (report.status === 'equal')
    return `${style.colors.green('equal')}: ${count(targets.length, 'target')}, ${count(rows, 'row')}`;
  const unequal = targets.filter((each) => each.different + each.missing + each.extra > 0).length;
  const failed =
    report.behind.length === 0 ? '' : `, ${count(report.behind.length, 'target')} could not be compared`;
  return `${style.colors.red('different')}: ${unequal} of ${count(targets.length, 'target')}${failed}`;
};

/** As seen from the target: a missing row would be inserted, an extra one deleted. */
const differences = (result: VerifyResult, style: Style): string =>
  renderTargets(
    result.samples.map(({ target, samples }) => {
      const found = result.report.targets.find(({ name }) => name === target);
      return {
        target,
        rows: samples.map(changedRow),
        total: found === undefined ? samples.length : found.different + found.missing + found.extra,
      };
    }),
    style,
  );

const render = (result: VerifyResult, style: Style): string => {
  const shown = differences(result, style);
  const legend = 'in the target → by its mapping; + missing there, - too many';
  return [
    firstLine(result),
    ...(result.report.targets.length === 0 ? [] : [targetsTable(result, style)]),
    ...(shown === '' ? [] : [`${style.colors.dim(legend)}\n\n${shown}`]),
    ...result.report.behind.map(
      ({ name, reason }) => `${style.colors.red(name)} could not be compared: ${reason}`,
    ),
    verdict(result, style),
  ].join('\n\n');
};

const execute = async (invocation: Invocation): Promise<Outcome> => {
  const { options, select, progress, json } = invocation;
  const samples = json ? 0 : wholeOf(options, 'samples');
  const waitMs = durationOf(options, 'wait') ?? readersWaitMs;
  const project = await invocation.project();
  const result = await waitingFor(project, invocation, waitMs, (ms) =>
    verifyTargets({ project, select, samples, progress, waitMs: ms }),
  );
  return {
    exit: result.exit,
    json: result.report,
    text: (style) => render(result, style),
    inShort: verdict(result, plainStyle),
  };
};

export const verify: Command = { endsOnSignal: false, execute };
