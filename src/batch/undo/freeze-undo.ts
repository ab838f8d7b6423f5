// The freeze of an undo: inverse images of the mirrors from our own ledger, instead of images from staging, which is
// not read at all. Conflicts are listed here; what is taken back is noted as held.
import { rowText } from '../../detect/holds.ts';
import { createImageTable, imageTableOf } from '../../detect/mirror.ts';
import { keyText } from '../../detect/missing.ts';
import { isLog, type Source } from '../../dictionary/dictionary.ts';
import { changedRows } from '../../reconcile/relation-view.ts';
import {
  bookkeepingOf,
  conflictColumns,
  countGone,
  fillConflicts,
  fillInverse,
  fillPairs,
  pairColumns,
  type Inverse,
} from '../../reconcile/undo/inverse.ts';
import { readSummary, summarize, type SummaryRow } from '../../reconcile/summary.ts';
import { sql, table, type Fragment } from '../../sql/fragment.ts';
import { afterName, beforeName, type ImageTable } from '../../sql/images.ts';
import type { TableName } from '../../sql/table-name.ts';
import type { UndoneTable } from '../../sql/undone.ts';
import { separator } from '../../store/holds.ts';
import { stateTable } from '../../store/state.ts';
import type { Session } from '../../warehouse/port.ts';
import type { BatchContext } from '../context.ts';
import type { Frozen } from '../freeze/freeze.ts';
import { planOf, type FrozenSource } from '../freeze/freeze-source.ts';
import { analyze, composed, scratch, type Composing } from './compose.ts';
import { readConflicts, type Conflict } from './conflicts.ts';
import { freezeWrites } from './freeze-writes.ts';
import { ledgerOf, nothingThere, readScope, type UndoScope } from './scope.ts';
import type { UndoWish } from './wish.ts';

const recordsOf = ({ name, key, columns }: Source, purpose: string, where: Fragment): Composing => ({
  purpose: `${purpose}_${name}`,
  from: 'changes',
  where,
  key,
  columns,
});

/** What batches changed since which are in effect. */
const changedLater = async (
  context: BatchContext,
  session: Session,
  scope: UndoScope,
  source: Source,
): Promise<UndoneTable | undefined> => {
  const batches = scope.later
    .filter(({ sources }) => sources.some(({ name }) => name === source.name))
    .map(({ batch }) => sql.lit(batch));
  if (batches.length === 0) return undefined;
  const where = sql`r.source = ${source.name} and r.batch in (${sql.join(batches)})`;
  return composed(context, session, recordsOf(source, 'later', where));
};

/** The last deletion of each row that was deleted since. */
const lostRows = (
  context: BatchContext,
  session: Session,
  scope: UndoScope,
  source: Source,
): Promise<UndoneTable> => {
  const changes = table(stateTable(context.project.schemas.state, 'changes'));
  const last = sql.lit(scope.batches.at(-1)?.batch ?? 0);
  const where = sql`r.source = ${source.name} and r.operation = 'D' and r.batch > ${last}
  and not exists (select 1 from ${changes} as n where n.source = r.source and n.operation = 'D' and n.change_id > r.change_id and n.key = r.key)`;
  return composed(context, session, recordsOf(source, 'lost', where));
};

const inverseOf = async (
  context: BatchContext,
  session: Session,
  scope: UndoScope,
  source: Source,
): Promise<Inverse> => {
  const { dialect } = context.warehouse;
  const images = imageTableOf(source, context.scratch.name(`images_${source.name}`));
  await session.execute(createImageTable(dialect, images));
  const inverse: Inverse = {
    dialect,
    bookkeeping: bookkeepingOf(source),
    images,
    undone: await composed(context, session, recordsOf(source, 'undone', ledgerOf(context, scope, source))),
    pairs: await scratch(context, session, `pairs_${source.name}`, pairColumns(images)),
    later: await changedLater(context, session, scope, source),
    onConflict: scope.wish.onConflict ?? 'fail',
    redactKey: context.project.redactKey,
  };
  await session.execute(fillPairs(inverse, planOf(context, source).rows ?? table(source.mirror)));
  await analyze(context, session, inverse.pairs);
  if (inverse.onConflict !== 'force') return inverse;
  const [counted] = await session.rows<{ gone: string }>(countGone(inverse));
  if (Number(counted?.gone ?? 0) === 0) return inverse;
  return { ...inverse, lost: await lostRows(context, session, scope, source) };
};

