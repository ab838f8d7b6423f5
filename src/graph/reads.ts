// Which columns of which alias a target reads, and which aliases lie between a look-up and the root.
import { historyOf } from '../dictionary/history-of.ts';
import type { ColumnRef, Expression, Join, Target } from '../dictionary/dictionary.ts';
import { waysTo } from '../dictionary/many-joins.ts';

export const refsOf = (expression: Expression): readonly ColumnRef[] =>
  expression.parts.filter((part): part is ColumnRef => typeof part !== 'string');

const timeOf = (target: Target): readonly Expression[] => {
  const at = historyOf(target)?.at;
  return at === undefined ? [] : [at];
};

const expressionsOf = (target: Target): readonly Expression[] => [
  ...target.columns.map((column) => column.expression),
  ...target.joins.map((join) => join.on),
  ...(target.where === undefined ? [] : [target.where]),
  ...timeOf(target),
];

/** Columns that the target reads through one alias, in any place: values, conditions, filter. */
export const columnsRead = (target: Target, alias: string): ReadonlySet<string> => {
  const { root } = target;
  const ofModel = root.kind === 'query' ? root.query.relations.get(alias)?.reads : undefined;
  if (ofModel !== undefined) return ofModel;
  return new Set(
    expressionsOf(target)
      .flatMap(refsOf)
      .filter((ref) => ref.alias === alias)
      .map((ref) => ref.column),
  );
};

/** The aliases behind which relations stand: of a dbt model the relations that its SQL reads, under their own names. */
export const aliasesOf = ({ root, joins }: Target): readonly string[] =>
  root.kind === 'query' ? [...root.query.relations.keys()] : [root.alias, ...joins.map(({ alias }) => alias)];

/** Columns of a relation that a target reads, through whichever alias. */
export const columnsReadOf = (target: Target, relation: string): ReadonlySet<string> =>
  new Set(
    aliasesOf(target)
      .filter((alias) => relationOf(target, alias) === relation)
      .flatMap((alias) => [...columnsRead(target, alias)]),
  );

/** The joins that a joined alias needs to reach the root, itself last: the closure of the aliases that
 *  conditions name, in the target's join order. */
export const pathToRoot = (target: Target, alias: string): readonly Join[] => waysTo(target.joins, [alias]);

/** The name of the relation behind an alias; the target's own name for `this`. */
export const relationOf = (target: Target, alias: string): string => {
  if (target.root.kind === 'query') return alias === target.root.alias ? target.root.relation : alias;
  if (alias === target.root.alias) return target.root.kind === 'this' ? target.name : target.root.relation;
  const join = target.joins.find((candidate) => candidate.alias === alias);
  if (join === undefined) throw new RangeError(`${target.name} has no alias ${alias}`);
  return join.relation;
};
