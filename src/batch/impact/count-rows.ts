// `impact --rows`: how many rows of each target hang on what was asked, counted in the warehouse as it stands. Only
// queries: no scratch, no lease.
import { dictionaryInvalid } from '../../dictionary/problems.ts';
import type { Source } from '../../dictionary/dictionary.ts';
import type { Problem } from '../../errors/tidemark-error.ts';
import { buildGraph, relationsOf, type Graph } from '../../graph/graph.ts';
import { markTargets, type MarkedTarget } from '../../graph/marks.ts';
import { aliasesOf, columnsRead, relationOf } from '../../graph/reads.ts';
import type { Spot } from '../../graph/reach.ts';
import type { Project } from '../../project/project.ts';
import {
  countMarked,
  markedBase,
  readMarked,
  type MarkedBase,
  type MarkedCount,
} from '../../reconcile/marked-rows.ts';
import { renderExpression } from '../../sql/expression.ts';
import { ands, id, sql, table, type Fragment } from '../../sql/fragment.ts';
import { showTable } from '../../sql/table-name.ts';
import type { Session, TableInfo, Warehouse } from '../../warehouse/port.ts';
import { checkDictionary, withWarehouse } from '../open.ts';
import type { ReachReport, TargetRows } from './impact-report.ts';

export interface CountOptions {
  readonly project: Project;
  readonly waitMs?: number | undefined;
}

export interface CountedRows {
  readonly reaches: readonly ReachReport[];
  readonly targets: readonly TargetRows[];
  readonly warnings: readonly Problem[];
}

/** What `asked` was is lost on the way through the report: it is found again by its names. */
const spotOf = (spots: readonly Spot[], reach: ReachReport): Spot | undefined =>
  spots.find(({ relation, column }) => relation === reach.source && (column ?? null) === reach.source_column);

const ownRows = (source: Source): Fragment => {
  const conditions = [
    ...(source.where === undefined ? [] : [sql`(${renderExpression(source.where)}) is true`]),
    ...(source.deleted === undefined ? [] : [sql`(${renderExpression(source.deleted)}) is not true`]),
  ];
  return sql`(select ${id(source.name)}.* from ${table(source.table)} as ${id(source.name)} where ${ands(conditions)})`;
};

interface Known {
  readonly graph: Graph;
  readonly tables: ReadonlyMap<string, TableInfo>;
}

/** Columns of a relation that some target reads. */
const wanted = ({ graph }: Known, relation: string): ReadonlySet<string> =>
  new Set(
    graph.order.flatMap((target) =>
      aliasesOf(target)
        .filter((alias) => relationOf(target, alias) === relation)
        .flatMap((alias) => [...columnsRead(target, alias)]),
    ),
  );

/** The mirror, which is what the targets were computed from; before there is one, staging. */
const sourceBase = (known: Known, source: Source): MarkedBase | undefined => {
  const mirror = known.tables.get(showTable(source.mirror));
  const names = new Set(mirror?.columns.map(({ name }) => name));
  if (mirror !== undefined && [...wanted(known, source.name)].every((name) => names.has(name)))
    return { rows: table(source.mirror), marks: 0 };
  return known.tables.has(showTable(source.table)) ? { rows: ownRows(source), marks: 0 } : undefined;
};

const basesOf = (known: Known): Map<string, MarkedBase> => {
  const bases = new Map<string, MarkedBase>();
  for (const source of known.graph.sources.values()) {
    const base = sourceBase(known, source);
    if (base !== undefined) bases.set(source.name, base);
  }
  for (const target of known.graph.order) {
    if (target.exists) bases.set(target.name, { rows: table(target.table), marks: 0 });
  }
  return bases;
};

const notCounted = (name: string): Problem => ({
  code: 'unknown_table',
  severity: 'warning',
  message: `the rows of \`${name}\` cannot be counted: its table, or one that it reads, does not exist yet`,
  hint: '`tidemark run` makes it',
});

const countedByNone = (name: string): Problem => ({
  code: 'compared_in_full',
  severity: 'warning',
  message: `the rows of \`${name}\` are not counted: they are what the SQL of a dbt model yields`,
  hint: '`tidemark plan` counts those that would change',
});

interface Counts {
  readonly counted: ReadonlyMap<string, { readonly marked: MarkedTarget; readonly count: MarkedCount }>;
  readonly warnings: readonly Problem[];
}

const countAll = async (
  { dialect }: Warehouse,
  session: Session,
  known: Known,
  spots: readonly Spot[],
): Promise<Counts> => {
  const bases = basesOf(known);
  const counted = new Map<string, { readonly marked: MarkedTarget; readonly count: MarkedCount }>();
  const warnings: Problem[] = [];
  for (const marked of markTargets(known.graph, spots)) {
    const { target } = marked;
    if (
      target.root.kind === 'query' ||
      !target.exists ||
      relationsOf(target).some((name) => !bases.has(name))
    ) {
      warnings.push(target.root.kind === 'query' ? countedByNone(target.name) : notCounted(target.name));
      bases.delete(target.name);
      continue;
    }
    const [row = {}] = await session.rows(countMarked(dialect, marked, bases));
    counted.set(target.name, { marked, count: readMarked(row, marked) });
    bases.set(target.name, markedBase(dialect, marked, bases));
  }
  return { counted, warnings };
};

const withRows = ({ counted }: Counts, spots: readonly Spot[], reach: ReachReport): ReachReport => {
  const spot = spotOf(spots, reach);
  const found = counted.get(reach.target);
  const mark = spot === undefined ? undefined : found?.marked.of.get(spot)?.get(reach.column);
  const rows = mark === undefined ? undefined : found?.count.rows[mark];
  return rows === undefined ? reach : { ...reach, rows };
};

const targetRows = ({ counted }: Counts): readonly TargetRows[] =>
  [...counted].map(([target, { marked, count }]) => ({
    target,
    rows: count.rows[marked.all] ?? 0,
    of: count.total,
  }));

/** On a warehouse that is open already; whoever opened it closes it. */
export const countRowsIn = async (
  warehouse: Warehouse,
  project: Project,
  spots: readonly Spot[],
  reaches: readonly ReachReport[],
): Promise<CountedRows> => {
  const { dictionary, problems, tables } = await checkDictionary(warehouse, project);
  const errors = problems.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) throw dictionaryInvalid(errors);
  const known: Known = { graph: buildGraph(dictionary), tables };
  const counts = await warehouse.session((session) => countAll(warehouse, session, known, spots));
  return {
    reaches: reaches.map((reach) => withRows(counts, spots, reach)),
    targets: targetRows(counts),
    warnings: counts.warnings,
  };
};

export const countRows = (
  { project, waitMs }: CountOptions,
  spots: readonly Spot[],
  reaches: readonly ReachReport[],
): Promise<CountedRows> =>
  withWarehouse(project, { readOnly: true, waitMs: waitMs ?? 10_000 }, (warehouse) =>
    countRowsIn(warehouse, project, spots, reaches),
  );
