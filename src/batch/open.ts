// Opens a project on its warehouse: mapping files read and resolved against the tables as they are now.
import type { SourceMemory } from '../detect/mirror-plan.ts';
import type { Dictionary } from '../dictionary/dictionary.ts';
import { parseDictionary, type ParsedDictionary } from '../dictionary/parse.ts';
import { dictionaryInvalid } from '../dictionary/problems.ts';
import { resolveDictionary } from '../dictionary/resolve.ts';
import { mirrorTable, tablesOf } from '../dictionary/tables.ts';
import type { Trust } from '../dictionary/trust.ts';
import type { Problem, TidemarkError } from '../errors/tidemark-error.ts';
import { buildGraph } from '../graph/graph.ts';
import type { Project } from '../project/project.ts';
import { readMappings } from '../project/read-project.ts';
import type { Column } from '../sql/dialect.ts';
import { showTable } from '../sql/table-name.ts';
import { logStateTable } from '../store/log-state-table.ts';
import { stateVersion } from '../store/migrate.ts';
import type { HeldColumn } from '../store/relations.ts';
import { openWarehouse, type OpenOptions } from '../warehouse/open.ts';
import type { TableInfo, Warehouse } from '../warehouse/port.ts';
import { warningOf, type Warn } from './commit/after-commit.ts';
import { readChanges, type ChangedKeys, type NamedChanges } from './freeze/changed-keys.ts';
import { namingOf } from './naming.ts';
import { silent, type BatchContext, type BatchOptions, type Progress } from './context.ts';
import { holdColumns } from './drift/held.ts';
import { lackingProblems, refuseLacking } from './lacking.ts';
import { spellLogTypes } from './log-types.ts';
import { readKnownState, type KnownState } from './known-state.ts';
import { knownTables, type Remembered } from './known-tables.ts';
import { readSourceMemory, targetMemory } from './drift/mapping-hash.ts';
import { reboundRelations } from './drift/rebind.ts';
import { remakeRepeated } from './drift/repeated-mirrors.ts';
import { keptModels } from './kept-models.ts';
import { resolveTypes } from './compute/resolve-types.ts';
import { judgeDrift } from './drift/source-drift.ts';
import { setBackTargets, wholeMappingsOf } from './drift/set-back.ts';
import { refusedTargets } from './drift/target-drift.ts';
import { shapelessTargets, trustedTargets } from './drift/trusted-targets.ts';
import { healingOf, observe } from './drift/watch.ts';
import { refuseTornEvents } from './drift/watch-events.ts';

export interface Checked {
  readonly dictionary: Dictionary;
  readonly problems: readonly Problem[];
  readonly tables: ReadonlyMap<string, TableInfo>;
}

const tableNamesFor = async (
  warehouse: Warehouse,
  project: Project,
  problems: readonly Problem[],
): Promise<readonly string[]> => {
  if (!problems.some(({ code }) => code === 'unknown_table')) return [];
  const { staging, targets } = project.schemas;
  const schemas = [
    ...new Map([staging, targets].map((each) => [`${each.database ?? ''}.${each.schema}`, each])).values(),
  ];
  const names = await Promise.all(
    schemas.map(async ({ schema, database }) =>
      (await warehouse.tablesIn(schema, database)).map((name) => `${schema}.${name}`),
    ),
  );
  return names.flat();
};

export interface CheckOptions {
  readonly strict?: boolean;
  /** The mappings, where they are not those of the project's folder. */
  readonly parsed?: ParsedDictionary | undefined;
}

/** What we knew when they were last in step; nothing where we have no tables. */
const relationsBefore = async (warehouse: Warehouse, project: Project): Promise<KnownState['relations']> => {
  const version = await stateVersion(warehouse, project.schemas.state);
  return version === 0 ? new Map() : (await readKnownState(warehouse, project, version, true)).relations;
};

const rememberedColumns = (relations: KnownState['relations']): Remembered =>
  new Map(
    [...relations].flatMap(([name, { kind, mapping }]) => {
      const memory = kind === 'source' ? readSourceMemory(mapping) : undefined;
      const asColumns = (pairs: SourceMemory['kept'] = []): readonly Column[] =>
        pairs.map(([column, type]) => ({ name: column, type, nullable: true }));
      const columns = asColumns([...(memory?.columns ?? []), ...(memory?.kept ?? [])]);
      return [[name, { columns, own: asColumns(memory?.own) }] as const];
    }),
  );

