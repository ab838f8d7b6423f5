// Images written into their table: only columns that differ, only rows that differ, each guarded by its
// before-image, each with the number of rows it must write. Less means that somebody wrote in between.
import type { TouchColumn } from '../dictionary/dictionary.ts';
import type { Dialect } from '../sql/dialect.ts';
import { commas, id, ors, sql, table, verbatim, type Fragment } from '../sql/fragment.ts';
import { afterName, beforeName, guardName, type ImageTable } from '../sql/images.ts';
import { rowOfImage } from '../sql/keys.ts';
import type { TableName } from '../sql/table-name.ts';
import type { Restored } from '../sql/undone.ts';
import type { ImageSummary } from './relation-view.ts';
import { isRestored, joinRestored, restoredValue } from './undo/restored.ts';

export interface WritePlan {
  readonly dialect: Dialect;
  readonly into: TableName;
  readonly images: ImageTable;
  readonly summary: ImageSummary;
  /** Columns of the table that no image carries. */
  readonly otherColumns: readonly string[];
  readonly touch: readonly TouchColumn[];
  /** The batch's moment, as text. */
  readonly moment: string;
  readonly updateInPlace: boolean;
  /** Holds whole rows on their way from delete to insert; made by the caller with the table's columns, where
   *  `needsRewritten` says so. */
  readonly rewritten: TableName;
  /** Where the rows to be rewritten are read: the table itself, or scratch that holds them. */
  readonly rowsIn: TableName;
  /** Inserted rows that come back with columns that no image carries. */
  readonly restored?: Restored | undefined;
}

export interface GuardedWrite {
  readonly statement: Fragment;
  readonly rows: number;
  readonly does: 'update' | 'delete' | 'insert' | 'copy';
}

const touchValue = (plan: WritePlan, touch: TouchColumn): Fragment => {
  const value = touch.value === 'now' ? plan.moment : touch.value.constant;
  const text = value === null || typeof value === 'string' ? value : String(value);
  // Instants go through a zoned type, so that a column without zone gets UTC whatever the session.
  const typed = touch.value === 'now' ? sql`cast(${text} as timestamptz)` : sql`${text}`;
  return sql`cast(${typed} as ${verbatim(touch.type)})`;
};

/** The row is still what it was when the image was taken. Written as a case, since DuckDB takes each
 *  `is not distinct from` for a hash key: 184 ms instead of 80 for 5,000 of 5 M rows. */
const unchanged = (plan: WritePlan): Fragment => {
  const { dialect, images } = plan;
  // Whoever holds the file is alone: comparing all columns of a mirror would read it whole (110 ms of 1 M rows).
  if (!dialect.capabilities.concurrentWriters) return rowOfImage(dialect, images, 't', 'i');
  const changed = [
    ...images.columns.map((column) => ({ column, was: beforeName(images, column.name) })),
    ...(images.guards ?? []).map((column) => ({ column, was: guardName(images, column.name) })),
  ].map(({ column, was }) => dialect.differs(id('t', column.name), id('i', was), column.type));
  return sql`${rowOfImage(dialect, images, 't', 'i')} and case when ${ors(changed)} then false else true end`;
};

const updateRows = (plan: WritePlan): Fragment => {
  const { images, summary } = plan;
  const changed = images.columns.filter((column) => summary.columns.has(column.name));
  const assignments = [
    ...changed.map((column) => sql`${id(column.name)} = ${id('i', afterName(images, column.name))}`),
    ...plan.touch.map((touch) => sql`${id(touch.name)} = ${touchValue(plan, touch)}`),
  ];
  return sql`update ${table(plan.into)} as t set ${commas(assignments)}
from ${table(images.table)} as i where i.op = 'U' and ${unchanged(plan)}`;
};

const deleteRows = (plan: WritePlan, operations: Fragment): Fragment =>
  sql`delete from ${table(plan.into)} as t using ${table(plan.images.table)} as i
where i.op in (${operations}) and ${unchanged(plan)}`;

interface NewRows {
  readonly columns: readonly Fragment[];
  readonly values: readonly Fragment[];
  readonly join: Fragment;
  readonly where: Fragment;
}

const insertWhere = (plan: WritePlan, { columns, values, join, where }: NewRows): Fragment => {
  const { dialect, images, touch } = plan;
  const names = [...images.columns, ...touch].map(({ name }) => id(name));
  const cells = [
    ...images.columns.map((column) => id('i', afterName(images, column.name))),
    ...touch.map((column) => touchValue(plan, column)),
  ];
  return sql`insert into ${table(plan.into)} (${commas([...names, ...columns])})
select ${commas([...cells, ...values])} from ${table(images.table)} as i${join}
where i.op = 'I'${where} and not exists (select 1 from ${table(plan.into)} as t where ${rowOfImage(dialect, images, 't', 'i')})`;
};

