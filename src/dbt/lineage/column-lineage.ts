// Which columns of which tables each column of a query is made of, and which decide what rows it has.
//   const parser = await loadSqlParser();                                   // once; the slow part
//   const { columns, deciders } = columnLineage({ sql, dialect: 'duckdb', columnsOf }, parser);
import { bindQuery } from './bind-query.ts';
import type { SqlDialect } from './names.ts';
import { outputNames, type Query } from './query.ts';
import type { Environment } from './scope.ts';
import type { SqlParser } from './sql-parser.ts';
import { trace, type Decider, type SourceColumn } from './trace.ts';

export interface CompiledSql {
  /** One query, as dbt compiled it. */
  readonly sql: string;
  readonly dialect: SqlDialect;
  /** The columns of a table, in its order, as the warehouse stores their names (catalog.json, introspection, the
   *  lineage of another model); none where they are not known. Names come as written: `schema` may be missing. */
  readonly columnsOf: Environment['columnsOf'];
  /** The columns of the table that is built of it, where they are known: they name what the SQL leaves unnamed. */
  readonly builds?: readonly string[] | undefined;
}

export type ColumnLineage =
  | {
      readonly name: string | undefined;
      readonly status: 'proven';
      /** `direct`: its one input as it stands; `cast`: as another type. */
      readonly as: 'direct' | 'cast' | 'expression';
      /** Everything that its value is computed from; what decides only which rows there are is among `deciders`. */
      readonly inputs: readonly SourceColumn[];
    }
  | { readonly name: string | undefined; readonly status: 'unknown'; readonly reason: string };

export interface QueryLineage {
  readonly columns: readonly ColumnLineage[];
  /** Columns in join conditions, filters, groups, and the order where that picks rows. */
  readonly deciders: readonly Decider[];
  /** Why the columns or the deciders are not all of them. */
  readonly unknown?: string | undefined;
}

const boundQuery = ({ sql, dialect, columnsOf }: Omit<CompiledSql, 'builds'>, parser: SqlParser): Query => {
  const parsed = parser.parse(sql, dialect);
  if ('problem' in parsed) return { kind: 'unread', reason: parsed.problem };
  return bindQuery(parsed.tree, { dialect, columnsOf, ctes: new Map(), scopes: [], bind: bindQuery });
};

export const columnLineage = (compiled: CompiledSql, parser: SqlParser): QueryLineage => {
  const { builds, dialect } = compiled;
  const query = boundQuery(compiled, parser);
  const { columns, deciders, problem } = trace(query, dialect);
  if (query.kind === 'unread') {
    const all = builds ?? [];
    return {
      columns: all.map((name) => ({ name, status: 'unknown', reason: query.reason })),
      deciders: [],
      unknown: query.reason,
    };
  }
  const names = outputNames(query) ?? [];
  const fits = builds?.length === columns.length;
  return {
    columns: columns.map(({ inputs, as, problem: reason }, place): ColumnLineage => {
      const name = names[place] ?? (fits ? builds?.[place] : undefined);
      return reason === undefined
        ? { name, status: 'proven', as, inputs }
        : { name, status: 'unknown', reason };
    }),
    deciders,
    unknown: problem,
  };
};
