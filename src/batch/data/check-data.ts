// What the rows that staging holds now say of the dictionary: keys that are none, look-ups that match twice, values
// that do not fit. Asked of the tables themselves, nothing is written, not even scratch.
import { isLog, type Dictionary, type Source, type Target } from '../../dictionary/dictionary.ts';
import { isTidemarkError, type Problem } from '../../errors/tidemark-error.ts';
import { buildGraph, relationsOf, sourcesOf } from '../../graph/graph.ts';
import { problem } from '../../project/problems.ts';
import { sameTable } from '../../sql/table-name.ts';
import type { Warehouse } from '../../warehouse/port.ts';
import { askingWork, resolveTypes } from '../compute/resolve-types.ts';
import { quietly } from '../quiet.ts';
import { targetView } from '../views.ts';
import { checkRows } from './check-rows.ts';
import { checkSources } from './check-sources.ts';
import { checkValues } from './check-values.ts';
import { stagingViews, type Staging } from './staging-views.ts';

/** An expression that fails for a row is told at its target when nothing nearer is known. */
const failing = (target: Target, error: unknown): Problem => {
  if (!isTidemarkError(error) || error.details['kind'] === 'connection') throw error;
  return problem(
    'expression_failed',
    target.at,
    `target \`${target.name}\` cannot be computed for some row: ${quietly(target, error).message}`,
  );
};

const stagingOf = async (warehouse: Warehouse, sources: readonly Source[]): Promise<Staging> => {
  const logs = sources.filter(isLog);
  const tables = logs.length === 0 ? [] : await warehouse.introspect(logs.map(({ table }) => table));
  return {
    dialect: warehouse.dialect,
    columnsOf: (source) => tables.find(({ table }) => sameTable(table, source.table))?.columns ?? [],
  };
};

export const checkData = async (
  warehouse: Warehouse,
  dictionary: Dictionary,
  selected: ReadonlySet<string>,
): Promise<readonly Problem[]> => {
  const typed = await resolveTypes(warehouse, dictionary);
  const graph = buildGraph(typed);
  const asked = graph.order.filter(({ name }) => selected.has(name));
  const read = new Set(asked.flatMap((target) => [...sourcesOf(graph, target)]));
  const needed = typed.sources.filter(({ name }) => read.has(name));
  // Events with a key that is none are set aside, and of a row all events but the last are history.
  const sources = await checkSources(
    warehouse,
    needed.filter((source) => !isLog(source)),
  );
  const unsound = new Set(
    typed.sources.filter(({ at }) => sources.some((each) => each.at === at)).map(({ name }) => name),
  );
  const views = stagingViews(needed, await stagingOf(warehouse, needed));
  for (const target of graph.order) views.set(target.name, targetView(target, undefined));
  const problems = [...sources];
  for (const target of asked) {
    // Look-ups and keys that are broken by their source are told there.
    if (relationsOf(target).some((name) => unsound.has(name))) continue;
    const work = askingWork(warehouse, target, views);
    try {
      problems.push(...(await checkRows(warehouse, work)), ...(await checkValues(warehouse, work)));
    } catch (error) {
      problems.push(failing(target, error));
    }
  }
  return problems;
};
