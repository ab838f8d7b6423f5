// The scratch table of a relation's images: one row per changed row, its key, operation, and every column
// before (`b_…`) and after (`a_…`). Detection and reconcile write it; overlay, audit and commit read it.
import type { Column, KeyColumn, ScratchColumn } from './dialect.ts';
import { id, sql, table, type Fragment } from './fragment.ts';
import type { TableName } from './table-name.ts';

export type Operation = 'I' | 'U' | 'D';

export interface ImageShape {
  readonly key: readonly KeyColumn[];
  /** The columns whose values are kept, key columns of sources among them. */
  readonly columns: readonly Column[];
  /** Further columns of the row that its image was computed from, where others may change them meanwhile. */
  readonly guards?: readonly Column[] | undefined;
}

export interface ImageTable extends ImageShape {
  readonly table: TableName;
}

/** Postgres cuts identifiers at 63 bytes: a long column name is replaced by its place in the list. */
const longestName = 60;

const prefixed = (prefix: string, name: string, place: number): string =>
  new TextEncoder().encode(name).length <= longestName ? `${prefix}_${name}` : `${prefix}#${place}`;

const placeOf = (columns: readonly { readonly name: string }[], name: string): number => {
  const place = columns.findIndex((column) => column.name === name);
  if (place < 0) throw new RangeError(`no image of column ${name}`);
  return place;
};

export const keyName = (shape: ImageShape, name: string): string =>
  prefixed('k', name, placeOf(shape.key, name));
export const beforeName = (shape: ImageShape, name: string): string =>
  prefixed('b', name, placeOf(shape.columns, name));
export const afterName = (shape: ImageShape, name: string): string =>
  prefixed('a', name, placeOf(shape.columns, name));

/** What a guard column held when the image was computed. */
export const guardName = (shape: ImageShape, name: string): string =>
  prefixed('g', name, placeOf(shape.guards ?? [], name));

export const imageColumns = (shape: ImageShape): readonly ScratchColumn[] => [
  { name: 'seq', type: 'bigint' },
  { name: 'op', type: 'varchar' },
  { name: 'declared', type: 'varchar' },
  ...shape.key.map((column) => ({ name: keyName(shape, column.name), type: column.type })),
  ...shape.columns.map((column) => ({ name: beforeName(shape, column.name), type: column.type })),
  ...shape.columns.map((column) => ({ name: afterName(shape, column.name), type: column.type })),
  ...(shape.guards ?? []).map((column) => ({ name: guardName(shape, column.name), type: column.type })),
];

/** `insert into` an image table, with its columns in the order of `imageColumns`. */
export const insertImages = (images: ImageTable, rows: Fragment): Fragment =>
  sql`insert into ${table(images.table)} (${sql.join(imageColumns(images).map((column) => id(column.name)))})\n${rows}`;
