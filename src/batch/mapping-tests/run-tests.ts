// Runs the mapping tests of a project: as many as possible in the same batches; a test that does not pass there is
// played again by itself, so that none can spoil another and its own reason is told.
import type { Dictionary } from '../../dictionary/dictionary.ts';
import { checkTests } from '../../dictionary/mapping-tests/check-tests.ts';
import { bundles, combine, partsOf, type TestPart } from '../../dictionary/mapping-tests/test-group.ts';
import type { Surroundings } from '../../dictionary/mapping-tests/staged-relation.ts';
import { targetName } from '../../dictionary/tables.ts';
import { isTidemarkError, type Problem } from '../../errors/tidemark-error.ts';
import type { Bench } from './bench.ts';
import { brokenBy, failureOf, judge, type Outcome, type TestFailure } from './judge.ts';
import { play } from './play.ts';
import { BadCell } from './stage-rows.ts';

export interface TestsReport {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly durationMs: number;
  readonly failures: readonly TestFailure[];
}

export interface TestsResult {
  readonly report: TestsReport;
  readonly problems: readonly Problem[];
}

const single = (part: TestPart, test: TestPart['tests'][number]): TestPart => ({ ...part, tests: [test] });

/** The outcomes of each part's tests, in their order. */
const outcomesOf = async (
  bench: Bench,
  parts: readonly TestPart[],
): Promise<readonly (readonly Outcome[])[]> => {
  const alone = parts.length === 1 && parts[0]?.tests.length === 1;
  const found = await tryPlay(bench, parts);
  const outcomes: (readonly Outcome[])[] = [];
  let first = 0;
  for (const part of parts) {
    const own = found?.slice(first, first + part.tests.length) ?? [];
    first += part.tests.length;
    const broken = own.length === 0 || own.some(({ kind }) => kind === 'broken');
    if (!alone && broken && parts.length > 1) outcomes.push((await outcomesOf(bench, [part]))[0] ?? []);
    else outcomes.push(alone ? own : await playedAgain(bench, part, own));
  }
  return outcomes;
};

const playedAgain = async (
  bench: Bench,
  part: TestPart,
  own: readonly Outcome[],
): Promise<readonly Outcome[]> => {
  const outcomes: Outcome[] = [];
  for (const [place, test] of part.tests.entries()) {
    const outcome = own[place];
    if (outcome?.kind === 'passed') outcomes.push(outcome);
    else outcomes.push(...((await outcomesOf(bench, [single(part, test)]))[0] ?? []));
  }
  return outcomes;
};

/** None where the batch as a whole failed, and more than one test may be to blame. */
const tryPlay = async (bench: Bench, parts: readonly TestPart[]): Promise<readonly Outcome[] | undefined> => {
  const group = combine(parts);
  const [only] = group.tests;
  try {
    const played = await play(bench, group);
    return played.flatMap((result, number) => {
      const about = group.tests[number];
      return about === undefined ? [] : [judge(result, about, bench)];
    });
  } catch (error) {
    if (!(error instanceof BadCell) && !isTidemarkError(error)) throw error;
    if (isTidemarkError(error) && error.details['kind'] === 'connection') throw error;
    return group.numbered || only === undefined ? undefined : [brokenBy(error, only, bench)];
  }
};

export interface TestsWish extends Surroundings {
  /** Opened at the first test, so that a project without tests pays nothing. */
  readonly openBench: () => Promise<Bench>;
  /** The targets whose tests are run. */
  readonly dictionary: Dictionary;
}

const playAll = async (
  bench: Bench,
  parts: readonly TestPart[],
): Promise<ReadonlyMap<TestPart, readonly Outcome[]>> => {
  const outcomes = new Map<TestPart, readonly Outcome[]>();
  for (const bundle of bundles(parts)) {
    const found = await outcomesOf(bench, bundle);
    for (const [place, part] of bundle.entries()) outcomes.set(part, found[place] ?? []);
  }
  return outcomes;
};

interface Chosen {
  readonly sound: readonly TestPart[];
  /** Names of the others are wrong: they cannot be played. */
  readonly problems: readonly Problem[];
  readonly wrong: number;
  /** Of targets that are not computed. */
  readonly skipped: number;
}

const choose = (wish: TestsWish): Chosen => {
  const known = new Set(wish.dictionary.targets.map(({ name }) => name));
  const targets = wish.raw.targets.filter((target) => known.has(targetName(target)));
  const parts = targets.flatMap((target) => partsOf(target, wish));
  const named = parts.flatMap((part) =>
    part.tests.map((test) => ({ part, test, problems: checkTests(single(part, test)) })),
  );
  const isSound = (part: TestPart) => (test: TestPart['tests'][number]) =>
    named.every((each) => each.part !== part || each.test !== test || each.problems.length === 0);
  const idle = wish.raw.targets.filter(({ enabled, model }) => !enabled || model !== undefined);
  return {
    sound: parts
      .map((part) => ({ ...part, tests: part.tests.filter(isSound(part)) }))
      .filter(({ tests }) => tests.length > 0),
    problems: named.flatMap(({ problems }) => problems),
    wrong: named.filter(({ problems }) => problems.length > 0).length,
    skipped: idle.flatMap(({ tests }) => tests).length,
  };
};

export const runTests = async (wish: TestsWish): Promise<TestsResult> => {
  const started = performance.now();
  const { sound, skipped, ...chosen } = choose(wish);
  const problems = [...chosen.problems];
  const failures: TestFailure[] = [];
  let failed = chosen.wrong;
  let passed = 0;
  const bench = sound.length === 0 ? undefined : await wish.openBench();
  try {
    const outcomes =
      bench === undefined ? new Map<TestPart, readonly Outcome[]>() : await playAll(bench, sound);
    for (const [{ target, tests }, own] of outcomes) {
      for (const [place, test] of tests.entries()) {
        const outcome = own[place];
        if (outcome?.kind === 'passed') {
          passed += 1;
          continue;
        }
        failed += 1;
        if (outcome === undefined) throw new RangeError(`nothing came of test ${test.name.text}`);
        const { failure, problem } = failureOf({ target, test }, outcome);
        failures.push(failure);
        problems.push(problem);
      }
    }
  } finally {
    await bench?.remove();
  }
  const durationMs = Math.round(performance.now() - started);
  return { report: { passed, failed, skipped, durationMs, failures }, problems };
};
