// Validate: every problem of project and dictionary at once, against the live warehouse, which also compiles each
// expression, and the mapping tests. Nothing is written but scratch.
import { catalogOf } from '../dictionary/catalog.ts';
import type { Dictionary } from '../dictionary/dictionary.ts';
import { parseDictionary, type ParsedDictionary } from '../dictionary/parse.ts';
import type { Problem } from '../errors/tidemark-error.ts';
import { inOrder } from '../project/problems.ts';
import type { Project, TestsOn } from '../project/project.ts';
import { readMappings } from '../project/read-project.ts';
import type { Warehouse } from '../warehouse/port.ts';
import { compileTargets } from './compute/compile-targets.ts';
import type { Progress } from './context.ts';
import { againstData, type AgainstData, type AgainstWish } from './data/against-data.ts';
import { checkData } from './data/check-data.ts';
import { benchInMemory, benchOn } from './mapping-tests/bench.ts';
import { runTests, type TestsReport } from './mapping-tests/run-tests.ts';
import { namingOf } from './naming.ts';
import { checkDictionary, withContext, withWarehouse, type Checked } from './open.ts';
import { refuseUnknownTargets } from './refuse-unknown.ts';

export interface ValidateReport {
  readonly schema: 'tidemark/validate/1';
  readonly project: string;
  readonly environment: string;
  readonly status: 'valid' | 'invalid';
  readonly sources: number;
  readonly targets: number;
  readonly columns: number;
  /** null where they were not run: not asked for, or the dictionary has mistakes. */
  readonly tests: TestsReport | null;
  /** What each mapping would write against what its target holds; null where that was not asked for. */
  readonly againstData: AgainstData | null;
  readonly problems: readonly Problem[];
}

export interface ValidateOptions {
  readonly project: Project;
  /** Targets whose expressions and tests are looked at; all of them when none is named. */
  readonly select?: readonly string[] | undefined;
  /** Look at the rows that staging holds now; default true. */
  readonly data?: boolean | undefined;
  /** Run the mapping tests; default true. */
  readonly tests?: boolean | undefined;
  /** Where; default what the project file says, else in memory. */
  readonly testsOn?: TestsOn | undefined;
  /** Compare what each mapping would write with what its target holds now. */
  readonly against?: Omit<AgainstWish, 'select'> | undefined;
  readonly progress?: Progress | undefined;
  readonly waitMs?: number | undefined;
}

const hasErrors = (problems: readonly Problem[]): boolean =>
  problems.some((problem) => problem.severity === 'error');

interface Validating {
  readonly options: ValidateOptions;
  readonly warehouse: Warehouse;
  readonly parsed: ParsedDictionary;
  readonly checked: Checked;
  readonly dictionary: Dictionary;
}

const testsOf = async ({ options, warehouse, parsed, checked, dictionary }: Validating) => {
  const { project } = options;
  const place = options.testsOn ?? project.testsOn ?? 'memory';
  return runTests({
    raw: parsed.raw,
    naming: namingOf(project),
    catalog: catalogOf([...checked.tables.values()]),
    dictionary,
    openBench: () =>
      place === 'memory' ? benchInMemory(project) : Promise.resolve(benchOn(warehouse, project)),
  });
};

const selected = (dictionary: Dictionary, select: readonly string[] = []): Dictionary => {
  refuseUnknownTargets(
    select,
    dictionary.targets.map(({ name }) => name),
  );
  return select.length === 0
    ? dictionary
    : { ...dictionary, targets: dictionary.targets.filter(({ name }) => select.includes(name)) };
};

const compared = async (warehouse: Warehouse, options: ValidateOptions): Promise<AgainstData | null> => {
  const { project, against, select = [], progress } = options;
  if (against === undefined) return null;
  return withContext({ project, warehouse, progress }, (context) =>
    againstData(context, { select, ...against }),
  );
};

const validateIn = async (warehouse: Warehouse, options: ValidateOptions): Promise<ValidateReport> => {
  const { project } = options;
  const parsed = parseDictionary(readMappings(project));
  const checked = await checkDictionary(warehouse, project, { strict: true, parsed });
  const problems = [...checked.problems];
  let tests: TestsReport | null = null;
  let against: AgainstData | null = null;
  if (!hasErrors(problems)) {
    const dictionary = selected(checked.dictionary, options.select);
    const names = new Set(dictionary.targets.map(({ name }) => name));
    problems.push(...(await compileTargets(warehouse, checked.dictionary, names)));
    const compiles = !hasErrors(problems);
    if (compiles && options.data !== false)
      problems.push(...(await checkData(warehouse, checked.dictionary, names)));
    // What the rows are like says nothing of the tests, which bring rows of their own.
    if (options.tests !== false && compiles) {
      const found = await testsOf({ options, warehouse, parsed, checked, dictionary });
      tests = found.report;
      problems.push(...found.problems);
    }
    if (compiles) against = await compared(warehouse, options);
  }
  const { dictionary } = checked;
  return {
    schema: 'tidemark/validate/1',
    project: project.name,
    environment: project.environment,
    status: hasErrors(problems) ? 'invalid' : 'valid',
    sources: dictionary.sources.length,
    targets: dictionary.targets.length,
    columns: dictionary.targets.reduce((sum, target) => sum + target.columns.length, 0),
    tests,
    againstData: against,
    problems: inOrder(problems),
  };
};

export const validate = (options: ValidateOptions): Promise<ValidateReport> => {
  const onWarehouse = (options.testsOn ?? options.project.testsOn) === 'warehouse' && options.tests !== false;
  return withWarehouse(
    options.project,
    { readOnly: !onWarehouse, waitMs: options.waitMs ?? 10_000 },
    (warehouse) => validateIn(warehouse, options),
  );
};
