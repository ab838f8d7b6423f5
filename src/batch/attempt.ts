// One attempt at a batch under the lease: freeze, compute, commit, and the row that tells of it.
import { hostname, userInfo } from 'node:os';
import { isTidemarkError, TidemarkError } from '../errors/tidemark-error.ts';
import type { Lease } from '../store/lease.ts';
import { recordRun } from '../store/runs.ts';
import { summarizeLags, type LagHistogram, type LagSummary } from '../store/lag-histogram.ts';
import { instantIso } from '../store/state.ts';
import type { Warehouse } from '../warehouse/port.ts';
import { warningOf, type Warn } from './commit/after-commit.ts';
import { commit, type CommitFacts } from './commit/commit.ts';
import { compute, type Computed } from './compute/compute.ts';
import type { BatchContext } from './context.ts';
import type { Checked } from './open.ts';
import { freeze } from './freeze/freeze.ts';
import { interrupted, stoppable } from './interruption.ts';
import { measureLags } from './lag/measure-lags.ts';
import type { Lessons } from './lessons.ts';
import type { PhaseClock } from './phases.ts';
import { freezeOlder } from './older-versions/freeze-older.ts';
import type { OlderWish } from './older-versions/wish.ts';
import { freezeUndo } from './undo/freeze-undo.ts';
import { judgeUndo, refusedReport } from './undo/judge-undo.ts';
import type { UndoWish } from './undo/wish.ts';
import { exitOf, reportOf, type BatchReport } from './report.ts';
import { settleCommit } from './commit/settle-commit.ts';

export interface RunResult {
  readonly report: BatchReport;
  readonly exit: 0 | 3 | 5 | 6;
  readonly phases: Readonly<Record<string, number>>;
  /** Every source and target: how old its data is, for those who watch. */
  readonly relations: readonly RelationNow[];
}

export interface RelationNow {
  readonly name: string;
  readonly kind: 'source' | 'target';
  /** The moment whose staging it shows, in ISO-8601; not known of one that was never in step. */
  readonly dataAt: string | undefined;
  /** Why it was left out. */
  readonly behind: string | undefined;
  /** Rows of a source that an undo holds, as this run found them. */
  readonly held?: number | undefined;
  /** How long a change may take until it is here. */
  readonly targetLagMs?: number | undefined;
  /** How long those of this batch took; nothing where none reached it. */
  readonly lag?: LagSummary | undefined;
}

/** What of the wishes of its caller concerns each attempt. */
export interface AttemptWish {
  readonly command: 'run' | 'reconcile' | 'rollback';
  /** Earlier batches are taken back, instead of taking in what changed in staging. */
  readonly undo?: UndoWish | undefined;
  /** Older versions are merged into a history, instead. */
  readonly older?: OlderWish | undefined;
  /** The digest that the batch must have: that of an approved plan. */
  readonly expectedDigest?: string | undefined;
  readonly meta?: Readonly<Record<string, string>> | undefined;
  readonly signal?: AbortSignal | undefined;
}

export const actorName = (): string => {
  try {
    return userInfo().username;
  } catch {
    return 'unknown';
  }
};

const stale = (expected: string, found: string): TidemarkError =>
  new TidemarkError('plan_stale', {
    message:
      'the data changed since the plan was made: this run would write something else, nothing was written',
    hint: 'plan again, look at it, and run the new plan',
    details: { expected, found },
  });

export interface Attempt {
  readonly warehouse: Warehouse;
  readonly lease: Lease;
  readonly runId: string;
  readonly clock: PhaseClock;
  /** Told what failed after the batch was committed. */
  readonly warn: Warn;
  /** The dictionary as checked just now; looked at again where there is none. */
  readonly checked?: Checked | undefined;
  /** Of our own tables. */
  readonly version?: number | undefined;
}

const commitOnce = async (
  context: BatchContext,
  computed: Computed,
  facts: CommitFacts,
): Promise<number | undefined> => {
  try {
    return await commit(context, computed, facts);
  } catch (error) {
    if (isTidemarkError(error) && error.code === 'commit_unknown') return settleCommit(context, facts, error);
    throw error;
  }
};

