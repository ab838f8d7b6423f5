// What validate found, for people: every problem at its place, under a failed test the cells that differ, a verdict.
import type { TestFailure } from '../../batch/mapping-tests/judge.ts';
import type { TestsReport } from '../../batch/mapping-tests/run-tests.ts';
import type { ValidateReport } from '../../batch/validate.ts';
import type { RowDifference } from '../../dictionary/mapping-tests/compare-rows.ts';
import type { Problem } from '../../errors/tidemark-error.ts';
import { renderProblem } from './diagnostics.ts';
import { problemJson } from './json.ts';
import type { Style } from './style.ts';
import { renderTable } from './table.ts';
import { count, seconds } from './text.ts';

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

export const verdict = (report: ShownReport, style: Style): string => {
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

export const validateJson = (report: ShownReport): object => ({
  ...report,
  tests: report.tests === null ? null : testsJson(report.tests),
  problems: report.problems.map(problemJson),
});
