// `delete_after` in a freeze: deletes that are not ripe are taken back out of the images, and what was missing is
// kept for the commit to remember.
import { countAbsent, dropUnripe, fillAbsent, renumber, type Absence } from '../../detect/missing.ts';
import type { Comparison } from '../../detect/mirror.ts';
import { stateTable } from '../../store/state.ts';
import type { TableName } from '../../sql/table-name.ts';
import type { Session } from '../../warehouse/port.ts';
import type { BatchContext } from '../context.ts';

export interface Absent {
  /** Scratch: the keys that were looked for and not found. */
  readonly table: TableName;
  /** Whether anything is to be remembered or forgotten. */
  readonly changed: boolean;
}

export interface Looking {
  readonly comparison: Comparison;
  /** Scratch made before the freeze. */
  readonly absent: TableName;
  readonly moment: string;
}

export const holdBackDeletes = async (
  context: BatchContext,
  session: Session,
  { comparison, absent, moment }: Looking,
): Promise<Absent | undefined> => {
  const { deleteAfterMs } = comparison.source.detect;
  if (deleteAfterMs === undefined) return undefined;
  const missing =
    context.known.version === 0 ? undefined : stateTable(context.project.schemas.state, 'missing');
  const absence: Absence = { comparison, absent, missing, moment, deleteAfterMs };
  await session.execute(fillAbsent(absence));
  const held = await session.execute(dropUnripe(absence));
  if (held > 0) await session.execute(renumber(absence));
  const [counts] = await session.rows<{ fresh: string; forgotten: string }>(countAbsent(absence));
  return { table: absent, changed: Number(counts?.fresh ?? 0) + Number(counts?.forgotten ?? 0) > 0 };
};
