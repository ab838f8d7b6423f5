// What a run means for those who are to be told: from the same report that is printed.
import { parseDictionary } from '../../dictionary/parse.ts';
import { targetName } from '../../dictionary/tables.ts';
import type { ErrorCode } from '../../errors/policy.ts';
import { isTidemarkError, type Problem } from '../../errors/tidemark-error.ts';
import type { Alert, Situation } from '../../observe/alerts/alert.ts';
import type { Project } from '../../project/project.ts';
import { readMappings } from '../../project/read-project.ts';
import type { RunResult } from '../attempt.ts';
import type { BehindReport } from '../report.ts';
import type { VerifyResult } from '../verify.ts';
import { lagAlerts, lagAlertsOfFailure } from './lag-alerts.ts';
import {
  nextForBatch,
  nextForColumn,
  nextForFailure,
  nextForRelation,
  nextToLook,
  nextToValidate,
} from './next-command.ts';

/** Of these somebody knows already: he did it, or it stands for another one that is told. */
const known: ReadonlySet<string> = new Set(['paused', 'upstream_behind']);

const drifts: ReadonlySet<string> = new Set([
  'source_changed',
  'source_missing',
  'target_changed',
  'target_missing',
]);

const driftNotices: ReadonlySet<string> = new Set<ErrorCode>([
  'column_added',
  'column_vanished',
  'column_renamed',
  'column_retyped',
  'mirror_changed',
  'mirror_rebuilt',
]);

const eventOf = (code: string): Alert['event'] => {
  if (code.startsWith('guard_')) return 'guard';
  if (code === 'event_rejected') return 'rejected';
  return drifts.has(code) ? 'drift' : 'partial';
};

const prefixes: Readonly<Record<Alert['event'], string>> = {
  failure: 'failure:',
  partial: 'partial:',
  guard: 'guard:',
  lag: 'lag:',
  drift: 'drift:table:',
  rejected: 'rejected:',
};

const ofBehind = (project: Project, { name, code, reason }: BehindReport): readonly Alert[] => {
  if (known.has(code)) return [];
  const event = eventOf(code);
  const next = nextForRelation(project, code, name);
  return [
    {
      event,
      key: `${prefixes[event]}${code}:${name}`,
      code,
      relation: name,
      what: reason,
      next,
      lasts: true,
    },
  ];
};

const detailOf = ({ details }: Problem, name: string): string | undefined => {
  const value = details?.[name];
  return typeof value === 'string' ? value : undefined;
};

const ofProblem = (project: Project, problem: Problem, batch: number | null): readonly Alert[] => {
  const { code, message } = problem;
  const relation = detailOf(problem, 'relation') ?? detailOf(problem, 'source');
  const column = detailOf(problem, 'column');
  const told = { code, relation, what: message };
  if (code === 'column_held' && relation !== undefined && column !== undefined) {
    const next = nextForColumn(project, relation, column);
    return [{ ...told, event: 'guard', key: `guard:${code}:${relation}.${column}`, next, lasts: true }];
  }
  if (code === 'events_set_aside')
    return [
      {
        ...told,
        event: 'rejected',
        key: `rejected:${relation ?? message}`,
        next: nextForRelation(project, code, relation ?? ''),
        lasts: true,
      },
    ];
  if (code === 'healed_again' && relation !== undefined)
    return [
      {
        ...told,
        event: 'drift',
        key: `${prefixes.drift}${code}:${relation}`,
        next: batch === null ? nextToLook(project) : nextForBatch(project, batch),
        lasts: true,
      },
    ];
  if (driftNotices.has(code))
    return [
      {
        ...told,
        event: 'drift',
        key: `drift:notice:${code}:${message}`,
        next: nextToValidate(project),
        lasts: false,
      },
    ];
  return [];
};

const dataOf = ({ report, exit }: RunResult): string => {
  const { batch, started_at: at } = report;
  const rest = exit === 0 ? 'all tables are in step' : 'everything else is in step';
  return batch === null
    ? `nothing was written; ${rest}, data as of ${at}`
    : `${rest} as of batch ${batch}, data as of ${at}`;
};

