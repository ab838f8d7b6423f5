// Sources and targets as datasets of OpenLineage, and which column comes from which, from the dictionary.
import { basename, extname } from 'node:path';
import type { Dictionary, MappedColumn, Source, Target } from '../../dictionary/dictionary.ts';
import { plainColumn } from '../../dictionary/references.ts';
import { refsOf, relationOf } from '../../graph/reads.ts';
import type { DatasetName, FieldRef, InputFacts, OutputFacts } from '../../observe/openlineage/events.ts';
import type { Connection } from '../../project/project.ts';
import type { TableName } from '../../sql/table-name.ts';

/** How tables are named there, so that events of dbt and of others meet ours. */
export interface Naming {
  readonly namespace: string;
  readonly uri: string;
  readonly database: string;
}

/** Of the address nothing but host, port and database is told. */
export const namingOf = (connection: Connection): Naming => {
  if (connection.type === 'duckdb') {
    const namespace = `duckdb://${connection.path}`;
    return { namespace, uri: namespace, database: basename(connection.path, extname(connection.path)) };
  }
  if (connection.type === 'snowflake') {
    const namespace = `snowflake://${connection.account}`;
    const database = connection.database ?? '';
    return { namespace, uri: database === '' ? namespace : `${namespace}/${database}`, database };
  }
  const url =
    connection.url !== undefined && URL.canParse(connection.url) ? new URL(connection.url) : undefined;
  const database =
    connection.database ??
    (decodeURIComponent(url?.pathname.slice(1) ?? '') || process.env['PGDATABASE']) ??
    'postgres';
  const host = connection.host ?? (url?.hostname || process.env['PGHOST']) ?? 'localhost';
  const port = connection.port ?? (url?.port || process.env['PGPORT']) ?? 5432;
  const namespace = `postgres://${host}:${port}`;
  return { namespace, uri: `${namespace}/${database}`, database };
};

const datasetOf = ({ namespace, database }: Naming, table: TableName): DatasetName => ({
  namespace,
  name: [table.database ?? database, table.schema, table.name].join('.'),
});

export const inputOf = (naming: Naming, source: Source, rows?: number): InputFacts => ({
  dataset: datasetOf(naming, source.table),
  fields: source.columns.map(({ name, type }) => ({ name, type })),
  rows,
});

const tablesOf = ({ sources, targets }: Dictionary): ReadonlyMap<string, TableName> =>
  new Map([...sources, ...targets].map(({ name, table }) => [name, table]));

type Refer = (
  refs: readonly { readonly alias: string; readonly column: string }[],
  how: FieldRef['how'],
) => readonly FieldRef[];

const howOf = ({ expression, aggregated }: MappedColumn): FieldRef['how'] => {
  if (aggregated !== undefined) return 'AGGREGATION';
  return plainColumn(expression) === undefined ? 'TRANSFORMATION' : 'IDENTITY';
};

const wholeRows = (target: Target, refer: Refer): readonly FieldRef[] => {
  const groups = target.form.kind === 'aggregate' && target.form.per === 'key';
  const keys = target.columns.filter(({ name }) => target.key.some((key) => key.name === name));
  return [
    ...target.joins.flatMap(({ on }) => refer(refsOf(on), 'JOIN')),
    ...(target.where === undefined ? [] : refer(refsOf(target.where), 'FILTER')),
    ...(groups ? keys.flatMap(({ expression }) => refer(refsOf(expression), 'GROUP_BY')) : []),
  ];
};

export const outputOf = (
  naming: Naming,
  dictionary: Dictionary,
  target: Target,
  rows?: number,
): OutputFacts => {
  const tables = tablesOf(dictionary);
  const refer: Refer = (refs, how) =>
    refs.flatMap(({ alias, column }) => {
      const table = tables.get(relationOf(target, alias));
      return table === undefined ? [] : [{ dataset: datasetOf(naming, table), field: column, how }];
    });
  return {
    dataset: datasetOf(naming, target.table),
    fields: target.tableColumns.map(({ name, type }) => ({ name, type })),
    rows,
    lineage: new Map(
      target.columns.map((column) => [column.name, refer(refsOf(column.expression), howOf(column))]),
    ),
    wholeRows: wholeRows(target, refer),
  };
};
