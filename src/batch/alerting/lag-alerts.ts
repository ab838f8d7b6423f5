// Targets that are later than they may be: by the changes that just arrived, or by what still waits.
import type { Project } from '../../project/project.ts';
import type { Alert } from '../../observe/alerts/alert.ts';
import type { RelationNow } from '../attempt.ts';
import { nextForFailure, nextToLook } from './next-command.ts';

const minutes = (ms: number): string => {
  if (ms < 60_000) return `${Math.round(ms / 1000)} s`;
  if (ms < 120 * 60_000) return `${Math.round(ms / 60_000)} min`;
  return `${Math.round(ms / 3_600_000)} h`;
};

const alertOf = (name: string, what: string, next: string): Alert => ({
  event: 'lag',
  key: `lag:${name}`,
  code: 'lag',
  relation: name,
  what,
  next,
  lasts: true,
});

const reasonOf = ({ targetLagMs, lag, behind, dataAt }: RelationNow, nowMs: number): string | undefined => {
  if (targetLagMs === undefined || behind === 'paused') return undefined;
  const wanted = `the target is ${minutes(targetLagMs)}`;
  const ageMs = dataAt === undefined ? 0 : nowMs - Date.parse(dataAt);
  if (behind !== undefined && ageMs > targetLagMs)
    return `shows data of ${minutes(ageMs)} ago, ${wanted}: it is left out (${behind})`;
  if (lag !== undefined && lag.p95_ms > targetLagMs)
    return `5 % of the last ${lag.changes.toLocaleString('en-US')} changes took ${minutes(lag.p95_ms)} or longer from source to commit, ${wanted}`;
  return undefined;
};

export const lagAlerts = (
  project: Project,
  relations: readonly RelationNow[],
  nowMs: number,
): readonly Alert[] =>
  relations.flatMap((relation) => {
    const what = reasonOf(relation, nowMs);
    return what === undefined ? [] : [alertOf(relation.name, what, nextToLook(project))];
  });

/** After a run that failed whole: how old the data was is known, how much of it waits is not. */
export const lagAlertsOfFailure = (
  project: Project,
  wanted: ReadonlyMap<string, number>,
  facts: { readonly dataAt: string | undefined; readonly code: string; readonly nowMs: number },
): readonly Alert[] => {
  const { dataAt, code, nowMs } = facts;
  const ageMs = dataAt === undefined ? 0 : nowMs - Date.parse(dataAt);
  return [...wanted].flatMap(([name, ms]) =>
    ageMs <= ms
      ? []
      : [
          alertOf(
            name,
            `shows data of ${minutes(ageMs)} ago, the target is ${minutes(ms)}: runs fail (${code})`,
            nextForFailure(project, code),
          ),
        ],
  );
};
