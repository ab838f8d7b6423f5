// `doctor --fix`: mends what concerns nobody but us. Indexes, rights and settings of others are left to people.
import { chmodSync } from 'node:fs';
import { isTidemarkError } from '../../errors/tidemark-error.ts';
import type { Project } from '../../project/project.ts';
import { verbatim } from '../../sql/fragment.ts';
import type { Finding, Repair } from '../../warehouse/health.ts';
import { withWarehouse } from '../open.ts';
import { unlock } from '../unlock.ts';

const mend = async (project: Project, repair: Repair, waitMs: number): Promise<void> => {
  switch (repair.kind) {
    case 'sql':
      return withWarehouse(project, { waitMs }, (warehouse) =>
        warehouse.maintain(verbatim(repair.statement)),
      );
    case 'unlock':
      await unlock({ project, force: false, waitMs });
      return;
    case 'mode':
      chmodSync(repair.path, repair.mode);
  }
};

const mended = async (project: Project, finding: Finding, waitMs: number): Promise<Finding> => {
  if (finding.repair === undefined) return finding;
  try {
    await mend(project, finding.repair, waitMs);
    return { ...finding, fixed: true };
  } catch (error) {
    if (!isTidemarkError(error) && !(error instanceof Error && 'code' in error)) throw error;
    return {
      ...finding,
      evidence: `${finding.evidence ?? ''}; not mended: ${error.message}`.replace(/^; /, ''),
    };
  }
};

/** One after the other: they may concern the same table. */
export const repair = async (
  project: Project,
  findings: readonly Finding[],
  waitMs: number,
): Promise<readonly Finding[]> => {
  const done: Finding[] = [];
  for (const finding of findings) done.push(await mended(project, finding, waitMs));
  return done;
};
