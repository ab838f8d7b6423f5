// `impact --pending`: the changes that wait in staging and what the next run makes of them, as its plan counts them.
import type { Project } from '../../project/project.ts';
import type { Progress } from '../context.ts';
import { plan } from '../plan.ts';
import type { ImpactReport } from './impact-report.ts';

export interface PendingOptions {
  readonly project: Project;
  readonly progress?: Progress | undefined;
  readonly waitMs?: number | undefined;
}

export const pendingImpact = async (options: PendingOptions): Promise<ImpactReport> => {
  const { report } = await plan({ ...options, samples: 0 });
  const { project, environment, status, sources, targets, behind, guards, errors, warnings } = report;
  return {
    schema: 'tidemark/impact/1',
    project,
    environment,
    columns: [],
    reaches: [],
    downstream: [],
    pending: { status, sources, targets, behind },
    warnings: [...guards, ...errors, ...warnings],
  };
};
