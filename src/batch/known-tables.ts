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

interface RememberedSource {
  readonly columns: readonly Column[];
  /** Of a log: the columns of its table by which it is read. */
  readonly own: readonly Column[];
}

/** What each source had when it was last in step, by its name. */
export type Remembered = ReadonlyMap<string, RememberedSource>;

const inNeither = (columns: readonly Column[], more: readonly Column[]): readonly Column[] => {
  const names = new Set(columns.map(({ name }) => name));
  return more.filter(({ name }) => !names.has(name));
};

/** Columns that are left out of the mirror may vanish unseen. */
const excluded = (source: RawSource): readonly Column[] =>
  (source.exclude ?? []).map(({ text }) => ({ name: text, type: 'varchar', nullable: true }));

const columnsOnceThere = (
  source: RawSource,
  mirror: TableInfo | undefined,
  remembered: readonly Column[],
): readonly Column[] => {
  const mirrored = mirror === undefined ? [] : mirroredColumns(source, mirror);
  const oldNames = new Set(source.renamed.map(({ from }) => from.text));
  const before = remembered.filter(({ name }) => !oldNames.has(name));
  const both = [...mirrored, ...inNeither(mirrored, before)];
  return both.length === 0 ? [] : [...both, ...inNeither(both, excluded(source))];
};

const knownTable = (
  source: RawSource,
  staging: TableInfo | undefined,
  { columns, own }: RememberedSource,
): Omit<CatalogTable, 'table'> | undefined => {
  if (columns.length === 0) return undefined;
  if (staging === undefined)
    return {
      kind: 'table',
      columns: [...columns, ...inNeither(columns, own)],
      uniqueKeys: [],
      constrained: false,
      standIn: true,
    };
  // The columns of JSON images are in no table but the mirror.
  const once = source.log?.after === undefined ? [...columns, ...inNeither(columns, own)] : own;
  const vanished = inNeither(staging.columns, once);
  return vanished.length === 0 ? undefined : { ...staging, columns: [...staging.columns, ...vanished] };
};

interface Found {
  readonly tables: readonly TableInfo[];
  /** Columns that only a mirror still has, or that had been there, are no columns of the source. */
  readonly strict: boolean;
  readonly remembered?: Remembered | undefined;
}

export const knownTables = (
  raw: RawDictionary,
  naming: Naming,
  { tables, strict, remembered }: Found,
): Catalog => {
  const catalog = catalogOf(tables);
  const known = raw.sources.flatMap((source) => {
    if (source.unsupported) return [];
    const table = sourceTable(source, naming);
    const staging = lookUp(catalog, table);
    const mirror = tables.find((each) => showTable(each.table) === showTable(mirrorTable(source, naming)));
    const info = staging && tables.find((each) => showTable(each.table) === showTable(staging.table));
    if (strict && info !== undefined) return [];
    const before = remembered?.get(source.name.text);
    const once = columnsOnceThere(source, mirror, before?.columns ?? []);
    const each = knownTable(source, info, { columns: once, own: before?.own ?? [] });
    return each === undefined ? [] : [{ ...each, table: info?.table ?? table }];
  });
  return new Map([...catalog, ...catalogOf(known)]);
};
