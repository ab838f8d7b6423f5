// Run: one batch. Lease, freeze, compute, commit; what somebody else writes in between is computed again.
import { randomUUID } from 'node:crypto';
import { hostname, userInfo } from 'node:os';
import { isTidemarkError, TidemarkError } from '../errors/tidemark-error.ts';
import type { Project } from '../project/project.ts';
import { batchOfRun } from '../store/batches.ts';
import { takeLease, type Lease, type LeaseHolder } from '../store/lease.ts';
import { migrate } from '../store/migrate.ts';
import { recordRun } from '../store/runs.ts';
import type { Warehouse } from '../warehouse/port.ts';
import { commit, type CommitFacts } from './commit.ts';
import { compute, type Computed } from './compute.ts';
import type { BatchContext, Progress } from './context.ts';
import { freeze } from './freeze.ts';
import { claim } from './known-state.ts';
import { leaveOut, refusal, type LeftOut } from './left-out.ts';
import { checkDictionary, withContext, withWarehouse } from './open.ts';
import { dictionaryInvalid } from '../dictionary/problems.ts';
import { startClock, type PhaseClock } from './phases.ts';
import { exitOf, reportOf, type BatchReport } from './report.ts';
import { TargetRefused, WrittenMeanwhile } from './written-meanwhile.ts';

