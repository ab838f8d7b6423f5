// One source of the YAML → Source: its table's columns, types and keys are looked up and checked.
import type { Scalar } from '../project/document.ts';
import type { Column } from '../sql/dialect.ts';
import { showTable } from '../sql/table-name.ts';
import type { Source } from './dictionary.ts';
import { isEnforced, resolveKey } from './keys.ts';
import * as say from './problems.ts';
import type { Context, DeclaredSource } from './relations.ts';
import type { RawSource } from './raw.ts';
import {
  defaultFullCompareMs,
  mirroredColumns,
  namesOf,
  ownExpression,
  renamedColumns,
} from './source-parts.ts';
import { mirrorTable } from './tables.ts';

const defaultOverlapMs = 15 * 60_000;

export const resolveSource = (declared: DeclaredSource, context: Context): Source => {
  const { raw, name, table, info } = declared;
  const key = resolveKey(raw.key, { owner: 'key', table, columns: info?.columns }, context.report);
  const columns = mirroredColumns(declared, new Set(), context);
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
    actor: raw.actor?.text,
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
    renamed: renamedColumns(
      declared,
      info && { table: showTable(table), columns: namesOf(info.columns) },
      context,
    ),
    isView: info?.kind === 'view',
    keyIsEnforced: info !== undefined && isEnforced(key, info),
  };
};

/** Columns that detection lives on must exist, and be in the mirror. */
const checkNeeded = (declared: DeclaredSource, columns: readonly Column[], { report }: Context): void => {
  const { raw, name, table, info } = declared;
  if (info === undefined) return;
  const names = info.columns.map((column) => column.name);
  const mirrored = new Set(columns.map((column) => column.name));
  const keyColumns = raw.key.map((column) => ['key', column.name] as const);
  for (const [needs, scalar] of [...keyColumns, ...ownColumns(raw)]) {
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

const ownColumns = (raw: RawSource): readonly (readonly [string, Scalar | undefined])[] => [
  ['updated_at', raw.updatedAt],
  ['created_at', raw.createdAt],
  ['watermark', raw.watermark],
  ['actor', raw.actor],
];
