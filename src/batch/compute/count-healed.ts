// How many rows of a target are set right in this batch that somebody else wrote, and how often in a row that has
// happened: what a trigger or another job does again and again is healed each time, and must not go unnoticed.
import { changedRows } from '../../reconcile/relation-view.ts';
import { countUnexplained } from '../../reconcile/unexplained.ts';
import type { TargetWork } from '../../reconcile/target-work.ts';
import { readBatches } from '../../store/batches.ts';
import { healsCounted, healsInARow, type Heals } from '../../store/heals.ts';
import type { Session } from '../../warehouse/port.ts';
import type { BatchContext } from '../context.ts';
import type { Frozen } from '../freeze/freeze.ts';
import { limitToAffected, type ComputedTarget } from './compute-target.ts';
import type { TakenEvents } from './take-events.ts';

/** Only where all that differs was in step before. Rows of a `this` target come from others: that one of them is to be
 *  filled is no sign of harm. */
const isJudged = (context: BatchContext, frozen: Frozen, { target, work }: ComputedTarget): boolean => {
  const known = context.known.relations.get(target.name);
  return (
    context.observed.get(target.name)?.moved === true &&
    work.scope === 'all' &&
    target.root.kind !== 'this' &&
    frozen.undo === undefined &&
    frozen.older === undefined &&
    known?.firstBatch !== undefined &&
    known.behind === undefined &&
    known.mapping === context.mappings.get(target.name) &&
    !context.options.adopt.has(target.name)
  );
};

const countRows = async (context: BatchContext, session: Session, work: TargetWork): Promise<number> => {
  const reached = await limitToAffected(context, session, { ...work, scope: 'affected' });
  const [row] = await session.rows<{ n: string | number }>(countUnexplained(work, reached));
  return Number(row?.n ?? 0);
};

/** Nothing where there is nothing to be set right, or nobody can tell it from what else changed. */
export const countHealed = async (
  context: BatchContext,
  session: Session,
  computed: ComputedTarget,
  { frozen, events }: { readonly frozen: Frozen; readonly events: readonly TakenEvents[] },
): Promise<Heals | undefined> => {
  const { target, work, summary } = computed;
  if (changedRows(summary) === 0 || !isJudged(context, frozen, computed)) return undefined;
  if (target.form.kind === 'history') {
    const told = events.some(({ place, rows }) => place.work.target.name === target.name && rows > 0);
    if (told) return undefined;
  }
  const rows =
    target.form.kind === 'history' ? changedRows(summary) : await countRows(context, session, work);
  if (rows === 0) return undefined;
  const before = await readBatches(session, context.project.schemas.state, {
    target: target.name,
    limit: healsCounted,
  });
  return healsInARow(target.name, rows, { now: context.known.lastBatch + 1, before });
};
