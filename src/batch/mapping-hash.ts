// What a mapping says, as a hash: when it changes, the target is compared in full.
import { createHash } from 'node:crypto';
import type { Dictionary, Expression, Source, Target } from '../dictionary/dictionary.ts';
import { showTable } from '../sql/table-name.ts';

const textOf = (expression: Expression | undefined): string | undefined => expression?.text;

const ofTarget = (target: Target): unknown => ({
  table: showTable(target.table),
  key: target.key.map(({ name, nullable }) => ({ name, nullable })),
  root: target.root,
  joins: target.joins.map((join) => ({ alias: join.alias, relation: join.relation, type: join.type, on: textOf(join.on) })),
  where: textOf(target.where),
  columns: target.columns.map((column) => [column.name, textOf(column.expression)]),
  onDelete: target.onDelete,
  onMissing: target.onMissing,
  rows: target.rows,
});

const ofSource = (source: Source): unknown => ({
  table: showTable(source.table),
  mirror: showTable(source.mirror),
  key: source.key.map(({ name, nullable }) => ({ name, nullable })),
  where: textOf(source.where),
  deleted: textOf(source.deleted),
});

const hash = (value: unknown): string => createHash('sha256').update(JSON.stringify(value)).digest('hex');

export const mappingHashes = (dictionary: Dictionary): ReadonlyMap<string, string> =>
  new Map([
    ...dictionary.sources.map((source) => [source.name, hash(ofSource(source))] as const),
    ...dictionary.targets.map((target) => [target.name, hash(ofTarget(target))] as const),
  ]);
