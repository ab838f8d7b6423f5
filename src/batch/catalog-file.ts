// The tables as they were when the warehouse was last looked at, kept beside the project file: what `--offline`
// checks names and types against. Without it, what dbt's own catalog says.
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { readDbtCatalog } from '../dbt/catalog.ts';
import { catalogOf, type Catalog, type CatalogTable } from '../dictionary/catalog.ts';
import { TidemarkError } from '../errors/tidemark-error.ts';
import type { Project } from '../project/project.ts';
import { showTable } from '../sql/table-name.ts';

/** In the project's folder; it holds names and types only, and may be committed. */
const catalogFileName = 'tidemark.catalog.json';

interface CatalogFile {
  readonly schema: 'tidemark/catalog/1';
  readonly environment: string;
  readonly tables: readonly CatalogTable[];
}

export interface KnownCatalog {
  readonly catalog: Catalog;
  /** As messages call it. */
  readonly from: string;
}

const unreadable = (file: string, cause?: unknown): TidemarkError =>
  new TidemarkError('catalog_unreadable', {
    message: `${file} is no catalog of ours`,
    hint: '`tidemark validate --save-catalog` writes it anew',
    cause,
  });

export const saveCatalog = (project: Project, tables: readonly CatalogTable[]): string => {
  const kept = tables
    .map(({ table, kind, columns, uniqueKeys, constrained }): CatalogTable => ({
      table,
      kind,
      columns,
      uniqueKeys,
      constrained,
    }))
    .toSorted((left, right) => (showTable(left.table) < showTable(right.table) ? -1 : 1));
  const file: CatalogFile = {
    schema: 'tidemark/catalog/1',
    environment: project.environment,
    tables: kept,
  };
  const path = join(project.directory, catalogFileName);
  writeFileSync(`${path}.new`, `${JSON.stringify(file, null, 1)}\n`);
  renameSync(`${path}.new`, path);
  return catalogFileName;
};

const isCatalog = (value: unknown): value is CatalogFile =>
  typeof value === 'object' &&
  value !== null &&
  'schema' in value &&
  value.schema === 'tidemark/catalog/1' &&
  'tables' in value &&
  Array.isArray(value.tables);

const ownCatalog = (path: string): KnownCatalog => {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw unreadable(basename(path), error);
  }
  if (!isCatalog(value)) throw unreadable(basename(path));
  return { catalog: catalogOf(value.tables), from: basename(path) };
};

const catalogOfDbt = (path: string): KnownCatalog | undefined => {
  const tables = readDbtCatalog(readFileSync(path, 'utf8'));
  if (tables === undefined) return undefined;
  const known = tables.map(({ schema, name, kind, columns }): CatalogTable => ({
    table: { schema, name },
    kind,
    // Nothing is said of NULL and defaults: what is not known is not held against a mapping.
    columns: columns.map((column) => ({ ...column, nullable: true })),
    uniqueKeys: [],
    constrained: false,
  }));
  return { catalog: catalogOf(known), from: "dbt's catalog.json" };
};

/** None where nothing was kept: names and types are believed. */
export const knownCatalog = (project: Project): KnownCatalog | undefined => {
  const own = join(project.directory, catalogFileName);
  if (existsSync(own)) return ownCatalog(own);
  const dbt = project.manifest === undefined ? undefined : join(dirname(project.manifest), 'catalog.json');
  return dbt !== undefined && existsSync(dbt) ? catalogOfDbt(dbt) : undefined;
};
