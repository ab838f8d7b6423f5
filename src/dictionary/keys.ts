// The key columns of a source or target with their types, and whether the warehouse keeps them unique.
import type { Report } from '../project/problems.ts';
import type { Column, KeyColumn } from '../sql/dialect.ts';
import type { TableName } from '../sql/table-name.ts';
import { showTable } from '../sql/table-name.ts';
import type { CatalogTable } from './catalog.ts';
import { repeatedColumn, unknownOwnColumn } from './problems.ts';
import type { RawKeyColumn } from './raw.ts';

export interface KeyTable {
  /** The YAML key that names the columns. */
  readonly owner: string;
  readonly table: TableName;
  /** None where the table does not exist, or is unknown. */
  readonly columns: readonly Column[] | undefined;
}

export const resolveKey = (
  raw: readonly RawKeyColumn[],
  around: KeyTable,
  report: Report,
): readonly KeyColumn[] => {
  const seen = new Set<string>();
  return raw.flatMap(({ name, nullable }) => {
    if (seen.has(name.text)) {
      report(repeatedColumn(name.at, around.owner, name.text));
      return [];
    }
    seen.add(name.text);
    const column = around.columns?.find((candidate) => candidate.name === name.text);
    if (column === undefined && around.columns !== undefined) {
      const columns = around.columns.map((candidate) => candidate.name);
      report(unknownOwnColumn(name.at, around.owner, name.text, { table: showTable(around.table), columns }));
    }
    return [{ name: name.text, type: column?.type ?? '', nullable }];
  });
};

/** A unique set of columns within the key; engines let NULLs repeat, so a nullable column keeps nothing unique. */
export const isEnforced = (key: readonly KeyColumn[], info: CatalogTable): boolean => {
  const strict = new Set(key.filter((column) => !column.nullable).map((column) => column.name));
  return info.uniqueKeys.some((unique) => unique.length > 0 && unique.every((column) => strict.has(column)));
};