/** Rows that come back are written with all their columns; the others get what the table fills in by itself. */
const insertRows = (plan: WritePlan): readonly GuardedWrite[] => {
  const { dialect, images, restored } = plan;
  const { inserted } = plan.summary;
  const nothing = verbatim('');
  if (restored === undefined) {
    const statement = insertWhere(plan, { columns: [], values: [], join: nothing, where: nothing });
    return [{ statement, rows: inserted, does: 'insert' }];
  }
  const join = sql`\n${joinRestored(dialect, restored.undone, images)}`;
  const rest = { columns: [], values: [], join, where: sql` and not (${isRestored})` };
  const back = {
    columns: restored.columns.map(({ name }) => id(name)),
    values: restored.columns.map((column) => restoredValue(dialect, column)),
    join,
    where: sql` and ${isRestored}`,
  };
  return [
    { statement: insertWhere(plan, rest), rows: inserted - restored.rows, does: 'insert' },
    { statement: insertWhere(plan, back), rows: restored.rows, does: 'insert' },
  ];
};

/** Images that carry every column of the table need nothing of the old row. */
const replaceRows = (plan: WritePlan): readonly GuardedWrite[] => {
  const { dialect, images, summary } = plan;
  const columns = images.columns.map((column) => id(column.name));
  const values = images.columns.map((column) => id('i', afterName(images, column.name)));
  const gone = summary.updated + summary.deleted;
  return [
    { statement: deleteRows(plan, sql`'U', 'D'`), rows: gone, does: 'delete' },
    {
      statement: sql`insert into ${table(plan.into)} (${commas(columns)})
select ${commas(values)} from ${table(images.table)} as i
where i.op = 'U' or (i.op = 'I' and not exists (select 1 from ${table(plan.into)} as t where ${rowOfImage(dialect, images, 't', 'i')}))`,
      rows: summary.updated + summary.inserted,
      does: 'insert',
    },
  ];
};

/** The rows to be rewritten, as they are now, with the images laid in: columns that no image carries are kept. */
const copyRows = (plan: WritePlan): Fragment => {
  const { images, touch } = plan;
  const touched = new Map(touch.map((column) => [column.name, column]));
  const kept = plan.otherColumns.map((name) => {
    const set = touched.get(name);
    return set === undefined ? id('t', name) : touchValue(plan, set);
  });
  const laid = images.columns.map((column) => id('i', afterName(images, column.name)));
  const columns = [...images.columns.map((column) => column.name), ...plan.otherColumns];
  return sql`insert into ${table(plan.rewritten)} (${commas(columns.map((name) => id(name)))})
select ${commas([...laid, ...kept])} from ${table(plan.rowsIn)} as t
join ${table(images.table)} as i on i.op = 'U' and ${unchanged(plan)}`;
};

const rewriteRows = (plan: WritePlan): readonly GuardedWrite[] => {
  const { updated, deleted, inserted } = plan.summary;
  const columns = commas(
    [...plan.images.columns.map((column) => column.name), ...plan.otherColumns].map((name) => id(name)),
  );
  const copies: GuardedWrite[] = [
    { statement: copyRows(plan), rows: updated, does: 'copy' },
    { statement: deleteRows(plan, sql`'U', 'D'`), rows: updated + deleted, does: 'delete' },
    {
      statement: sql`insert into ${table(plan.into)} (${columns}) select ${columns} from ${table(plan.rewritten)}`,
      rows: updated,
      does: 'insert',
    },
  ];
  return inserted === 0 ? copies : [...copies, ...insertRows(plan)];
};

/** The statements of one table, in the order in which they must run. Deletes come first and inserts last, so
 *  that a key that moves from one row to another is free when it is needed. */
export const writes = (plan: WritePlan): readonly GuardedWrite[] => {
  const { updated, deleted, inserted } = plan.summary;
  if (updated > 0 && plan.dialect.capabilities.rewritesRows && !plan.updateInPlace) {
    return plan.otherColumns.length === 0 ? replaceRows(plan) : rewriteRows(plan);
  }
  const all: readonly GuardedWrite[] = [
    { statement: deleteRows(plan, sql`'D'`), rows: deleted, does: 'delete' },
    { statement: updateRows(plan), rows: updated, does: 'update' },
    ...(inserted === 0 ? [] : insertRows(plan)),
  ];
  return all.filter((write) => write.rows > 0);
};

export const needsRewritten = (plan: Omit<WritePlan, 'rewritten'>): boolean =>
  plan.dialect.capabilities.rewritesRows &&
  !plan.updateInPlace &&
  plan.summary.updated > 0 &&
  plan.otherColumns.length > 0;
