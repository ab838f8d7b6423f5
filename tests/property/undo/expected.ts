// What an undo must leave behind, worked out from copies of the tables: three-way, row by row and cell by cell.
import { changesBetween, noRows, type Rows } from '../world.ts';

export interface Taken {
  /** The mirror before and after the batch that is undone. */
  readonly was: Rows;
  readonly is: Rows;
  /** The mirror now. */
  readonly now: Rows;
  /** By key, the cells that later batches in effect changed; of rows that came or went all of them. */
  readonly later: ReadonlyMap<string, ReadonlySet<string>>;
  /** Columns that follow every change. */
  readonly bookkeeping: readonly string[];
}

interface ExpectedConflict {
  readonly key: string;
  readonly column: string | null;
}

export interface Expected {
  readonly rows: Rows;
  readonly conflicts: readonly ExpectedConflict[];
}

export type OnConflict = 'skip' | 'force';

const same = (left: unknown, right: unknown): boolean => Object.is(left, right);

/** Forcing back a row that is gone needs the row as it was when it went: that is left to other tests. */
export const undoRows = ({ was, is, now, later, bookkeeping }: Taken, onConflict: OnConflict): Expected => {
  const rows = new Map(now);
  const conflicts: ExpectedConflict[] = [];
  const counts = (column: string): boolean => !bookkeeping.includes(column);
  for (const { key, before, after, columns } of changesBetween(was, is)) {
    const current = now.get(key);
    const isTheirs = (column: string): boolean => later.get(key)?.has(column) === true;
    if (before !== undefined && after !== undefined) {
      if (current === undefined) {
        conflicts.push({ key, column: null });
        continue;
      }
      const cells: Record<string, unknown> = { ...current };
      for (const column of columns) {
        const stays = same(current[column], after[column]);
        if (!counts(column)) {
          if (stays && !later.has(key)) cells[column] = before[column];
        } else if ((stays && !isTheirs(column)) || same(current[column], before[column]))
          cells[column] = before[column];
        else {
          conflicts.push({ key, column });
          if (onConflict === 'force') cells[column] = before[column];
        }
      }
      rows.set(key, cells);
    } else if (before === undefined && after !== undefined) {
      if (current === undefined) continue;
      const changed = Object.keys(after).filter(
        (column) => counts(column) && (isTheirs(column) || !same(current[column], after[column])),
      );
      conflicts.push(...changed.map((column) => ({ key, column })));
      if (changed.length === 0 || onConflict === 'force') rows.delete(key);
    } else if (before !== undefined) {
      if (current === undefined) {
        const isGoneAgain = later.has(key);
        if (isGoneAgain) conflicts.push({ key, column: null });
        if (!isGoneAgain || onConflict === 'force') rows.set(key, before);
        continue;
      }
      const changed = Object.keys(before).some(
        (column) => counts(column) && !same(current[column], before[column]),
      );
      if (changed) conflicts.push({ key, column: null });
      if (onConflict === 'force') rows.set(key, before);
    }
  }
  return { rows, conflicts };
};

/** The target as the rules must take it: what the undone batch wrote, and nobody since, is as it was before. */
export const targetBefore = (was: Rows, is: Rows, now: Rows, mapped: readonly string[]): Rows => {
  const rows = new Map(now);
  for (const { key, before, after, columns } of changesBetween(was, is)) {
    const current = now.get(key);
    if (before !== undefined && after !== undefined) {
      if (current === undefined) continue;
      const cells: Record<string, unknown> = { ...current };
      for (const column of columns)
        if (mapped.includes(column) && same(current[column], after[column])) cells[column] = before[column];
      rows.set(key, cells);
    } else if (before === undefined && after !== undefined) {
      if (current !== undefined && mapped.every((column) => same(current[column], after[column])))
        rows.delete(key);
    } else if (before !== undefined && current === undefined) rows.set(key, before);
  }
  return rows;
};

export const rowsOf = (tables: ReadonlyMap<string, Rows>, name: string): Rows => tables.get(name) ?? noRows;

/** By key, what several steps changed of the rows of a table. */
export const cellsChanged = (
  steps: readonly { readonly before: Rows; readonly after: Rows }[],
): ReadonlyMap<string, ReadonlySet<string>> => {
  const found = new Map<string, Set<string>>();
  for (const step of steps)
    for (const { key, before, after, columns } of changesBetween(step.before, step.after)) {
      const cells = found.get(key) ?? new Set();
      const whole = before === undefined || after === undefined;
      for (const column of whole ? Object.keys({ ...before, ...after }) : columns) cells.add(column);
      found.set(key, cells);
    }
  return found;
};
