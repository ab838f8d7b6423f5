// What the resolver knows of the warehouse: tables as they are now, handed in by whoever may ask it.
import type { Column } from '../sql/dialect.ts';
import type { TableName } from '../sql/table-name.ts';
import { showTable } from '../sql/table-name.ts';

/** The facts of one table; the `TableInfo` of the warehouse has them all. */
export interface CatalogTable {
  readonly table: TableName;
  readonly kind: 'table' | 'view';
  readonly columns: readonly Column[];
  readonly uniqueKeys: readonly (readonly string[])[];
  readonly constrained: boolean;
  /** The table itself is gone for the moment: these are the columns of its mirror. */
  readonly standIn?: boolean | undefined;
}

/** By `showTable`; tables that do not exist are not in it. */
export type Catalog = ReadonlyMap<string, CatalogTable>;

export const catalogOf = (tables: readonly CatalogTable[]): Catalog =>
  new Map(tables.map((table) => [showTable(table.table), table]));

/** Names match as written, else in any case, as an engine would match an unquoted name. */
export const lookUp = (catalog: Catalog, name: TableName): CatalogTable | undefined => {
  const exact = catalog.get(showTable(name));
  if (exact !== undefined) return exact;
  const wanted = showTable(name).toLowerCase();
  const similar = [...catalog].filter(([key]) => key.toLowerCase() === wanted);
  return similar.length === 1 ? similar[0]?.[1] : undefined;
};
