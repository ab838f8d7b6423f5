// The freeze of an undo that sets targets back from the audit: what was written into them for no source change, and
// what their rows must become so that it was not. Guarded by what the undone batches left there.
import type { Target } from '../../dictionary/dictionary.ts';
import {
  conflictColumns,
  countGone,
  fillConflicts,
  fillInverse,
  fillPairs,
  pairColumns,
  type Inverse,
} from '../../reconcile/undo/inverse.ts';
import { readSummary, summarize, type SummaryRow } from '../../reconcile/summary.ts';
import { imageShapeOf } from '../../reconcile/target-work.ts';
import type { Column } from '../../sql/dialect.ts';
import { ands, commas, sql, table, type Fragment } from '../../sql/fragment.ts';
import { imageColumns, type ImageShape, type ImageTable } from '../../sql/images.ts';
import { keyIs } from '../../store/key-condition.ts';
import { stateTable } from '../../store/state.ts';
import type { Session } from '../../warehouse/port.ts';
import type { BatchContext } from '../context.ts';
import { keyValues } from '../freeze/changed-keys.ts';
import { analyze, composed, scratch } from './compose.ts';
import { readConflicts, type Conflict } from './conflicts.ts';
import type { FrozenWrites } from './frozen-undo.ts';
import type { UndoScope } from './scope.ts';

export interface WritesTaken {
  readonly frozen: FrozenWrites;
  readonly conflicts: readonly Conflict[];
  readonly conflictCount: number;
  /** Written rows that are looked at, whether anything is to be done to them or not. */
  readonly rows: number;
}

/** Columns that are held now are set back like the others: the undo of an undo speaks of them. */
const shapeOf = (context: BatchContext, target: Target): ImageShape => {
  const { key, columns } = imageShapeOf(target);
  const held = (context.held.get(target.name) ?? []).flatMap(({ column }): readonly Column[] =>
    target.tableColumns.filter(({ name }) => name === column),
  );
  return { key, columns: [...columns, ...held] };
};

const auditOf = (context: BatchContext, { wish, batches }: UndoScope, target: Target): Fragment => {
  const { dialect } = context.warehouse;
  const values =
    wish.key === undefined || wish.source !== undefined ? [] : keyValues(target, wish.key, '--key');
  return ands([
    sql`r.target = ${target.name}`,
    sql`r.batch in (${commas(batches.map(({ batch }) => sql.lit(batch)))})`,
    sql`r.causes is null`,
    ...(values.length === 0
      ? []
      : [
          keyIs(
            dialect,
            sql`r.key`,
            target.key.map(({ name, type }, place) => ({ name, type, value: values[place] ?? null })),
          ),
        ]),
  ]);
};

/** The last deletion of each row that was deleted since, by us. */
const withLost = async (
  context: BatchContext,
  session: Session,
  inverse: Inverse,
  { scope, target }: { readonly scope: UndoScope; readonly target: Target },
): Promise<Inverse> => {
  if (inverse.onConflict !== 'force') return inverse;
  const [counted] = await session.rows<{ gone: string }>(countGone(inverse));
  if (Number(counted?.gone ?? 0) === 0) return inverse;
  const audit = table(stateTable(context.project.schemas.state, 'audit'));
  const last = sql.lit(scope.batches.at(-1)?.batch ?? 0);
  const where = sql`r.target = ${target.name} and r.operation = 'D' and r.batch > ${last}
  and not exists (select 1 from ${audit} as n where n.target = r.target and n.operation = 'D' and n.batch > r.batch and cast(n.key as varchar) = cast(r.key as varchar))`;
  const purpose = `lost_${target.name}`;
  const { key, columns } = inverse.images;
  return {
    ...inverse,
    lost: await composed(context, session, { purpose, from: 'audit', where, key, columns }),
  };
};

const inverseOf = async (
  context: BatchContext,
  session: Session,
  scope: UndoScope,
  target: Target,
): Promise<Inverse> => {
  const { dialect } = context.warehouse;
  const shape = shapeOf(context, target);
  const name = await scratch(context, session, `restored_${target.name}`, imageColumns(shape));
  const images: ImageTable = { table: name, ...shape };
  const where = auditOf(context, scope, target);
  const inverse: Inverse = {
    dialect,
    bookkeeping: new Set(),
    images,
    undone: await composed(context, session, {
      purpose: `written_${target.name}`,
      from: 'audit',
      where,
      ...shape,
    }),
    pairs: await scratch(context, session, `pairs_${target.name}`, pairColumns(images)),
    onConflict: scope.wish.onConflict ?? 'fail',
    redactKey: context.project.redactKey,
  };
  await session.execute(fillPairs(inverse, table(target.table)));
  await analyze(context, session, inverse.pairs);
  return withLost(context, session, inverse, { scope, target });
};

const takeBack = async (
  context: BatchContext,
  session: Session,
  scope: UndoScope,
  target: Target,
): Promise<WritesTaken> => {
  context.progress.step('freeze', target.name);
  const inverse = await inverseOf(context, session, scope, target);
  const { images, undone, pairs } = inverse;
  const [looked] = await session.rows<{ rows: string }>(sql`select count(*) as rows from ${table(pairs)}`);
  const listed = await scratch(context, session, `conflicts_${target.name}`, conflictColumns);
  await session.execute(fillConflicts(inverse, listed));
  const found = await readConflicts(context, session, {
    in: 'target',
    name: target.name,
    shape: images,
    scope,
    listed,
  });
  await session.execute(fillInverse(inverse));
  await analyze(context, session, images.table);
  const [row] = await session.rows<SummaryRow>(summarize(context.warehouse.dialect, images));
  const summary = readSummary(images, row ?? {});
  return {
    ...found,
    rows: Number(looked?.rows ?? 0),
    frozen: { undone, images, summary, conflicts: found.conflictCount },
  };
};

export const freezeWrites = async (
  context: BatchContext,
  scope: UndoScope,
): Promise<ReadonlyMap<string, WritesTaken>> => {
  const taken = new Map<string, WritesTaken>();
  for (const target of scope.writes)
    taken.set(
      target.name,
      await context.warehouse.session((session) => takeBack(context, session, scope, target)),
    );
  return taken;
};
