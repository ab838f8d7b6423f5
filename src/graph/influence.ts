// What each column that a target reads decides of it: a column of its own, or which rows there are.
import type { Expression, Join, Target } from '../dictionary/dictionary.ts';
import { historyOf } from '../dictionary/history-of.ts';
import { aliasesIn } from '../dictionary/references.ts';
import { pathToRoot, refsOf } from './reads.ts';

/** From the mildest to the gravest; along a way through several targets the gravest counts. */
export const hows = ['direct', 'expression', 'join', 'filter', 'key'] as const;

export type How = (typeof hows)[number];

export interface Influence {
  readonly alias: string;
  /** None: whether the alias has a row at all. */
  readonly column: string | undefined;
  readonly how: How;
  /** A column of the target; none: which rows there are. */
  readonly decides: string | undefined;
  /** The text that reads it. */
  readonly expression: Expression | undefined;
}

/** The expression is the column and nothing else. */
const isBare = ({ parts }: Expression): boolean =>
  parts.every((part) => typeof part !== 'string' || part.trim() === '') &&
  parts.filter((part) => typeof part !== 'string').length === 1;

const isKeyColumn = (target: Target, name: string): boolean =>
  target.key.some((column) => column.name === name);

const ofColumns = (target: Target): readonly Influence[] =>
  target.columns.flatMap(({ name, expression }) => {
    const isKey = isKeyColumn(target, name);
    const how = isKey ? 'key' : isBare(expression) ? 'direct' : 'expression';
    // Another key is another row, and the one of the old key goes.
    const decides = isKey ? undefined : name;
    return refsOf(expression).map((ref): Influence => ({ ...ref, how, expression, decides }));
  });

type Decision = Pick<Influence, 'decides' | 'how' | 'expression'>;

/** What hangs on which row of a look-up is found, if any. */
const decisionsOf = (target: Target, join: Join): readonly Decision[] => {
  const dependent = new Set(
    target.joins.filter((each) => pathToRoot(target, each.alias).includes(join)).map((each) => each.alias),
  );
  const reads = (expression: Expression): boolean =>
    [...aliasesIn(expression)].some((alias) => dependent.has(alias));
  const columns = target.columns
    .filter(({ expression }) => reads(expression))
    .map(({ name }): Decision => ({ decides: name, how: 'join', expression: join.on }));
  const excludes = target.joins.some((each) => each.type === 'inner' && dependent.has(each.alias));
  const { where } = target;
  return [
    ...columns,
    ...(excludes ? [{ decides: undefined, how: 'join', expression: join.on } as const] : []),
    ...(where !== undefined && reads(where)
      ? [{ decides: undefined, how: 'filter', expression: where } as const]
      : []),
  ];
};

const ofJoins = (target: Target): readonly Influence[] =>
  target.joins.flatMap((join) => {
    const decisions = decisionsOf(target, join);
    return [...refsOf(join.on), { alias: join.alias, column: undefined }].flatMap((ref) =>
      decisions.map((decision): Influence => ({ ...ref, ...decision })),
    );
  });

const ofFilter = (target: Target): readonly Influence[] =>
  target.where === undefined
    ? []
    : refsOf(target.where).map((ref) => ({
        ...ref,
        how: 'filter',
        decides: undefined,
        expression: target.where,
      }));

/** When a change happened says from when on a version holds. */
const ofTime = (target: Target): readonly Influence[] => {
  const at = historyOf(target)?.at;
  if (at === undefined) return [];
  return refsOf(at).map((ref) => ({ ...ref, how: 'key', decides: undefined, expression: at }));
};

/** A row of the root is a row of the target. */
const ofRoot = (target: Target): Influence => ({
  alias: target.root.alias,
  column: undefined,
  how: 'direct',
  decides: undefined,
  expression: undefined,
});

export const influencesOf = (target: Target): readonly Influence[] => [
  ...ofColumns(target),
  ...ofJoins(target),
  ...ofFilter(target),
  ...ofTime(target),
  ofRoot(target),
];

/** The columns that change when rows appear or vanish: all of them; those of rows that stay, where only they are
 *  written. */
export const columnsOfRows = (target: Target): readonly string[] =>
  [...target.columns, ...(historyOf(target)?.columns ?? [])]
    .map(({ name }) => name)
    .filter((name) => target.rows === 'manage' || !isKeyColumn(target, name));
