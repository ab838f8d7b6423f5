// What came of one test: it passed, rows differ, or it could not be played to its end; and how that is said.
import { compareRows, type RowDifference } from '../../dictionary/mapping-tests/compare-rows.ts';
import type { GroupedTest } from '../../dictionary/mapping-tests/test-group.ts';
import type { Position, Problem, TidemarkError } from '../../errors/tidemark-error.ts';
import { problem } from '../../project/problems.ts';
import type { Bench } from './bench.ts';
import type { Played, Refusal } from './play.ts';
import { BadCell } from './stage-rows.ts';

export interface TestFailure {
  readonly target: string;
  readonly test: string;
  readonly at: Position;
  readonly code: Problem['code'];
  /** Why it could not be played to its end; none where rows differ. */
  readonly reason: string | undefined;
  readonly rows: readonly RowDifference[];
}

export type Outcome =
  | { readonly kind: 'passed' }
  | { readonly kind: 'differs'; readonly rows: readonly RowDifference[] }
  | { readonly kind: 'broken'; readonly problem: Problem };

const isFloating = (type: string): boolean => /^(float|double|real)/i.test(type);
const isDecimal = (type: string): boolean => /^(decimal|numeric|number)/i.test(type);
const isJson = (type: string): boolean => /^(json|variant|object)/i.test(type);

export const judge = (played: Played, about: GroupedTest, bench: Bench): Outcome => {
  if (played instanceof BadCell || 'reason' in played) return brokenBy(played, about, bench);
  const { expected, actual, columns, key } = played;
  const named = (matches: (type: string) => boolean): ReadonlySet<string> =>
    new Set(columns.filter(({ type }) => matches(type)).map(({ name }) => name));
  const rows = compareRows({
    expected,
    actual,
    key,
    floating: named(isFloating),
    decimal: named(isDecimal),
    json: named(isJson),
  });
  return rows.length === 0 ? { kind: 'passed' } : { kind: 'differs', rows };
};

/** What an engine says of SQL that it does not know, rather than what ours refuses. */
const ofEngine = new Set([
  'sql_failed',
  'target_failed',
  'source_failed',
  'expression_failed',
  'dictionary_invalid',
]);

const elsewhere =
  'mapping tests run in DuckDB; SQL that only your warehouse knows is tested there with `--on warehouse`, or `tests: { on: warehouse }` in the project file';

export const brokenBy = (
  failure: Refusal | BadCell | TidemarkError,
  { target, test }: GroupedTest,
  bench: Bench,
): Outcome => {
  if (failure instanceof BadCell) return { kind: 'broken', problem: failure.problem };
  const why = 'reason' in failure ? failure.reason : (failure.problems[0]?.message ?? failure.message);
  const hint = !bench.isOwnWarehouse && ofEngine.has(failure.code) ? elsewhere : undefined;
  const message = `test \`${test.name.text}\` of \`${target}\` could not be played: ${why}`;
  return { kind: 'broken', problem: problem('test_failed', test.name.at, message, hint) };
};

const counted = (rows: readonly RowDifference[]): string => {
  const cells = rows.flatMap((row) => (row.kind === 'different' ? row.cells : [])).length;
  const number = (kind: RowDifference['kind']): number => rows.filter((row) => row.kind === kind).length;
  const parts = [
    [cells, 'cell differs', 'cells differ'],
    [number('missing'), 'row is missing', 'rows are missing'],
    [number('extra'), 'row is too many', 'rows are too many'],
  ] as const;
  return parts
    .filter(([count]) => count > 0)
    .map(([count, one, many]) => `${count} ${count === 1 ? one : many}`)
    .join(', ');
};

interface Told {
  readonly failure: TestFailure;
  readonly problem: Problem;
}

export const failureOf = (
  { target, test }: GroupedTest,
  outcome: Exclude<Outcome, { kind: 'passed' }>,
): Told => {
  const about = { target, test: test.name.text, at: test.name.at };
  if (outcome.kind === 'broken') {
    const { code, message } = outcome.problem;
    return { failure: { ...about, code, reason: message, rows: [] }, problem: outcome.problem };
  }
  const message = `test \`${test.name.text}\` of \`${target}\` failed: ${counted(outcome.rows)}`;
  return {
    failure: { ...about, code: 'test_failed', reason: undefined, rows: outcome.rows },
    problem: { ...problem('test_failed', test.name.at, message), details: { target, test: test.name.text } },
  };
};
