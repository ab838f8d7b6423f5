// What validate found, for people: every problem at its place, under a failed test the cells that differ, a verdict.
import type { TestFailure } from '../../batch/mapping-tests/judge.ts';
import type { TestsReport } from '../../batch/mapping-tests/run-tests.ts';
import type { AgainstData, TargetMatch } from '../../batch/data/against-data.ts';
import type { ValidateReport } from '../../batch/validate.ts';
import type { RowDifference } from '../../dictionary/mapping-tests/compare-rows.ts';
import type { Problem } from '../../errors/tidemark-error.ts';
import { changedRow, renderTargets } from './changed-rows.ts';
import { renderProblem } from './diagnostics.ts';
import { problemJson } from './json.ts';
import type { Style } from './style.ts';
import { counts, renderTable } from './table.ts';
import { count, number, seconds } from './text.ts';

/** A project file that cannot be read has no name to tell. */
export type ShownReport = Omit<ValidateReport, 'project' | 'environment'> & {
  readonly project: string | null;
  readonly environment: string | null;
};

const shown = (value: string | null | undefined): string => value ?? 'null';

const keyText = (key: Readonly<Record<string, string | null>>): string =>
  Object.entries(key)
    .map(([name, value]) => `${name} ${shown(value)}`)
    .join(', ') || '-';

const rowText = (row: Readonly<Record<string, string | null>>): string =>
  Object.entries(row)
    .map(([name, value]) => `${name}: ${shown(value)}`)
    .join(', ');

const linesOf = (row: RowDifference): readonly (readonly string[])[] => {
  switch (row.kind) {
    case 'different':
      return row.cells.map((cell, place) => [
        place === 0 ? String(row.at.line) : '',
        place === 0 ? keyText(row.key) : '',
        cell.column,
        shown(cell.expected),
        shown(cell.actual),
      ]);
    case 'missing':
      return [[String(row.at.line), keyText(row.key), '(row)', rowText(row.row), '(no such row)']];
    case 'extra':
      return [['', keyText(row.key), '(row)', '(no such row)', rowText(row.row)]];
    default:
      return row satisfies never;
  }
};

const differences = ({ rows }: TestFailure, style: Style): string =>
  renderTable(
    {
      columns: [
        { title: 'line', align: 'right' },
        { title: 'row' },
        { title: 'column' },
        { title: 'expected', paint: (text) => style.colors.green(text) },
        { title: 'actual', paint: (text) => style.colors.red(text) },
      ],
      rows: rows.flatMap(linesOf),
    },
    { ...style, width: style.width - 2 },
  ).replaceAll(/^/gm, '  ');

const failureBehind = (problem: Problem, tests: TestsReport | null): TestFailure | undefined =>
  problem.code !== 'test_failed'
    ? undefined
    : tests?.failures.find(({ at, rows }) => rows.length > 0 && at === problem.at);

export const problemText = (problem: Problem, report: ShownReport, style: Style): string => {
  const failure = failureBehind(problem, report.tests);
  const text = renderProblem(problem, style);
  return failure === undefined ? text : `${text}\n\n${differences(failure, style)}`;
};

const filesOf = (problems: readonly Problem[]): number =>
  new Set(problems.map(({ at }) => at?.file ?? '')).size;

const testsText = ({ passed, failed, skipped, durationMs }: TestsReport, style: Style): string => {
  const parts = [
    `${passed} passed`,
    ...(failed > 0 ? [style.colors.red(`${failed} failed`)] : []),
    ...(skipped > 0 ? [`${skipped} skipped`] : []),
  ];
  return `tests: ${parts.join(', ')} in ${seconds(durationMs)}`;
};

