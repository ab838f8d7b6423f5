// Which table of the warehouse a source, mirror or target is: its written name, or the default of its schema.
import type { Scalar } from '../project/document.ts';
import type { Project, SchemaName } from '../project/project.ts';
import { inSchema } from '../project/project.ts';
import type { Report } from '../project/problems.ts';
import { nameParts } from '../project/sql-name.ts';
import type { TableName } from '../sql/table-name.ts';
import { showTable, tableName } from '../sql/table-name.ts';
import { attachedTarget } from './node-problems.ts';
import { namedNode, tableOfNode, type NodeNaming } from './node-table.ts';
import { badTableName } from './problems.ts';
import type { RawDictionary, RawSource, RawTarget } from './raw.ts';

/** What the tables of a dictionary depend on. */
export type Naming = Pick<Project, 'schemas' | 'connection'> & NodeNaming;

const ignore: Report = () => undefined;

const parseTable = (text: Scalar, schema: SchemaName, naming: Naming): TableName | undefined => {
  const parts = nameParts(
    text.text,
    naming.connection.type === 'postgres' ? (word) => word.toLowerCase() : undefined,
  );
  const [first, second, third, ...more] = parts ?? [];
  if (first === undefined || more.length > 0) return undefined;
  if (second === undefined) return inSchema(schema, first);
  return third === undefined ? tableName(first, second) : tableName(second, third, first);
};

const read = (text: Scalar, schema: SchemaName, naming: Naming, report: Report): TableName => {
  const table = parseTable(text, schema, naming);
  if (table === undefined) report(badTableName(text.at, text.text));
  return table ?? inSchema(schema, text.text);
};

export const sourceTable = (source: RawSource, naming: Naming, report: Report = ignore): TableName => {
  const { staging } = naming.schemas;
  if (source.node !== undefined)
    return namedNode(source.node, naming, report) ?? inSchema(staging, source.name.text);
  return source.table === undefined
    ? inSchema(staging, source.name.text)
    : read(source.table, staging, naming, report);
};

export const mirrorTable = (source: RawSource, naming: Naming): TableName =>
  inSchema(naming.schemas.mirrors, source.mirror?.text ?? source.name.text);

/** A transaction of DuckDB writes into one file, which is the project's own. */
const isAttached = ({ database }: TableName, { connection }: Naming): boolean =>
  database !== undefined &&
  connection.type === 'duckdb' &&
  (connection.attached ?? []).some(({ name }) => name.toLowerCase() === database.toLowerCase());

/** The dbt model of that name, where there is one; else a table as written. */
export const targetTable = (target: RawTarget, naming: Naming, report: Report = ignore): TableName => {
  const node = naming.nodes?.models.get(target.name.text);
  const built = node && tableOfNode(node, target.name, naming, report);
  const table = built ?? read(target.name, naming.schemas.targets, naming, report);
  if (isAttached(table, naming)) report(attachedTarget(target.name.at, target.name.text, showTable(table)));
  return table;
};

/** A target is called by its table's own name, without schema and quotes. */
export const targetName = (target: RawTarget): string =>
  nameParts(target.name.text)?.at(-1) ?? target.name.text;

/** The tables that must be looked at before a dictionary can be resolved. */
export const tablesOf = (raw: RawDictionary, naming: Naming): readonly TableName[] => {
  const tables = [
    ...raw.sources.filter((source) => !source.unsupported).map((source) => sourceTable(source, naming)),
    ...raw.targets.map((target) => targetTable(target, naming)),
  ];
  return [...new Map(tables.map((table) => [showTable(table), table])).values()];
};
