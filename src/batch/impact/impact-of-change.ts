// `impact --diff`: what the mappings mean now against what they meant at a revision, and what follows from it.
import { changedSpots, changesBetween } from '../../graph/compare.ts';
import { lineageOf, reachOf } from '../../graph/reach.ts';
import { buildGraph } from '../../graph/graph.ts';
import type { Project } from '../../project/project.ts';
import { readMappings } from '../../project/read-project.ts';
import { readMappingsAt } from '../../project/read-revision.ts';
import { dbtDownstream } from './dbt-downstream.ts';
import type { ImpactReport } from './impact-report.ts';
import { lineageOfFiles, lineageOfProject, modelsLeftOut, reachReport, startsOf } from './impact.ts';

export interface ImpactOfChangeOptions {
  readonly project: Project;
  /** A branch, a tag, a commit. */
  readonly revision: string;
  /** On to what dbt builds of it. */
  readonly dbt?: boolean | undefined;
}

const nothing = lineageOf(buildGraph({ sources: [], targets: [] }));

export const impactOfChange = async ({
  project,
  revision,
  dbt,
}: ImpactOfChangeOptions): Promise<ImpactReport> => {
  const files = readMappingsAt(project, revision);
  const was = files.length === 0 ? nothing : lineageOfFiles(project, files);
  const now = readMappings(project);
  const is = lineageOfProject(project, now);
  const changes = changesBetween(was.graph, is.graph);
  const spots = changedSpots(changes, is.graph);
  const reaches = spots.flatMap((spot) => reachOf(is, spot).map(reachReport));
  const onward = dbt === true ? await dbtDownstream(project, is.graph, startsOf(spots, reaches)) : undefined;
  return {
    schema: 'tidemark/impact/1',
    project: project.name,
    environment: project.environment,
    columns: [],
    reaches,
    downstream: [],
    ...onward,
    changes: changes.map(({ relation, kind, column, change, before, after }) => ({
      relation,
      kind,
      column: column ?? null,
      change,
      before: before ?? null,
      after: after ?? null,
    })),
    warnings: [...modelsLeftOut(now), ...(onward?.warnings ?? [])],
  };
};
