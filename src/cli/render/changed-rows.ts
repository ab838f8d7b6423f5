// Changed rows as people compare them: `before → after` per cell, new and deleted rows on a line each.
import type { Sample } from '../../reconcile/samples.ts';
import type { Style } from './style.ts';
import { count, cut, pairs, value, widthOf } from './text.ts';

export interface ChangedRow {
  readonly operation: 'insert' | 'update' | 'delete';
  readonly key: Readonly<Record<string, unknown>>;
  readonly before: Readonly<Record<string, unknown>> | null;
  readonly after: Readonly<Record<string, unknown>> | null;
}

const operations = { I: 'insert', U: 'update', D: 'delete' } as const;

export const changedRow = ({ operation, key, before, after }: Sample): ChangedRow => ({
  operation: operations[operation],
  key,
  before,
  after,
});

const indent = '  ';
const arrow = ' → ';
const leastValue = 10;

/** A key column that is also a mapped one says nothing new. */
const without = (
  row: Readonly<Record<string, unknown>>,
  key: ChangedRow['key'],
): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(row).filter(([name]) => !Object.hasOwn(key, name)));

const wholeRow = (row: ChangedRow, style: Style): string => {
  const inserted = row.operation === 'insert';
  const values = pairs(without((inserted ? row.after : row.before) ?? {}, row.key));
  const text = cut(
    `${inserted ? '+' : '-'} ${pairs(row.key)}${values === '' ? '' : `: ${values}`}`,
    style.width - indent.length,
  );
  return indent + (inserted ? style.colors.green(text) : style.colors.red(text));
};

const contextLetters = 16;

/** Long texts that begin alike are shown from where they part: cut ends would look the same. */
const parted = (before: string, after: string): readonly [string, string] => {
  let same = 0;
  while (same < before.length && before[same] === after[same]) same += 1;
  const start = same - contextLetters;
  return start <= 0 ? [before, after] : [`…${before.slice(start)}`, `…${after.slice(start)}`];
};

/** Both sides get the room that the other leaves. */
const sides = (before: string, after: string, room: number): readonly [string, string] => {
  if (widthOf(before) + arrow.length + widthOf(after) <= room) return [before, after];
  return fitted(...parted(before, after), room);
};

const fitted = (before: string, after: string, room: number): readonly [string, string] => {
  const half = Math.max(leastValue, Math.floor((room - arrow.length) / 2));
  const left = Math.max(half, room - arrow.length - widthOf(after));
  const shown = cut(before, left);
  return [shown, cut(after, Math.max(half, room - arrow.length - widthOf(shown)))];
};

const keyOf = (row: ChangedRow): string => cut(pairs(row.key), 28);

const padded = (text: string, width: number): string => text + ' '.repeat(Math.max(0, width - widthOf(text)));

const widest = (texts: readonly string[]): number => Math.max(0, ...texts.map(widthOf));

const updatedRow = (
  row: ChangedRow,
  widths: { readonly key: number; readonly name: number },
  style: Style,
): readonly string[] => {
  const { key, name } = widths;
  return Object.keys(row.after ?? {}).map((column, place) => {
    const lead = padded(place === 0 ? `~ ${keyOf(row)}` : '', key + 2);
    const label = padded(cut(column, name), name);
    const room = style.width - indent.length - widthOf(lead) - name - 4;
    const [before, after] = sides(
      value(row.before?.[column]),
      value(row.after?.[column]),
      Math.max(24, room),
    );
    return `${indent}${style.colors.yellow(lead)}  ${label}  ${style.colors.dim(before)}${style.colors.dim(arrow)}${after}`;
  });
};

const renderChangedRows = (rows: readonly ChangedRow[], style: Style): readonly string[] => {
  const updates = rows.filter(({ operation }) => operation === 'update');
  const widths = {
    key: widest(updates.map(keyOf)),
    name: Math.min(24, widest(updates.flatMap(({ after }) => Object.keys(after ?? {})))),
  };
  return rows.flatMap((row) =>
    row.operation === 'update' ? updatedRow(row, widths, style) : [wholeRow(row, style)],
  );
};

export interface RowsOfTarget {
  readonly target: string;
  readonly rows: readonly ChangedRow[];
  /** All changed rows, shown or not. */
  readonly total: number;
}

export const renderTargets = (targets: readonly RowsOfTarget[], style: Style): string =>
  targets
    .filter(({ rows }) => rows.length > 0)
    .map(({ target, rows, total }) => {
      const rest = total - rows.length;
      const more = rest > 0 ? [style.colors.dim(`${indent}… and ${count(rest, 'more row')}`)] : [];
      return [style.colors.bold(target), ...renderChangedRows(rows, style), ...more].join('\n');
    })
    .join('\n\n');