/** All that can be said of the mapping files against the warehouse's tables, without running anything. What fitted
 *  before and does not fit tables that changed is passed over here, for the batch to judge, unless `strict`. */
export const checkDictionary = async (
  warehouse: Warehouse,
  project: Project,
  { strict = false, parsed = parseDictionary(readMappings(project)) }: CheckOptions = {},
): Promise<Checked> => {
  const naming = namingOf(project);
  const { raw } = parsed;
  const mirrors = raw.sources
    .filter((source) => !source.unsupported)
    .map((source) => mirrorTable(source, naming));
  const states = raw.sources.flatMap(({ name, log }) =>
    log === undefined ? [] : [logStateTable(project.schemas.state, name.text)],
  );
  const tables = await warehouse.introspect([...tablesOf(raw, naming), ...mirrors, ...states]);
  const asTheyAre = knownTables(raw, naming, { tables, strict });
  const declared = resolveDictionary(raw, naming, asTheyAre);
  const models = await keptModels(project, {
    raw,
    naming,
    manifest: project.manifest,
    dictionary: declared.dictionary,
    catalog: asTheyAre,
  });
  const first = models.size === 0 ? declared : resolveDictionary(raw, naming, asTheyAre, { models });
  const forgiving = !strict && first.problems.some(({ severity }) => severity === 'error');
  const relations: KnownState['relations'] = forgiving
    ? await relationsBefore(warehouse, project)
    : new Map();
  const catalog =
    relations.size === 0
      ? asTheyAre
      : knownTables(raw, naming, { tables, strict, remembered: rememberedColumns(relations) });
  const again = catalog === asTheyAre ? first : resolveDictionary(raw, naming, catalog, { models });
  const shapeless = shapelessTargets(raw, naming, { relations, catalog });
  const resolve = (names: ReadonlyMap<string, Trust>): Dictionary =>
    resolveDictionary(raw, naming, catalog, { trusted: names, shapeless, models }).dictionary;
  const trusted = trustedTargets({ raw, relations, problems: again.problems, resolve });
  const tableNames = await tableNamesFor(warehouse, project, again.problems);
  const isSettled = tableNames.length + trusted.size + shapeless.size === 0;
  const { dictionary, problems } = isSettled
    ? again
    : resolveDictionary(raw, naming, catalog, { tableNames, trusted, shapeless, models });
  const typed = await spellLogTypes(warehouse, dictionary);
  return {
    dictionary: typed.dictionary,
    problems: [
      ...parsed.problems,
      ...problems,
      ...lackingProblems(warehouse.dialect, dictionary),
      ...typed.problems,
    ],
    tables: new Map(tables.map((table) => [showTable(table.table), table])),
  };
};

export interface OpenBatch {
  readonly project: Project;
  readonly warehouse: Warehouse;
  readonly options?: Partial<Omit<BatchOptions, 'changes'>>;
  /** The only keys to look at. */
  readonly changes?: NamedChanges | undefined;
  readonly progress?: Progress | undefined;
  /** Relations that an earlier attempt found written by somebody else. */
  readonly suspects?: ReadonlySet<string> | undefined;
  /** Held columns of the targets to reconcile that are taken in again. */
  readonly release?: ReadonlySet<string> | undefined;
  /** Columns that earlier attempts of this batch found to change too much, by target. */
  readonly held?: ReadonlyMap<string, readonly HeldColumn[]> | undefined;
  /** Tables that the project file names anew are taken over rather than refused. */
  readonly rebind?: boolean | undefined;
  /** Told that scratch could not be dropped, where the work counts though. */
  readonly warn?: Warn | undefined;
  /** Where the caller has just checked it. */
  readonly checked?: Checked | undefined;
  /** Of our tables, where the caller has just brought them to it. */
  readonly version?: number | undefined;
  /** The mappings, where they are not those of the project's folder. */
  readonly parsed?: ParsedDictionary | undefined;
}

