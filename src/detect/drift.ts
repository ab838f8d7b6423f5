// Columns of staging against those of the mirror: what came, went, was renamed or has another type.
import type { Column } from '../sql/dialect.ts';
import { widens } from './widening.ts';

export type ColumnDrift =
  /** The mirror does not have it. */
  | { readonly kind: 'added'; readonly column: Column }
  /** Only the mirror has it, or it had been there. */
  | { readonly kind: 'vanished'; readonly column: Column; readonly mirrored: boolean }
  /** The mirror has it under the name that it had before. */
  | { readonly kind: 'renamed'; readonly column: Column; readonly from: Column }
  /** The mirror's type is narrower. */
  | { readonly kind: 'widened'; readonly column: Column; readonly from: Column }
  /** Staging gave the column another type. */
  | { readonly kind: 'retyped'; readonly column: Column; readonly from: Column }
  /** Somebody gave the mirror's column another type. */
  | { readonly kind: 'altered'; readonly column: Column; readonly from: Column };

export interface TwoTables {
  /** Columns that the source has or had, in the order of the images. */
  readonly columns: readonly Column[];
  /** Names of those that staging has now. */
  readonly staging: ReadonlySet<string>;
  readonly mirror: readonly Column[];
  /** The new name of a column, and the one before. */
  readonly renamed: ReadonlyMap<string, string>;
  /** The type that staging gave a column when the source was last in step. */
  typeBefore(name: string): string | undefined;
  baseType(type: string): string;
}

const retyped = (tables: TwoTables, column: Column, from: Column): readonly ColumnDrift[] => {
  if (from.type === column.type) return [];
  const before = tables.typeBefore(column.name) ?? tables.typeBefore(from.name);
  if (before === column.type) return [{ kind: 'altered', column, from }];
  const kind = widens((type) => tables.baseType(type), from.type, column.type) ? 'widened' : 'retyped';
  return [{ kind, column, from }];
};

export const compareColumns = (tables: TwoTables): readonly ColumnDrift[] =>
  tables.columns.flatMap((column): readonly ColumnDrift[] => {
    const find = (name: string | undefined): Column | undefined =>
      tables.mirror.find((each) => each.name === name);
    const same = find(column.name);
    if (!tables.staging.has(column.name))
      return [{ kind: 'vanished', column: same ?? column, mirrored: same !== undefined }];
    if (same !== undefined) return retyped(tables, column, same);
    const from = find(tables.renamed.get(column.name));
    if (from === undefined) return [{ kind: 'added', column }];
    return [{ kind: 'renamed', column, from }, ...retyped(tables, column, from)];
  });