const relationsNow = (
  { graph, known }: BatchContext,
  { frozen, leftOut }: Computed,
  lags: ReadonlyMap<string, LagHistogram>,
): readonly RelationNow[] => {
  const of = (name: string, kind: RelationNow['kind']): RelationNow => {
    const out = leftOut.find((each) => each.name === name);
    const since = known.relations.get(name)?.behind?.at;
    const dataAt = out === undefined ? instantIso(frozen.moment) : since;
    const histogram = lags.get(name);
    return {
      name,
      kind,
      dataAt,
      behind: out?.code,
      held: known.holds.get(name)?.held,
      targetLagMs: graph.targets.get(name)?.targetLagMs,
      lag: histogram && summarizeLags(histogram),
    };
  };
  return [
    ...[...graph.sources.keys()].map((name) => of(name, 'source')),
    ...[...graph.targets.keys()].map((name) => of(name, 'target')),
  ];
};

const recordAttempt = (
  { warehouse, project }: BatchContext,
  { status, batch }: BatchReport,
  { runId, kind, startedAt, actor, host, meta }: CommitFacts,
  clock: PhaseClock,
): Promise<void> =>
  warehouse.session((session) =>
    recordRun(session, project.schemas.state, warehouse.dialect, {
      runId,
      command: kind,
      status,
      startedAt,
      batch: batch ?? undefined,
      phases: clock.phases(),
      actor,
      host,
      meta,
    }),
  );

/** An undo is no change of a source. */
const lagsOf = async (
  context: BatchContext,
  computed: Computed,
  batch: number | undefined,
  warn: Warn,
): Promise<ReadonlyMap<string, LagHistogram>> => {
  if (batch === undefined || computed.frozen.undo !== undefined) return new Map();
  try {
    return await measureLags(context, computed, batch);
  } catch (error) {
    warn(warningOf('how long the changes took is not known', error));
    return new Map();
  }
};

/** Freeze, compute and commit once; everything is looked at anew when it has to be done again. */
export const attempt = async (
  context: BatchContext,
  wish: AttemptWish,
  { lease, runId, clock, warn }: Attempt,
  lessons: Lessons,
): Promise<RunResult> => {
  const frozen = await clock.time('freeze', () =>
    stoppable(context.warehouse, wish.signal, () =>
      wish.older !== undefined
        ? freezeOlder(context, wish.older)
        : wish.undo === undefined
          ? freeze(context, lessons.without)
          : freezeUndo(context, wish.undo),
    ),
  );
  const judged = await judgeUndo(context, frozen, () =>
    clock.time('compute', () =>
      stoppable(context.warehouse, wish.signal, () => compute(context, frozen, lessons.without)),
    ),
  );
  const { computed, proof } = judged;
  if (wish.expectedDigest !== undefined && wish.expectedDigest !== computed.digest) {
    throw stale(wish.expectedDigest, computed.digest);
  }
  const told = { command: wish.undo === undefined ? 'run' : 'rollback', kind: wish.command, proof } as const;
  if (judged.refused) {
    const facts = { ...told, batch: undefined, durationMs: clock.elapsedMs() };
    return { report: refusedReport(context, judged, facts), exit: 3, phases: clock.phases(), relations: [] };
  }
  if (wish.signal?.aborted === true) throw interrupted();
  if (lease.lost.aborted) throw lease.lost.reason;
  const facts: CommitFacts = {
    runId,
    startedAt: frozen.moment,
    actor: actorName(),
    host: hostname(),
    meta: wish.meta ?? {},
    lease,
    kind: wish.command,
  };
  const batch = await clock.time('commit', () => commitOnce(context, computed, facts));
  const report = reportOf(context, computed, { ...told, batch, durationMs: clock.elapsedMs() });
  await recordAttempt(context, report, facts, clock).catch((error: unknown) =>
    warn(warningOf('the run is missing from `tidemark.runs`', error)),
  );
  const lags = await lagsOf(context, computed, batch, warn);
  return {
    report,
    exit: exitOf(context, computed),
    phases: clock.phases(),
    relations: relationsNow(context, computed, lags),
  };
};
