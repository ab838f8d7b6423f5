// Verify: proves target == f(mirrors), by the same computation over all keys, not committed.
import type { Project } from '../project/project.ts';
import { TidemarkError } from '../errors/tidemark-error.ts';
import type { Target } from '../dictionary/dictionary.ts';
import { relationsOf } from '../graph/graph.ts';
import { readSample, sampleImages, type SampleRow } from '../reconcile/samples.ts';
import { changedRows, type ImageSummary, type RelationView } from '../reconcile/relation-view.ts';
import { sql, table } from '../sql/fragment.ts';
import { readBatches } from '../store/batches.ts';
import { runChecks } from './compute/check-target.ts';
import type { BatchContext, Progress } from './context.ts';
import { computeHistory } from './compute/compute-history.ts';
import { computeTarget, workFor } from './compute/compute-target.ts';
import { storedEvents } from './compute/take-events.ts';
import type { Warehouse } from '../warehouse/port.ts';
import { leaveOut, refusal } from './left-out.ts';
import { withContext, withWarehouse } from './open.ts';
import type { TargetSamples } from './plan.ts';
import { refuseUnknownTargets } from './refuse-unknown.ts';
import type { BehindReport } from './report.ts';
import { sourceView, targetView } from './views.ts';

export interface VerifiedTarget {
  readonly name: string;
  readonly rows: number;
  readonly different: number;
  readonly missing: number;
  readonly extra: number;
  readonly columns: Readonly<Record<string, number>>;
}

export interface VerifyReport {
  readonly schema: 'tidemark/verify/1';
  readonly project: string;
  readonly environment: string;
  readonly status: 'equal' | 'different';
  /** When the mirrors were last brought in step with staging; null before the first batch. */
  readonly mirrors_at: string | null;
  readonly targets: readonly VerifiedTarget[];
  /** Targets that could not be compared. */
  readonly behind: readonly BehindReport[];
}

export interface VerifyOptions {
  readonly project: Project;
  readonly select?: readonly string[] | undefined;
  readonly samples?: number | undefined;
  readonly progress?: Progress | undefined;
  readonly waitMs?: number | undefined;
}

export interface VerifyResult {
  readonly report: VerifyReport;
  readonly samples: readonly TargetSamples[];
  readonly exit: 0 | 3 | 5;
}

/** The named targets in dependency order; all of them when none is named. */
export const selectTargets = (context: BatchContext, names: readonly string[]): readonly Target[] => {
  const { targets, order } = context.graph;
  refuseUnknownTargets(names, [...targets.keys()]);
  return names.length === 0 ? order : order.filter((target) => names.includes(target.name));
};

interface Compared {
  readonly verified: VerifiedTarget;
  readonly samples: TargetSamples;
}

const figures = (name: string, rows: number, summary: ImageSummary): VerifiedTarget => ({
  name,
  rows,
  different: summary.updated,
  missing: summary.inserted,
  extra: summary.deleted,
  columns: Object.fromEntries(summary.columns),
});

const compareTarget = async (
  context: BatchContext,
  target: Target,
  views: ReadonlyMap<string, RelationView>,
  samples: number,
): Promise<Compared> => {
  context.progress.step('verify', target.name);
  const work = workFor(context, target, views, 'all');
  return context.warehouse.session(async (session) => {
    const { summary } =
      target.form.kind !== 'history'
        ? await computeTarget(context, session, work)
        : await computeHistory(context, session, work, await storedEvents(context, session, work));
    await runChecks(session, work, false);
    const counted = target.exists
      ? await session.rows<{ rows: string }>(sql`select count(*) as rows from ${table(target.table)}`)
      : [];
    const shown =
      changedRows(summary) === 0 || samples === 0
        ? []
        : await session.rows<SampleRow>(
            sampleImages(context.warehouse.dialect, work.scratch.images, samples),
          );
    return {
      verified: figures(target.name, Number(counted[0]?.rows ?? 0), summary),
      samples: { target: target.name, samples: shown.map((row) => readSample(row, work.scratch.images)) },
    };
  });
};

const committedViews = (context: BatchContext): Map<string, RelationView> => {
  const views = new Map<string, RelationView>();
  for (const source of context.graph.sources.values())
    views.set(source.name, sourceView(context, source, undefined));
  for (const target of context.graph.order) views.set(target.name, targetView(target, undefined));
  return views;
};

const mirrorsAt = async (context: BatchContext): Promise<string | null> => {
  if (context.known.version === 0) return null;
  const [last] = await context.warehouse.session((session) =>
    readBatches(session, context.project.schemas.state, { limit: 1 }),
  );
  return last?.moment ?? null;
};

const neverRun = (): TidemarkError =>
  new TidemarkError('unknown_batch', {
    message: 'there are no mirrors to verify against: no batch was committed yet',
    hint: '`tidemark run` makes them',
  });

/** What would be compared is not what the mapping speaks of: a run has to settle that first. */
const refuseUnverifiable = (context: BatchContext, target: Target): void => {
  const refused = context.refused.get(target.name);
  if (refused !== undefined) throw refused;
  if (target.form.kind === 'history' && !context.known.histories.has(target.name))
    throw refusal(
      'source_stale',
      `history \`${target.name}\` was not taken over yet: there are no events that it follows from`,
      '`tidemark run` takes them',
    );
  const remade = relationsOf(target).find((name) => context.mirrors.get(name)?.remake === true);
  if (remade === undefined) return;
  throw refusal(
    'source_stale',
    `target \`${target.name}\` reads \`${remade}\`, whose mirror the next run makes anew`,
    '`tidemark run` first',
  );
};

const verifyAll = async (context: BatchContext, options: VerifyOptions): Promise<VerifyResult> => {
  if (context.known.lastBatch === 0) throw neverRun();
  const views = committedViews(context);
  const compared: Compared[] = [];
  const behind: BehindReport[] = [];
  for (const target of selectTargets(context, options.select ?? [])) {
    try {
      refuseUnverifiable(context, target);
      compared.push(await compareTarget(context, target, views, options.samples ?? 3));
    } catch (error) {
      const { name, code, reason, retryable } = leaveOut(target.name, 'target', error);
      behind.push({ name, since: context.known.lastBatch, code, reason, retryable });
    }
  }
  const targets = compared.map(({ verified }) => verified);
  const equal = targets.every((target) => target.different + target.missing + target.extra === 0);
  return {
    report: {
      schema: 'tidemark/verify/1',
      project: context.project.name,
      environment: context.project.environment,
      status: equal && behind.length === 0 ? 'equal' : 'different',
      mirrors_at: await mirrorsAt(context),
      targets,
      behind,
    },
    samples: compared.map(({ samples }) => samples).filter(({ samples }) => samples.length > 0),
    exit: behind.length > 0 ? 5 : equal ? 0 : 3,
  };
};

/** On a warehouse that is open already; whoever opened it closes it. */
export const verifyIn = (warehouse: Warehouse, options: VerifyOptions): Promise<VerifyResult> =>
  withContext({ project: options.project, warehouse, progress: options.progress }, (context) =>
    verifyAll(context, options),
  );

export const verify = (options: VerifyOptions): Promise<VerifyResult> =>
  withWarehouse(options.project, { readOnly: true, waitMs: options.waitMs ?? 10_000 }, (warehouse) =>
    verifyIn(warehouse, options),
  );
