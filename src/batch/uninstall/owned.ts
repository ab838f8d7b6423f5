// What in the warehouse is ours, and what lies beside it and stays: read, so that it can be shown before it is dropped.
import { inSchema, type Project, type SchemaName } from '../../project/project.ts';
import { sql } from '../../sql/fragment.ts';
import { readTable, showTable, type TableName } from '../../sql/table-name.ts';
import { knowsHistories } from '../../store/histories.ts';
import { logStateTable } from '../../store/log-state-table.ts';
import { readRelations, type KnownRelation } from '../../store/relations.ts';
import { state, stateTables } from '../../store/state.ts';
import type { Warehouse } from '../../warehouse/port.ts';
import { isScratchName, scratchOwners, scratchSchema } from '../../warehouse/scratch-name.ts';

export interface Owned {
  readonly name: string;
  readonly kind: 'mirror' | 'events' | 'log state' | 'scratch' | 'state' | 'schema' | 'file';
}

export interface Kept {
  readonly name: string;
  readonly reason: string;
}

interface OwnedTable extends Owned {
  readonly table: TableName;
}

export interface Ours {
  readonly tables: readonly OwnedTable[];
  /** Ours whole: nothing else lies in them. */
  readonly schemas: readonly SchemaName[];
  readonly kept: readonly Kept[];
}

export const showSchema = ({ database, schema }: SchemaName): string =>
  database === undefined ? schema : `${database}.${schema}`;

/** Those that every database has. */
const commonSchemas = ['main', 'public'];

const owned = (kind: Owned['kind'], table: TableName): OwnedTable => ({
  kind,
  table,
  name: showTable(table),
});

const eventsOf = async (warehouse: Warehouse, schema: SchemaName, version: number) => {
  if (!knowsHistories(version)) return [];
  const rows = await warehouse.session((session) =>
    session.rows<{ events: string }>(sql`select events from ${state(schema, 'histories')}`),
  );
  return rows.map(({ events }) => events);
};

/** Stores of earlier shapes of a history are no longer listed: their names tell (compute/history-work.ts). */
const isEvents = (name: string, relations: readonly KnownRelation[], listed: readonly string[]): boolean =>
  listed.includes(name) ||
  /^events_[0-9a-f]{16}_[0-9a-f]{8}$/.test(name) ||
  relations.some((each) => each.kind === 'target' && name === `events_${each.name}`);

const hasSchema = async (warehouse: Warehouse, { database, schema }: SchemaName): Promise<boolean> => {
  const catalog = database === undefined ? sql`current_database()` : sql`cast(${database} as varchar)`;
  const rows = await warehouse.session((session) =>
    session.rows(
      sql`select 1 as found from INFORMATION_SCHEMA.SCHEMATA where CATALOG_NAME = ${catalog} and SCHEMA_NAME = ${schema}`,
    ),
  );
  return rows.length > 0;
};

const whyKept = (
  { project, keepsFilledSchemas }: { readonly project: Project; readonly keepsFilledSchemas: boolean },
  schema: SchemaName,
  foreign: readonly string[],
): string | undefined => {
  const { staging, mirrors, targets } = project.schemas;
  if (foreign.length > 0) return `not ours lies in it: ${foreign.map((name) => `\`${name}\``).join(', ')}`;
  if ([staging, mirrors, targets].some((each) => each.schema === schema.schema))
    return 'the project keeps other tables in it';
  if (commonSchemas.includes(schema.schema)) return 'every database has it';
  // Functions, stages, tasks: not known before they are gone.
  return keepsFilledSchemas
    ? undefined
    : 'this warehouse drops a schema with all that stands in it: drop it yourself where nothing does';
};

const mirrorsOf = async (warehouse: Warehouse, relations: readonly KnownRelation[]) => {
  const sources = relations.flatMap(({ kind, mirror, madeByUs }) =>
    kind === 'source' && mirror !== undefined ? [{ mirror, table: readTable(mirror), madeByUs }] : [],
  );
  const found = await warehouse.introspect(sources.map(({ table }) => table));
  const here = sources.flatMap((each) => {
    const info = found.find(({ table }) => showTable(table) === each.mirror);
    return info === undefined ? [] : [{ ...each, ours: each.madeByUs && info.kind === 'table' }];
  });
  return {
    tables: here.filter(({ ours }) => ours).map(({ table }) => owned('mirror', table)),
    kept: here
      .filter(({ ours }) => !ours)
      .map(({ mirror }) => ({ name: mirror, reason: 'a mirror that somebody else made' })),
  };
};

const inState = async (
  warehouse: Warehouse,
  project: Project,
  { relations, version }: { readonly relations: readonly KnownRelation[]; readonly version: number },
): Promise<Ours> => {
  const schema = project.schemas.state;
  const listed = await eventsOf(warehouse, schema, version);
  const folded = relations.map(({ name }) => logStateTable(schema, name).name);
  const kindOf = (name: string): Owned['kind'] | undefined => {
    if (stateTables.some((each) => each === name)) return 'state';
    if (isEvents(name, relations, listed)) return 'events';
    return folded.includes(name) ? 'log state' : undefined;
  };
  const names = await warehouse.tablesIn(schema.schema, schema.database);
  const tables = names.flatMap((name) => {
    const kind = kindOf(name);
    return kind === undefined ? [] : [owned(kind, inSchema(schema, name))];
  });
  const reason = whyKept(
    { project, keepsFilledSchemas: warehouse.dialect.capabilities.keepsFilledSchemas },
    schema,
    names.filter((name) => kindOf(name) === undefined),
  );
  return reason === undefined
    ? { tables, schemas: [schema], kept: [] }
    : { tables, schemas: [], kept: [{ name: showSchema(schema), reason }] };
};

const isOfScratch = (name: string): boolean => isScratchName(name) || name === scratchOwners;

const inScratch = async (warehouse: Warehouse, project: Project): Promise<Ours> => {
  const schema = { ...project.schemas.state, schema: scratchSchema(project.schemas.state.schema) };
  if (!(await hasSchema(warehouse, schema))) return { tables: [], schemas: [], kept: [] };
  const names = await warehouse.tablesIn(schema.schema, schema.database);
  const tables = names.filter(isOfScratch).map((name) => owned('scratch', inSchema(schema, name)));
  const reason = whyKept(
    { project, keepsFilledSchemas: warehouse.dialect.capabilities.keepsFilledSchemas },
    schema,
    names.filter((name) => !isOfScratch(name)),
  );
  return reason === undefined
    ? { tables, schemas: [schema], kept: [] }
    : { tables, schemas: [], kept: [{ name: showSchema(schema), reason }] };
};

/** `version` is that of our tables; 0 where there are none. */
export const findOurs = async (warehouse: Warehouse, project: Project, version: number): Promise<Ours> => {
  const scratch = await inScratch(warehouse, project);
  if (version === 0) return scratch;
  const known = await warehouse.session((session) => readRelations(session, project.schemas.state));
  const relations = [...known.values()];
  const mirrors = await mirrorsOf(warehouse, relations);
  const ours = await inState(warehouse, project, { relations, version });
  const targets = relations
    .filter(({ kind }) => kind === 'target')
    .map(({ table }) => ({ name: table, reason: 'a target' }));
  return {
    tables: [...mirrors.tables, ...scratch.tables, ...ours.tables],
    schemas: [...scratch.schemas, ...ours.schemas],
    kept: [...targets, ...mirrors.kept, ...scratch.kept, ...ours.kept],
  };
};
