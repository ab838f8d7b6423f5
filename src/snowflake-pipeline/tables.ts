// The tables of the pipeline: made where they are missing, so that running the script again keeps what they hold. What every run fills
// anew is left alone as well, as a run may be at it: replaced under it, rows would be lost or deleted.
import { isLog, type Source } from '../dictionary/dictionary.ts';
import type { Column } from '../sql/dialect.ts';
import { showTable } from '../sql/table-name.ts';
import { desiredColumns } from './apply-fact.ts';
import { versionColumns } from './history-versions.ts';
import { landedColumns } from './landed.ts';
import * as objects from './objects.ts';
import type { NativeTarget, Pipeline } from './pipeline.ts';
import { indented, quoted, quotedTable } from './quote.ts';
import { chronicleOf } from './routines.ts';

type Named = Pick<Column, 'name' | 'type'>;

interface Table {
  /** Quoted. */
  readonly name: string;
  readonly columns: readonly Named[];
  /** Dynamic tables and streams read it. */
  readonly tracked?: boolean;
  /** Filled anew by every run: no fail-safe is paid for it, and `deploy` replaces it where the mapping gave it another shape. */
  readonly scratch?: boolean;
  /** Its one row, put in once. */
  readonly first?: string;
}

const createTable = ({ name, columns, tracked = false, scratch = false }: Table): string => {
  const lines = columns.map(({ name: column, type }) => `${quoted(column)} ${type}`);
  return `create ${scratch ? 'transient ' : ''}table if not exists ${name} (
${indented(lines.join(',\n'))}
)${tracked ? '\nchange_tracking = true' : ''}`;
};

const firstRow = (name: string, values: string): string =>
  `insert into ${name}
select ${values}
where not exists (select 1 from ${name})`;

const sourceTables = (pipeline: Pipeline, source: Source): readonly Table[] => {
  const { settings } = pipeline;
  return [
    { name: objects.landedTable(settings, source), columns: landedColumns(pipeline, source) },
    { name: objects.eventsTable(settings, source), columns: objects.eventColumns(source) },
    {
      name: objects.currentTable(settings, source),
      columns: objects.currentColumns(source),
      tracked: true,
    },
    { name: objects.changesTable(settings, source), columns: objects.changeColumns(source) },
  ];
};

const isApplied = ({ kind }: NativeTarget): boolean => kind !== 'dynamic table';

const workColumns = (native: NativeTarget, pipeline: Pipeline): readonly Named[] =>
  native.kind === 'history' ? versionColumns(chronicleOf(pipeline, native)) : desiredColumns(native.target);

const targetWork = (pipeline: Pipeline, native: NativeTarget): readonly Table[] => {
  const { settings } = pipeline;
  const { target } = native;
  return [
    {
      name: objects.affectedTable(settings, target),
      columns: native.kind === 'history' ? target.key.slice(0, -1) : target.key,
      scratch: true,
    },
    {
      name: objects.desiredTable(settings, target),
      columns: workColumns(native, pipeline),
      scratch: true,
    },
  ];
};

const targetTable = (pipeline: Pipeline, native: NativeTarget): Table => {
  const { target } = native;
  const columns =
    native.kind === 'history' && !target.exists
      ? [...target.columns, ...chronicleOf(pipeline, native).history.columns]
      : target.tableColumns;
  return { name: quotedTable(target.table), columns, tracked: true };
};

/** RECONCILE moves the position of APPLY. */
const positions = ({ settings, sources, targets }: Pipeline): readonly Table[] =>
  [
    ...sources.map(objects.parseRoutine),
    ...targets.filter(isApplied).map(({ target }) => objects.applyRoutine(target)),
  ].map((routine) => ({
    name: objects.positionTable(settings, routine),
    columns: objects.positionColumns,
    first: '0, 0, null, null, 0',
  }));

const ownTables = (pipeline: Pipeline): readonly Table[] => {
  const { settings, sources, targets } = pipeline;
  return [
    { name: objects.batchTable(settings), columns: objects.batchColumns, first: '0, sysdate()' },
    { name: objects.rejectedTable(settings), columns: objects.rejectedColumns },
    { name: objects.alertsTable(settings), columns: objects.alertColumns },
    ...positions(pipeline),
    ...sources.flatMap((source) => sourceTables(pipeline, source)),
    ...targets.filter(isApplied).flatMap((native) => targetWork(pipeline, native)),
  ];
};

export interface TableStatement {
  /** `table EVENTS_COMPANIES` */
  readonly object?: string | undefined;
  readonly sql: string;
}

const statementsOf = (table: Table): readonly TableStatement[] => {
  const name = table.name.split('.').at(-1)?.replaceAll('"', '') ?? '';
  return [
    { object: `table ${name}`, sql: createTable(table) },
    ...(table.first === undefined ? [] : [{ sql: firstRow(table.name, table.first) }]),
  ];
};

export const tableStatements = (pipeline: Pipeline): readonly TableStatement[] => [
  ...ownTables(pipeline).flatMap(statementsOf),
  // Tables of others are theirs: they are not among our objects, and stay when those are dropped.
  ...pipeline.targets
    .filter(isApplied)
    .map((native) => ({ sql: createTable(targetTable(pipeline, native)) })),
];

/** What `deploy` notes; it comes before all others, as it says whose they are. */
export const notesStatement = ({ settings }: Pipeline): TableStatement => ({
  object: 'table DEPLOYED',
  sql: createTable({ name: objects.deployedTable(settings), columns: objects.deployedColumns }),
});

/** Names of the tables that are ours; that which says so is the last to go. */
export const workTables = (pipeline: Pipeline): readonly string[] => [
  ...ownTables(pipeline).map(({ name }) => name),
  objects.deployedTable(pipeline.settings),
];

/** Tables that events are landed in by whoever loads them, as far as they have to be made. */
export const landingTables = (pipeline: Pipeline): readonly string[] => {
  const tables = new Map<string, string>();
  for (const source of pipeline.sources) {
    const columns = pipeline.logColumns.get(source.name);
    if (isLog(source) && columns !== undefined)
      tables.set(
        showTable(source.table),
        createTable({ name: quotedTable(source.table), columns, tracked: true }),
      );
  }
  return [...tables.values()];
};
