// One target: affected keys, desired rows, diff; then what must not be is refused. Only scratch is written.
import type { Target } from '../../dictionary/dictionary.ts';
import { relationsOf } from '../../graph/graph.ts';
import { desiredColumns, fillDesired } from '../../reconcile/desired/desired.ts';
import { fillPartKeys, narrowImages } from '../../reconcile/desired/part.ts';
import { affectedColumns, fillKeys, keysColumns, rootScratchColumns } from '../../reconcile/desired/root.ts';
import { fillSharers, mayShareKeys } from '../../reconcile/desired/shared-keys.ts';
import { fillUndoneKeys, hasRules } from '../../reconcile/undo/rules.ts';
import { causesColumns, fillCauses } from '../../reconcile/affected.ts';
import { currentColumns, fillCurrent, ownRowsReadOnce } from '../../reconcile/current-rows.ts';
import { fillImages } from '../../reconcile/diff.ts';
import {
  changedRows,
  nothing,
  type Causes,
  type ImageSummary,
  type RelationView,
} from '../../reconcile/relation-view.ts';
import { readSummary, summarize, type DigestedValue, type SummaryRow } from '../../reconcile/summary.ts';
import { guardsOf, imageShapeOf, type TargetScratch, type TargetWork } from '../../reconcile/target-work.ts';
import { imageColumns } from '../../sql/images.ts';
import type { Restored, UndoneTable } from '../../sql/undone.ts';
import type { TableName } from '../../sql/table-name.ts';
import type { Heals } from '../../store/heals.ts';
import type { Session } from '../../warehouse/port.ts';
import type { BatchContext } from '../context.ts';
import { findAffected } from './find-affected.ts';
import type { UndoScope } from '../undo/scope.ts';
import type { SetBack } from '../undo/set-back.ts';
import { composeTarget, findRestored, overrideRules } from '../undo/undone-target.ts';
import { explainFailure } from './find-failing-row.ts';
import { refuseBadImages, refuseBadRows, refuseRepeatedRows } from './refuse-rows.ts';
import { viewsFor } from '../views.ts';

export interface ComputedTarget {
  readonly target: Target;
  readonly work: TargetWork;
  readonly summary: ImageSummary;
  readonly causes: Causes;
  /** With `changed_at`: the highest time among the rows that were looked through. */
  readonly seen?: string | undefined;
  /** Of a history with numbered versions: the first number that none has. */
  readonly nextNumber?: number | undefined;
  /** Of an undo: what the undone batches wrote into it. */
  readonly undone?: UndoneTable | undefined;
  /** Of an undo: inserted rows that come back whole. */
  readonly restored?: Restored | undefined;
  /** Of an undo that sets it back from the audit. */
  readonly setBack?: SetBack | undefined;
  /** Rows of somebody else's that are set right. */
  readonly heals?: Heals | undefined;
}

const scratchFor = (context: BatchContext, target: Target): TargetScratch => {
  const name = (purpose: string): TableName => context.scratch.name(`${purpose}_${target.name}`);
  return {
    affected: name('affected'),
    root: name('root'),
    keys: name('keys'),
    desired: name('desired'),
    current: name('current'),
    causes: name('causes'),
    reached: name('reached'),
    images: {
      table: name('changes'),
      ...imageShapeOf(target),
      guards: guardsOf(context.warehouse.dialect, target),
    },
  };
};

export const workFor = (
  context: BatchContext,
  target: Target,
  views: ReadonlyMap<string, RelationView>,
  scope: TargetWork['scope'],
): TargetWork => ({
  dialect: context.warehouse.dialect,
  target,
  views: viewsFor(target, views, context.warehouse.dialect),
  scratch: scratchFor(context, target),
  scope,
});

/** Fills the small tables that limit the work to the affected rows; false when there are none. */
export const limitToAffected = async (
  context: BatchContext,
  session: Session,
  work: TargetWork,
  ruled?: UndoneTable,
): Promise<boolean> => {
  const { dialect, scratch } = work;
  if (!(await findAffected(context, session, work))) {
    if (ruled === undefined) return false;
    await session.execute(dialect.dropScratch(scratch.affected));
    await session.execute(dialect.createScratch(scratch.affected, affectedColumns(work)));
    await session.execute(dialect.createScratch(scratch.root, rootScratchColumns(work)));
  }
  await session.execute(dialect.createScratch(scratch.keys, keysColumns(work)));
  await session.execute(fillKeys(work));
  if (work.part !== undefined) await session.execute(fillPartKeys(work, work.part.range));
  const more = ruled === undefined ? 0 : await session.execute(fillUndoneKeys(work, ruled));
  if (more > 0 || mayShareKeys(work)) await session.execute(fillSharers(work));
  if (dialect.capabilities.wantsAnalyze) await session.execute(dialect.analyze(scratch.keys));
  return true;
};

