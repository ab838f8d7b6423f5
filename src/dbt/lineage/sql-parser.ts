// The one file that knows the parser. Its 23 MB of WebAssembly are loaded when the first query is read.
import type { parse, generate, Dialect } from '@polyglot-sql/sdk';
import type { SqlDialect } from './names.ts';
import { listOf, meaning, nodeOf } from './node.ts';

interface Library {
  readonly parse: typeof parse;
  readonly generate: typeof generate;
  readonly dialects: Readonly<Record<SqlDialect, Dialect>>;
}

export interface SqlParser {
  readonly parse: (
    sql: string,
    dialect: SqlDialect,
  ) => { readonly tree: unknown } | { readonly problem: string };
  /** SQL of a part of a tree; none where it would not be read back as the same. */
  readonly print: (node: unknown, dialect: SqlDialect) => string | undefined;
}

const parseWith =
  (library: Library): SqlParser['parse'] =>
  (sql, dialect) => {
    const { success, ast, error } = library.parse(sql, library.dialects[dialect]);
    const statements: unknown = ast;
    if (!success || !Array.isArray(statements)) return { problem: error ?? 'it cannot be parsed' };
    return statements.length === 1 ? { tree: statements[0] } : { problem: 'it is not one statement' };
  };

const queries = new Set(['select', 'union', 'intersect', 'except', 'values']);

const firstColumn = (tree: unknown): unknown => {
  const [first] = listOf(nodeOf(tree)?.body['expressions']);
  return nodeOf(first)?.body['this'];
};

const printWith =
  (library: Library): SqlParser['print'] =>
  (node, dialect) => {
    const { success, sql } = library.generate([node], library.dialects[dialect]);
    const [text] = sql ?? [];
    if (!success || text === undefined) return undefined;
    const isQuery = queries.has(nodeOf(node)?.kind ?? '');
    const again = parseWith(library)(isQuery ? text : `select ${text} as x`, dialect);
    if ('problem' in again) return undefined;
    const found = isQuery ? again.tree : firstColumn(again.tree);
    return JSON.stringify(meaning(found)) === JSON.stringify(meaning(node)) ? text : undefined;
  };

/** The same text is asked for by every question about a model; trees are never changed. */
const remembering = (parseSql: SqlParser['parse']): SqlParser['parse'] => {
  const known = new Map<string, ReturnType<SqlParser['parse']>>();
  return (sql, dialect) => {
    const name = `${dialect} ${sql}`;
    const parsed = known.get(name) ?? parseSql(sql, dialect);
    known.set(name, parsed);
    return parsed;
  };
};

let loaded: Promise<SqlParser> | undefined;

const load = async (): Promise<SqlParser> => {
  const { parse: parseSql, generate: generateSql, Dialect: names } = await import('@polyglot-sql/sdk');
  const dialects = { duckdb: names.DuckDB, postgres: names.PostgreSQL, snowflake: names.Snowflake };
  const library = { parse: parseSql, generate: generateSql, dialects };
  return { parse: remembering(parseWith(library)), print: printWith(library) };
};

export const loadSqlParser = async (): Promise<SqlParser> => {
  loaded ??= load();
  return await loaded;
};