export interface RunOptions {
  readonly project: Project;
  readonly adopt?: readonly string[] | undefined;
  /** What guards let through: `name:deletes`, `name:touched`. */
  readonly allow?: readonly string[] | undefined;
  /** The digest that the batch must have: that of an approved plan. */
  readonly expectedDigest?: string | undefined;
  readonly meta?: Readonly<Record<string, string>> | undefined;
  readonly waitMs?: number | undefined;
  readonly owner?: string | undefined;
  readonly progress?: Progress | undefined;
  readonly onWait?: ((holder: LeaseHolder) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface RunResult {
  readonly report: BatchReport;
  readonly exit: 0 | 5 | 6;
  readonly phases: Readonly<Record<string, number>>;
}

const defaultWaitMs = 90_000;

/** How often a batch is computed again because somebody wrote what it was about to write. */
const tries = 3;

const actorName = (): string => {
  try {
    return userInfo().username;
  } catch {
    return 'unknown';
  }
};

const stale = (expected: string, found: string): TidemarkError =>
  new TidemarkError('plan_stale', {
    message: 'the data changed since the plan was made: this run would write something else, nothing was written',
    hint: 'plan again, look at it, and run the new plan',
    details: { expected, found },
  });

const interrupted = (): TidemarkError =>
  new TidemarkError('interrupted', { message: 'interrupted before the commit, nothing was written' });

/** An unknown COMMIT is settled by waiting for the old transaction to end (it holds the token row) and looking. */
const settle = async (context: BatchContext, facts: CommitFacts, error: TidemarkError): Promise<number> => {
  const schema = context.project.schemas.state;
  const batch = await context.warehouse.transaction(async (session) => {
    await facts.lease.check(session);
    return batchOfRun(session, schema, facts.runId);
  });
  if (batch === undefined) {
    throw new TidemarkError('connection_lost', {
      message: 'the connection broke during the commit; the batch was not committed, nothing was written',
      hint: 'run again',
      cause: error,
    });
  }
  return batch;
};

/** What failed attempts of this batch taught. */
interface Lessons {
  readonly without: LeftOut[];
  readonly suspects: Set<string>;
  readonly failures: Map<string, number>;
}

const countFailure = (lessons: Lessons, name: string): number => {
  const count = (lessons.failures.get(name) ?? 0) + 1;
  lessons.failures.set(name, count);
  return count;
};

/** Learns from an attempt's failure, or throws it when there is nothing to learn. */
const learn = (error: unknown, lessons: Lessons, sources: ReadonlySet<string>): void => {
  if (error instanceof TargetRefused) {
    lessons.without.push(leaveOut(error.relation, 'target', refusedBy(error)));
    return;
  }
  if (error instanceof WrittenMeanwhile) {
    lessons.suspects.add(error.relation);
    if (countFailure(lessons, error.relation) < tries) return;
    const again = `${error.message}, ${tries} times in a row`;
    if (sources.has(error.relation)) {
      throw refusal('write_conflict', `the mirror ${again}`, 'nobody but tidemark may write mirrors: find out who does');
    }
    lessons.without.push(
      leaveOut(error.relation, 'target', refusal('written_meanwhile', again, 'run again when the other writer is done')),
    );
    return;
  }
  const passing = isTidemarkError(error) && ['serialization_failure', 'deadlock', 'write_conflict'].includes(error.code);
  if (!passing || countFailure(lessons, '') >= tries) throw error;
};

const refusedBy = (error: TargetRefused): unknown => {
  const { cause } = error;
  if (!isTidemarkError(cause)) return cause;
  return new TidemarkError(cause.code === 'constraint_violated' ? 'constraint_violated' : 'value_does_not_fit', {
    message: `target \`${error.relation}\`: ${cause.message}`,
    hint: cause.hint ?? 'the table refuses what the mapping yields: change the constraint or the mapping',
    details: cause.details,
    cause,
  });
};

const unknownAdoptions = (context: BatchContext, names: readonly string[]): void => {
  const unknown = names.find((name) => !context.graph.targets.has(name));
  if (unknown === undefined) return;
  throw new TidemarkError('unknown_target', {
    message: `--adopt names \`${unknown}\`, which is no target of this project`,
    hint: `targets are: ${[...context.graph.targets.keys()].join(', ')}`,
  });
};

interface Attempt {
  readonly warehouse: Warehouse;
  readonly lease: Lease;
  readonly runId: string;
  readonly clock: PhaseClock;
}

const commitOnce = async (context: BatchContext, computed: Computed, facts: CommitFacts): Promise<number | undefined> => {
  try {
    return await commit(context, computed, facts);
  } catch (error) {
    if (isTidemarkError(error) && error.code === 'commit_unknown') return settle(context, facts, error);
    throw error;
  }
};

/** Freeze, compute and commit once; everything is looked at anew when it has to be done again. */
const attempt = async (context: BatchContext, options: RunOptions, { lease, runId, clock }: Attempt, lessons: Lessons): Promise<RunResult> => {
  const frozen = await clock.time('freeze', () => freeze(context));
  const computed = await clock.time('compute', () => compute(context, frozen, lessons.without));
  if (options.expectedDigest !== undefined && options.expectedDigest !== computed.digest) {
    throw stale(options.expectedDigest, computed.digest);
  }
  if (options.signal?.aborted === true) throw interrupted();
  if (lease.lost.aborted) throw lease.lost.reason;
  const facts: CommitFacts = {
    runId,
    startedAt: frozen.moment,
    actor: actorName(),
    host: hostname(),
    meta: options.meta ?? {},
    lease,
  };
  const batch = await clock.time('commit', () => commitOnce(context, computed, facts));
  const report = reportOf(context, computed, { command: 'run', batch, durationMs: clock.elapsedMs() });
  await context.warehouse.session((session) =>
    recordRun(session, context.project.schemas.state, context.warehouse.dialect, {
      runId,
      command: 'run',
      status: report.status,
      startedAt: frozen.moment,
      batch,
      phases: clock.phases(),
      actor: facts.actor,
      host: facts.host,
      meta: facts.meta,
    }),
  );
  return { report, exit: exitOf(computed.leftOut), phases: clock.phases() };
};

const attemptUntilDone = async (options: RunOptions, by: Attempt): Promise<RunResult> => {
  const adopt = options.adopt ?? [];
  const lessons: Lessons = { without: [], suspects: new Set(), failures: new Map() };
  for (;;) {
    const open = {
      project: options.project,
      warehouse: by.warehouse,
      options: { adopt: new Set(adopt), allow: new Set(options.allow) },
      progress: options.progress,
      suspects: lessons.suspects,
    };
    const done = await withContext(open, async (context) => {
      unknownAdoptions(context, adopt);
      try {
        return await attempt(context, options, by, lessons);
      } catch (error) {
        learn(error, lessons, new Set(context.graph.sources.keys()));
        return undefined;
      }
    });
    if (done !== undefined) return done;
  }
};

/** A dictionary with mistakes must not make tables in a warehouse that never saw us. */
const refuseMistakes = async (warehouse: Warehouse, project: Project): Promise<void> => {
  const { problems } = await checkDictionary(warehouse, project);
  const errors = problems.filter((problem) => problem.severity === 'error');
  if (errors.length > 0) throw dictionaryInvalid(errors);
};

/** A batch on a warehouse that is open already; whoever opened it closes it. */
export const runIn = async (warehouse: Warehouse, options: RunOptions): Promise<RunResult> => {
  const { project } = options;
  const waitMs = options.waitMs ?? defaultWaitMs;
  const clock = startClock();
  const runId = randomUUID();
  await refuseMistakes(warehouse, project);
  await migrate(warehouse, project.schemas.state);
  await claim(warehouse, project);
  const owner = options.owner ?? runId;
  const lease = await clock.time('lease', () =>
    takeLease(warehouse, project.schemas.state, { owner, command: 'run', waitMs, onWait: options.onWait, signal: options.signal }),
  );
  try {
    return await attemptUntilDone(options, { warehouse, lease, runId, clock });
  } finally {
    await lease.release();
  }
};

export const run = (options: RunOptions): Promise<RunResult> =>
  withWarehouse(options.project, { waitMs: options.waitMs ?? defaultWaitMs }, (warehouse) => runIn(warehouse, options));
