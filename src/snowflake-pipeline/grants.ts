// The role that owns the pipeline, with what it needs and no more. An administrator runs this once.
import { showTable, type TableName } from '../sql/table-name.ts';
import type { NativeTarget, Pipeline } from './pipeline.ts';
import { literal, quoted, quotedTable } from './quote.ts';
import { trackingStatement } from './streams.ts';

const schemaOf = ({ database, schema }: TableName): string =>
  database === undefined ? quoted(schema) : quoted(database, schema);

export const grantStatements = (pipeline: Pipeline): readonly string[] => {
  const { settings, sources, targets } = pipeline;
  const role = quoted(settings.role);
  const to = `to role ${role}`;
  const home = settings.place.database ?? settings.database;
  const tables = [...sources, ...targets.map(({ target }) => target)].map(({ table }) => table);
  const databases = new Set([home, ...tables.map(({ database }) => database)].flatMap((name) => name ?? []));
  const schemas = new Set(tables.map(schemaOf));
  const kinds = (native: NativeTarget): string =>
    native.kind === 'dynamic table' ? 'create dynamic table' : 'create table';
  const creations = new Set(
    targets.map((native) => `grant ${kinds(native)} on schema ${schemaOf(native.target.table)} ${to}`),
  );
  const held = targets.filter(({ target, kind }) => target.exists && kind !== 'dynamic table');
  const isOnce = new Map(sources.map((source) => [showTable(source.table), source]));
  return [
    `create role if not exists ${role} comment = ${literal(`owns the tidemark pipeline of ${settings.project}`)}`,
    `grant usage on warehouse ${quoted(settings.warehouse)} ${to}`,
    ...[...databases].map((name) => `grant usage on database ${quoted(name)} ${to}`),
    ...(home === undefined ? [] : [`grant create schema on database ${quoted(home)} ${to}`]),
    ...[...schemas].map((name) => `grant usage on schema ${name} ${to}`),
    ...[...isOnce.values()].flatMap((source) => [
      trackingStatement(source),
      `grant select on ${source.isView ? 'view' : 'table'} ${quotedTable(source.table)} ${to}`,
    ]),
    ...creations,
    // Dynamic tables over them need it.
    ...held.map(({ target }) => `alter table ${quotedTable(target.table)} set change_tracking = true`),
    ...held.map(
      ({ target }) => `grant select, insert, update, delete on table ${quotedTable(target.table)} ${to}`,
    ),
    `grant execute task on account ${to}`,
    `grant execute alert on account ${to}`,
    ...(settings.notify === undefined
      ? []
      : [`grant usage on integration ${quoted(settings.notify.integration)} ${to}`]),
  ];
};
