// One target of a committing transaction: locked, audited, written from its images.
import type { Target } from '../../dictionary/dictionary.ts';
import { isTidemarkError, type TidemarkError } from '../../errors/tidemark-error.ts';
import { insertAudit, type AuditEntry } from '../../reconcile/audit.ts';
import { keepsWholeRows } from '../../reconcile/current-rows.ts';
import { changedRows } from '../../reconcile/relation-view.ts';
import { needsRewritten, writes, type WritePlan } from '../../reconcile/write.ts';
import { sql, table } from '../../sql/fragment.ts';
import { rowOfImage } from '../../sql/keys.ts';
import type { TableName } from '../../sql/table-name.ts';
import { stateTable } from '../../store/state.ts';
import type { Session } from '../../warehouse/port.ts';
import type { ComputedTarget } from '../compute/compute-target.ts';
import type { BatchContext } from '../context.ts';
import { quietly } from '../quiet.ts';
import { createTarget } from './create-tables.ts';
import { TargetRefused, writeGuarded, WrittenMeanwhile } from './written-meanwhile.ts';

/** What all statements of one commit share. */
export interface Writing {
  readonly context: BatchContext;
  readonly session: Session;
  readonly batch: number;
  /** The change id of change number 0. */
  readonly firstChange: number;
  readonly moment: string;
}

const rowsIn = ({ target, work }: ComputedTarget): TableName =>
  keepsWholeRows(work) ? work.scratch.current : target.table;

export const targetWrites = (context: BatchContext, computed: ComputedTarget, moment: string): WritePlan => {
  const { target, work, summary } = computed;
  const carried = new Set(work.scratch.images.columns.map((column) => column.name));
  return {
    dialect: context.warehouse.dialect,
    into: target.table,
    images: work.scratch.images,
    summary,
    otherColumns: target.tableColumns.map((column) => column.name).filter((name) => !carried.has(name)),
    touch: target.touch,
    moment,
    updateInPlace: target.updateInPlace,
    rewritten: context.scratch.name(`rewritten_${target.name}`),
    rowsIn: rowsIn(computed),
    restored: computed.restored,
  };
};

/** Where nothing enforces the key, nobody else may insert it while we do. */
const lockAgainstInserts = async (
  context: BatchContext,
  session: Session,
  computed: ComputedTarget,
): Promise<void> => {
  const { target, summary } = computed;
  if (!context.warehouse.dialect.capabilities.locksByReading) return;
  if (summary.inserted === 0 || target.keyIsEnforced || !target.exists) return;
  await session.execute(sql`lock table ${table(target.table)} in share row exclusive mode`);
};

/** Where such a lock cannot be had, whoever inserted a key of ours meanwhile is found by looking. */
const countInserted = async (
  context: BatchContext,
  session: Session,
  { target, work, summary }: ComputedTarget,
): Promise<void> => {
  const { dialect } = context.warehouse;
  const { concurrentWriters, locksByReading } = dialect.capabilities;
  if (!concurrentWriters || locksByReading) return;
  if (summary.inserted === 0 || target.keyIsEnforced || !target.exists) return;
  const { images } = work.scratch;
  const [row] = await session.rows<{ found: string | number }>(
    sql`select count(*) as found from ${table(target.table)} as t join ${table(images.table)} as i on i.op = 'I' and ${rowOfImage(dialect, images, 't', 'i')}`,
  );
  const found = Number(row?.found ?? 0);
  if (found !== summary.inserted)
    throw new WrittenMeanwhile(target.name, { rows: summary.inserted, does: 'insert' }, found);
};

const writeTarget = async (writing: Writing, computed: ComputedTarget, plan: WritePlan): Promise<void> => {
  const { context, session, batch, firstChange, moment } = writing;
  const { target, work, summary, causes } = computed;
  context.progress.step('commit', target.name);
  const { dialect } = context.warehouse;
  if (!target.exists && dialect.capabilities.transactionalDdl) await createTarget(session, dialect, target);
  if (changedRows(summary) === 0) return;
  const entry: AuditEntry = {
    dialect: context.warehouse.dialect,
    into: stateTable(context.project.schemas.state, 'audit'),
    batch,
    relation: target.name,
    images: work.scratch.images,
    summary,
    target: rowsIn(computed),
    tableColumns: target.tableColumns,
    touch: target.touch,
    moment,
    causes: causes.kind === 'listed' ? causes.table : undefined,
    firstChange,
    restored: computed.restored,
    redactKey: context.project.redactKey,
  };
  await blamed(target, ofTheTable, async () => {
    await lockAgainstInserts(context, session, computed);
    await session.execute(insertAudit(entry));
  });
  await blamed(target, ofTheTable, async () => {
    for (const write of writes(plan)) await writeGuarded(session, target.name, write);
    await countInserted(context, session, computed);
  });
};

type IsOwn = (error: TidemarkError) => boolean;

/** A constraint or a value that is refused is this target's affair, wherever that comes to light. */
const ofTheValues: IsOwn = ({ code, details }) =>
  code === 'constraint_violated' || details['kind'] === 'value';

/** So is what its table alone refuses: a trigger, a right that is missing. A table that is gone is looked for anew. */
const ofTheTable: IsOwn = (error) =>
  ofTheValues(error) ||
  error.code === 'permission_denied' ||
  (error.code === 'sql_failed' && error.details['kind'] !== 'missing_object');

const blamed = async (target: Target, isOwn: IsOwn, work: () => Promise<void>): Promise<void> => {
  try {
    await work();
  } catch (error) {
    throw isTidemarkError(error) && isOwn(error)
      ? new TargetRefused(target.name, quietly(target, error))
      : error;
  }
};

/** What is not this target's affair ends the batch. */
export const writeBlamed = (writing: Writing, computed: ComputedTarget, plan: WritePlan): Promise<void> =>
  blamed(computed.target, ofTheValues, () => writeTarget(writing, computed, plan));

/** Scratch that the transaction will fill is made before it begins. */
export const prepareScratch = async (
  context: BatchContext,
  plans: readonly WritePlan[],
  targets: readonly ComputedTarget[],
): Promise<void> => {
  for (const [place, plan] of plans.entries()) {
    const target = targets[place]?.target;
    if (target === undefined || !needsRewritten(plan)) continue;
    const columns = target.tableColumns.map(({ name, type }) => ({ name, type }));
    await context.warehouse.session((session) =>
      session.execute(plan.dialect.createScratch(plan.rewritten, columns)),
    );
  }
};