/** What staging has of a row is what an earlier hold says, or what the mirror had just before. */
interface Holding {
  readonly source: Source;
  readonly images: ImageTable;
  readonly scope: UndoScope;
}

const fillHolds = (context: BatchContext, { source, images, scope }: Holding, into: TableName): Fragment => {
  const { dialect } = context.warehouse;
  const key = keyText(dialect, images);
  const side = (name: typeof beforeName) =>
    rowText(dialect, images.columns, (column) => sql.id('i', name(images, column)));
  const mark = separator(isLog(source));
  const undone = scope.batches.map(({ batch }) => `${batch}${mark}`).join('');
  const batches = sql`coalesce(h.batches, cast(${mark} as varchar)) || cast(${undone} as varchar)`;
  const holds = table(stateTable(context.project.schemas.state, 'holds'));
  return sql`insert into ${table(into)} (key, staging, mirror, batches)
select ${key}, case when h.key is null then case when i.op <> 'I' then ${side(beforeName)} end else h.staging end,
  case when i.op <> 'D' then ${side(afterName)} end, ${batches}
from ${table(images.table)} as i left join ${holds} as h on h.source = ${source.name} and h.key = ${key}`;
};

const holdColumns = ['key', 'staging', 'mirror', 'batches'].map((name) => ({ name, type: 'varchar' }));

interface Undone {
  readonly frozen: FrozenSource;
  readonly conflicts: readonly Conflict[];
  readonly conflictCount: number;
  readonly holds: TableName;
  /** Changed rows that are looked at, whether anything is to be done to them or not. */
  readonly rows: number;
  readonly pairs: TableName;
  readonly listed: TableName;
}

const undoSource = async (
  context: BatchContext,
  session: Session,
  scope: UndoScope,
  source: Source,
): Promise<Undone> => {
  context.progress.step('freeze', source.name);
  const { dialect } = context.warehouse;
  const inverse = await inverseOf(context, session, scope, source);
  const { images } = inverse;
  const [looked] = await session.rows<{ rows: string }>(
    sql`select count(*) as rows from ${table(inverse.pairs)}`,
  );
  const listed = await scratch(context, session, `conflicts_${source.name}`, conflictColumns);
  await session.execute(fillConflicts(inverse, listed));
  const found = await readConflicts(context, session, {
    in: 'source',
    name: source.name,
    shape: images,
    scope,
    listed,
  });
  await session.execute(fillInverse(inverse));
  const [row] = await session.rows<SummaryRow>(summarize(dialect, images));
  const holds = await scratch(context, session, `holds_${source.name}`, holdColumns);
  await session.execute(fillHolds(context, { source, images, scope }, holds));
  return {
    ...found,
    holds,
    pairs: inverse.pairs,
    listed,
    rows: Number(looked?.rows ?? 0),
    frozen: {
      source,
      reading: { kind: 'undo' },
      images,
      summary: readSummary(images, row ?? {}),
      watermark: undefined,
      plan: planOf(context, source),
      warnings: [],
    },
  };
};

export const freezeUndo = async (context: BatchContext, wish: UndoWish): Promise<Frozen> => {
  const { warehouse } = context;
  const scope = await readScope(context, wish);
  const [clock] = await warehouse.session((session) =>
    session.rows<{ moment: string }>(sql`select cast(${warehouse.dialect.clock()} as varchar) as moment`),
  );
  const done: Undone[] = [];
  for (const source of scope.sources)
    done.push(await warehouse.session((session) => undoSource(context, session, scope, source)));
  const writes = await freezeWrites(context, scope);
  const looked = [...done, ...writes.values()];
  if (scope.narrowed && looked.every(({ rows }) => rows === 0)) throw nothingThere(scope.batches, wish);
  return {
    moment: clock?.moment ?? '',
    sources: done.map(({ frozen }) => frozen),
    leftOut: [],
    undo: {
      scope,
      conflicts: looked.flatMap(({ conflicts }) => conflicts),
      conflictCount: looked.reduce((sum, { conflictCount }) => sum + conflictCount, 0),
      holds: new Map(
        done.flatMap(({ frozen, holds }) =>
          changedRows(frozen.summary) === 0 ? [] : [[frozen.source.name, holds] as const],
        ),
      ),
      looked: new Map(
        done.map(
          ({ frozen: { source, images }, pairs, listed }) =>
            [source.name, { table: pairs, images, conflicts: listed }] as const,
        ),
      ),
      writes: new Map([...writes].map(([name, each]) => [name, each.frozen] as const)),
    },
  };
};
