// The dictionary, read against the warehouse or the kept catalog, as what the pipeline is rendered from.
import { catalogOf, lookUp, type Catalog, type CatalogTable } from '../../dictionary/catalog.ts';
import { isLog, type Dictionary } from '../../dictionary/dictionary.ts';
import { parseDictionary } from '../../dictionary/parse.ts';
import { dictionaryInvalid } from '../../dictionary/problems.ts';
import type { RawDictionary, RawSource } from '../../dictionary/raw.ts';
import { resolveDictionary } from '../../dictionary/resolve.ts';
import { sourceTable, tablesOf, targetName } from '../../dictionary/tables.ts';
import { TidemarkError, type Problem } from '../../errors/tidemark-error.ts';
import type { Project } from '../../project/project.ts';
import { readMappings } from '../../project/read-project.ts';
import type { SnowflakeConnection } from '../../project/snowflake-connection.ts';
import { choose } from '../../snowflake-pipeline/choose.ts';
import { typeDictionary, typingQuery, type TypesOf } from '../../snowflake-pipeline/column-types.ts';
import type { LeftOut, Pipeline, PipelineSettings } from '../../snowflake-pipeline/pipeline.ts';
import { verbatim } from '../../sql/fragment.ts';
import { showTable, type TableName } from '../../sql/table-name.ts';
import { openWarehouse } from '../../warehouse/open.ts';
import type { Warehouse } from '../../warehouse/port.ts';
import { knownCatalog } from '../catalog-file.ts';
import { namingOf } from '../naming.ts';

export interface ResolvedPipeline {
  readonly pipeline: Pipeline;
  readonly warnings: readonly Problem[];
}

export const connectionOf = (project: Project): SnowflakeConnection => {
  const { connection } = project;
  if (connection.type === 'snowflake') return connection;
  throw new TidemarkError('not_supported', {
    message: `the pipeline runs inside Snowflake, and the warehouse of this project is ${connection.type}`,
    hint: 'choose an environment on Snowflake with `--env`',
  });
};

/** A log that is yet to be made, in the shape that its mapping describes. */
const assumedLog = (source: RawSource, table: CatalogTable['table']): CatalogTable | undefined => {
  const { log } = source;
  if (log?.after === undefined) return undefined;
  const columns = new Map<string, string>();
  const add = (name: string | undefined, type: string): void => {
    if (name !== undefined && !columns.has(name)) columns.set(name, type);
  };
  add(log.op?.column.text, 'VARCHAR');
  add(log.before?.text, 'VARIANT');
  add(log.after.text, 'VARIANT');
  for (const { column, type } of log.sequence) add(column.text, type?.text ?? 'NUMBER(38,0)');
  add(log.time?.column.text, log.time?.type?.text ?? 'NUMBER(38,0)');
  add(log.arrival?.text, 'NUMBER(38,0)');
  for (const { text } of log.identity) add(text, 'VARCHAR');
  // What tells the rows of several sources apart is a column too, before anybody has made the table.
  for (const name of source.where?.text.match(/\b[A-Za-z_]\w*(?=\s*(?:=|<>|in\b))/gi) ?? [])
    add(name, 'VARCHAR');
  return {
    table,
    kind: 'table',
    columns: [...columns].map(([name, type]) => ({ name, type, nullable: true })),
    uniqueKeys: [],
    constrained: false,
  };
};

/** Several sources may be fed by one log: its columns are those that any of them names. */
const withLogs = (catalog: Catalog, raw: RawDictionary, project: Project): Catalog => {
  const naming = namingOf(project);
  const made = new Map<string, CatalogTable>();
  for (const source of raw.sources) {
    const table = sourceTable(source, naming);
    if (lookUp(catalog, table) !== undefined) continue;
    const assumed = assumedLog(source, table);
    if (assumed === undefined) continue;
    const known = made.get(showTable(table));
    const more = assumed.columns.filter(
      ({ name }) => known?.columns.every((each) => each.name !== name) ?? true,
    );
    made.set(showTable(table), { ...assumed, columns: [...(known?.columns ?? []), ...more] });
  }
  return made.size === 0 ? catalog : new Map([...catalog, ...catalogOf([...made.values()])]);
};

const logColumns = (dictionary: Dictionary, catalog: Catalog): Pipeline['logColumns'] =>
  new Map(
    dictionary.sources.flatMap((source) => {
      const columns = isLog(source) ? lookUp(catalog, source.table)?.columns : undefined;
      return columns === undefined ? [] : [[source.name, columns] as const];
    }),
  );

const modelsLeft = (raw: RawDictionary): readonly LeftOut[] =>
  raw.targets
    .filter(({ model, enabled }) => model !== undefined && enabled)
    .map((target) => ({
      name: targetName(target),
      reason: 'a dbt model: its SQL is dbt’s, which builds it',
      whole: true,
    }));

interface Known {
  readonly catalog: Catalog;
  readonly ask?: TypesOf | undefined;
}

const resolve = async (
  project: Project,
  settings: PipelineSettings,
  { catalog, ask }: Known,
): Promise<ResolvedPipeline> => {
  const parsed = parseDictionary(readMappings(project));
  const tables = withLogs(catalog, parsed.raw, project);
  const { dictionary, problems } = resolveDictionary(parsed.raw, namingOf(project), tables);
  const all = [...parsed.problems, ...problems];
  const errors = all.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) throw dictionaryInvalid(errors);
  const typed = await typeDictionary(dictionary, ask);
  const chosen = choose(typed);
  const leftOut = [...chosen.leftOut, ...modelsLeft(parsed.raw)];
  if (chosen.targets.length === 0)
    throw new TidemarkError('not_supported', {
      message: 'none of the targets can be kept by Snowflake itself',
      hint: leftOut.map(({ name, reason }) => `\`${name}\`: ${reason}`).join('\n') || 'there are no targets',
    });
  const pipeline: Pipeline = {
    settings,
    logColumns: logColumns(dictionary, tables),
    ...chosen,
    leftOut,
  };
  return { pipeline, warnings: all.filter(({ severity }) => severity === 'warning') };
};

/** As written, and as the server would have stored what was created without quotes. */
const asTyped = (tables: readonly TableName[]): readonly TableName[] => {
  const folded = tables.map(({ database, schema, name }) => ({
    database: database?.toUpperCase(),
    schema: schema.toUpperCase(),
    name: name.toUpperCase(),
  }));
  return [...new Map([...tables, ...folded].map((table) => [showTable(table), table])).values()];
};

const asking =
  (warehouse: Warehouse): TypesOf =>
  async (target, known) => {
    const columns = await warehouse.describe(verbatim(typingQuery(target, known)));
    return new Map(columns.map(({ name, type }) => [name, type]));
  };

export const resolvePipeline = async (
  project: Project,
  settings: PipelineSettings,
  offline: boolean,
): Promise<ResolvedPipeline> => {
  const connection = connectionOf(project);
  if (offline) {
    const known = knownCatalog(project);
    if (known === undefined)
      throw new TidemarkError('usage', {
        message: 'there is no kept catalog to read tables and types from',
        hint: '`tidemark validate --save-catalog` keeps one, or leave `--offline` out',
      });
    return resolve(project, settings, { catalog: known.catalog });
  }
  const { raw } = parseDictionary(readMappings(project));
  const warehouse = await openWarehouse(connection, { readOnly: true });
  try {
    const tables = await warehouse.introspect(asTyped(tablesOf(raw, namingOf(project))));
    return await resolve(project, settings, { catalog: catalogOf(tables), ask: asking(warehouse) });
  } finally {
    await warehouse.close();
  }
};
