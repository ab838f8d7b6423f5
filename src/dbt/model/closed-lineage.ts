// The column lineage of a model down to declared relations, through the models in between.
import { bindQuery } from '../lineage/bind-query.ts';
import type { SqlDialect } from '../lineage/names.ts';
import { outputNames, type Query } from '../lineage/query.ts';
import type { SqlParser } from '../lineage/sql-parser.ts';
import { trace, type Decider } from '../lineage/trace.ts';
import { close, Untraceable, type Meant, type NamedTable } from './close-query.ts';
import { shapesOf } from './model-query.ts';
import { relationOfMark } from './pieces.ts';

interface RelationColumn {
  readonly relation: string;
  readonly column: string;
}

export interface ClosedColumn {
  readonly name: string;
  /** Of which one column it is the value as it stands. */
  readonly passes: RelationColumn | undefined;
  /** All that its value is made of. */
  readonly reads: readonly RelationColumn[];
  /** Why it is not known what it is made of. */
  readonly unknown: string | undefined;
}

export interface ClosedLineage {
  readonly columns: readonly ClosedColumn[];
  /** What join conditions compare. */
  readonly joins: readonly RelationColumn[];
  /** What decides which rows there are, joins included. */
  readonly deciders: readonly RelationColumn[];
  /** Why columns and deciders may not be all. */
  readonly unknown: string | undefined;
  /** Relations that are read in one place only, and of which each row keeps to itself what it brings. */
  readonly once: ReadonlySet<string>;
}

export interface ClosedQuestion {
  readonly tree: unknown;
  readonly dialect: SqlDialect;
  readonly meaningOf: (table: NamedTable) => Meant;
  readonly columnsOf: (relation: string) => readonly string[];
  /** Of the table that is built of it. */
  readonly builds: readonly string[];
}

/** How often a query reads each relation; arms of a union count as many. */
const countReadings = (query: Query, counts: Map<string, number>, weight: number): void => {
  if (query.kind === 'set') {
    countReadings(query.left, counts, weight * 2);
    countReadings(query.right, counts, weight * 2);
  }
  if (query.kind !== 'select') return;
  for (const { source } of query.items) {
    if (source.kind === 'table') {
      const name = relationOfMark(source.table.name) ?? source.table.name;
      counts.set(name, (counts.get(name) ?? 0) + weight);
    }
    if (source.kind === 'query') countReadings(source.query, counts, weight);
  }
};

const relationColumn = ({ table, column }: Decider['source']): RelationColumn => ({
  relation: relationOfMark(table.name) ?? table.name,
  column,
});

/** None where the SQL cannot be read through. */
export const closedLineage = (question: ClosedQuestion, parser: SqlParser): ClosedLineage | undefined => {
  const { dialect, meaningOf, builds } = question;
  const shapes = shapesOf(parser, dialect);
  if (shapes === undefined) return undefined;
  try {
    const tree = close(question.tree, new Map(), { dialect, meaningOf, shapes });
    const columnsOf = ({ name }: { readonly name: string }) => {
      const relation = relationOfMark(name);
      return relation === undefined ? undefined : question.columnsOf(relation);
    };
    const query = bindQuery(tree, { dialect, columnsOf, ctes: new Map(), scopes: [], bind: bindQuery });
    const { columns, deciders, problem: wholly } = trace(query, dialect);
    const names = outputNames(query) ?? [];
    const counts = new Map<string, number>();
    countReadings(query, counts, 1);
    return {
      columns: columns.map(({ inputs, as, problem }, place) => {
        const [input, other] = inputs;
        const isPassed = problem === undefined && as === 'direct' && other === undefined;
        return {
          name: names[place] ?? (builds.length === columns.length ? (builds[place] ?? '') : ''),
          passes: isPassed && input !== undefined ? relationColumn(input) : undefined,
          reads: inputs.map(relationColumn),
          unknown: problem,
        };
      }),
      deciders: deciders.map(({ source }) => relationColumn(source)),
      unknown: wholly,
      joins: deciders.flatMap(({ how, source }) => (how === 'join' ? [relationColumn(source)] : [])),
      once: new Set([...counts].flatMap(([name, count]) => (count === 1 ? [name] : []))),
    };
  } catch (error) {
    if (error instanceof Untraceable) return undefined;
    throw error;
  }
};
