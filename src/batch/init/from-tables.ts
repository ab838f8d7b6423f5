// Proposals from a warehouse alone: sources by the keys that their rows have, and columns of built tables that hold the
// values of a source, row for row.
import { toRead } from './to-read.ts';
import { TidemarkError } from '../../errors/tidemark-error.ts';
import type { CatalogTable } from '../../dictionary/catalog.ts';
import { sqlName } from '../../dictionary/import/yaml-words.ts';
import type { Project } from '../../project/project.ts';
import type { TableName } from '../../sql/table-name.ts';
import type { Session, Warehouse } from '../../warehouse/port.ts';
import { placeOf } from '../models.ts';
import { freePaths } from '../new-files.ts';
import { withWarehouse } from '../open.ts';
import { draftOf } from './draft.ts';
import type { Place } from './find-place.ts';
import type { InitDraft, InitReport } from './init-report.ts';
import type { InitGround } from './init-options.ts';
import { guessSchemas, listTables, looksBuilt } from './list-tables.ts';
import { refuseNothing } from './nothing-to-map.ts';
import { readPresent } from './present.ts';
import { draftProject } from './project-file.ts';
import type { Candidate, Form, SourceProposal } from './proposal.ts';
import { proveKey } from './prove-key.ts';
import { sameColumns } from './same-columns.ts';
import { settle, type Line } from './settle.ts';
import type { LeftOut } from './tables-of-dbt.ts';
import { worthKeeping } from './worth-keeping.ts';
import { writtenTable } from './mapping-files.ts';

interface Divided {
  readonly loaded: readonly CatalogTable[];
  readonly built: readonly CatalogTable[];
}

const divide = async (
  warehouse: Warehouse,
  all: readonly TableName[],
  { schemas: { staging, targets } }: Project,
): Promise<Divided> => {
  const mixed = staging.schema === targets.schema;
  const wanted = all.filter(({ schema }) => schema === staging.schema || schema === targets.schema);
  const found = await warehouse.introspect(wanted);
  const isBuilt = ({ table }: CatalogTable): boolean =>
    mixed ? looksBuilt(table) : table.schema === targets.schema;
  const inOrder = found.toSorted((left, right) => (left.table.name < right.table.name ? -1 : 1));
  return { loaded: inOrder.filter((each) => !isBuilt(each)), built: inOrder.filter(isBuilt) };
};

interface Loaded {
  readonly source: SourceProposal;
  readonly info: CatalogTable;
}

const loadedTables = async (
  session: Session,
  loaded: readonly CatalogTable[],
  known: ReadonlyMap<string, SourceProposal>,
  place: (table: TableName) => string,
): Promise<{ readonly found: readonly Loaded[]; readonly left: readonly LeftOut[] }> => {
  const found: Loaded[] = [];
  const left: LeftOut[] = [];
  for (const info of loaded) {
    const { table } = info;
    const declared = known.get(place(table));
    const key = declared?.key ?? (await proveKey(session, { info, claimed: [], nullable: false }));
    if (key === undefined) {
      left.push({
        name: table.name,
        reason: 'no columns tell its rows apart: name its key yourself, under `sources:`',
      });
      continue;
    }
    const fresh = { name: table.name, table, node: undefined, key, updatedAt: undefined };
    const times = info.columns.flatMap(({ name, type }) =>
      /^updated_(?:at|on)$/i.test(name) && /^timestamp|^datetime/i.test(type)
        ? [{ column: name, key: 'updated_at' as const }]
        : [],
    );
    found.push({ info, source: declared ?? { ...fresh, times } });
  }
  return { found, left };
};

const lineOf = async (
  session: Session,
  info: CatalogTable,
  loaded: readonly Loaded[],
  project: Project,
): Promise<Line | string> => {
  const key = await proveKey(session, { info, claimed: [], nullable: true });
  if (key === undefined) return 'no columns tell its rows apart';
  const inPlace = info.table.schema === project.schemas.targets.schema;
  const written = inPlace ? sqlName(info.table.name) : writtenTable(info.table);
  const candidate: Candidate = { name: info.table.name, written, node: undefined, info, key };
  const sources = new Map(loaded.map(({ source }) => [source.name, source]));
  const guessed = sameColumns(candidate, loaded);
  const form = guessed && (await worthKeeping(session, { candidate, form: guessed, sources, least: 2 }));
  if (form === undefined) return 'none of its columns holds the values of a source, row for row';
  const sourcesOf = (asked: Form): readonly SourceProposal[] =>
    asked.kind === 'this' ? asked.joins.flatMap(({ source }) => sources.get(source) ?? []) : [];
  return { candidate, forms: [form], reasons: [], sourcesOf };
};

