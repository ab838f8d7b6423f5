// What the undone batches wrote into one target, read back from the audit: for the rules that do not speak of it, for
// rows that come back whole, and for the proof.
import type { Target } from '../../dictionary/dictionary.ts';
import { composeUndone, type Records } from '../../reconcile/undo/compose.ts';
import { countRestored, restorableColumns } from '../../reconcile/undo/restored.ts';
import { fillFixed, hasRules, replaceImages } from '../../reconcile/undo/rules.ts';
import { imageShapeOf, type TargetWork } from '../../reconcile/target-work.ts';
import { commas, ors, sql, table, verbatim, type Fragment } from '../../sql/fragment.ts';
import { imageColumns } from '../../sql/images.ts';
import { recordedColumn, undoneColumns, type Restored, type UndoneTable } from '../../sql/undone.ts';
import { stateTable } from '../../store/state.ts';
import type { Session } from '../../warehouse/port.ts';
import type { BatchContext } from '../context.ts';
import { refuseHidden } from './hidden-values.ts';
import { ledgerOf, type UndoScope } from './scope.ts';

/** Of a narrowed undo, the rows that name one of its changes. */
const causedBy = (context: BatchContext, scope: UndoScope): Fragment => {
  const { dialect } = context.warehouse;
  const changes = table(stateTable(context.project.schemas.state, 'changes'));
  const asked = ors(scope.sources.map((source) => ledgerOf(context, scope, source)));
  return sql` and exists (select 1 from (select ${dialect.jsonNumbers(sql`r.causes`)} as change) as n
  where n.change in (select r.change_id from ${changes} as r where ${asked}))`;
};

export const composeTarget = async (
  context: BatchContext,
  session: Session,
  scope: UndoScope,
  target: Target,
): Promise<UndoneTable | undefined> => {
  const batches = scope.batches.filter(({ targets }) => targets.some(({ name }) => name === target.name));
  if (batches.length === 0) return undefined;
  const { dialect } = context.warehouse;
  const { key, columns: written } = imageShapeOf(target);
  const columns = written.map(recordedColumn);
  const name = context.scratch.name(`undone_${target.name}`);
  await session.execute(dialect.createScratch(name, undoneColumns({ key, columns }, dialect.jsonType)));
  const numbers = commas(batches.map(({ batch }) => sql.lit(batch)));
  const narrow = scope.narrowed ? causedBy(context, scope) : verbatim('');
  const records: Records = {
    dialect,
    from: stateTable(context.project.schemas.state, 'audit'),
    where: sql`r.target = ${target.name} and r.batch in (${numbers})${narrow}`,
    order: 'batch',
  };
  await refuseHidden(session, records, written);
  await session.execute(composeUndone(records, { table: name, key, columns }));
  if (dialect.capabilities.wantsAnalyze) await session.execute(dialect.analyze(name));
  return { table: name, key, columns };
};

/** After the images were computed. */
export const overrideRules = async (
  context: BatchContext,
  session: Session,
  work: TargetWork,
  undone: UndoneTable,
): Promise<void> => {
  if (!hasRules(work) || !work.target.exists) return;
  const fixed = { ...work.scratch.images, table: context.scratch.name(`fixed_${work.target.name}`) };
  await session.execute(context.warehouse.dialect.createScratch(fixed.table, imageColumns(fixed)));
  const count = await session.execute(fillFixed({ work, undone, fixed }));
  if (count === 0) return;
  for (const statement of replaceImages({ work, undone, fixed })) await session.execute(statement);
};

export const findRestored = async (
  session: Session,
  work: TargetWork,
  undone: UndoneTable,
): Promise<Restored | undefined> => {
  const columns = restorableColumns(work);
  if (columns.length === 0) return undefined;
  const [row] = await session.rows<{ rows: string }>(countRestored(work, undone));
  const rows = Number(row?.rows ?? 0);
  return rows === 0 ? undefined : { undone, columns, rows };
};
