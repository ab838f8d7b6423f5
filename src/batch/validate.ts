// Validate: every problem of project and dictionary at once, against the live warehouse, which also compiles each
// expression over relations that expose only the columns that were traced. Nothing is written.
import type { Check, MappedColumn, Target } from '../dictionary/dictionary.ts';
import { historyOf } from '../dictionary/history-of.ts';
import { isTidemarkError, type Problem, type TidemarkError } from '../errors/tidemark-error.ts';
import { buildGraph } from '../graph/graph.ts';
import type { Project } from '../project/project.ts';
import { selectFilter, selectTime, selectTypes } from '../reconcile/desired/types.ts';
import type { RelationView } from '../reconcile/relation-view.ts';
import { checkRows, targetAfter } from '../reconcile/target-after.ts';
import type { TargetWork } from '../reconcile/target-work.ts';
import type { Warehouse } from '../warehouse/port.ts';
import { checkDictionary, withWarehouse } from './open.ts';
import { checkTypes } from './compute/check-types.ts';
import { resolveTypes, sourceColumns, typingWork } from './compute/resolve-types.ts';
import { targetView } from './views.ts';

export interface ValidateReport {
  readonly schema: 'tidemark/validate/1';
  readonly project: string;
  readonly environment: string;
  readonly status: 'valid' | 'invalid';
  readonly sources: number;
  readonly targets: number;
  readonly columns: number;
  readonly problems: readonly Problem[];
}

export interface ValidateOptions {
  readonly project: Project;
  readonly waitMs?: number | undefined;
}

const notCompiling = (target: Target, column: MappedColumn | undefined, error: TidemarkError): Problem => ({
  code: 'invalid_expression',
  severity: 'error',
  message:
    column === undefined
      ? `target \`${target.name}\` does not compile: ${error.message}`
      : `\`${column.name}\` does not compile: ${error.message}`,
  hint: 'expressions are SQL of the warehouse; every column is written as `alias.column`',
  at: column?.expression.at ?? target.where?.at ?? target.at,
});

const tryCompile = async (work: () => Promise<unknown>): Promise<TidemarkError | undefined> => {
  try {
    await work();
    return undefined;
  } catch (error) {
    if (isTidemarkError(error) && error.details['kind'] !== 'connection') return error;
    throw error;
  }
};

/** One question answers for the whole target; only a failure is looked at column by column. */
const compileTarget = async (warehouse: Warehouse, work: TargetWork): Promise<readonly Problem[]> => {
  const { target } = work;
  const types = await tryCompile(async () => warehouse.describe(selectTypes(work)));
  const filter =
    target.where === undefined ? undefined : await tryCompile(() => warehouse.describe(selectFilter(work)));
  const found: Problem[] = [];
  if (types !== undefined) {
    for (const column of target.columns) {
      const error = await tryCompile(() => warehouse.describe(selectTypes(work, [column])));
      if (error !== undefined) found.push(notCompiling(target, column, error));
    }
    if (found.length === 0) found.push(notCompiling(target, undefined, types));
  }
  if (filter !== undefined && types === undefined) found.push(notCompiling(target, undefined, filter));
  return [...found, ...(await compileTime(warehouse, work))];
};

/** When a change happened must be a time. */
const compileTime = async (warehouse: Warehouse, work: TargetWork): Promise<readonly Problem[]> => {
  const at = historyOf(work.target)?.at;
  if (at === undefined) return [];
  const error = await tryCompile(() => warehouse.describe(selectTime(work, at)));
  if (error === undefined) return [];
  return [
    {
      code: 'type_mismatch',
      severity: 'error',
      message: `\`at\` of history \`${work.target.name}\` is no time: ${error.message}`,
      hint: 'name a column that holds a time: `history: { at: … }`',
      at: at.at,
    },
  ];
};

const checkNotCompiling = (target: Target, check: Check, error: TidemarkError): Problem => ({
  code: 'invalid_expression',
  severity: 'error',
  message: `check \`${check.name}\` of target \`${target.name}\` does not compile: ${error.message}`,
  hint: `a check is a SELECT that returns the bad rows of \`${target.name}\`, under that name`,
  at: check.at,
});

/** Asked of the target as it will be, of which only the columns matter here. */
const compileChecks = async (warehouse: Warehouse, work: TargetWork): Promise<readonly Problem[]> => {
  const { target } = work;
  const problems: Problem[] = [];
  for (const check of target.checks) {
    const asked = { after: targetAfter(work, false), name: target.name, sql: check.sql };
    const error = await tryCompile(() => warehouse.describe(checkRows(asked, 1)));
    if (error !== undefined) problems.push(checkNotCompiling(target, check, error));
  }
  return problems;
};

const compileAll = async (
  warehouse: Warehouse,
  dictionary: Parameters<typeof buildGraph>[0],
): Promise<readonly Problem[]> => {
  const views: Map<string, RelationView> = sourceColumns(dictionary);
  const problems: Problem[] = [];
  for (const target of buildGraph(dictionary).order) {
    const work = typingWork(warehouse, target, views);
    const found = await compileTarget(warehouse, work);
    problems.push(...found, ...(found.length === 0 ? await checkTypes(warehouse, work) : []));
    if (found.length > 0 && !target.exists) return problems;
    const typed = (target.exists ? undefined : await typesOf(warehouse, dictionary, target.name)) ?? target;
    problems.push(...(await compileChecks(warehouse, { ...work, target: typed })));
    views.set(target.name, targetView(typed, undefined));
  }
  return problems;
};

const typesOf = async (
  warehouse: Warehouse,
  dictionary: Parameters<typeof buildGraph>[0],
  name: string,
): Promise<Target | undefined> =>
  (await resolveTypes(warehouse, dictionary)).targets.find((target) => target.name === name);

export const validate = (options: ValidateOptions): Promise<ValidateReport> =>
  withWarehouse(options.project, { readOnly: true, waitMs: options.waitMs ?? 10_000 }, async (warehouse) => {
    const { project } = options;
    const { dictionary, problems } = await checkDictionary(warehouse, project, { strict: true });
    const broken = problems.some((problem) => problem.severity === 'error');
    const all = broken ? problems : [...problems, ...(await compileAll(warehouse, dictionary))];
    return {
      schema: 'tidemark/validate/1',
      project: project.name,
      environment: project.environment,
      status: all.some((problem) => problem.severity === 'error') ? 'invalid' : 'valid',
      sources: dictionary.sources.length,
      targets: dictionary.targets.length,
      columns: dictionary.targets.reduce((sum, target) => sum + target.columns.length, 0),
      problems: all,
    };
  });
