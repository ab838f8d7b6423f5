// `impact --dbt`: from the columns that a change reaches on to what dbt builds of them, along its manifest.
import { readCompiledSql, type CompiledNode } from '../../dbt/compiled-sql.ts';
import type { DbtNode } from '../../dbt/manifest.ts';
import { readManifest } from '../../dbt/read-manifest.ts';
import { TidemarkError, type Problem } from '../../errors/tidemark-error.ts';
import {
  reachable,
  walkDownstream,
  type Affected,
  type Downstream,
  type Tracer,
} from '../../graph/downstream/downstream.ts';
import type { Graph } from '../../graph/graph.ts';
import type { Project } from '../../project/project.ts';
import { showTable, type TableName } from '../../sql/table-name.ts';
import { knownCatalog } from '../catalog-file.ts';
import type { DownstreamCoverage, DownstreamReport } from './impact-report.ts';
import { sameRelation } from './same-relation.ts';

/** A column of a source or target that hangs on the change; none: whether there are rows. */
export interface Start {
  readonly relation: string;
  readonly column: string | undefined;
}

export interface DbtReach {
  readonly downstream: readonly DownstreamReport[];
  readonly coverage: DownstreamCoverage;
  readonly warnings: readonly Problem[];
}

const noManifestNamed = (): TidemarkError =>
  new TidemarkError('manifest_invalid', {
    message: '`--dbt` follows the manifest of dbt, and the project names none',
    hint: 'say where dbt writes it: `manifest: target/manifest.json` in the project file (`dbt compile` makes it)',
  });

const tableOf = ({ sources, targets }: Graph, relation: string): TableName | undefined =>
  (sources.get(relation) ?? targets.get(relation))?.table;

const affectedBy = (starts: readonly Start[]): Affected => ({
  proof: 'proven',
  columns: new Set(starts.flatMap(({ column }) => column?.toLowerCase() ?? [])),
  rows: starts.some(({ column }) => column === undefined),
  open: false,
});

interface Placed {
  readonly starts: ReadonlyMap<string, Affected>;
  readonly elsewhere: readonly string[];
}

/** Which nodes of dbt the relations are. */
const placeStarts = (graph: Graph, nodes: readonly DbtNode[], starts: readonly Start[]): Placed => {
  const placed = new Map<string, Affected>();
  const elsewhere: string[] = [];
  for (const relation of new Set(starts.map((start) => start.relation))) {
    const table = tableOf(graph, relation);
    const node = nodes.find(
      (each) => table !== undefined && each.relation !== undefined && sameRelation(each.relation, table),
    );
    if (node === undefined) elsewhere.push(relation);
    else placed.set(node.id, affectedBy(starts.filter((start) => start.relation === relation)));
  }
  return { starts: placed, elsewhere };
};

const reportOf = ({ node, affected, why, via }: Downstream): DownstreamReport => ({
  node: node.id,
  kind: node.kind,
  name: node.name,
  how: affected.proof,
  why,
  columns: [...affected.columns].toSorted(),
  via,
});

const unknownTo = (graph: Graph, relation: string): Problem => {
  const table = tableOf(graph, relation);
  return {
    code: 'unknown_node',
    severity: 'warning',
    message: `no node of dbt's manifest is \`${table === undefined ? relation : showTable(table)}\`: what dbt builds of \`${relation}\` is unknown`,
    hint: 'is the manifest of another target, or older than the model? `dbt compile` writes it anew',
  };
};

/** By dbt's catalog, or that which `validate --save-catalog` keeps. */
const tracerFor = async (
  project: Project,
  compiled: ReadonlyMap<string, CompiledNode>,
): Promise<Tracer | undefined> => {
  if (![...compiled.values()].some(({ sql }) => sql !== undefined)) return undefined;
  const [{ loadSqlParser }, { modelTracer }] = await Promise.all([
    import('../../dbt/lineage/sql-parser.ts'),
    import('./trace-models.ts'),
  ]);
  const tables = [...(knownCatalog(project)?.catalog.values() ?? [])];
  return modelTracer({
    parser: await loadSqlParser(),
    dialect: project.connection.type,
    sqlOf: (id) => compiled.get(id),
    columnsOf: (asked) =>
      tables.find(({ table }) => sameRelation(asked, table))?.columns.map(({ name }) => name),
  });
};

export const dbtDownstream = async (
  project: Project,
  graph: Graph,
  starts: readonly Start[],
): Promise<DbtReach> => {
  if (project.manifest === undefined) throw noManifestNamed();
  const { nodes } = readManifest(project.manifest);
  const placed = placeStarts(graph, nodes, starts);
  const compiled = readCompiledSql(project.manifest, reachable({ nodes, starts: placed.starts }));
  const { found, untouched } = walkDownstream({
    nodes,
    starts: placed.starts,
    sqlOf: (id) => compiled.get(id),
    tracer: await tracerFor(project, compiled),
  });
  const count = (how: DownstreamReport['how']): number =>
    found.filter(({ affected }) => affected.proof === how).length;
  const withSql = found.filter(({ node }) => node.kind === 'model' || node.kind === 'snapshot');
  return {
    downstream: found.map(reportOf),
    coverage: {
      nodes: found.length + untouched.length,
      proven: count('proven'),
      by_name: count('by_name'),
      unknown: count('unknown'),
      untouched: untouched.length,
      not_compiled: withSql.filter(({ node }) => compiled.get(node.id)?.sql === undefined).length,
      not_in_dbt: placed.elsewhere,
    },
    warnings: placed.elsewhere.map((relation) => unknownTo(graph, relation)),
  };
};
