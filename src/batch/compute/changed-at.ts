// `changed_at` of a target whose rows come from elsewhere: how far its own rows have been looked through.
import { fillChangedRows, lastChanged, type ChangedSince } from '../../reconcile/changed-rows.ts';
import type { TargetWork } from '../../reconcile/target-work.ts';
import type { Session } from '../../warehouse/port.ts';
import type { BatchContext } from '../context.ts';

const changedSince = (context: BatchContext, { target }: TargetWork): ChangedSince | undefined =>
  target.changedAt === undefined || !target.exists
    ? undefined
    : { column: target.changedAt, seen: context.known.positions.get(target.name)?.watermark };

/** Read before the rows themselves: one that is committed in between is read again by the next run. */
export const readLastChanged = async (
  context: BatchContext,
  session: Session,
  work: TargetWork,
  moment: string,
): Promise<string | undefined> => {
  const since = changedSince(context, work);
  if (since === undefined) return undefined;
  const [row] = await session.rows<{ seen: string | null }>(lastChanged(work, since, moment));
  return row?.seen ?? undefined;
};

export const addChangedRows = async (
  context: BatchContext,
  session: Session,
  work: TargetWork,
): Promise<void> => {
  const since = changedSince(context, work);
  if (since !== undefined) await session.execute(fillChangedRows(work, since));
};
