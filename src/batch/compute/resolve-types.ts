// Targets that do not exist yet get the types of their expressions, which only the warehouse knows.
import type { Dictionary, Target } from '../../dictionary/dictionary.ts';
import { historyOf } from '../../dictionary/history-of.ts';
import { buildGraph, relationsOf } from '../../graph/graph.ts';
import { emptied, selectTypes, selectValidity } from '../../reconcile/desired/types.ts';
import type { RelationView } from '../../reconcile/relation-view.ts';
import type { TargetWork } from '../../reconcile/target-work.ts';
import type { Column } from '../../sql/dialect.ts';
import type { Warehouse } from '../../warehouse/port.ts';
import { targetView, viewsFor } from '../views.ts';

const noTable = { schema: '', name: '' };

/** A work that is only good for asking about types: no scratch, empty relations. */
export const typingWork = (
  warehouse: Warehouse,
  target: Target,
  views: ReadonlyMap<string, RelationView>,
): TargetWork => {
  const empty = new Map([...views].map(([name, view]) => [name, emptied(view)]));
  const work = askingWork(warehouse, target, empty);
  // What a model's SQL yields over empty relations is empty, and says of which types it is.
  const asked = target.root.kind === 'query' ? target.root.relation : undefined;
  return {
    ...work,
    views: new Map([...work.views].map(([name, view]) => [name, name === asked ? view : emptied(view)])),
  };
};

/** A work that is only good for asking: no scratch. */
export const askingWork = (
  warehouse: Warehouse,
  target: Target,
  views: ReadonlyMap<string, RelationView>,
): TargetWork => {
  return {
    dialect: warehouse.dialect,
    target,
    views: viewsFor(target, views, warehouse.dialect),
    scratch: {
      affected: noTable,
      root: noTable,
      keys: noTable,
      desired: noTable,
      current: noTable,
      causes: noTable,
      reached: noTable,
      images: { table: noTable, key: target.key, columns: target.columns },
    },
    scope: 'all',
  };
};

/** Columns of a new table, with the types that the warehouse gave them. */
type Typed = (name: string) => string;

const withForm = ({ form }: Target, typeOf: Typed): Target['form'] => {
  if (form.kind !== 'history') return form;
  const columns = form.history.columns.map((column) => ({ ...column, type: typeOf(column.name) }));
  return { kind: 'history', history: { ...form.history, columns } };
};

const withTypes = (target: Target, described: readonly Column[]): Target => {
  const typeOf: Typed = (name) => described.find((column) => column.name === name)?.type ?? '';
  const columns = target.columns.map((column) => ({ ...column, type: typeOf(column.name), nullable: true }));
  const form = withForm(target, typeOf);
  const own = [...columns, ...target.touch, ...(historyOf({ form })?.columns ?? [])];
  return {
    ...target,
    columns,
    form,
    tableColumns: own.map(({ name, type }) => ({ name, type, nullable: true })),
    key: target.key.map((column) => ({ ...column, type: typeOf(column.name) })),
  };
};

/** The target as it will be made: what its expressions yield is what its columns are. */
export const withYieldedTypes = async (warehouse: Warehouse, work: TargetWork): Promise<Target> => {
  const mapped = await warehouse.describe(selectTypes(work));
  const history = historyOf(work.target);
  const own = history === undefined ? [] : await warehouse.describe(selectValidity(history));
  return withTypes(work.target, [...mapped, ...own]);
};

export const sourceColumns = (dictionary: Dictionary): Map<string, RelationView> =>
  new Map(
    dictionary.sources.map((source) => [
      source.name,
      { name: source.name, key: source.key, columns: source.columns },
    ]),
  );

/** `missing`: targets whose tables are gone and not to be made. What reads them and has no table either cannot be
 *  typed, and need not be: it waits for them. */
export const resolveTypes = async (
  warehouse: Warehouse,
  dictionary: Dictionary,
  missing: ReadonlySet<string> = new Set(),
): Promise<Dictionary> => {
  const views = sourceColumns(dictionary);
  const resolved = new Map<string, Target>();
  const untyped = new Set<string>();
  for (const target of buildGraph(dictionary).order) {
    const waits = missing.has(target.name) || relationsOf(target).some((name) => untyped.has(name));
    if (!target.exists && waits) untyped.add(target.name);
    const typed =
      target.exists || waits
        ? target
        : await withYieldedTypes(warehouse, typingWork(warehouse, target, views));
    resolved.set(target.name, typed);
    views.set(target.name, targetView(typed, undefined));
  }
  return { ...dictionary, targets: dictionary.targets.map((target) => resolved.get(target.name) ?? target) };
};
