// What the column lineage of its compiled SQL proves of a model of dbt: which of its columns are made of what changes,
// whether its rows are, or that it reads none of it.
import { columnLineage, type QueryLineage } from '../../dbt/lineage/column-lineage.ts';
import type { SqlDialect } from '../../dbt/lineage/names.ts';
import type { SqlParser } from '../../dbt/lineage/sql-parser.ts';
import type { AffectedNode, ReadSql, Tracer } from '../../graph/downstream/downstream.ts';
import type { TableName } from '../../sql/table-name.ts';
import { sameRelation, type LooseTable } from './same-relation.ts';

export interface TracedWith {
  readonly parser: SqlParser;
  readonly dialect: SqlDialect;
  readonly sqlOf: (id: string) => ReadSql | undefined;
  /** The columns of a table; none where they are not known. */
  readonly columnsOf: (table: LooseTable) => readonly string[] | undefined;
}

interface Spot {
  readonly table: LooseTable;
  readonly column: string;
}

/** All of it could be told, under names. */
const isWhole = ({ columns, unknown }: QueryLineage): boolean =>
  unknown === undefined && columns.every(({ status, name }) => status === 'proven' && name !== undefined);

const reads = (reached: readonly AffectedNode[], { table, column }: Spot): boolean =>
  reached.some(
    ({ node, affected }) =>
      node.relation !== undefined &&
      sameRelation(table, node.relation) &&
      affected.columns.has(column.toLowerCase()),
  );

const listed = (names: readonly string[]): string =>
  names.length <= 3 ? names.map((name) => `\`${name}\``).join(', ') : `${names.length} of its columns`;

const whyOf = (columns: readonly string[], decides: boolean): string =>
  columns.length === 0
    ? 'its joins and filters read it'
    : `its SQL makes ${listed(columns)} of it${decides ? ', and joins or filters by it' : ''}`;

/** Columns that earlier models yield, for stars and names without a table. */
export const modelTracer = ({ parser, dialect, sqlOf, columnsOf }: TracedWith): Tracer => {
  const yielded: { readonly table: TableName; readonly columns: readonly string[] }[] = [];
  /** A list that lacks what is known to be there is out of date: nothing is proven by it. */
  const isFresh = (
    table: LooseTable,
    columns: readonly string[],
    reached: readonly AffectedNode[],
  ): boolean => {
    const names = new Set(columns.map((name) => name.toLowerCase()));
    return reached.every(
      ({ node, affected }) =>
        node.relation === undefined ||
        !sameRelation(table, node.relation) ||
        [...affected.columns].every((name) => names.has(name)),
    );
  };
  const known = (table: LooseTable, reached: readonly AffectedNode[]): readonly string[] | undefined => {
    const columns = yielded.find((each) => sameRelation(table, each.table))?.columns ?? columnsOf(table);
    return columns !== undefined && isFresh(table, columns, reached) ? columns : undefined;
  };
  return (node, parents, reached) => {
    const { sql, language } = sqlOf(node.id) ?? {};
    if (sql === undefined || language !== 'sql') return undefined;
    const lineage = columnLineage({ sql, dialect, columnsOf: (table) => known(table, reached) }, parser);
    if (!isWhole(lineage)) return undefined;
    const names = lineage.columns.flatMap(({ name }) => name ?? []);
    if (node.relation !== undefined) yielded.push({ table: node.relation, columns: names });
    const made = lineage.columns.flatMap((column) =>
      column.status === 'proven' && column.inputs.some((input) => reads(reached, input))
        ? (column.name ?? [])
        : [],
    );
    const decides = lineage.deciders.some(({ source }) => reads(reached, source));
    const moving = parents.find(({ affected }) => affected.rows);
    if (made.length === 0 && !decides && moving === undefined) return { kind: 'untouched' };
    return {
      kind: 'reached',
      columns: new Set(made.map((name) => name.toLowerCase())),
      rows: decides || moving !== undefined,
      why:
        moving !== undefined && made.length === 0
          ? `reads \`${moving.node.name}\`, whose rows come and go`
          : whyOf(made, decides),
    };
  };
};
