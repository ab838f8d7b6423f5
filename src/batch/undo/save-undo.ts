// What the commit of an undo remembers: which batches it took back, and the rows that are held from now on.
import { eventTableOf } from '../../detect/log/events-scratch.ts';
import { markUndone } from '../../detect/log/undone-rows.ts';
import { isLog } from '../../dictionary/dictionary.ts';
import { saveHolds } from '../../store/holds.ts';
import { logStateTable } from '../../store/log-state-table.ts';
import { changedRows } from '../../reconcile/relation-view.ts';
import { stateTable } from '../../store/state.ts';
import { recordUndo } from '../../store/undos.ts';
import type { Session } from '../../warehouse/port.ts';
import { tableInfo, type BatchContext } from '../context.ts';
import type { Frozen } from '../freeze/freeze.ts';
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

/** What later events of a log, which may leave columns out, are folded with. */
export const saveUndoneRows = async (
  context: BatchContext,
  session: Session,
  { sources, undo }: Frozen,
): Promise<void> => {
  if (undo === undefined) return;
  const { dialect } = context.warehouse;
  for (const { source, images, summary } of sources) {
    if (!isLog(source) || changedRows(summary) === 0) continue;
    const state = logStateTable(context.project.schemas.state, source.name);
    if (tableInfo(context, state) === undefined) continue;
    const events = eventTableOf(source, images.table);
    const holds = stateTable(context.project.schemas.state, 'holds');
    const marked = { state, holds, source: source.name };
    for (const statement of markUndone({ dialect, events }, images, marked)) await session.execute(statement);
  }
};
