// A query with every column bound to where it comes from: what lineage, and the SQL of model targets, are made of.
import type { Json } from './node.ts';
import type { Span } from './names.ts';

/** A column of one item of a FROM: of the query itself (`depth` 0) or of one around it. */
export interface Ref {
  readonly depth: number;
  readonly item: number;
  readonly column: string;
}

export interface Window {
  readonly partition: readonly Expr[];
  /** Its parts come from a window with a name that could not be found, or in a form that is not known. */
  readonly problem?: string | undefined;
}

export interface Expr {
  readonly node: unknown;
  readonly refs: readonly Ref[];
  readonly subqueries: readonly Query[];
  readonly windows: readonly Window[];
  /** Names of functions, in lower case. */
  readonly calls: readonly string[];
  /** It reads a column of the same select list, not one of a relation. */
  readonly viaList?: boolean | undefined;
  /** Why nobody can tell what it reads. */
  readonly problem?: string | undefined;
}

export interface Output {
  /** None where the engine makes one up. */
  readonly name: string | undefined;
  readonly expr: Expr;
  /** It is this column, as it stands. */
  readonly plain?: Ref | undefined;
  /** A cast of one column. */
  readonly isCast?: boolean | undefined;
}

export interface TableSpot {
  readonly database?: string | undefined;
  readonly schema?: string | undefined;
  readonly name: string;
  /** Of the whole name, its parts and dots. */
  readonly span?: Span | undefined;
}

export type Source =
  | { readonly kind: 'table'; readonly table: TableSpot }
  | { readonly kind: 'query'; readonly query: Query; readonly lateral: boolean; readonly node: unknown }
  /** A recursive query's reading of itself. */
  | { readonly kind: 'recursion'; readonly of: { query?: Query } }
  /** A function that yields rows. */
  | { readonly kind: 'call'; readonly call: Expr };

export type JoinKind = 'inner' | 'left' | 'right' | 'full' | 'cross' | 'semi' | 'anti' | 'nearest';

export interface Item {
  readonly alias: string;
  readonly source: Source;
  /** The names under which its columns are read; none where they are not known. */
  readonly columns?: readonly (string | undefined)[] | undefined;
  /** The first item of a FROM, and those behind a comma, are crossed. */
  readonly join: JoinKind;
  readonly on?: Expr | undefined;
  readonly using: readonly string[];
}

interface Bounds {
  /** LIMIT, OFFSET, a sample: which rows there are hangs on all of them. */
  readonly limited: boolean;
  readonly order: readonly Expr[];
}

export interface SelectQuery extends Bounds {
  readonly kind: 'select';
  readonly node: Json;
  readonly items: readonly Item[];
  /** Joins stand in brackets: who is NULL when nobody matches is another question then. */
  readonly nested: boolean;
  readonly where?: Expr | undefined;
  /** None: rows are not grouped. An empty list: all rows are one group. */
  readonly groups?: readonly Expr[] | undefined;
  /** ROLLUP, CUBE, GROUPING SETS. */
  readonly groupingSets: boolean;
  readonly having?: Expr | undefined;
  readonly qualify?: Expr | undefined;
  readonly outputs: readonly Output[];
  readonly distinct: 'no' | 'yes' | 'on';
  readonly distinctOn: readonly Expr[];
}

export interface SetQuery extends Bounds {
  readonly kind: 'set';
  readonly operator: 'union' | 'intersect' | 'except';
  readonly all: boolean;
  readonly left: Query;
  readonly right: Query;
  /** Reads itself. */
  readonly recursive: boolean;
}

interface ValuesQuery {
  readonly kind: 'values';
  readonly names: readonly (string | undefined)[];
  readonly rows: readonly (readonly Expr[])[];
}

export interface UnreadQuery {
  readonly kind: 'unread';
  readonly reason: string;
}

export type Query = SelectQuery | SetQuery | ValuesQuery | UnreadQuery;

export const outputNames = (query: Query): readonly (string | undefined)[] | undefined => {
  switch (query.kind) {
    case 'select':
      return query.outputs.map(({ name }) => name);
    case 'set':
      return outputNames(query.left);
    case 'values':
      return query.names;
    case 'unread':
      return undefined;
    default:
      return query satisfies never;
  }
};

export const unread = (reason: string): UnreadQuery => ({ kind: 'unread', reason });

export const emptyExpr = (node: unknown): Expr => ({
  node,
  refs: [],
  subqueries: [],
  windows: [],
  calls: [],
});
