// How the engines read a name that stands in SQL, and when two names are the same.
import { isJson, listOf } from './node.ts';

export type SqlDialect = 'duckdb' | 'postgres' | 'snowflake';

/** A place in the text, counted in characters (not in UTF-16 units). */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export interface Identifier {
  readonly name: string;
  readonly quoted: boolean;
  readonly span?: Span | undefined;
}

const spanOf = (value: unknown): Span | undefined => {
  if (!isJson(value)) return undefined;
  const { start, end } = value;
  return typeof start === 'number' && typeof end === 'number' ? { start, end } : undefined;
};

export const identifierOf = (value: unknown): Identifier | undefined => {
  if (typeof value === 'string') return { name: value, quoted: false };
  if (!isJson(value) || typeof value['name'] !== 'string') return undefined;
  return { name: value['name'], quoted: value['quoted'] === true, span: spanOf(value['span']) };
};

const folds: Readonly<Record<SqlDialect, (name: string) => string>> = {
  // Names are kept as written, and compared without regard to case.
  duckdb: (name) => name,
  postgres: (name) => name.toLowerCase(),
  snowflake: (name) => name.toUpperCase(),
};

/** The name as the engine would store it. */
export const stored = ({ name, quoted }: Identifier, dialect: SqlDialect): string =>
  quoted ? name : folds[dialect](name);

export const storedOf = (value: unknown, dialect: SqlDialect): string | undefined => {
  const identifier = identifierOf(value);
  return identifier === undefined ? undefined : stored(identifier, dialect);
};

export const storedNames = (value: unknown, dialect: SqlDialect): readonly string[] =>
  listOf(value).flatMap((each) => storedOf(each, dialect) ?? []);

export const sameName = (left: string, right: string, dialect: SqlDialect): boolean =>
  dialect === 'duckdb' ? left.toLowerCase() === right.toLowerCase() : left === right;