const noneOr = (names: ReadonlySet<string> | undefined): ReadonlySet<string> => names ?? new Set();

/** Mistakes, and what no batch can do there. */
export const refuseUnfit = ({ dialect }: Warehouse, { dictionary, problems }: Checked): void => {
  const errors = problems.filter((problem) => problem.severity === 'error');
  if (errors.length > 0) throw dictionaryInvalid(errors);
  refuseLacking(dialect, dictionary);
};

const memoriesOf = ({ targets }: Dictionary): Map<string, string> =>
  new Map(targets.map((target) => [target.name, JSON.stringify(targetMemory(target))]));

const batchOptions = ({ options }: OpenBatch, changes: ChangedKeys | undefined): BatchOptions => ({
  ...options,
  adopt: noneOr(options?.adopt),
  allow: noneOr(options?.allow),
  reconcile: noneOr(options?.reconcile),
  changes,
});

/** Reads everything a batch needs to know before it begins; the caller closes the warehouse. */
const openContext = async (open: OpenBatch): Promise<BatchContext> => {
  const { project, warehouse, options, changes, progress, suspects } = open;
  const checked = open.checked ?? (await checkDictionary(warehouse, project, { parsed: open.parsed }));
  refuseUnfit(warehouse, checked);
  const version = open.version ?? (await stateVersion(warehouse, project.schemas.state));
  const known = await readKnownState(warehouse, project, version, open.rebind);
  const reconcile = noneOr(options?.reconcile);
  const holds = holdColumns(checked.dictionary, known, {
    reconcile,
    columns: open.release ?? new Set(),
    decided: open.held ?? new Map(),
  });
  const wholeMappings = wholeMappingsOf(checked.dictionary.targets);
  const setBack = setBackTargets(wholeMappings, known);
  const { tables } = checked;
  const adopt = noneOr(options?.adopt);
  const refusedByTable = refusedTargets(holds.dictionary.targets, { known, adopt, tables });
  const resolved = await resolveTypes(warehouse, holds.dictionary, new Set(refusedByTable.keys()));
  const mappings = memoriesOf(resolved);
  const dictionary = resolved;
  const judged = await judgeDrift({ dictionary, warehouse, tables, known, mappings, reconcile });
  for (const [name, memory] of judged.memories) mappings.set(name, JSON.stringify(memory));
  const graph = buildGraph({ ...resolved, sources: judged.sources });
  const rebound = reboundRelations(graph, known, open.rebind === true);
  const named = changes === undefined ? undefined : readChanges(graph, checked.tables, changes);
  const unwatched = new Map([...judged.refused, ...refusedByTable, ...setBack]);
  const { mirrors } = judged;
  const observed = await observe({ graph, warehouse, known, tables, mirrors, refused: unwatched });
  await refuseTornEvents({ warehouse, project, known }, observed);
  const drift = await remakeRepeated(judged, { warehouse, tables, known, observed });
  // An undo may be that of the undo that set them back.
  const left = options?.undo === undefined ? setBack : new Map<string, TidemarkError>();
  const refused = new Map([...drift.refused, ...refusedByTable, ...left]);
  return {
    project,
    graph,
    warehouse,
    scratch: await warehouse.openScratch(project.schemas.state.schema),
    known,
    tables: checked.tables,
    observed,
    healing: healingOf({ graph, known }, observed, new Set([...(suspects ?? []), ...rebound])),
    options: batchOptions(open, named),
    mappings,
    mirrors: drift.mirrors,
    refused,
    setBack,
    wholeMappings,
    held: holds.held,
    notices: drift.notices,
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
export const withContext = async <T>(
  open: OpenBatch,
  work: (context: BatchContext) => Promise<T>,
): Promise<T> => {
  const context = await openContext(open);
  let result: T;
  try {
    result = await work(context);
  } catch (error) {
    // What goes wrong with the scratch now has the same reason, or is mended by the next run: it drops what is left.
    await context.scratch.drop().catch(() => undefined);
    throw error;
  }
  await context.scratch.drop().catch((error: unknown) => {
    if (open.warn === undefined) throw error;
    open.warn(warningOf('scratch tables are left for the next run to drop', error));
  });
  return result;
};
