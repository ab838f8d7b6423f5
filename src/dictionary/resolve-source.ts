// One source of the YAML → Source: its table's columns, types and keys are looked up and checked.
import type { Scalar } from '../project/document.ts';
import type { Column } from '../sql/dialect.ts';
import { showTable } from '../sql/table-name.ts';
import type { Expression, Source } from './dictionary.ts';
import { compileExpression } from './expression.ts';
import { isEnforced, resolveKey } from './keys.ts';
import * as say from './problems.ts';
import type { Context, DeclaredSource } from './relations.ts';
import type { RawSource } from './raw.ts';
import { mirrorTable } from './tables.ts';

const defaultOverlapMs = 15 * 60_000;
const defaultFullCompareMs = 24 * 3_600_000;

export const resolveSource = (declared: DeclaredSource, context: Context): Source => {
  const { raw, name, table, info } = declared;
  const key = resolveKey(raw.key, { owner: 'key', table, columns: info?.columns }, context.report);
  const columns = mirroredColumns(declared, context);
  checkNeeded(declared, columns, context);
  const updatedAt = raw.updatedAt?.text;
  return {
    name,
    at: raw.name.at,
    table,
    mirror: mirrorTable(raw, context.naming),
    key,
    columns,
    updatedAt,
    detect: {
      kind: 'mirror',
      createdAt: raw.createdAt?.text,
      watermark: raw.watermark?.text ?? updatedAt,
      overlapMs: raw.overlapMs ?? defaultOverlapMs,
      deletes: raw.deletes ?? { kind: 'every run' },
      deleteAfterMs: raw.deleteAfterMs,
    },
    fullCompareMs: raw.fullCompareMs ?? defaultFullCompareMs,
    where: ownExpression(raw.where, declared, context),
    deleted: ownExpression(raw.deleted, declared, context),
    ready: raw.ready?.text,
    renamed: renamedColumns(declared, context),
    isView: info?.kind === 'view',
    keyIsEnforced: info !== undefined && isEnforced(key, info),
  };
};

/** A mirror's columns are plain: what staging computes is copied as a value. */
const plain = ({ name, type, nullable }: Column): Column => ({ name, type, nullable });

const mirroredColumns = (
  { raw, name, table, info }: DeclaredSource,
  { report }: Context,
): readonly Column[] => {
  const { columns, exclude } = raw;
  if (columns !== undefined && exclude !== undefined && exclude[0] !== undefined) {
    report(say.columnsAndExclude(exclude[0].at, name));
  }
  if (info === undefined) return [];
  const names = info.columns.map((column) => column.name);
  for (const [key, listed] of [
    ['columns', columns],
    ['exclude', exclude],
  ] as const) {
    for (const item of listed ?? []) {
      if (names.includes(item.text)) continue;
      report(say.unknownOwnColumn(item.at, key, item.text, { table: showTable(table), columns: names }));
    }
  }
  const has = (listed: readonly Scalar[], column: string): boolean =>
    listed.some((item) => item.text === column);
  return info.columns
    .filter((column) =>
      columns === undefined ? !has(exclude ?? [], column.name) : has(columns, column.name),
    )
    .map(plain);
};

/** Staging has the new name and no longer the old one. */
const renamedColumns = (
  { raw, table, info }: DeclaredSource,
  { report }: Context,
): ReadonlyMap<string, string> | undefined => {
  const columns = info?.columns.map((column) => column.name) ?? [];
  for (const { column, from } of info === undefined ? [] : raw.renamed) {
    if (!columns.includes(column.text)) {
      report(say.unknownOwnColumn(column.at, 'renamed', column.text, { table: showTable(table), columns }));
    } else if (columns.includes(from.text)) report(say.notRenamed(from.at, from.text, showTable(table)));
  }
  return raw.renamed.length === 0
    ? undefined
    : new Map(raw.renamed.map(({ column, from }) => [column.text, from.text]));
};

/** Columns that detection lives on must exist, and be in the mirror. */
const checkNeeded = (declared: DeclaredSource, columns: readonly Column[], { report }: Context): void => {
  const { raw, name, table, info } = declared;
  if (info === undefined) return;
  const names = info.columns.map((column) => column.name);
  const mirrored = new Set(columns.map((column) => column.name));
  const keyColumns = raw.key.map((column) => ['key', column.name] as const);
  for (const [needs, scalar] of [...keyColumns, ...timeColumns(raw)]) {
    if (scalar === undefined) continue;
    if (names.includes(scalar.text)) {
      if (!mirrored.has(scalar.text)) report(say.neededColumn(scalar.at, scalar.text, needs, name));
    } else if (needs !== 'key') {
      report(
        say.unknownOwnColumn(scalar.at, needs, scalar.text, { table: showTable(table), columns: names }),
      );
    }
  }
};

const timeColumns = (raw: RawSource): readonly (readonly [string, Scalar | undefined])[] => [
  ['updated_at', raw.updatedAt],
  ['created_at', raw.createdAt],
  ['watermark', raw.watermark],
];

/** `where` and `deleted` read staging itself, all its columns, under the source's own name; only one table can
 *  be meant, so the name may be left out. */
const ownExpression = (
  text: Scalar | undefined,
  declared: DeclaredSource,
  context: Context,
): Expression | undefined => {
  if (text === undefined) return undefined;
  const { name, table, info } = declared;
  const relation = { name, shown: showTable(table), columns: info?.columns, leftOut: new Set<string>() };
  const scope = {
    aliases: new Map([[name, relation]]),
    relations: new Set<string>(),
    implicit: name,
    use: 'read' as const,
  };
  return compileExpression(text, scope, context.report)?.expression;
};
