// What an aggregate target must hold: each aggregate by a query of its own over just the joins that it sees, put
// together by key.
import { manyOf, readsOf, wayTo, within } from './many.ts';
import type { JoinSpec, MappedSpec, TargetSpec } from './spec.ts';

/** `from … join …` of the target's root and some of its joins. */
export type FromClause = (joins: readonly JoinSpec[]) => string;

interface View {
  readonly target: TargetSpec;
  readonly from: FromClause;
  /** What rows are put together by: the root's key, or the target's. */
  readonly keys: readonly string[];
}

/** The rows that an aggregate over these many-joins sees. */
const rowsOf = ({ target, from }: View, many: readonly string[], aliases: readonly string[]): string => {
  const inner = target.joins.filter(
    ({ type, alias }) => type === 'inner' && within(manyOf(target, [alias]), many),
  );
  const { where } = target;
  const filters = where !== undefined && within(manyOf(target, readsOf(where, target)), many);
  const needed = [
    ...many,
    ...aliases,
    ...inner.map(({ alias }) => alias),
    ...(filters ? readsOf(where, target) : []),
  ];
  return `${from(wayTo(target, needed))}${filters ? ` where ${where}` : ''}`;
};

const named = (keys: readonly string[]): string => keys.map((key, at) => `${key} as g${at}`).join(', ');

const matching = (left: string, keys: readonly string[], right: string): string =>
  keys.map((_, at) => `${left}.g${at} is not distinct from ${right}.g${at}`).join(' and ');

const columnQuery = (view: View, { aggregate, expression }: MappedSpec): string => {
  const call = aggregate?.call ?? '';
  return `select ${named(view.keys)}, ${call} as v from ${rowsOf(view, aggregate?.many ?? [], readsOf(expression, view.target))} group by ${view.keys.join(', ')}`;
};

/** Keys of the rows that a filter or inner joins let through. */
const chosen = (view: View): readonly string[] => {
  const { target } = view;
  const sets = [
    ...target.joins.filter(({ type }) => type === 'inner').map(({ alias }) => manyOf(target, [alias])),
    ...(target.where === undefined ? [] : [manyOf(target, readsOf(target.where, target))]),
  ];
  return sets.map((many) => `select distinct ${named(view.keys)} from ${rowsOf(view, many, [])}`);
};

/** One row per key, with `g0`, `g1`, … and the aggregates as `v0`, `v1`, …. */
export const aggregateSelect = (view: View): string => {
  const calls = view.target.mapped.filter(({ aggregate }) => aggregate !== undefined);
  const base = `(select distinct ${named(view.keys)} from ${rowsOf(view, [], [])}) as base`;
  const joins = [
    ...calls.map(
      (column, at) =>
        `left join (${columnQuery(view, column)}) as c${at} on ${matching('base', view.keys, `c${at}`)}`,
    ),
    ...chosen(view).map(
      (query, at) => `join (${query}) as only${at} on ${matching('base', view.keys, `only${at}`)}`,
    ),
  ];
  const values = calls.map((_, at) => `c${at}.v as v${at}`);
  return `select ${[...view.keys.map((_, at) => `base.g${at}`), ...values].join(', ')} from ${base} ${joins.join(' ')}`;
};

/** The expression of a column with its call replaced by what was found for it. */
export const withCall = (target: TargetSpec, column: MappedSpec, alias: string): string => {
  if (column.aggregate === undefined) return column.expression;
  const calls = target.mapped.filter(({ aggregate }) => aggregate !== undefined);
  return column.expression.replace(column.aggregate.call, () => `${alias}.v${calls.indexOf(column)}`);
};
