// What each column that a target reads decides of it: a column of its own, or which rows there are.
import type { Expression, Join, MappedColumn, Target } from '../dictionary/dictionary.ts';
import type { ModelQuery } from '../dbt/model/model-query.ts';
import { historyOf } from '../dictionary/history-of.ts';
import { aliasesIn, plainColumn } from '../dictionary/references.ts';
import { pathToRoot, refsOf } from './reads.ts';

/** From the mildest to the gravest; along a way through several targets the gravest counts. */
export const hows = ['direct', 'expression', 'overwrite', 'track', 'join', 'filter', 'key'] as const;

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

const isKeyColumn = (target: Target, name: string): boolean =>
  target.key.some((column) => column.name === name);

const howOf = (target: Target, { name, expression }: MappedColumn): How => {
  const history = historyOf(target);
  if (isKeyColumn(target, name)) return 'key';
  if (history?.track.includes(name) === true) return 'track';
  if (history?.overwrite.includes(name) === true) return 'overwrite';
  return plainColumn(expression) === undefined ? 'expression' : 'direct';
};

/** Of a key whole rows, since another key is another row, and the one of the old key goes; of a tracked column
 *  itself, and the version that it opens. */
const decidedBy = (how: How, name: string): readonly (string | undefined)[] => {
  if (how === 'key') return [undefined];
  return how === 'track' ? [name, undefined] : [name];
};

const ofColumns = (target: Target): readonly Influence[] =>
  target.columns.flatMap((column) => {
    const { name, expression } = column;
    const how = howOf(target, column);
    return refsOf(expression).flatMap((ref) =>
      decidedBy(how, name).map((decides): Influence => ({ ...ref, how, expression, decides })),
    );
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
  const opens = columns.some(({ decides }) => historyOf(target)?.track.includes(decides ?? '') === true);
  return [
    ...columns,
    ...(opens ? [{ decides: undefined, how: 'track', expression: join.on } as const] : []),
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

/** Of a dbt model what its SQL's lineage says. */
const ofModel = (target: Target, { influences, relations }: ModelQuery): readonly Influence[] => [
  ...influences.map(({ relation: alias, column, how, decides }): Influence => {
    const isOfKey = decides !== undefined && isKeyColumn(target, decides);
    const own = isOfKey ? undefined : decides;
    return { alias, column, how: isOfKey ? 'key' : how, decides: own, expression: undefined };
  }),
  ...[...relations.keys()].map((alias): Influence => ({
    alias,
    column: undefined,
    how: 'join',
    decides: undefined,
    expression: undefined,
  })),
];

export const influencesOf = (target: Target): readonly Influence[] =>
  target.root.kind === 'query' ? ofModel(target, target.root.query) : ofMapping(target);

const ofMapping = (target: Target): readonly Influence[] => [
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
