// What the commit of an undo remembers: which batches it took back, and the rows that are held from now on.
import { isLog } from '../../dictionary/dictionary.ts';
import { saveHolds } from '../../store/holds.ts';
import { recordUndo } from '../../store/undos.ts';
import type { Session } from '../../warehouse/port.ts';
import type { BatchContext } from '../context.ts';
import type { FrozenUndo } from './frozen-undo.ts';

export const saveUndo = async (
  context: BatchContext,
  session: Session,
  { scope, holds }: FrozenUndo,
  batch: number,
): Promise<void> => {
  const schema = context.project.schemas.state;
  await recordUndo(session, schema, {
    batch,
    undone: scope.batches.map((each) => each.batch),
    whole: !scope.narrowed,
  });
  const queued = scope.wish.reapply === true;
  for (const [name, rows] of holds) {
    const source = context.graph.sources.get(name);
    const isOfLog = source !== undefined && isLog(source);
    await saveHolds(session, schema, { source: name, rows, batch, queued, isLog: isOfLog });
  }
};
