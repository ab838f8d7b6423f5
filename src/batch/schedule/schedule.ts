// Batches on a schedule: each tick opens the warehouse, claims the tick, and runs one batch as `run` would.
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { Cadence, Project } from '../../project/project.ts';
import { holderWords } from '../../store/lease-holder.ts';
import { stateTable } from '../../store/state.ts';
import { claimTick } from '../../store/ticks.ts';
import type { Warehouse } from '../../warehouse/port.ts';
import type { Progress } from '../context.ts';
import { withWarehouse } from '../open.ts';
import { runIn, type RunOptions, type RunResult } from '../run.ts';
import { ticksOf } from './cadence.ts';
import { runSchedule, type Surroundings, type Told } from './loop.ts';
import type { Patience } from './patience.ts';

export interface ScheduleOptions {
  readonly cadence: Cadence;
  /** Tries after the first within one tick; failed ticks in a row after which it tries less often. */
  readonly retries?: number | undefined;
  readonly failures?: number | undefined;
  /** Read anew for each tick: mappings and project file may change while the schedule runs. */
  readonly project: () => Promise<Project> | Project;
  readonly told: Told<RunResult>;
  /** No further tick is begun; the batch at work goes on. */
  readonly drain: AbortSignal;
  /** The batch at work ends before its commit. */
  readonly stop?: AbortSignal | undefined;
  readonly meta?: Readonly<Record<string, string>> | undefined;
  readonly owner?: string | undefined;
  /** How long one tick waits for a lease or file that somebody else holds. */
  readonly waitMs?: number | undefined;
  /** Told who has the lease or file that a tick waits for. */
  readonly onWait?: ((what: string) => void) | undefined;
  readonly progress?: Progress | undefined;
  readonly onBegin?: RunOptions['onBegin'];
  readonly around?: Surroundings | undefined;
  readonly atMost?: number | undefined;
}

const usualPatience: Patience = { retries: 3, failures: 5 };
const usualWaitMs = 10_000;

/** A timer holds at most 24.8 days; a laptop that slept, or a clock that was set back, is noticed by looking again. */
const longestSleepMs = 60_000;

const realTime: Surroundings = {
  now: () => Date.now(),
  chance: () => Math.random(),
  sleepUntil: async (ms, signal) => {
    const left = ms - Date.now();
    if (left <= 0 || signal.aborted) return;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, Math.min(left, longestSleepMs));
      signal.addEventListener('abort', done);
    });
  },
};

/** A warehouse that never saw us has no table of ticks: whoever takes the lease first makes it. */
const claimed = async (
  warehouse: Warehouse,
  project: Project,
  tick: number,
  owner: string,
): Promise<boolean> => {
  const { state } = project.schemas;
  if ((await warehouse.introspect([stateTable(state, 'ticks')])).length === 0) return true;
  const claim = { tick: new Date(tick).toISOString(), owner, host: hostname() };
  return warehouse.session((session) => claimTick(session, state, warehouse.dialect, claim));
};

export const schedule = async (options: ScheduleOptions): Promise<void> => {
  const { waitMs = usualWaitMs, meta, progress, told, drain } = options;
  const owner = options.owner ?? randomUUID();
  const work = async (tick: number): Promise<RunResult | undefined> => {
    const project = await options.project();
    const onWait = (what: string): void => options.onWait?.(what);
    const open = { waitMs, create: false, signal: drain, onWait: (why: Error) => onWait(why.message) };
    return withWarehouse(project, open, async (warehouse) => {
      if (!(await claimed(warehouse, project, tick, owner))) return undefined;
      return runIn(warehouse, {
        project,
        waitMs,
        owner,
        meta,
        progress,
        signal: options.stop,
        onWait: (holder) => onWait(`${holderWords(holder)} holds the lease`),
        onBegin: options.onBegin,
      });
    });
  };
  await runSchedule({
    ticks: ticksOf(options.cadence),
    patience: {
      retries: options.retries ?? usualPatience.retries,
      failures: options.failures ?? usualPatience.failures,
    },
    around: options.around ?? realTime,
    work,
    told,
    signal: drain,
    atMost: options.atMost,
  });
};
