// Scratch of an undo: what batches did to the rows of a relation, taken back from ledger or audit.
import { composeUndone } from '../../reconcile/undo/compose.ts';
import type { Fragment } from '../../sql/fragment.ts';
import type { ImageShape } from '../../sql/images.ts';
import type { TableName } from '../../sql/table-name.ts';
import { recordedColumn, undoneColumns, type UndoneTable } from '../../sql/undone.ts';
import { refuseHidden } from './hidden-values.ts';
import { stateTable } from '../../store/state.ts';
import type { Session } from '../../warehouse/port.ts';
import type { BatchContext } from '../context.ts';

export const scratch = async (
  context: BatchContext,
  session: Session,
  purpose: string,
  columns: Parameters<BatchContext['warehouse']['dialect']['createScratch']>[1],
): Promise<TableName> => {
  const name = context.scratch.name(purpose);
  await session.execute(context.warehouse.dialect.createScratch(name, columns));
  return name;
};

export const analyze = async (
  { warehouse: { dialect } }: BatchContext,
  session: Session,
  name: TableName,
): Promise<void> => {
  if (dialect.capabilities.wantsAnalyze) await session.execute(dialect.analyze(name));
};

export interface Composing extends ImageShape {
  /** What the scratch is called. */
  readonly purpose: string;
  readonly from: 'changes' | 'audit';
  /** Which of its rows, under the alias `r`. */
  readonly where: Fragment;
}

export const composed = async (
  context: BatchContext,
  session: Session,
  { purpose, from, where, key, columns }: Composing,
): Promise<UndoneTable> => {
  const { dialect } = context.warehouse;
  const shape = { key, columns: columns.map(recordedColumn) };
  const name = await scratch(context, session, purpose, undoneColumns(shape, dialect.jsonType));
  const records = {
    dialect,
    from: stateTable(context.project.schemas.state, from),
    where,
    order: from === 'changes' ? 'change_id' : 'batch',
  };
  await refuseHidden(session, records, columns);
  await session.execute(composeUndone(records, { table: name, ...shape }));
  await analyze(context, session, name);
  return { table: name, ...shape };
};
