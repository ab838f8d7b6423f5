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
import { freeze, type Frozen } from './freeze.ts';
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

interface Attempted {
  readonly computed: Computed;
  readonly batch: number | undefined;
}

/** What an attempt's failure teaches the next one; rethrown when it teaches nothing. */
const learn = (error: unknown, seen: Map<string, number>, without: LeftOut[], graphTargets: ReadonlySet<string>): void => {
  if (error instanceof TargetRefused) {
    without.push(leaveOut(error.relation, 'target', refusedBy(error)));
    return;
  }
  if (error instanceof WrittenMeanwhile) {
    const count = (seen.get(error.relation) ?? 0) + 1;
    seen.set(error.relation, count);
    if (count < tries) return;
    if (!graphTargets.has(error.relation)) {
      throw refusal('write_conflict', `the mirror of ${error.message.slice(0)}`, 'nobody but tidemark may write mirrors: find out who does');
    }
    without.push(leaveOut(error.relation, 'target', refusal('written_meanwhile', `${error.message}, ${tries} times in a row`, 'run again when the other writer is done')));
    return;
  }
  const again = isTidemarkError(error) && ['serialization_failure', 'deadlock', 'write_conflict'].includes(error.code);
  const count = (seen.get('') ?? 0) + 1;
  seen.set('', count);
  if (!again || count >= tries) throw error;
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

const attemptUntilDone = async (context: BatchContext, frozen: Frozen, options: RunOptions, { facts, clock }: { facts: CommitFacts; clock: PhaseClock }): Promise<Attempted> => {
  const without: LeftOut[] = [];
  const seen = new Map<string, number>();
  for (;;) {
    const computed = await clock.time('compute', () => compute(context, frozen, without));
    if (options.expectedDigest !== undefined && options.expectedDigest !== computed.digest) {
      throw stale(options.expectedDigest, computed.digest);
    }
    if (options.signal?.aborted === true) throw interrupted();
    if (facts.lease.lost.aborted) throw facts.lease.lost.reason;
    try {
      return { computed, batch: await clock.time('commit', () => commit(context, computed, facts)) };
    } catch (error) {
      if (isTidemarkError(error) && error.code === 'commit_unknown') {
        return { computed, batch: await settle(context, facts, error) };
      }
      learn(error, seen, without, new Set(context.graph.targets.keys()));
    }
  }
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

const runBatch = async (options: RunOptions, { warehouse, lease, runId, clock }: Attempt): Promise<RunResult> => {
  const { project } = options;
  const adopt = options.adopt ?? [];
  return withContext({ project, warehouse, options: { adopt: new Set(adopt) }, progress: options.progress }, async (context) => {
    unknownAdoptions(context, adopt);
    const frozen = await clock.time('freeze', () => freeze(context));
    const facts: CommitFacts = {
      runId,
      startedAt: frozen.moment,
      actor: actorName(),
      host: hostname(),
      meta: options.meta ?? {},
      lease,
    };
    const { computed, batch } = await attemptUntilDone(context, frozen, options, { facts, clock });
    const report = reportOf(context, computed, { command: 'run', batch, durationMs: clock.elapsedMs() });
    await warehouse.session((session) =>
      recordRun(session, project.schemas.state, warehouse.dialect, {
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
  });
};

/** A dictionary with mistakes must not make tables in a warehouse that never saw us. */
const refuseMistakes = async (warehouse: Warehouse, project: Project): Promise<void> => {
  const { problems } = await checkDictionary(warehouse, project);
  const errors = problems.filter((problem) => problem.severity === 'error');
  if (errors.length > 0) throw dictionaryInvalid(errors);
};

export const run = async (options: RunOptions): Promise<RunResult> => {
  const { project } = options;
  const waitMs = options.waitMs ?? defaultWaitMs;
  const clock = startClock();
  return withWarehouse(project, { waitMs }, async (warehouse) => {
    const runId = randomUUID();
    await refuseMistakes(warehouse, project);
    await migrate(warehouse, project.schemas.state);
    await claim(warehouse, project);
    const owner = options.owner ?? runId;
    const lease = await clock.time('lease', () =>
      takeLease(warehouse, project.schemas.state, { owner, command: 'run', waitMs, onWait: options.onWait, signal: options.signal }),
    );
    try {
      return await runBatch(options, { warehouse, lease, runId, clock });
    } finally {
      await lease.release();
    }
  });
};
