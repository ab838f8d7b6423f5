// Run and reconcile: one batch under the lease; what somebody else writes in between is done again.
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { dictionaryInvalid } from '../dictionary/problems.ts';
import { isTidemarkError, TidemarkError } from '../errors/tidemark-error.ts';
import type { Project } from '../project/project.ts';
import { takeLease, type LeaseHolder } from '../store/lease.ts';
import { migrate } from '../store/migrate.ts';
import { recordRun } from '../store/runs.ts';
import type { Warehouse } from '../warehouse/port.ts';
import { actorName, attempt, type Attempt, type AttemptWish, type RunResult } from './attempt.ts';
import type { BatchContext, Progress } from './context.ts';
import { allowance } from './guards.ts';
import { claim } from './known-state.ts';
import { learn, type Lessons } from './lessons.ts';
import { checkDictionary, withContext, withWarehouse } from './open.ts';
import { startClock } from './phases.ts';

export type { RunResult } from './attempt.ts';

export interface RunOptions {
  readonly project: Project;
  readonly adopt?: readonly string[] | undefined;
  /** What guards let through: `name:deletes`, `name:touched`. */
  readonly allow?: readonly string[] | undefined;
  /** The digest that the batch must have: that of an approved plan. */
  readonly expectedDigest?: string | undefined;
  /** Targets to compare in full, with those they feed: what `reconcile` is. */
  readonly reconcile?: readonly string[] | undefined;
  readonly meta?: Readonly<Record<string, string>> | undefined;
  readonly waitMs?: number | undefined;
  readonly owner?: string | undefined;
  readonly progress?: Progress | undefined;
  readonly onWait?: ((holder: LeaseHolder) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

const defaultWaitMs = 90_000;

const refuseUnknown = (context: BatchContext, names: readonly string[], flag: string): void => {
  const unknown = names.find((name) => !context.graph.targets.has(name));
  if (unknown === undefined) return;
  throw new TidemarkError('unknown_target', {
    message: `${flag} names \`${unknown}\`, which is no target of this project`,
    hint: `targets are: ${[...context.graph.targets.keys()].join(', ')}`,
  });
};

const attemptUntilDone = async (options: RunOptions, by: Attempt): Promise<RunResult> => {
  const adopt = options.adopt ?? [];
  const asked = options.reconcile ?? [];
  const lessons: Lessons = { without: [], suspects: new Set(asked), failures: new Map() };
  const allow = new Set([...(options.allow ?? []), ...asked.map((name) => allowance(name, 'touched'))]);
  const wish: AttemptWish = {
    command: options.reconcile === undefined ? 'run' : 'reconcile',
    expectedDigest: options.expectedDigest,
    meta: options.meta,
    signal: options.signal,
  };
  for (;;) {
    const open = {
      project: options.project,
      warehouse: by.warehouse,
      options: { adopt: new Set(adopt), allow },
      progress: options.progress,
      suspects: lessons.suspects,
    };
    const done = await withContext(open, async (context) => {
      refuseUnknown(context, adopt, '--adopt');
      refuseUnknown(context, asked, '--select');
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
const refuseMistakes = async (warehouse: Warehouse, project: Project): Promise<void> => {
  const { problems } = await checkDictionary(warehouse, project);
  const errors = problems.filter((problem) => problem.severity === 'error');
  if (errors.length > 0) throw dictionaryInvalid(errors);
};

/** A failure is told to those who come later, where that is still possible: the connection may be what failed,
 *  and then the lease expires by itself. The first error is the one that is thrown. */
const recordFailure = async (options: RunOptions, { warehouse, lease, runId, clock }: Attempt, error: unknown): Promise<void> => {
  const { schemas } = options.project;
  try {
    await warehouse.session((session) =>
      recordRun(session, schemas.state, warehouse.dialect, {
        runId,
        command: options.reconcile === undefined ? 'run' : 'reconcile',
        status: 'failed',
        errorCode: isTidemarkError(error) ? error.code : 'internal',
        error: error instanceof Error ? error.message : String(error),
        phases: clock.phases(),
        actor: actorName(),
        host: hostname(),
        meta: options.meta ?? {},
      }),
    );
    await lease.release();
  } catch {
    return;
  }
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
  let result: RunResult;
  try {
    result = await attemptUntilDone(options, { warehouse, lease, runId, clock });
  } catch (error) {
    await recordFailure(options, { warehouse, lease, runId, clock }, error);
    throw error;
  }
  await lease.release();
  return result;
};

export const run = (options: RunOptions): Promise<RunResult> =>
  withWarehouse(options.project, { waitMs: options.waitMs ?? defaultWaitMs }, (warehouse) => runIn(warehouse, options));