/** `partly`: only some keys were looked at, so that nothing is said of what was not. */
export const situationOf = (
  project: Project,
  result: RunResult,
  { nowMs, partly = false }: { readonly nowMs: number; readonly partly?: boolean },
): Situation => {
  const { report, relations } = result;
  const problems = [...report.guards.filter(({ code }) => code === 'column_held'), ...report.warnings];
  return {
    alerts: [
      ...report.behind.flatMap((each) => ofBehind(project, each)),
      ...problems.flatMap((each) => ofProblem(project, each, report.batch)),
      ...lagAlerts(project, relations, nowMs),
    ],
    judged: partly ? [prefixes.failure] : Object.values(prefixes),
    data: dataOf(result),
  };
};

/** As of when the targets that are in step are. */
export const dataAtOf = ({ report }: RunResult): string => report.started_at;

/** Nobody's trouble but that of whoever called. */
const notTroubles: ReadonlySet<string> = new Set<ErrorCode>([
  'usage',
  'plan_stale',
  'plan_unreadable',
  'unknown_target',
  'unknown_source',
  'unknown_column',
  'interrupted',
  'lease_held',
  'file_locked',
]);

/** The mappings themselves may be what is wrong. */
const wantedLags = (project: Project): ReadonlyMap<string, number> => {
  try {
    const { raw } = parseDictionary(readMappings(project));
    return new Map(
      raw.targets.flatMap((target) =>
        target.targetLagMs === undefined ? [] : [[targetName(target), target.targetLagMs] as const],
      ),
    );
  } catch {
    return new Map();
  }
};

/** Nothing where nobody needs to be told. `knownDataAt`: of an earlier run. */
export const situationOfFailure = (
  project: Project,
  error: unknown,
  { nowMs, knownDataAt }: { readonly nowMs: number; readonly knownDataAt: string | undefined },
): Situation | undefined => {
  const code = isTidemarkError(error) ? error.code : 'internal';
  if (notTroubles.has(code)) return undefined;
  const message = error instanceof Error ? error.message : String(error);
  const details = isTidemarkError(error) ? error.details : {};
  const { last_batch: batch, data_at: at } = details;
  const dataAt = typeof at === 'string' ? at : knownDataAt;
  const hint = isTidemarkError(error) && error.hint !== undefined ? ` (${error.hint})` : '';
  const standing = typeof batch === 'number' ? `; targets are as of batch ${batch}` : '';
  return {
    alerts: [
      {
        event: 'failure',
        key: `failure:${code}`,
        code,
        what: `${message}${hint}`,
        next: nextForFailure(project, code),
        lasts: true,
      },
      ...lagAlertsOfFailure(project, wantedLags(project), { dataAt, code, nowMs }),
    ],
    // Another failure than before is another trouble; the one before is not known to be over.
    judged: [],
    data:
      code === 'commit_unknown'
        ? 'the last batch is either there whole or not at all'
        : `nothing was written${standing}${dataAt === undefined ? '' : `, data as of ${dataAt}`}`,
  };
};

export const situationOfVerify = (
  project: Project,
  { report }: VerifyResult,
  select: readonly string[],
): Situation => ({
  alerts: report.targets
    .filter(({ different, missing, extra }) => different + missing + extra > 0)
    .map(({ name, different, missing, extra }): Alert => ({
      event: 'drift',
      key: `drift:verify:${name}:`,
      code: 'different',
      relation: name,
      what: `is not what its mapping says: ${different} rows differ, ${missing} are missing, ${extra} are too many`,
      next: nextForRelation(project, 'different', name),
      lasts: true,
    })),
  judged: select.length === 0 ? ['drift:verify:'] : report.targets.map(({ name }) => `drift:verify:${name}:`),
  data: report.mirrors_at === null ? 'no batch was committed yet' : `mirrors as of ${report.mirrors_at}`,
});
