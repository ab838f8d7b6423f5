// What the aliases of one expression stand for, and how a name in it is matched to a stored one.
import type { Position, Problem } from '../errors/tidemark-error.ts';
import type { Column } from '../sql/dialect.ts';

export interface Relation {
  /** The source's or target's own name. */
  readonly name: string;
  /** The table, as messages call it. */
  readonly shown: string;
  /** None where the table is unknown; every column is taken as written then, one problem is enough. */
  readonly columns: readonly Column[] | undefined;
  /** Columns of the table that the mirror leaves out. */
  readonly leftOut: ReadonlySet<string>;
  /** A column that the table does not have is taken as written: it was there before. */
  readonly believed?: boolean | undefined;
  /** Columns that are there and must not be read, with what to say of it: they follow from no source. */
  readonly unsettled?: ReadonlyMap<string, (at: Position) => Problem> | undefined;
}

export interface Scope {
  readonly aliases: ReadonlyMap<string, Relation>;
  /** Every source and target: what an unknown alias may have been meant to be. */
  readonly relations: ReadonlySet<string>;
  /** The alias of a column that is not qualified: where only one table can be meant. */
  readonly implicit?: string | undefined;
  /** Aggregate functions may stand in the expression. */
  readonly aggregates?: boolean | undefined;
  /** What the expression does with a column, for messages; default `mapped`. */
  readonly use?: 'mapped' | 'read' | undefined;
  /** A file was unreadable: an unknown alias may be declared there. */
  readonly incomplete?: boolean | undefined;
}

/** As SQL matches: a quoted name exactly, an unquoted one in any case, the exact one first. */
export const matchName = (name: string, isQuoted: boolean, stored: Iterable<string>): string | undefined => {
  const names = [...stored];
  if (names.includes(name)) return name;
  if (isQuoted) return undefined;
  const lower = name.toLowerCase();
  return (
    names.find((candidate) => candidate === lower) ??
    names.find((candidate) => candidate.toLowerCase() === lower)
  );
};

export const columnNames = (relation: Relation): readonly string[] =>
  (relation.columns ?? []).map((column) => column.name);
