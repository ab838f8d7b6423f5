// Run and reconcile: one batch under the lease; what somebody else writes in between is done again.
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { ParsedDictionary } from '../dictionary/parse.ts';
import { isTidemarkError, type Problem } from '../errors/tidemark-error.ts';
import type { Project } from '../project/project.ts';
import { readBatches } from '../store/batches.ts';
import { freeToken, takeLease } from '../store/lease.ts';
import type { LeaseHolder } from '../store/lease-holder.ts';
import { migrate } from '../store/migrate.ts';
import { recordRun } from '../store/runs.ts';
import type { Warehouse } from '../warehouse/port.ts';
import { warningOf, type Warn } from './commit/after-commit.ts';
import type { Begun } from './begun.ts';
import { actorName, attempt, type Attempt, type AttemptWish, type RunResult } from './attempt.ts';
import type { NamedChanges } from './freeze/changed-keys.ts';
import type { Progress } from './context.ts';
import { allowance } from './compute/guards.ts';
import { claim } from './known-state.ts';
import { learn, nothingLearnt } from './lessons.ts';
import { lostBefore } from './lost-before.ts';
import { checkDictionary, refuseUnfit, withContext, withWarehouse, type Checked } from './open.ts';
import { refuseUnknownColumns } from './parts/refuse-columns.ts';
import { planParts, type Parts } from './parts/plan-parts.ts';
import type { Part } from './parts/part.ts';
import { goesOn, runParts, told } from './parts/run-parts.ts';
import { startClock } from './phases.ts';
import { mergedInto } from './older-versions/merged-into.ts';
import type { OlderWish } from './older-versions/wish.ts';
import { refuseUnknownTargets } from './refuse-unknown.ts';
import type { UndoWish } from './undo/wish.ts';

export type { RunResult } from './attempt.ts';

