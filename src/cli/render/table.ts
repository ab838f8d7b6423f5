// Aligned columns that fit the width: the last column gives way, cut with `…`.
import type { Style } from './style.ts';
import { cut, widthOf } from './text.ts';

export interface TableColumn {
  readonly title: string;
  readonly align?: 'left' | 'right';
  readonly paint?: (text: string, style: Style) => string;
}

export interface Table {
  readonly columns: readonly TableColumn[];
  readonly rows: readonly (readonly string[])[];
}

const gap = '  ';
const leastForLast = 12;

const padded = (text: string, width: number, align: TableColumn['align']): string => {
  const space = ' '.repeat(Math.max(0, width - widthOf(text)));
  return align === 'right' ? space + text : text + space;
};

const widthsOf = ({ columns, rows }: Table, room: number): readonly number[] => {
  const widths = columns.map((column, place) =>
    Math.max(widthOf(column.title), ...rows.map((row) => widthOf(row[place] ?? ''))),
  );
  const last = widths.length - 1;
  const total = (): number => widths.reduce((sum, width) => sum + width, gap.length * last);
  const narrow = (place: number, least: number): void => {
    const now = widths[place] ?? 0;
    widths[place] = Math.min(now, Math.max(least, now - Math.max(0, total() - room)));
  };
  if (columns[last]?.align !== 'right') narrow(last, leastForLast);
  narrow(0, leastForLast);
  return widths;
};

export const renderTable = (table: Table, style: Style): string => {
  const widths = widthsOf(table, style.width);
  const line = (cells: readonly string[], paint: (text: string, column: TableColumn) => string): string =>
    table.columns
      .map((column, place) => {
        const width = widths[place] ?? 0;
        return paint(padded(cut(cells[place] ?? '', width), width, column.align), column);
      })
      .join(gap)
      .trimEnd();
  const head = line(
    table.columns.map(({ title }) => title),
    (text) => style.colors.dim(text),
  );
  const body = table.rows.map((row) =>
    line(row, (text, { paint }) => (paint === undefined ? text : paint(text, style))),
  );
  return [head, ...body].join('\n');
};

/** A count of nothing recedes. */
const countCell = (text: string, style: Style): string =>
  text.trim() === '-' ? style.colors.dim(text) : text;

export const counts = (title: string): TableColumn => ({ title, align: 'right', paint: countCell });
