// The scratch table of what some batches did to the rows of one relation, taken back from ledger or audit: per row
// whether it was there before and after them, and every column that they changed, with its value before and after.
import type { Column, ScratchColumn } from './dialect.ts';
import { recordedType } from './redacted.ts';
import { id, type Fragment } from './fragment.ts';
import { afterName, beforeName, keyName, type ImageShape } from './images.ts';
import type { TableName } from './table-name.ts';

/** Columns: `was` and `is`, the row's presence before and after; `row_before` and `row_after`, the records' own JSON of
 *  a deleted or inserted row; key; before and after of each column; and a mark for each column that is told of. */
export interface UndoneTable extends ImageShape {
  readonly table: TableName;
}

/** Of a redacted column the records have hashes, texts all of them. */
export const recordedColumn = (column: Column): Column => ({ ...column, type: recordedType(column) });

const placeOf = (shape: ImageShape, name: string): number =>
  shape.columns.findIndex((column) => column.name === name);

/** Whether the records tell of this column. */
const toldName = (shape: ImageShape, name: string): string => `t#${placeOf(shape, name)}`;

export const undoneColumns = (shape: ImageShape, jsonType: string): readonly ScratchColumn[] => [
  { name: 'was', type: 'boolean' },
  { name: 'is', type: 'boolean' },
  { name: 'deleted_row', type: jsonType },
  ...shape.key.map(({ name, type }) => ({ name: keyName(shape, name), type })),
  ...shape.columns.map(({ name, type }) => ({ name: beforeName(shape, name), type })),
  ...shape.columns.map(({ name, type }) => ({ name: afterName(shape, name), type })),
  ...shape.columns.map(({ name }) => ({ name: toldName(shape, name), type: 'boolean' })),
];

export const told = (shape: ImageShape, alias: string, name: string): Fragment =>
  id(alias, toldName(shape, name));
export const was = (shape: ImageShape, alias: string, name: string): Fragment =>
  id(alias, beforeName(shape, name));
export const became = (shape: ImageShape, alias: string, name: string): Fragment =>
  id(alias, afterName(shape, name));

/** Rows that an undo brings back whole: the audit of their deletion holds columns that no image carries. */
export interface Restored {
  readonly undone: UndoneTable;
  /** Columns that the images do not carry, and that the table does not compute by itself. */
  readonly columns: readonly Column[];
  readonly rows: number;
}
