// The tables as the dictionary is resolved against them: a staging table that is gone for the moment, or that lost
// columns, is still known by its mirror, and is left out later rather than taken for a mistake in the mapping.
import { catalogOf, lookUp, type Catalog, type CatalogTable } from '../dictionary/catalog.ts';
import type { RawDictionary, RawSource } from '../dictionary/raw.ts';
import { mirrorTable, sourceTable, type Naming } from '../dictionary/tables.ts';
import type { Column } from '../sql/dialect.ts';
import { showTable } from '../sql/table-name.ts';
import type { TableInfo } from '../warehouse/port.ts';

/** Under the names that the source has now. */
const mirroredColumns = (source: RawSource, mirror: TableInfo): readonly Column[] =>
  mirror.columns.flatMap((column) => {
    const name = source.renamed.find(({ from }) => from.text === column.name)?.column.text;
    if (name === undefined) return [column];
    return mirror.columns.some((each) => each.name === name) ? [] : [{ ...column, name }];
  });

const knownTable = (
  source: RawSource,
  staging: TableInfo | undefined,
  mirror: TableInfo,
): readonly CatalogTable[] => {
  const columns = mirroredColumns(source, mirror);
  if (staging === undefined) return [{ ...mirror, columns, standIn: true }];
  // The columns of JSON images are in no table but the mirror.
  if (source.log?.after !== undefined) return [];
  const names = new Set(staging.columns.map(({ name }) => name));
  const vanished = columns.filter(({ name }) => !names.has(name));
  return vanished.length === 0 ? [] : [{ ...staging, columns: [...staging.columns, ...vanished] }];
};

/** `strict`: columns that only a mirror still has are no columns of the source. */
export const knownTables = (
  raw: RawDictionary,
  naming: Naming,
  tables: readonly TableInfo[],
  strict: boolean,
): Catalog => {
  const catalog = catalogOf(tables);
  const known = raw.sources.flatMap((source) => {
    if (source.unsupported) return [];
    const table = sourceTable(source, naming);
    const staging = lookUp(catalog, table);
    const mirror = tables.find((each) => showTable(each.table) === showTable(mirrorTable(source, naming)));
    const info = staging && tables.find((each) => showTable(each.table) === showTable(staging.table));
    return mirror === undefined || (strict && info !== undefined)
      ? []
      : knownTable(source, info, mirror).map((each) => ({ ...each, table: info?.table ?? table }));
  });
  return new Map([...catalog, ...catalogOf(known)]);
};