const refuseUnknown = (select: readonly string[], { built }: Divided): void => {
  const names = built.map(({ table }) => table.name);
  const unknown = select.find((name) => !names.includes(name));
  if (unknown === undefined) return;
  throw new TidemarkError('unknown_target', {
    message: `\`--select ${unknown}\` names no table that is built`,
    hint: names.length === 0 ? 'there are none in the schema of the targets' : `tables: ${names.join(', ')}`,
  });
};

const coverageOf = (wanted: readonly CatalogTable[], lines: readonly Line[]): InitReport['coverage'] => ({
  columns: wanted.reduce((sum, { columns }) => sum + columns.length, 0),
  traced: lines.reduce(
    (sum, { forms: [form] }) => sum + (form?.kind === 'this' ? form.columns.length : 0),
    0,
  ),
});

const proposeIn = async (
  warehouse: Warehouse,
  ground: InitGround,
  {
    project,
    projectText,
    all,
  }: { project: Project; projectText: string | undefined; all: readonly TableName[] },
) => {
  const { options, present: files, progress } = ground;
  const { select = [], samplePercent } = options;
  const place = ({ schema, name }: TableName): string => placeOf(project.connection.type, schema, name);
  const present = readPresent(project, files, (schema, name) =>
    placeOf(project.connection.type, schema, name),
  );
  const divided = await divide(warehouse, all, project);
  refuseUnknown(select, divided);
  const mapped = new Set(present.targets.map(({ table }) => place(table)));
  const wanted = divided.built.filter(
    ({ table }) => (select.length === 0 || select.includes(table.name)) && !mapped.has(place(table)),
  );
  const reads = await toRead(warehouse, [...divided.loaded, ...wanted]);
  options.onRead?.(reads);
  const lines: Line[] = [];
  const left: LeftOut[] = [];
  const loaded = await warehouse.session(async (session) => {
    const tables = await loadedTables(session, divided.loaded, present.sources, place);
    for (const info of wanted) {
      const line = await lineOf(session, info, tables.found, project);
      if (typeof line === 'string') left.push({ name: info.table.name, reason: line });
      else lines.push(line);
    }
    return tables;
  });
  const declared = new Set([...present.sources.values()].map(({ name }) => name));
  const pathOf = freePaths(project);
  const settled = await settle(lines, declared, {
    warehouse,
    project,
    present: files,
    samplePercent,
    progress,
    pathOf,
  });
  return draftOf({
    project,
    projectText,
    settled,
    left: [...left, ...loaded.left],
    already: present.targets.map(({ name, file }) => ({ name, file })),
    // A warehouse without SQL to read: which of its tables feed others is for its people to say.
    besides: select.length === 0 ? loaded.found.map(({ source }) => source) : [],
    declared,
    coverage: coverageOf(wanted, lines),
    sample: samplePercent,
    reads,
    pathOf,
  });
};

const advice = ({ schemas: { staging, targets } }: Project) => ({
  none: {
    message: `neither \`${staging.schema}\` nor \`${targets.schema}\` has a table`,
    hint: '`schemas:` of the project file names where the tables stand that are loaded, and those that are built',
  },
  otherwise: `${
    staging.schema === targets.schema
      ? `only \`${staging.schema}\` was looked at`
      : `\`${staging.schema}\` was looked at as loaded, \`${targets.schema}\` as built`
  }: where others are meant, write \`schemas:\` into a tidemark.yml first, as the README shows`,
});

const nothingThere = (where: string): TidemarkError =>
  new TidemarkError('no_sources', {
    message: `${where} has no tables`,
    hint: 'init reads what is there: load the tables first',
  });

/** `place`: none where the project file is there already. */
export const proposeFromTables = async (
  ground: InitGround,
  place: Exclude<Place, { kind: 'dbt' }> | undefined,
): Promise<InitDraft & { readonly project: Project }> => {
  const { options } = ground;
  const { directory, variables } = options;
  const draftWith = (schemas: { readonly staging: string; readonly targets: string }) =>
    place === undefined
      ? undefined
      : draftProject({ directory, place, name: nameOf(directory), variables, schemas });
  // Its connection is needed before its schemas can be known.
  const first = draftWith({ staging: 'staging', targets: 'marts' })?.project ?? ground.project;
  if (first === undefined) throw nothingThere(directory);
  return withWarehouse(first, { readOnly: true, waitMs: options.waitMs ?? 10_000 }, async (warehouse) => {
    const all = await listTables(warehouse);
    if (all.length === 0) throw nothingThere(warehouse.description);
    const draft = draftWith(guessSchemas(all));
    const project = draft?.project ?? first;
    const found = await proposeIn(warehouse, ground, { project, projectText: draft?.text, all });
    return ground.present.length > 0 ? found : refuseNothing(found, advice(project));
  });
};

const nameOf = (directory: string): string =>
  directory.split(/[\\/]/).findLast((part) => part !== '') ?? 'project';
