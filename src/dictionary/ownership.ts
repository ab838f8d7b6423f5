// Who writes which part of a table that dbt builds: rows that we insert, and columns by which dbt tells how far it is,
// are dbt's where a mapping leaves some of the columns to it.
import type { DbtNode } from '../dbt/manifest.ts';
import { showTable } from '../sql/table-name.ts';
import type { CatalogTable } from './catalog.ts';
import type { Target } from './dictionary.ts';
import * as say from './ownership-problems.ts';
import { unknownOwnColumn } from './problems.ts';
import type { RawTarget } from './raw.ts';
import type { Context, DeclaredTarget } from './relations.ts';
import type { Naming } from './tables.ts';

const nodeOf = ({ name }: RawTarget, { nodes }: Naming): DbtNode | undefined => nodes?.models.get(name.text);

/** Columns that only dbt computes. */
const leftToDbt = (raw: RawTarget, info: CatalogTable | undefined): readonly string[] => {
  const ours = new Set([...raw.key, ...raw.columns].map(({ name }) => name.text));
  for (const { column } of raw.touch) ours.add(column.text);
  return (info?.columns ?? []).flatMap(({ name, generated }) =>
    ours.has(name) || generated === true ? [] : [name],
  );
};

/** An incremental model never comes back to a row that we inserted: what we leave out would stay NULL. */
export const rowsOf = (raw: RawTarget, info: CatalogTable | undefined, naming: Naming): Target['rows'] => {
  if (raw.rows !== undefined) return raw.rows;
  if (raw.from === undefined && raw.model === undefined) return 'update-only';
  const isIncremental = nodeOf(raw, naming)?.materialized === 'incremental';
  const isPartial = raw.model === undefined && raw.history === undefined && leftToDbt(raw, info).length > 0;
  return isIncremental && isPartial ? 'update-only' : 'manage';
};

const checkWatermarks = (
  raw: RawTarget,
  { watermarks = [] }: DbtNode,
  isWhole: boolean,
  context: Context,
): void => {
  const read = (name: string): boolean =>
    watermarks.some((column) => column.toLowerCase() === name.toLowerCase());
  for (const { column } of raw.touch)
    if (read(column.text)) context.report(say.touchesWatermark(column.at, column.text, raw.name.text));
  // Rows that are whole are rows that dbt need not come back to.
  if (isWhole) return;
  for (const { name } of raw.columns)
    if (read(name.text)) context.report(say.mapsWatermark(name.at, name.text, raw.name.text));
};

/** A name that is none would waive nothing, in silence. */
const checkAccepted = ({ raw, table, info }: DeclaredTarget, { report }: Context): void => {
  if (info === undefined) return;
  const columns = info.columns.map(({ name }) => name);
  for (const { text, at } of raw.acceptStale)
    if (!columns.includes(text))
      report(unknownOwnColumn(at, 'accept_stale', text, { table: showTable(table), columns }));
};

export const checkOwnership = (target: DeclaredTarget, context: Context): void => {
  const { raw, info } = target;
  checkAccepted(target, context);
  const node = nodeOf(raw, context.naming);
  if (node === undefined || node.kind !== 'model') return;
  const left = leftToDbt(raw, info);
  const isWhole = raw.model !== undefined || left.length === 0;
  checkWatermarks(raw, node, isWhole, context);
  const inserts =
    raw.from !== undefined && raw.history === undefined && rowsOf(raw, info, context.naming) === 'manage';
  if (inserts && !isWhole) context.report(say.partialInsert(raw.rowsAt ?? raw.name.at, raw.name.text, left));
};
