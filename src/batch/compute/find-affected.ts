// Which rows of a target's root may look different after the batch: the small tables that limit its work.
import { affectedColumns, fillRoot, rootScratchColumns } from '../../reconcile/desired/root.ts';
import { fillPart, fillReached, reachedColumns } from '../../reconcile/desired/part.ts';
import { affectedKeys, comesFromRootAlone } from '../../reconcile/affected.ts';
import type { TargetWork } from '../../reconcile/target-work.ts';
import type { ScratchColumn } from '../../sql/dialect.ts';
import { sql, table } from '../../sql/fragment.ts';
import type { TableName } from '../../sql/table-name.ts';
import type { Session } from '../../warehouse/port.ts';
import type { BatchContext } from '../context.ts';
import { addChangedRows } from './changed-at.ts';

const isEmpty = async (session: Session, name: TableName): Promise<boolean> =>
  (await session.rows(sql`select 1 as found from ${table(name)} limit 1`)).length === 0;

/** Fills the affected keys and the root's rows of them; false when there are none. */
export const findAffected = async (
  context: BatchContext,
  session: Session,
  work: TargetWork,
): Promise<boolean> => {
  const { dialect, scratch } = work;
  const create = (name: TableName, columns: readonly ScratchColumn[]) =>
    session.execute(dialect.createScratch(name, columns));
  const analyze = async (name: TableName): Promise<void> => {
    if (dialect.capabilities.wantsAnalyze) await session.execute(dialect.analyze(name));
  };
  const statements = affectedKeys(work);
  const { part } = work;
  if (statements.length === 0 && work.target.changedAt === undefined && part === undefined) return false;
  await create(scratch.affected, affectedColumns(work));
  for (const statement of statements) await session.execute(statement);
  await addChangedRows(context, session, work);
  if (part !== undefined) {
    await create(scratch.reached, reachedColumns(work));
    await session.execute(fillReached(work));
    await session.execute(fillPart(work, part.range));
  } else if (await isEmpty(session, scratch.affected)) return false;
  await analyze(scratch.affected);
  await create(scratch.root, rootScratchColumns(work));
  await session.execute(fillRoot(work, comesFromRootAlone(work)));
  await analyze(scratch.root);
  return true;
};
