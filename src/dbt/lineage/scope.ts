// Which column a name means, among the items of a FROM and those of the queries around it.
import { sameName, type SqlDialect } from './names.ts';
import type { Item, Output, Query, Ref } from './query.ts';

export interface Scope {
  readonly items: readonly Item[];
  /** Columns that a USING made one of several. */
  readonly merged: ReadonlyMap<string, readonly Ref[]>;
  /** Columns of the select list so far, which some engines let later ones read. */
  readonly aliases: readonly Output[];
}

export interface Cte {
  readonly columns: readonly (string | undefined)[] | undefined;
  readonly source: Item['source'];
}

export interface Environment {
  readonly dialect: SqlDialect;
  /** The columns of a table, in its order, as stored; none where they are not known. */
  readonly columnsOf: (table: {
    readonly database?: string | undefined;
    readonly schema?: string | undefined;
    readonly name: string;
  }) => readonly string[] | undefined;
  readonly ctes: ReadonlyMap<string, Cte>;
  /** The nearest first. */
  readonly scopes: readonly Scope[];
  readonly bind: (node: unknown, environment: Environment) => Query;
}

export type Found =
  | { readonly refs: readonly Ref[]; readonly viaList?: boolean | undefined }
  | { readonly problem: string };

/** What some engines say without brackets and is no column. */
const wordsOfTheEngine = new Set([
  'user',
  'session_user',
  'current_user',
  'current_role',
  'current_catalog',
  'current_schema',
  'current_database',
  'current_date',
  'current_time',
  'current_timestamp',
  'localtime',
  'localtimestamp',
  'sysdate',
  'rowid',
  'ctid',
  'tableoid',
  'xmin',
  'xmax',
  'cmin',
  'cmax',
]);

const has = (item: Item, name: string, dialect: SqlDialect): boolean | undefined =>
  item.columns === undefined
    ? undefined
    : item.columns.some((column) => column !== undefined && sameName(column, name, dialect));

const nameIn = (item: Item, name: string, dialect: SqlDialect): string =>
  item.columns?.find((column) => column !== undefined && sameName(column, name, dialect)) ?? name;

const isHidden = (item: Item): boolean => item.join === 'semi' || item.join === 'anti';

/** `alias.name`. */
export const findQualified = (qualifier: string, name: string, { dialect, scopes }: Environment): Found => {
  for (const [depth, { items }] of scopes.entries()) {
    const places = [...items.keys()].filter((place) => {
      const item = items[place];
      return item !== undefined && sameName(item.alias, qualifier, dialect);
    });
    const [place, second] = places;
    if (place === undefined) continue;
    const item = items[place];
    if (second !== undefined || item === undefined)
      return { problem: `\`${qualifier}\` names several relations` };
    if (has(item, name, dialect) === false) return { problem: `\`${qualifier}\` has no column \`${name}\`` };
    return { refs: [{ depth, item: place, column: nameIn(item, name, dialect) }] };
  }
  const whole = findBare(qualifier, { dialect, scopes });
  // A field of a column that is a record.
  return 'refs' in whole ? whole : { problem: `there is no relation \`${qualifier}\`` };
};

const findMerged = (name: string, scope: Scope, dialect: SqlDialect): readonly Ref[] | undefined =>
  [...scope.merged].find(([merged]) => sameName(merged, name, dialect))?.[1];

const findIn = (
  name: string,
  scope: Scope,
  dialect: SqlDialect,
  /** There are queries around it, whose columns it may read as well. */
  isInner: boolean,
): Found | undefined => {
  const merged = findMerged(name, scope, dialect);
  if (merged !== undefined) return { refs: merged };
  const visible = [...scope.items.entries()]
    .filter(([, item]) => !isHidden(item))
    .map(([place, item]) => ({ place, item, known: has(item, name, dialect) }));
  const [first, second] = visible.filter(({ known }) => known === true);
  if (second !== undefined) return { problem: `\`${name}\` is a column of several relations` };
  // Were it a column of another one too, the engine would refuse it as ambiguous.
  if (first !== undefined)
    return { refs: [{ depth: 0, item: first.place, column: nameIn(first.item, name, dialect) }] };
  const alias = scope.aliases.find(
    (output) => output.name !== undefined && sameName(output.name, name, dialect),
  );
  const [only, other] = visible.filter(({ known }) => known === undefined);
  if (only === undefined) return alias === undefined ? undefined : ofAlias(alias);
  const mayBeElse =
    alias !== undefined ||
    other !== undefined ||
    isInner ||
    wordsOfTheEngine.has(name.toLowerCase()) ||
    scope.items.some((item) => sameName(item.alias, name, dialect));
  if (mayBeElse) return { problem: `the columns of \`${only.item.alias}\` are not known` };
  return { refs: [{ depth: 0, item: only.place, column: name }] };
};

const ofAlias = ({ expr }: Output): Found =>
  expr.problem === undefined && expr.subqueries.length === 0 && expr.windows.length === 0
    ? { refs: expr.refs, viaList: true }
    : { problem: expr.problem ?? 'reads another column of the same list that is no plain expression' };

/** A name without a qualifier. */
export const findBare = (
  name: string,
  { dialect, scopes }: Pick<Environment, 'dialect' | 'scopes'>,
): Found => {
  for (const [depth, scope] of scopes.entries()) {
    const found = findIn(name, scope, dialect, depth + 1 < scopes.length);
    if (found === undefined) continue;
    if ('problem' in found) return found;
    return { ...found, refs: found.refs.map((ref) => ({ ...ref, depth: ref.depth + depth })) };
  }
  return { problem: `\`${name}\` is a column of none of its relations` };
};
