// How long changes took of late, for `status`.
import type { Project } from '../../project/project.ts';
import { addLags, summarizeLags, type LagHistogram, type LagSummary } from '../../store/lag-histogram.ts';
import { lagsWithin, versionWithLags } from '../../store/lags.ts';
import type { Session, Warehouse } from '../../warehouse/port.ts';

/** A day has its quiet and its busy hours. */
const lagWindowMs = 24 * 60 * 60 * 1000;

/** By relation; those that no change reached are left out. */
export const recentLags = async (
  session: Session,
  { dialect }: Warehouse,
  { schemas }: Project,
  version: number,
): Promise<ReadonlyMap<string, LagSummary>> => {
  if (version < versionWithLags) return new Map();
  const byRelation = new Map<string, LagHistogram[]>();
  for (const { relation, histogram } of await lagsWithin(session, schemas.state, dialect, lagWindowMs)) {
    const known = byRelation.get(relation);
    if (known === undefined) byRelation.set(relation, [histogram]);
    else known.push(histogram);
  }
  return new Map(
    [...byRelation].flatMap(([relation, histograms]) => {
      const summary = summarizeLags(addLags(histograms));
      return summary === undefined ? [] : [[relation, summary] as const];
    }),
  );
};
