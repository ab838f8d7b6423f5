// tidemark verify
import { verify as verifyTargets, type VerifyResult } from '../../batch/verify.ts';
import { measureVerify } from '../../batch/measure-verify.ts';
import { alertVerify } from '../alerting.ts';
import type { Command, Invocation, Outcome } from '../invocation.ts';
import { measuredFile } from '../measured-file.ts';
import { durationOf, isOn, textOf, wholeOf } from '../read-options.ts';
import { changedRow, renderTargets } from '../render/changed-rows.ts';
import { plainStyle, type Style } from '../render/style.ts';
import { counts, renderTable } from '../render/table.ts';
import { count, duration, figures, instantUtc, number, pairs } from '../render/text.ts';
import { usage } from '../usage.ts';
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

const mirrorsTable = ({ report }: VerifyResult, style: Style): string =>
  renderTable(
    {
      columns: [
        { title: 'mirror' },
        { title: 'rows', align: 'right' },
        counts('different'),
        counts('missing'),
        counts('extra'),
        counts('pending'),
        counts('missed'),
        counts('held'),
      ],
      rows: (report.mirrors ?? []).map((each) => [
        each.name,
        number(each.rows),
        ...[each.different, each.missing, each.extra, each.pending, each.missed, each.held].map(orNothing),
      ]),
    },
    style,
  );

const mirrorsVerdict = ({ report }: VerifyResult, { colors }: Style): string => {
  const mirrors = report.mirrors ?? [];
  const sum = (of: 'pending' | 'missed'): number => mirrors.reduce((total, each) => total + each[of], 0);
  const pending = sum('pending') === 0 ? '' : `; ${count(sum('pending'), 'row')} for the next runs`;
  const failed =
    report.behind.length === 0 ? '' : `; ${count(report.behind.length, 'source')} could not be compared`;
  if (sum('missed') === 0)
    return `${failed === '' ? colors.green('nothing was missed') : colors.red('nothing was missed')}: ${count(mirrors.length, 'mirror')}${pending}${failed}`;
  return `${colors.red('missed')}: ${count(sum('missed'), 'row')} that only a comparison in full finds${pending}${failed}\n${colors.dim('a longer `overlap:`, another `watermark:`, or a shorter `full_compare:`; a run takes them up when that is due')}`;
};

const ruleNames = {
  overlaps: 'overlap the next one',
  gaps: 'end before the next one begins, undeleted',
  currents: 'are open beside another',
  flags: 'have a current flag that is not so',
  reversed: 'end before they begin',
} as const;

/** Of histories: what is wrong with their versions, whatever the mapping says. */
const brokenRules = ({ report }: VerifyResult, { colors }: Style): readonly string[] =>
  report.targets.flatMap(({ name, rules }) => {
    const broken = Object.entries(ruleNames).flatMap(([rule, says]) => {
      const versions = rules?.[rule as keyof typeof ruleNames] ?? 0;
      return versions === 0 ? [] : [`${count(versions, 'version')} ${says}`];
    });
    return broken.length === 0 ? [] : [`${colors.red(name)}: ${broken.join(', ')}`];
  });

const unfinished = ({ report }: VerifyResult, { colors }: Style): readonly string[] => {
  const open = report.unfinished ?? [];
  if (open.length === 0) return [];
  const told = open.map((name) => {
    const upTo = report.targets.find((each) => each.name === name)?.proof?.up_to;
    return upTo === undefined || upTo === null ? name : `${name} (up to ${pairs(upTo)})`;
  });
  return [colors.yellow(`not finished, the next --budget goes on: ${told.join(', ')}`)];
};

const verdict = (result: VerifyResult, style: Style): string => {
  const { report } = result;
  if (report.mirrors !== undefined) return mirrorsVerdict(result, style);
  const { targets } = report;
  const rows = targets.reduce((sum, each) => sum + each.rows, 0);
  if (report.status === 'equal')
    return `${style.colors.green('equal')}: ${count(targets.length, 'target')}, ${count(rows, 'row')}`;
  const unequal = targets.filter(
    (each) =>
      each.different + each.missing + each.extra > 0 ||
      Object.values(each.rules ?? {}).some((versions) => versions > 0),
  ).length;
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
    result.report.mirrors === undefined
      ? firstLine(result)
      : firstLine(result).replace('target == f(mirrors)', 'mirror == staging'),
    ...(result.report.mirrors === undefined || result.report.mirrors.length === 0
      ? []
      : [mirrorsTable(result, style)]),
    ...(result.report.targets.length === 0 ? [] : [targetsTable(result, style)]),
    ...(shown === '' ? [] : [`${style.colors.dim(legend)}\n\n${shown}`]),
    ...brokenRules(result, style),
    ...unfinished(result, style),
    ...result.report.behind.map(
      ({ name, reason }) => `${style.colors.red(name)} could not be compared: ${reason}`,
    ),
    verdict(result, style),
  ].join('\n\n');
};

const execute = async (invocation: Invocation): Promise<Outcome> => {
  const { options, select, progress, json, log } = invocation;
  const samples = json ? 0 : wholeOf(options, 'samples');
  const waitMs = durationOf(options, 'wait') ?? readersWaitMs;
  const budgetMs = durationOf(options, 'budget');
  const mirrors = isOn(options, 'mirrors');
  if (mirrors && budgetMs !== undefined)
    throw usage('`--budget` is for targets: `--mirrors` reads staging whole');
  const measured = measuredFile(log, textOf(options, 'metricsFile'), 'verify');
  const project = await invocation.project();
  const result = await waitingFor(project, invocation, waitMs, (ms) =>
    verifyTargets({ project, select, samples, budgetMs, mirrors, progress, waitMs: ms }),
  );
  measured.write((metrics) => measureVerify(metrics, result.report, Date.now()));
  await alertVerify(project, log, result, select);
  return {
    exit: result.exit,
    json: result.report,
    text: (style) => render(result, style),
    inShort: verdict(result, plainStyle),
  };
};

export const verify: Command = { endsOnSignal: false, execute };