const verdict = (report: ShownReport, style: Style): string => {
  const { problems, tests } = report;
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  const warnings = problems.length - errors;
  const said = [
    ...(errors > 0 ? [count(errors, 'error')] : []),
    ...(warnings > 0 ? [count(warnings, 'warning')] : []),
  ];
  const found = said.length === 0 ? '' : `${said.join(', ')} in ${count(filesOf(problems), 'file')}`;
  const what = `${count(report.sources, 'source')}, ${count(report.targets, 'target')}, ${count(report.columns, 'mapped column')}`;
  const first =
    report.status === 'invalid'
      ? `${style.colors.red('invalid')}: ${found}`
      : `${style.colors.green('valid')}: ${what}${found === '' ? '' : `; ${found}`}`;
  const ran = tests !== null && tests.passed + tests.failed + tests.skipped > 0;
  return ran ? `${testsText(tests, style)}\n${first}` : first;
};

const percent = (match: number | null): string => (match === null ? '-' : `${match.toFixed(2)} %`);

const sum = (target: TargetMatch): string => {
  const parts = [
    `${number(target.compared)} of ${count(target.rows, 'row')} compared`,
    ...(target.different > 0 ? [`${number(target.different)} different`] : []),
    ...(target.missing > 0 ? [`${number(target.missing)} missing in the target`] : []),
    ...(target.extra !== null && target.extra > 0 ? [`${number(target.extra)} only there`] : []),
  ];
  return parts.join(', ');
};

/** The worst columns first; those that match wholly are counted. */
const matchTable = (target: TargetMatch, style: Style): string => {
  const columns = target.columns.toSorted((left, right) => right.different - left.different);
  return renderTable(
    {
      columns: [{ title: 'column' }, { title: 'match', align: 'right' }, counts('cells that differ')],
      rows: columns.map((each) => [
        each.name,
        percent(each.match),
        each.different === 0 ? '-' : number(each.different),
      ]),
    },
    style,
  );
};

const matchText = (target: TargetMatch, style: Style): string => {
  const samples = renderTargets(
    [
      {
        target: target.name,
        rows: target.samples.map(changedRow),
        total: target.different + target.missing + (target.extra ?? 0),
      },
    ],
    style,
  );
  return [
    `${style.colors.bold(target.name)}: ${sum(target)}`,
    matchTable(target, style),
    ...(target.samples.length === 0 ? [] : [samples]),
  ].join('\n');
};

const againstText = ({ sample, targets, notCompared }: AgainstData, style: Style): string => {
  const share = sample === null ? '' : ` (a sample of ${sample} % of the rows)`;
  return [
    `what the mappings yield from staging against what the targets hold${share}`,
    ...targets.map((target) => matchText(target, style)),
    ...notCompared.map(({ name, reason }) => `${style.colors.red(name)} was not compared: ${reason}`),
  ].join('\n\n');
};

export const renderValidate = (report: ShownReport, style: Style): string =>
  report.againstData === null
    ? verdict(report, style)
    : `${againstText(report.againstData, style)}\n\n${verdict(report, style)}`;

const againstJson = ({ sample, targets, notCompared }: AgainstData): object => ({
  sample_percent: sample,
  targets: targets.map((target) => ({ ...target, samples: target.samples.map(changedRow) })),
  not_compared: notCompared,
});

const rowJson = (row: RowDifference): object => {
  switch (row.kind) {
    case 'different':
      return { kind: row.kind, key: row.key, line: row.at.line, cells: row.cells };
    case 'missing':
      return { kind: row.kind, key: row.key, line: row.at.line, row: row.row };
    case 'extra':
      return { kind: row.kind, key: row.key, row: row.row };
    default:
      return row satisfies never;
  }
};

const testsJson = ({ passed, failed, skipped, durationMs, failures }: TestsReport): object => ({
  passed,
  failed,
  skipped,
  duration_ms: durationMs,
  failures: failures.map(({ target, test, at, code, reason, rows }) => ({
    target,
    test,
    code,
    at: { file: at.file, line: at.line, column: at.column },
    reason: reason ?? null,
    rows: rows.map(rowJson),
  })),
});

export const validateJson = ({ againstData, ...report }: ShownReport): object => ({
  ...report,
  tests: report.tests === null ? null : testsJson(report.tests),
  against_data: againstData === null ? null : againstJson(againstData),
  problems: report.problems.map(problemJson),
});
