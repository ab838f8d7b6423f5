// Validate: every problem of project and dictionary at once, against the live warehouse, which also compiles each
// expression, its rows, and the mapping tests; or, offline, against a kept catalog. Nothing is written but scratch.
import { catalogOf, type Catalog } from '../dictionary/catalog.ts';
import type { Dictionary } from '../dictionary/dictionary.ts';
import { parseDictionary, type ParsedDictionary } from '../dictionary/parse.ts';
import { resolveDictionary } from '../dictionary/resolve.ts';
import { TidemarkError, type Problem } from '../errors/tidemark-error.ts';
import { inOrder } from '../project/problems.ts';
import type { Project, TestsOn } from '../project/project.ts';
import { readMappings } from '../project/read-project.ts';
import { showTable } from '../sql/table-name.ts';
import { baseTypeOf } from '../warehouse/base-types.ts';
import type { Warehouse } from '../warehouse/port.ts';
import { knownCatalog, saveCatalog } from './catalog-file.ts';
import { compileTargets } from './compute/compile-targets.ts';
import type { Progress } from './context.ts';
import { againstData, type AgainstData, type AgainstWish } from './data/against-data.ts';
import { checkCopies } from './data/copies.ts';
import { checkData } from './data/check-data.ts';
import { benchInMemory, benchOn } from './mapping-tests/bench.ts';
import { runTests, type TestsReport } from './mapping-tests/run-tests.ts';
import { batchable } from './lacking.ts';
import { namingOf } from './naming.ts';
import { checkDictionary, withContext, withWarehouse } from './open.ts';
import { checkShared } from './ownership.ts';
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
  /** Ask no warehouse: names and types are those of the kept catalog. */
  readonly offline?: boolean | undefined;
  /** Keep the tables' columns and types beside the project file. */
  readonly saveCatalog?: boolean | undefined;
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

interface Testing {
  readonly options: ValidateOptions;
  readonly parsed: ParsedDictionary;
  readonly catalog: Catalog;
  /** Only the targets that were asked for. */
  readonly dictionary: Dictionary;
  /** None while no warehouse is open. */
  readonly warehouse?: Warehouse | undefined;
}

const testsOf = async ({ options, warehouse, parsed, catalog, dictionary }: Testing) => {
  const { project } = options;
  return runTests({
    raw: parsed.raw,
    naming: namingOf(project),
    catalog,
    dictionary,
    openBench: () =>
      warehouse === undefined || placeOf(options) === 'memory'
        ? benchInMemory(project)
        : benchOn(warehouse, project),
  });
};

const placeOf = ({ testsOn, project }: ValidateOptions): TestsOn => testsOn ?? project.testsOn ?? 'memory';

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

interface Findings {
  readonly dictionary: Dictionary;
  readonly problems: readonly Problem[];
  readonly tests?: TestsReport | undefined;
  readonly against?: AgainstData | null | undefined;
}

const reportOf = ({ project }: ValidateOptions, found: Findings): ValidateReport => {
  const { dictionary, problems, tests = null, against = null } = found;
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

const validateIn = async (warehouse: Warehouse, options: ValidateOptions): Promise<ValidateReport> => {
  const { project } = options;
  const parsed = parseDictionary(readMappings(project));
  const checked = await checkDictionary(warehouse, project, { strict: true, parsed });
  const { dictionary } = checked;
  const catalog = catalogOf([...checked.tables.values()]);
  if (options.saveCatalog === true) {
    const mirrors = new Set(dictionary.sources.map(({ mirror }) => showTable(mirror)));
    saveCatalog(
      project,
      [...catalog].flatMap(([name, table]) => (mirrors.has(name) ? [] : [table])),
    );
  }
  if (hasErrors(checked.problems)) return reportOf(options, { dictionary, problems: checked.problems });
  const asked = selected(dictionary, options.select);
  const names = new Set(asked.targets.map(({ name }) => name));
  const problems = [...checked.problems, ...(await compileTargets(warehouse, dictionary, names))];
  if (hasErrors(problems)) return reportOf(options, { dictionary, problems });
  problems.push(...(await checkShared({ project: namingOf(project), raw: parsed.raw, dictionary, names })));
  // The rows of what no batch there can read are left to whoever keeps them.
  const able = batchable(warehouse.dialect, dictionary);
  const looked = new Set([...names].filter((name) => able.has(name)));
  if (options.data !== false) problems.push(...(await checkData(warehouse, dictionary, looked)));
  // What the rows are like says nothing of the tests, which bring rows of their own.
  const tests =
    options.tests === false
      ? undefined
      : await testsOf({ options, warehouse, parsed, catalog, dictionary: asked });
  problems.push(...(tests?.problems ?? []));
  const against = await compared(warehouse, options);
  return reportOf(options, { dictionary, problems, tests: tests?.report, against });
};

const noCatalog: Problem = {
  code: 'catalog_missing',
  severity: 'warning',
  message:
    'no catalog is kept: names of tables and columns were believed, types and mapping tests not looked at',
  hint: '`tidemark validate --save-catalog` keeps one beside the project file',
};

const refuseOnline = ({ against, saveCatalog: save, testsOn }: ValidateOptions): void => {
  const asked = [
    ...(against === undefined ? [] : ['--against-data']),
    ...(save === true ? ['--save-catalog'] : []),
    ...(testsOn === 'warehouse' ? ['--on warehouse'] : []),
  ];
  const [first] = asked;
  if (first === undefined) return;
  throw new TidemarkError('usage', {
    message: `${first} asks the warehouse, and --offline asks none`,
    hint: 'take one of them away',
  });
};

const validateOffline = async (options: ValidateOptions): Promise<ValidateReport> => {
  refuseOnline(options);
  const { project } = options;
  const parsed = parseDictionary(readMappings(project));
  const known = knownCatalog(project);
  const { dictionary, problems: found } = resolveDictionary(parsed.raw, namingOf(project), known?.catalog, {
    tableNames: [...(known?.catalog.keys() ?? [])],
  });
  const problems = [...parsed.problems, ...found];
  if (known === undefined) problems.push(noCatalog);
  if (hasErrors(problems) || known === undefined) return reportOf(options, { dictionary, problems });
  const asked = selected(dictionary, options.select);
  const names = new Set(asked.targets.map(({ name }) => name));
  problems.push(...checkCopies(dictionary, baseTypeOf(project.connection.type), names));
  if (options.tests === false || hasErrors(problems)) return reportOf(options, { dictionary, problems });
  const tests = await testsOf({ options, parsed, catalog: known.catalog, dictionary: asked });
  return reportOf(options, { dictionary, problems: [...problems, ...tests.problems], tests: tests.report });
};

/** Known before any tick; the expression is read by what schedules. */
const withSchedule = async (
  { schedule }: Project,
  working: Promise<ValidateReport>,
): Promise<ValidateReport> => {
  const report = await working;
  if (schedule === undefined) return report;
  const { problemsOf } = await import('./schedule/cadence.ts');
  const found = problemsOf(schedule);
  if (found.length === 0) return report;
  return { ...report, status: 'invalid', problems: inOrder([...found, ...report.problems]) };
};

export const validate = (options: ValidateOptions): Promise<ValidateReport> =>
  withSchedule(options.project, validated(options));

const validated = (options: ValidateOptions): Promise<ValidateReport> => {
  if (options.offline === true) return validateOffline(options);
  const writes = placeOf(options) === 'warehouse' && options.tests !== false;
  return withWarehouse(
    options.project,
    { readOnly: !writes, waitMs: options.waitMs ?? 10_000 },
    (warehouse) => validateIn(warehouse, options),
  );
};
