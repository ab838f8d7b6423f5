// Plan: a run that stops before the commit. Writes nothing but scratch, takes no lease.
import { TidemarkError } from '../errors/tidemark-error.ts';
import { readSample, sampleImages, type Sample, type SampleRow } from '../reconcile/samples.ts';
import { changedRows } from '../reconcile/relation-view.ts';
import type { Project } from '../project/project.ts';
import { readCounters } from '../store/batches.ts';
import type { HeldColumn } from '../store/relations.ts';
import type { Warehouse } from '../warehouse/port.ts';
import { compute, type Computed } from './compute/compute.ts';
import type { BatchContext, Progress } from './context.ts';
import { freeze, type Frozen } from './freeze/freeze.ts';
import { ColumnsHeld } from './drift/held.ts';
import { withContext, withWarehouse, type OpenBatch } from './open.ts';
import { exitOf, reportOf, type BatchReport } from './report.ts';
import { freezeOlder } from './older-versions/freeze-older.ts';
import { mergedInto } from './older-versions/merged-into.ts';
import type { OlderWish } from './older-versions/wish.ts';
import { freezeUndo } from './undo/freeze-undo.ts';
import { judgeUndo, refusedReport } from './undo/judge-undo.ts';
import type { UndoWish } from './undo/wish.ts';

export interface PlanOptions {
  readonly project: Project;
  /** How many changed rows per target to show. */
  readonly samples?: number | undefined;
  /** As for the run that is planned. */
  readonly adopt?: readonly string[] | undefined;
  readonly allow?: readonly string[] | undefined;
  readonly rebind?: boolean | undefined;
  readonly strict?: boolean | undefined;
  /** What a rollback would do, instead of a run. */
  readonly undo?: UndoWish | undefined;
  /** What merging older versions into a history would do, instead of a run. */
  readonly older?: OlderWish | undefined;
  readonly progress?: Progress | undefined;
  readonly waitMs?: number | undefined;
}

export interface TargetSamples {
  readonly target: string;
  readonly samples: readonly Sample[];
}

export interface PlanResult {
  readonly report: BatchReport;
  readonly samples: readonly TargetSamples[];
  readonly exit: 0 | 3 | 5 | 6;
  /** The last batch before the plan; 0 when there was none. */
  readonly after: number;
}

const batchedMeanwhile = async (context: BatchContext): Promise<boolean> => {
  if (context.known.version === 0) return false;
  const counters = await context.warehouse.session((session) =>
    readCounters(session, context.project.schemas.state),
  );
  return counters.lastBatch !== context.known.lastBatch;
};

const collectSamples = async (
  context: BatchContext,
  computed: Computed,
  limit: number,
): Promise<readonly TargetSamples[]> =>
  context.warehouse.session(async (session) => {
    const all: TargetSamples[] = [];
    for (const { target, work, summary } of computed.targets) {
      if (changedRows(summary) === 0) continue;
      const statement = sampleImages(context.warehouse.dialect, work.scratch.images, limit);
      const rows = await session.rows<SampleRow>(statement);
      all.push({ target: target.name, samples: rows.map((row) => readSample(row, work.scratch.images)) });
    }
    return all;
  });

/** A batch committed while we planned makes the plan a mixture: it starts again. */
const tries = 3;

type Holds = Map<string, readonly HeldColumn[]>;

const planned = (options: PlanOptions, warehouse: Warehouse, held: Holds): OpenBatch => ({
  project: options.project,
  warehouse,
  options: {
    adopt: new Set(options.adopt),
    allow: new Set([...(options.allow ?? []), ...mergedInto(options.older)]),
    strict: options.strict,
    undo: options.undo,
    older: options.older,
  },
  rebind: options.rebind,
  held,
  progress: options.progress,
});

const freezePlanned = (context: BatchContext, { undo, older }: PlanOptions): Promise<Frozen> => {
  if (older !== undefined) return freezeOlder(context, older);
  return undo === undefined ? freeze(context) : freezeUndo(context, undo);
};

const planOnce = async (
  warehouse: Warehouse,
  options: PlanOptions,
  held: Holds,
): Promise<PlanResult | 'overtaken'> =>
  withContext(planned(options, warehouse, held), async (context) => {
    const started = performance.now();
    const { undo, older } = options;
    const frozen = await freezePlanned(context, options);
    const judged = await judgeUndo(context, frozen, () => compute(context, frozen));
    const { computed, proof } = judged;
    if (await batchedMeanwhile(context)) return 'overtaken';
    const samples =
      options.samples === 0 ? [] : await collectSamples(context, computed, options.samples ?? 3);
    const durationMs = performance.now() - started;
    const facts =
      undo === undefined
        ? ({
            command: 'plan',
            kind: older === undefined ? 'run' : 'reconcile',
            batch: undefined,
            durationMs,
          } as const)
        : ({ command: 'rollback', kind: 'rollback', batch: undefined, durationMs, proof } as const);
    return {
      report: judged.refused ? refusedReport(context, judged, facts) : reportOf(context, computed, facts),
      samples,
      exit: judged.refused ? 3 : exitOf(context, computed),
      after: context.known.lastBatch,
    };
  });

/** A plan on a warehouse that is open already; whoever opened it closes it. */
export const planIn = async (warehouse: Warehouse, options: PlanOptions): Promise<PlanResult> => {
  const held: Holds = new Map();
  for (let attempt = 0; attempt < tries;) {
    try {
      const result = await planOnce(warehouse, options, held);
      if (result !== 'overtaken') return result;
      attempt += 1;
    } catch (error) {
      if (!(error instanceof ColumnsHeld)) throw error;
      held.set(error.target, [...(held.get(error.target) ?? []), ...error.columns]);
    }
  }
  throw new TidemarkError('write_conflict', {
    message: 'batches kept being committed while this plan was made',
    hint: 'plan again when the other runs are done',
  });
};

export const plan = (options: PlanOptions): Promise<PlanResult> =>
  withWarehouse(
    options.project,
    { readOnly: true, ...(options.waitMs === undefined ? {} : { waitMs: options.waitMs }) },
    (warehouse) => planIn(warehouse, options),
  );
