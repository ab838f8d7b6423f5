// Guards: changes so large that a person should look first. Judged relation by relation, before anything is
// committed; the refusal names the flag that lets just this one through.
import type { Limits } from '../../project/project.ts';
import { rowsIn } from '../../reconcile/fingerprint.ts';
import type { ImageSummary } from '../../reconcile/relation-view.ts';
import { showTable, type TableName } from '../../sql/table-name.ts';
import type { BatchContext } from '../context.ts';
import { refusal } from '../left-out.ts';

export type Allowed = 'deletes' | 'touched' | 'restart';

/** `name:deletes`, `name:touched`; of a log that ends before its position `name:restart`. */
export const allowance = (name: string, what: Allowed): string => `${name}:${what}`;

export interface Guarded {
  readonly name: string;
  readonly kind: 'source' | 'target';
  readonly table: TableName;
  readonly summary: ImageSummary;
  readonly limits: Limits;
  /** Updated rows that count, where not all do. */
  readonly touched?: number | undefined;
}

const count = (rows: number): string => rows.toLocaleString('en-US');

const percent = (part: number, whole: number): string => `${((100 * part) / whole).toFixed(1)} %`;

const letThrough = (name: string, what: Allowed): string =>
  `if that is right, let it through once with \`tidemark run --allow ${allowance(name, what)}\``;

const hintFor = ({ name, kind }: Guarded, what: Allowed): string =>
  kind === 'source' ? `is its load complete? ${letThrough(name, what)}` : letThrough(name, what);

/** Rows before the batch, as the check of foreign writes counted them; unknown for a table yet to be made. */
export const rowsBefore = (context: BatchContext, name: string): number => {
  const observed = context.observed.get(name);
  return observed === undefined ? 0 : rowsIn(observed.fingerprint.cells);
};

const refuseDeletes = (guarded: Guarded, before: number): void => {
  const { name, kind, summary, limits } = guarded;
  const details = {
    relation: name,
    rows: before,
    deleted: summary.deleted,
    inserted: summary.inserted,
    limit: limits.deletesPercent,
  };
  const where = kind === 'source' ? `source \`${name}\`` : `target \`${name}\``;
  const table = showTable(guarded.table);
  if (before - summary.deleted + summary.inserted === 0) {
    throw refusal(
      'guard_empty',
      `${where}: \`${table}\` would become empty (${count(before)} rows before); it was left out`,
      hintFor(guarded, 'deletes'),
      details,
    );
  }
  if (summary.deleted * 100 > limits.deletesPercent * before) {
    throw refusal(
      'guard_deletes',
      `${where}: \`${table}\` would lose ${count(summary.deleted)} of ${count(before)} rows (${percent(summary.deleted, before)}, limit ${limits.deletesPercent} %); it was left out`,
      hintFor(guarded, 'deletes'),
      details,
    );
  }
};

const refuseTouched = (
  { name, table, summary, limits, touched = summary.updated }: Guarded,
  before: number,
): void => {
  if (touched * 100 <= limits.touchedPercent * before) return;
  throw refusal(
    'guard_touched',
    `target \`${name}\`: ${count(touched)} of ${count(before)} rows of \`${showTable(table)}\` would change (${percent(touched, before)}, limit ${limits.touchedPercent} %); it was left out`,
    letThrough(name, 'touched'),
    {
      relation: name,
      rows: before,
      updated: touched,
      limit: limits.touchedPercent,
      columns: Object.fromEntries(summary.columns),
    },
  );
};

export const guard = (context: BatchContext, guarded: Guarded): void => {
  // What is taken back was let through before, or should not have been.
  if (context.options.undo !== undefined) return;
  const before = rowsBefore(context, guarded.name);
  if (before <= guarded.limits.floor) return;
  const { allow } = context.options;
  if (!allow.has(allowance(guarded.name, 'deletes'))) refuseDeletes(guarded, before);
  if (guarded.kind === 'target' && !allow.has(allowance(guarded.name, 'touched')))
    refuseTouched(guarded, before);
};