const readCurrent = async (session: Session, work: TargetWork): Promise<void> => {
  const { dialect, scratch } = work;
  await session.execute(dialect.createScratch(scratch.current, currentColumns(work)));
  await session.execute(fillCurrent(work));
  if (dialect.capabilities.wantsAnalyze) await session.execute(dialect.analyze(scratch.current));
};

export const computeTarget = async (
  context: BatchContext,
  session: Session,
  asked: TargetWork,
  undo?: UndoScope,
): Promise<ComputedTarget> => {
  const { target } = asked;
  const undone = undo === undefined ? undefined : await composeTarget(context, session, undo, target);
  context.progress.step('compute', target.name, context.graph.order.length);
  const isSetBack = undo?.writes.some(({ name }) => name === target.name) === true;
  const ruled = hasRules(asked) && target.exists && !isSetBack ? undone : undefined;
  const isReadOnce = ownRowsReadOnce(asked) && ruled === undefined;
  const work = isReadOnce ? { ...asked, scratch: { ...asked.scratch, current: asked.scratch.root } } : asked;
  const { dialect, scratch } = work;
  if (work.scope === 'affected' && !(await limitToAffected(context, session, work, ruled))) {
    return { target, work, summary: nothing, causes: { kind: 'none' }, undone };
  }
  await session.execute(dialect.createScratch(scratch.desired, desiredColumns(work)));
  try {
    await session.execute(fillDesired(work));
  } catch (error) {
    throw await explainFailure(session, work, error);
  }
  if (dialect.capabilities.wantsAnalyze) await session.execute(dialect.analyze(scratch.desired));
  await refuseBadRows(session, work);
  await refuseRepeatedRows(session, work);
  if (work.scope === 'affected' && !isReadOnce) await readCurrent(session, work);
  const digested = isAddedUp(context, target) ? withoutFloats(work) : undefined;
  if (undone === undefined)
    return diffTarget(session, work, { digested, override: narrowing(session, work) });
  const override = () => overrideRules(context, session, work, undone);
  const computed = await diffTarget(session, work, { digested, override });
  const restored = await findRestored(session, work, undone);
  return { ...computed, undone, restored };
};

const narrowing = (session: Session, work: TargetWork): DiffWish['override'] => {
  const columns = work.part?.columns ?? [];
  if (columns.length === 0) return undefined;
  return async () => {
    for (const statement of narrowImages(work, columns)) await session.execute(statement);
  };
};

/** Its floats may be sums, or come from sums of another target. */
const isAddedUp = ({ graph }: BatchContext, target: Target): boolean =>
  target.form.kind === 'aggregate' || relationsOf(target).some((name) => graph.targets.has(name));

/** Floats that are added up in parallel differ from run to run by the order of their addends; what they follow from
 *  is in the digests of the sources. */
const withoutFloats =
  ({ dialect, target }: TargetWork): DigestedValue =>
  (value, name) => {
    const type = [...target.key, ...target.columns].find((column) => column.name === name)?.type ?? '';
    return dialect.nearlySame(value, value, type) === undefined ? value : undefined;
  };

interface DiffWish {
  readonly digested?: DigestedValue | undefined;
  /** Changes the images before they are counted. */
  readonly override?: (() => Promise<void>) | undefined;
}

/** The target's images, once its desired rows and those that it holds are in scratch. */
export const diffTarget = async (
  session: Session,
  work: TargetWork,
  { digested, override }: DiffWish = {},
): Promise<ComputedTarget> => {
  const { dialect, scratch, target } = work;
  await session.execute(dialect.createScratch(scratch.images.table, imageColumns(scratch.images)));
  await session.execute(fillImages(work));
  await override?.();
  const [row] = await session.rows<SummaryRow>(summarize(dialect, scratch.images, { digested }));
  const summary = readSummary(scratch.images, row ?? {});
  if (changedRows(summary) === 0) return { target, work, summary, causes: { kind: 'none' } };
  if (dialect.capabilities.wantsAnalyze) await session.execute(dialect.analyze(scratch.images.table));
  await refuseBadImages(session, work);
  return { target, work, summary, causes: await causesOf(session, work) };
};

const causesOf = async (session: Session, work: TargetWork): Promise<Causes> => {
  if (work.scope === 'all') return { kind: 'none' };
  await session.execute(work.dialect.createScratch(work.scratch.causes, causesColumns(work)));
  await session.execute(fillCauses(work));
  return { kind: 'listed', table: work.scratch.causes };
};