export interface RunOptions {
  readonly project: Project;
  readonly adopt?: readonly string[] | undefined;
  /** What guards let through: `name:deletes`, `name:touched`. */
  readonly allow?: readonly string[] | undefined;
  /** The digest that the batch must have: that of an approved plan. */
  readonly expectedDigest?: string | undefined;
  /** Targets to compare in full, with those they feed: what `reconcile` is. None named: all of them. */
  readonly reconcile?: readonly string[] | undefined;
  /** Columns of those targets that are no longer held. */
  readonly columns?: readonly string[] | undefined;
  /** Rows of a part, where targets are compared in parts; without, big ones are. */
  readonly partRows?: number | undefined;
  /** Between two parts. */
  readonly pauseMs?: number | undefined;
  /** The only keys to look at, by source: nothing else is read, and no position moves. */
  readonly changes?: NamedChanges | undefined;
  /** Events of logs that were set aside are read again. */
  readonly rejected?: boolean | undefined;
  /** A log with an event that cannot be taken is left out. */
  readonly strict?: boolean | undefined;
  /** Take the tables that the project file names, where those known so far are others. */
  readonly rebind?: boolean | undefined;
  /** Earlier batches to take back, instead of a run. */
  readonly undo?: UndoWish | undefined;
  /** Versions from before a history began, to be merged into it, instead of a run. */
  readonly older?: OlderWish | undefined;
  readonly meta?: Readonly<Record<string, string>> | undefined;
  readonly waitMs?: number | undefined;
  readonly owner?: string | undefined;
  readonly progress?: Progress | undefined;
  readonly onWait?: ((holder: LeaseHolder) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onBegin?: ((begun: Begun) => void) | undefined;
  /** The mappings, where they are not those of the project's folder. */
  readonly parsed?: ParsedDictionary | undefined;
}

const defaultWaitMs = 90_000;

const commandOf = ({ reconcile, rejected, undo, older }: RunOptions): AttemptWish['command'] => {
  if (undo !== undefined) return 'rollback';
  return (reconcile ?? older) === undefined && rejected !== true ? 'run' : 'reconcile';
};

/** One batch, or one part of what was asked for. */
interface OneBatch extends RunOptions {
  readonly part?: Part | undefined;
  /** Targets that are looked at as if somebody else had written them; those to reconcile, if not named. */
  readonly suspects?: readonly string[] | undefined;
}

const attemptUntilDone = async (options: OneBatch, by: Attempt): Promise<RunResult> => {
  const adopt = options.adopt ?? [];
  const asked = options.reconcile ?? [];
  const lessons = nothingLearnt(options.suspects ?? asked);
  const allow = new Set([
    ...(options.allow ?? []),
    ...asked.map((name) => allowance(name, 'touched')),
    ...mergedInto(options.older),
  ]);
  const wish: AttemptWish = {
    command: commandOf(options),
    undo: options.undo,
    older: options.older,
    expectedDigest: options.expectedDigest,
    meta: options.meta,
    signal: options.signal,
  };
  let { checked } = by;
  for (;;) {
    const open = {
      project: options.project,
      warehouse: by.warehouse,
      options: {
        adopt: new Set(adopt),
        allow,
        reconcile: new Set(asked),
        rejected: options.rejected,
        strict: options.strict,
        undo: options.undo,
        part: options.part,
        older: options.older,
      },
      release: new Set(options.columns),
      held: lessons.held,
      changes: options.changes,
      parsed: options.parsed,
      rebind: options.rebind,
      progress: options.progress,
      suspects: lessons.suspects,
      warn: by.warn,
      checked,
      version: by.version,
    };
    checked = undefined;
    const done = await withContext(open, async (context) => {
      try {
        return await attempt(context, wish, by, lessons);
      } catch (error) {
        learn(error, lessons, new Set(context.graph.sources.keys()));
        return undefined;
      }
    });
    if (done !== undefined) return done;
  }
};

/** A dictionary with mistakes must not make tables in a warehouse that never saw us. */
const refuseMistakes = async (warehouse: Warehouse, options: RunOptions): Promise<Checked> => {
  const checked = await checkDictionary(warehouse, options.project, { parsed: options.parsed });
  refuseUnfit(warehouse, checked);
  const names = checked.dictionary.targets.map((target) => target.name);
  refuseUnknownTargets(options.adopt ?? [], names, '--adopt');
  refuseUnknownTargets(options.reconcile ?? [], names, '--select');
  refuseUnknownColumns(checked.dictionary, options);
  return checked;
};

/** A failure is told to those who come later, where that is still possible: the connection may be what failed,
 *  and then the lease expires by itself. The first error is the one that is thrown. */
const recordFailure = async (
  options: RunOptions,
  { warehouse, lease, runId, clock }: Attempt,
  error: unknown,
): Promise<void> => {
  const { schemas } = options.project;
  const recording = warehouse.session((session) =>
    recordRun(session, schemas.state, warehouse.dialect, {
      runId,
      command: commandOf(options),
      status: 'failed',
      errorCode: isTidemarkError(error) ? error.code : 'internal',
      error: error instanceof Error ? error.message : String(error),
      phases: clock.phases(),
      actor: actorName(),
      host: hostname(),
      meta: options.meta ?? {},
    }),
  );
  await recording.catch(() => undefined);
  await lease.release().catch(() => undefined);
};

/** What state the data is in, for whoever reads the error; nothing where nobody can be asked any more. */
const standingOf = async (
  { project }: RunOptions,
  { warehouse }: Attempt,
): Promise<Readonly<Record<string, unknown>>> => {
  const reading = warehouse.session((session) => readBatches(session, project.schemas.state, { limit: 1 }));
  const [last] = await reading.catch(() => []);
  return last === undefined ? {} : { last_batch: last.batch, data_at: last.moment };
};

const runUnderLease = async (options: OneBatch, by: Attempt): Promise<RunResult> => {
  try {
    return await attemptUntilDone(options, by);
  } catch (error) {
    const standing = await standingOf(options, by);
    await recordFailure(options, by, error);
    throw isTidemarkError(error) ? error.with(standing) : error;
  }
};

const partsOf = (options: RunOptions, by: Attempt): Promise<readonly Parts[]> => {
  const { project, reconcile = [], columns = [], parsed, rebind, progress } = options;
  const { warehouse, warn, checked, version } = by;
  const open = {
    project,
    warehouse,
    parsed,
    rebind,
    progress,
    warn,
    checked,
    version,
    options: { reconcile: new Set(reconcile) },
    release: new Set(columns),
  };
  return withContext(open, (context) =>
    planParts(context, { targets: reconcile, columns, size: options.partRows }),
  );
};

/** Big targets, and single columns, in parts; then the rest of what was asked for in one batch. */
const runAll = async (options: RunOptions, by: Attempt): Promise<RunResult> => {
  const { reconcile, columns, signal, progress, pauseMs } = options;
  if (reconcile === undefined || options.changes !== undefined) return runUnderLease(options, by);
  const parts = await partsOf(options, by).catch(async (error: unknown) => {
    await recordFailure(options, by, error);
    throw error;
  });
  if (parts.length === 0) return runUnderLease(options, by);
  let first = true;
  const one = (batch: Partial<OneBatch>): Promise<RunResult> => {
    const again = { ...by, runId: randomUUID(), clock: startClock(), checked: undefined };
    const attempting = runUnderLease({ ...options, ...batch }, first ? by : again);
    first = false;
    return attempting;
  };
  const runPart = (part: Part): Promise<RunResult> => {
    const compared = part.place === 0 && part.columns.length === 0;
    const ofTarget = { reconcile: [part.target], suspects: compared ? [part.target] : [], columns };
    return one({ ...ofTarget, part }).catch((error: unknown) => {
      throw goesOn(error, part);
    });
  };
  const results = [...(await runParts({ parts, pauseMs, signal, progress, runPart }))];
  const rest = reconcile.filter((name) => !parts.some(({ target }) => target === name));
  if (rest.length > 0) results.push(await one({ reconcile: rest }));
  return told(results);
};

const askedTargets = ({ reconcile }: RunOptions, { dictionary }: Checked): readonly string[] | undefined =>
  reconcile?.length === 0 ? dictionary.targets.map(({ name }) => name) : reconcile;

const runOnce = async (warehouse: Warehouse, options: RunOptions): Promise<RunResult> => {
  const { project } = options;
  const waitMs = options.waitMs ?? defaultWaitMs;
  const clock = startClock();
  const runId = randomUUID();
  const seen = await freeToken(warehouse, project.schemas.state);
  const checked = await refuseMistakes(warehouse, options);
  const version = await migrate(warehouse, project.schemas.state);
  await claim(warehouse, project, options.rebind);
  const owner = options.owner ?? runId;
  const lease = await clock.time('lease', () =>
    takeLease(warehouse, project.schemas.state, {
      owner,
      command: commandOf(options),
      waitMs,
      onWait: options.onWait,
      signal: options.signal,
    }),
  );
  options.onBegin?.({ runId, dictionary: checked.dictionary });
  const warnings: Problem[] = [];
  const warn: Warn = (problem) => warnings.push(problem);
  // What was checked still holds where no other run was at work since: it may have made tables.
  const fresh = seen !== undefined && lease.token === seen + 1 ? checked : undefined;
  const result = await runAll(
    { ...options, reconcile: askedTargets(options, checked) },
    { warehouse, lease, runId, clock, warn, checked: fresh, version },
  );
  await lease
    .release()
    .catch((error: unknown) => warn(warningOf('the lease was not given back and expires by itself', error)));
  return { ...result, report: { ...result.report, warnings: [...result.report.warnings, ...warnings] } };
};

/** A batch on a warehouse that is open already; whoever opened it closes it. */
export const runIn = async (warehouse: Warehouse, options: RunOptions): Promise<RunResult> => {
  try {
    return await runOnce(warehouse, options);
  } catch (error) {
    throw lostBefore(error);
  }
};

export const run = (options: RunOptions): Promise<RunResult> =>
  withWarehouse(options.project, { waitMs: options.waitMs ?? defaultWaitMs }, (warehouse) =>
    runIn(warehouse, options),
  );
