// Verification within a time: slice after slice, what was begun first, then what was proved longest ago. What is proved is
// kept, so that the next one goes on; a slice that differs is where a target's proof stops.
import type { Target } from '../../dictionary/dictionary.ts';
import { changedRows, nothing, type ImageSummary, type RelationView } from '../../reconcile/relation-view.ts';
import { sql } from '../../sql/fragment.ts';
import { readBatches } from '../../store/batches.ts';
import { instantIso } from '../../store/state.ts';
import { readVerified, saveVerified, type Pass, type Progress } from '../../store/verified.ts';
import { workFor } from '../compute/compute-target.ts';
import type { BatchContext } from '../context.ts';
import { compareTarget, type Compared } from './compare-target.ts';
import { mappingHash } from './proof.ts';
import { rangeColumn, sliceAfter } from './slices.ts';

interface Advanced {
  readonly compared: Compared;
  readonly progress: Progress;
  /** It came to the end of the target. */
  readonly isComplete: boolean;
}

interface Budget {
  readonly views: ReadonlyMap<string, RelationView>;
  readonly samples: number;
  readonly sliceRows: number | undefined;
  /** Compares again where a batch was committed meanwhile. */
  readonly undisturbed: (context: BatchContext, compare: () => Promise<Compared>) => Promise<Compared>;
}

/** Both figures together. */
const added = (one: ImageSummary, other: ImageSummary): ImageSummary => {
  const columns = new Map(one.columns);
  for (const [name, cells] of other.columns) columns.set(name, (columns.get(name) ?? 0) + cells);
  return {
    inserted: one.inserted + other.inserted,
    updated: one.updated + other.updated,
    deleted: one.deleted + other.deleted,
    columns,
    digest: '',
  };
};

const readNow = async (context: BatchContext): Promise<{ readonly at: string; readonly batch: number }> =>
  context.warehouse.session(async (session) => {
    const [clock] = await session.rows<{ now: string }>(
      sql`select cast(${context.warehouse.dialect.clock()} as varchar) as now`,
    );
    const [last] = await readBatches(session, context.project.schemas.state, { limit: 1 });
    return { at: instantIso(clock?.now ?? ''), batch: last?.batch ?? 0 };
  });

const knownOf = async (context: BatchContext): Promise<ReadonlyMap<string, Progress>> => {
  const { known, project, warehouse, mappings } = context;
  const stored = await warehouse.session((session) =>
    readVerified(session, project.schemas.state, known.version),
  );
  return new Map([...stored].filter(([name, { mapping }]) => mapping === mappingHash(mappings.get(name))));
};

/** What was begun goes on; then what was never proved, then what was proved longest ago. */
export const inTurn = async (
  context: BatchContext,
  targets: readonly Target[],
): Promise<readonly Target[]> => {
  const known = await knownOf(context);
  const rank = (target: Target): string => {
    const progress = known.get(target.name);
    if (progress?.pass) return `0 ${progress.pass.startedAt}`;
    return `1 ${progress?.proved?.at ?? ''}`;
  };
  return targets.toSorted((one, other) => (rank(one) < rank(other) ? -1 : rank(one) > rank(other) ? 1 : 0));
};

const begin = async (context: BatchContext): Promise<Pass> => {
  const now = await readNow(context);
  return { after: null, parts: 0, rows: 0, startedAt: now.at, batch: now.batch };
};

interface Standing {
  readonly pass: Pass | null;
  readonly proved: Progress['proved'];
}

interface Step {
  readonly compared: Compared;
  readonly differs: boolean;
  readonly standing: Standing;
}

const beyond = async (
  context: BatchContext,
  pass: Pass,
  next: Pick<Pass, 'after' | 'parts'> | undefined,
  proved: Progress['proved'],
): Promise<Standing> => {
  if (next !== undefined) return { pass: { ...pass, ...next }, proved };
  const now = await readNow(context);
  const { rows, startedAt, batch } = pass;
  return { pass: null, proved: { rows, startedAt, at: now.at, fromBatch: batch, toBatch: now.batch } };
};

const proveSlice = async (
  context: BatchContext,
  target: Target,
  { views, samples, sliceRows, undisturbed }: Budget,
  { pass, proved }: { readonly pass: Pass; readonly proved: Progress['proved'] },
): Promise<Step> => {
  const slice = await sliceAfter(context, workFor(context, target, views, 'all'), pass, sliceRows);
  const { within, next } = slice;
  const compared = await undisturbed(context, () =>
    compareTarget(context, { target, views, samples, within, checks: next === undefined }),
  );
  const broken = Object.values(compared.faults ?? {}).some((versions) => versions > 0);
  if (changedRows(compared.summary) > 0 || broken)
    return { compared, differs: true, standing: { pass, proved } };
  const rows = pass.rows + compared.rows;
  return { compared, differs: false, standing: await beyond(context, { ...pass, rows }, next, proved) };
};

/** Goes on with one target until it ends, differs, or the time is over. At least one slice, so that it gets on. */
export const advance = async (
  context: BatchContext,
  target: Target,
  budget: Budget,
  isOver: () => boolean,
): Promise<Advanced> => {
  const { project, warehouse, mappings } = context;
  const known = (await knownOf(context)).get(target.name);
  const base = {
    mapping: mappingHash(mappings.get(target.name)),
    column: rangeColumn(context, target)?.name ?? null,
  };
  let pass: Pass | null = known?.pass ?? (await begin(context));
  let standing: Standing = { pass, proved: known?.proved ?? null };
  let compared: Compared = { rows: 0, summary: nothing, samples: [] };
  while (pass !== null) {
    const step: Step = await proveSlice(context, target, budget, { pass, proved: standing.proved });
    standing = step.standing;
    compared = {
      ...step.compared,
      rows: compared.rows + step.compared.rows,
      summary: added(compared.summary, step.compared.summary),
    };
    const progress = { ...base, ...standing };
    await warehouse.transaction((session) =>
      saveVerified(session, project.schemas.state, warehouse.dialect, { target: target.name, progress }),
    );
    pass = standing.pass;
    if (step.differs || isOver()) break;
  }
  return { compared, progress: { ...base, ...standing }, isComplete: pass === null };
};
