// Where a target is a dbt model the mappings alone do not say what it reads: the tables and the manifest do.
import { dictionaryInvalid } from '../../dictionary/problems.ts';
import { buildGraph } from '../../graph/graph.ts';
import { lineageOf, type Lineage } from '../../graph/reach.ts';
import type { Project } from '../../project/project.ts';
import { checkDictionary, withWarehouse } from '../open.ts';

export const lineageOfModels = (project: Project, waitMs: number | undefined): Promise<Lineage> =>
  withWarehouse(project, { readOnly: true, waitMs: waitMs ?? 2_000 }, async (warehouse) => {
    const { dictionary, problems } = await checkDictionary(warehouse, project);
    const errors = problems.filter(({ severity }) => severity === 'error');
    if (errors.length > 0) throw dictionaryInvalid(errors);
    return lineageOf(buildGraph(dictionary));
  });
