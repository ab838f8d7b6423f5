// What a test expects against what the target holds: rows are paired, cells compared. Values come as the warehouse's
// own texts of one type, so equal texts are equal values.
import type { Position } from '../../errors/tidemark-error.ts';

type Text = string | null;

export interface ExpectedRow {
  /** Only the columns that the test names. */
  readonly cells: ReadonlyMap<string, Text>;
  readonly at: Position;
}

export type ActualRow = ReadonlyMap<string, Text>;

interface CellDifference {
  readonly column: string;
  readonly expected: Text;
  readonly actual: Text;
}

export type RowDifference =
  | {
      readonly kind: 'different';
      readonly key: RowKey;
      readonly at: Position;
      readonly cells: readonly CellDifference[];
    }
  /** Expected, and not there. */
  | { readonly kind: 'missing'; readonly key: RowKey; readonly at: Position; readonly row: Cells }
  /** There, and not expected. */
  | { readonly kind: 'extra'; readonly key: RowKey; readonly row: Cells };

type Cells = Readonly<Record<string, Text>>;
type RowKey = Cells;

export interface Comparison {
  readonly expected: readonly ExpectedRow[];
  readonly actual: readonly ActualRow[];
  readonly key: readonly string[];
  /** Columns of floating numbers, which differ by more than their last digits or not at all. */
  readonly floating: ReadonlySet<string>;
  /** Columns of decimals that keep the zeros they were written with. */
  readonly decimal: ReadonlySet<string>;
  /** Columns of JSON, where spaces mean nothing. */
  readonly json: ReadonlySet<string>;
}

const relativeTolerance = 1e-9;

const nearlyEqual = (left: string, right: string): boolean => {
  const [a, b] = [Number(left), Number(right)];
  if (!Number.isFinite(a) || !Number.isFinite(b)) return false;
  return Math.abs(a - b) <= relativeTolerance * Math.max(Math.abs(a), Math.abs(b));
};

const withoutZeros = (text: string): string =>
  /^-?\d+\.\d+$/.test(text) ? text.replace(/\.?0+$/, '') : text;

const canonical = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).toSorted(([left], [right]) => (left < right ? -1 : 1));
  return Object.fromEntries(entries.map(([name, inner]) => [name, canonical(inner)]));
};

const sameJson = (left: string, right: string): boolean => {
  try {
    return JSON.stringify(canonical(JSON.parse(left))) === JSON.stringify(canonical(JSON.parse(right)));
  } catch {
    return false;
  }
};

const sameValue = (column: string, left: Text, right: Text, by: Comparison): boolean => {
  const { floating, decimal, json } = by;
  if (left === right) return true;
  if (left === null || right === null) return false;
  if (floating.has(column)) return nearlyEqual(left, right);
  if (decimal.has(column)) return withoutZeros(left) === withoutZeros(right);
  return json.has(column) && sameJson(left, right);
};

const differencesOf = (expected: ExpectedRow, actual: ActualRow, by: Comparison): readonly CellDifference[] =>
  [...expected.cells].flatMap(([column, value]) => {
    const found = actual.get(column) ?? null;
    return sameValue(column, value, found, by) ? [] : [{ column, expected: value, actual: found }];
  });

const keyOf = (row: ReadonlyMap<string, Text>, key: readonly string[]): RowKey =>
  Object.fromEntries(key.flatMap((name) => (row.has(name) ? [[name, row.get(name) ?? null] as const] : [])));

/** Equal rows first; then what has the same key, by the fewest differing cells; then, where a test names no key, what
 *  has most in common; the rest is missing or extra. */
export const compareRows = (by: Comparison): readonly RowDifference[] => {
  const open = new Set(by.actual);
  const unmatched = new Set<ExpectedRow>();
  for (const expected of by.expected) {
    const same = [...open].find((row) => differencesOf(expected, row, by).length === 0);
    if (same === undefined) unmatched.add(expected);
    else open.delete(same);
  }
  const different = [...unmatched].flatMap((expected): readonly RowDifference[] => {
    const partner = partnerOf(expected, open, by);
    if (partner === undefined) return [];
    open.delete(partner);
    unmatched.delete(expected);
    const key = keyOf(partner, by.key);
    return [{ kind: 'different', key, at: expected.at, cells: differencesOf(expected, partner, by) }];
  });
  const columns = [...new Set(by.expected.flatMap(({ cells }) => [...cells.keys()]))];
  return [
    ...different,
    ...[...unmatched].map(({ cells, at }): RowDifference => ({
      kind: 'missing',
      key: keyOf(cells, by.key),
      at,
      row: Object.fromEntries(cells),
    })),
    ...[...open].map((row): RowDifference => ({
      kind: 'extra',
      key: keyOf(row, by.key),
      row: Object.fromEntries(columns.map((column) => [column, row.get(column) ?? null])),
    })),
  ];
};

const partnerOf = (
  expected: ExpectedRow,
  open: ReadonlySet<ActualRow>,
  by: Comparison,
): ActualRow | undefined => {
  const named = by.key.filter((name) => expected.cells.has(name));
  const candidates = [...open].filter((row) =>
    named.every((name) => sameValue(name, expected.cells.get(name) ?? null, row.get(name) ?? null, by)),
  );
  const scored = candidates
    .map((row) => ({ row, apart: differencesOf(expected, row, by).length }))
    .filter(({ apart }) => named.length > 0 || apart < expected.cells.size)
    .toSorted((left, right) => left.apart - right.apart);
  return scored[0]?.row;
};
