// Asks the warehouse whether each expression, filter and check compiles over relations that expose only the columns
// that were traced, and whether what it yields converts to the type of its column. Nothing is read.
import type { Check, Dictionary, MappedColumn, Target } from '../../dictionary/dictionary.ts';
import { historyOf } from '../../dictionary/history-of.ts';
import { isTidemarkError, type Problem, type TidemarkError } from '../../errors/tidemark-error.ts';
import { buildGraph } from '../../graph/graph.ts';
import { selectFilter, selectTime, selectTypes } from '../../reconcile/desired/types.ts';
import type { RelationView } from '../../reconcile/relation-view.ts';
import { checkRows, targetAfter } from '../../reconcile/target-after.ts';
import type { TargetWork } from '../../reconcile/target-work.ts';
import type { Warehouse } from '../../warehouse/port.ts';
import { targetView } from '../views.ts';
import { checkTypes } from './check-types.ts';
import { sourceColumns, typingWork, withYieldedTypes } from './resolve-types.ts';

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

/** `selected`: the targets to look at; those that they read are typed all the same. */
export const compileTargets = async (
  warehouse: Warehouse,
  dictionary: Dictionary,
  selected: ReadonlySet<string>,
): Promise<readonly Problem[]> => {
  const views: Map<string, RelationView> = sourceColumns(dictionary);
  const problems: Problem[] = [];
  for (const target of buildGraph(dictionary).order) {
    const asked = selected.has(target.name);
    if (!asked && target.exists) {
      views.set(target.name, targetView(target, undefined));
      continue;
    }
    const work = typingWork(warehouse, target, views);
    const found = await compileTarget(warehouse, work);
    problems.push(...found);
    // What reads a target that has no types yet cannot be looked at.
    if (found.length > 0 && !target.exists) return problems;
    if (found.length === 0 && asked) problems.push(...(await checkTypes(warehouse, work)));
    const typed = target.exists ? target : await withYieldedTypes(warehouse, work);
    if (asked) problems.push(...(await compileChecks(warehouse, { ...work, target: typed })));
    views.set(target.name, targetView(typed, undefined));
  }
  return problems;
};
