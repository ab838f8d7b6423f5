// Opens a project on its warehouse: mapping files read and resolved against the tables as they are now.
import { catalogOf, lookUp } from '../dictionary/catalog.ts';
import type { Dictionary } from '../dictionary/dictionary.ts';
import { parseDictionary } from '../dictionary/parse.ts';
import { dictionaryInvalid } from '../dictionary/problems.ts';
import type { RawDictionary } from '../dictionary/raw.ts';
import { resolveDictionary } from '../dictionary/resolve.ts';
import { mirrorTable, sourceTable, tablesOf } from '../dictionary/tables.ts';
import type { Problem } from '../errors/tidemark-error.ts';
import { buildGraph } from '../graph/graph.ts';
import type { Project } from '../project/project.ts';
import { readMappings } from '../project/read-project.ts';
import { showTable } from '../sql/table-name.ts';
import { stateVersion } from '../store/migrate.ts';
import { openWarehouse, type OpenOptions } from '../warehouse/open.ts';
import type { TableInfo, Warehouse } from '../warehouse/port.ts';
import { silent, type BatchContext, type BatchOptions, type Progress } from './context.ts';
import { readKnownState } from './known-state.ts';
import { mappingHashes } from './mapping-hash.ts';
import { resolveTypes } from './resolve-types.ts';
import { healingOf, observe } from './watch.ts';

/** A source whose table is gone for the moment (dbt is building it) is still known by its mirror: it is left out
 *  of the batch rather than taken for a mistake in the mapping. */
const standIns = (raw: RawDictionary, project: Project, tables: readonly TableInfo[]): readonly TableInfo[] => {
  const catalog = catalogOf(tables);
  return raw.sources.flatMap((source) => {
    const table = sourceTable(source, project);
    if (lookUp(catalog, table) !== undefined) return [];
    const mirror = tables.find((each) => showTable(each.table) === showTable(mirrorTable(source, project)));
    return mirror === undefined ? [] : [{ ...mirror, table }];
  });
};

export interface Checked {
  readonly dictionary: Dictionary;
  readonly problems: readonly Problem[];
  readonly tables: ReadonlyMap<string, TableInfo>;
}

const tableNamesFor = async (warehouse: Warehouse, project: Project, problems: readonly Problem[]): Promise<readonly string[]> => {
  if (!problems.some(({ code }) => code === 'unknown_table')) return [];
  const schemas = [...new Set([project.schemas.staging.schema, project.schemas.targets.schema])];
  const names = await Promise.all(
    schemas.map(async (schema) => (await warehouse.tablesIn(schema)).map((name) => `${schema}.${name}`)),
  );
  return names.flat();
};

/** All that can be said of the mapping files against the warehouse's tables, without running anything. */
export const checkDictionary = async (warehouse: Warehouse, project: Project): Promise<Checked> => {
  const parsed = parseDictionary(readMappings(project));
  const { raw } = parsed;
  const mirrors = raw.sources.filter((source) => !source.unsupported).map((source) => mirrorTable(source, project));
  const found = await warehouse.introspect([...tablesOf(raw, project), ...mirrors]);
  const catalog = catalogOf([...found, ...standIns(raw, project, found)]);
  const first = resolveDictionary(raw, project, catalog);
  const names = await tableNamesFor(warehouse, project, first.problems);
  const { dictionary, problems } = names.length === 0 ? first : resolveDictionary(raw, project, catalog, names);
  return {
    dictionary,
    problems: [...parsed.problems, ...problems],
    tables: new Map(found.map((table) => [showTable(table.table), table])),
  };
};

export interface OpenBatch {
  readonly project: Project;
  readonly warehouse: Warehouse;
  readonly options?: Partial<BatchOptions>;
  readonly progress?: Progress | undefined;
  /** Relations that an earlier attempt found written by somebody else. */
  readonly suspects?: ReadonlySet<string> | undefined;
}

/** Reads everything a batch needs to know before it begins; the caller closes the warehouse. */
export const openContext = async ({ project, warehouse, options, progress, suspects }: OpenBatch): Promise<BatchContext> => {
  const checked = await checkDictionary(warehouse, project);
  const errors = checked.problems.filter((problem) => problem.severity === 'error');
  if (errors.length > 0) throw dictionaryInvalid(errors);
  const dictionary = await resolveTypes(warehouse, checked.dictionary);
  const version = await stateVersion(warehouse, project.schemas.state);
  const graph = buildGraph(dictionary);
  const known = await readKnownState(warehouse, project, version);
  const observed = await observe({ graph, warehouse, known, tables: checked.tables });
  return {
    project,
    graph,
    warehouse,
    scratch: await warehouse.openScratch(project.schemas.state.schema),
    known,
    tables: checked.tables,
    observed,
    healing: healingOf({ graph, known }, observed, suspects ?? new Set()),
    options: { adopt: options?.adopt ?? new Set(), allow: options?.allow ?? new Set() },
    mappings: mappingHashes(dictionary),
    progress: progress ?? silent,
  };
};

export const withWarehouse = async <T>(
  project: Project,
  options: OpenOptions,
  work: (warehouse: Warehouse) => Promise<T>,
): Promise<T> => {
  const warehouse = await openWarehouse(project.connection, options);
  try {
    return await work(warehouse);
  } finally {
    await warehouse.close();
  }
};

/** A context for the time of some work; its scratch is dropped at the end, whatever happens. */
export const withContext = async <T>(open: OpenBatch, work: (context: BatchContext) => Promise<T>): Promise<T> => {
  const context = await openContext(open);
  try {
    return await work(context);
  } finally {
    await context.scratch.drop();
  }
};
