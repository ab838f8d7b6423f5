// Rows that come back whole: an undone batch had deleted them, and the audit holds all of their columns, mapped or not.
import type { Column, Dialect } from '../../sql/dialect.ts';
import { id, sql, table, type Fragment } from '../../sql/fragment.ts';
import { keyName, type ImageTable } from '../../sql/images.ts';
import { keysMatch } from '../../sql/keys.ts';
import type { UndoneTable } from '../../sql/undone.ts';
import type { TargetWork } from '../target-work.ts';

export const restorableColumns = ({ target, scratch }: TargetWork): readonly Column[] => {
  const written = new Set([...scratch.images.columns, ...target.touch].map(({ name }) => name));
  return target.tableColumns.filter(({ name, generated }) => !written.has(name) && generated !== true);
};

/** The deleted rows (`alias`) that an image (`i`) brings back. */
const matches = (dialect: Dialect, undone: UndoneTable, images: ImageTable, alias: string): Fragment =>
  sql`${id(alias, 'deleted_row')} is not null and not ${id(alias, 'is')} and ${keysMatch(
    dialect,
    images.key,
    (name) => id('i', keyName(images, name)),
    (name) => id(alias, keyName(undone, name)),
  )}`;

export const countRestored = (work: TargetWork, undone: UndoneTable): Fragment => {
  const { images } = work.scratch;
  return sql`select count(*) as rows from ${table(images.table)} as i join ${table(undone.table)} as r on ${matches(work.dialect, undone, images, 'r')} where i.op = 'I'`;
};

/** `left join` of the deleted rows as `r` to the images as `i`. */
export const joinRestored = (dialect: Dialect, undone: UndoneTable, images: ImageTable): Fragment =>
  sql`left join ${table(undone.table)} as r on i.op = 'I' and ${matches(dialect, undone, images, 'r')}`;

export const isRestored = sql`r.deleted_row is not null`;

export const restoredValue = (dialect: Dialect, { name, type }: Column): Fragment =>
  dialect.fromJsonText(dialect.jsonText(sql`r.deleted_row`, name), type);
