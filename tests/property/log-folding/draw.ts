// Random logs of a few keys each, as a connector writes them: walks from image to image, deletes and returns, keys
// that move, columns left out, TOAST placeholders, images that do not fit together, sequences that stand still.
import type { Random } from '../../../scripts/shop/random.ts';
import type { Cell } from '../reference/fold.ts';

export type Image = Readonly<Record<string, Cell>>;

/** A row of the log, but for its place in it. */
export interface Change {
  readonly op: string | null;
  readonly table: string;
  readonly before?: Image | undefined;
  readonly after?: Image | undefined;
  readonly sequence: readonly number[];
}

/** How the logs of one history are written. */
export interface Manner {
  readonly images: 'json' | 'typed';
  /** Sequences are drawn from so many numbers: the fewer, the more of them are equal. */
  readonly moments: number;
  readonly parts: 1 | 2;
  readonly letters: { readonly insert: string; readonly update: string; readonly remove: string };
  readonly truncates: boolean;
  /** Updates leave columns out. */
  readonly partial: 'never' | 'sometimes' | 'mostly';
}

export const placeholder = '__debezium_unavailable_value';

export const columns = ['a', 'b', 'c'] as const;

export const drawManner = (random: Random): Manner => ({
  images: random.chance(3) ? 'typed' : 'json',
  moments: random.oneOf([3, 8, 40]),
  parts: random.chance(2) ? 1 : 2,
  letters: random.oneOf([
    { insert: 'c', update: 'u', remove: 'd' },
    { insert: 'I', update: 'U', remove: 'D' },
    { insert: 'insert', update: 'UPDATE', remove: 'Delete' },
    { insert: 'r', update: 'u', remove: 'd' },
  ]),
  truncates: random.chance(4),
  partial: random.oneOf(['never', 'sometimes', 'mostly']),
});

const drawCells = (random: Random): Image => ({
  a: random.oneOf(['x', 'y', "o'z", '', 'a"b', null]),
  b: random.oneOf([1, 2, 3, null]),
  c: random.oneOf([true, false, null]),
});

const drawSequence = (random: Random, manner: Manner): readonly number[] =>
  Array.from({ length: manner.parts }, () => random.below(manner.moments));

/** Some columns are not there, one may stand for nothing. */
const leaveOut = (random: Random, image: Image, manner: Manner): Image => {
  if (manner.partial === 'never' || (manner.partial === 'sometimes' && random.chance(2))) return image;
  if (manner.images === 'typed') return random.chance(2) ? { ...image, a: placeholder } : image;
  const kept = Object.entries(image).filter(([name]) => name === 'log' || name === 'id' || random.chance(2));
  const cells = Object.fromEntries(kept);
  return random.chance(4) && 'a' in cells ? { ...cells, a: placeholder } : cells;
};

const keyOf = ({ log, id }: Image): Image => ({ log: log ?? null, id: id ?? null });

/** What an image before is worth: all of it, its key, or nothing. */
const found = (random: Random, image: Image): Image | undefined => {
  const worth = random.below(4);
  return worth < 2 ? image : worth === 2 ? keyOf(image) : undefined;
};

const nextChange = (
  random: Random,
  manner: Manner,
  log: number,
  rows: Map<number, Image>,
): Omit<Change, 'table' | 'sequence'> => {
  const { letters } = manner;
  const id = random.below(manner.partial === 'mostly' ? 2 : 3);
  const row = rows.get(id);
  const drawn = drawCells(random);
  const fresh = { log, id, ...drawn };
  if (row === undefined) {
    rows.set(id, fresh);
    return { op: letters.insert, after: fresh };
  }
  if (random.chance(manner.partial === 'mostly' ? 12 : 4)) {
    rows.delete(id);
    return random.chance(4)
      ? { op: letters.remove, after: row }
      : { op: letters.remove, before: random.chance(2) ? row : keyOf(row) };
  }
  if (manner.images === 'json' && random.chance(8)) {
    const moved = { ...fresh, id: random.below(3) };
    rows.delete(id);
    rows.set(moved.id, moved);
    return { op: letters.update, before: row, after: moved };
  }
  const changed = { ...row, ...(random.chance(2) ? { a: drawn['a'] ?? null } : fresh) };
  rows.set(id, changed);
  return { op: letters.update, before: found(random, row), after: leaveOut(random, changed, manner) };
};

/** One log: the changes of its keys. Half of them are put in order as they happened, the others lie as they fall. */
export const drawLog = (random: Random, manner: Manner, log: number): readonly Change[] => {
  const rows = new Map<number, Image>();
  const orderly = random.chance(2);
  const count = 1 + random.below(12);
  const sequences = Array.from({ length: count }, () => drawSequence(random, manner));
  if (orderly) sequences.sort((a, b) => (a[0] ?? 0) - (b[0] ?? 0) || (a[1] ?? 0) - (b[1] ?? 0));
  return sequences.map((sequence) => ({
    ...nextChange(random, manner, log, rows),
    table: 'things',
    sequence,
  }));
};

export const drawOwners = (random: Random, manner: Manner, logs: number): readonly Change[] =>
  Array.from({ length: 6 }, () => ({
    op: random.chance(4) ? manner.letters.remove : manner.letters.update,
    table: 'owners',
    after: {
      id: random.below(3),
      log: random.below(logs),
      a: random.oneOf(['Ann', 'Ben', null]),
      b: null,
      c: null,
    },
    sequence: drawSequence(random, manner),
  }));

/** Rows that are no events of anybody: flawed ones, tombstones, other tables. */
export const drawNoise = (random: Random, manner: Manner): readonly Change[] => {
  const sequence = drawSequence(random, manner);
  const json: readonly Change[] = [
    { op: null, table: 'things', sequence },
    { op: 'u', table: 'things', after: { log: 0, id: 1, a: 'bad', b: 'no number', c: null }, sequence },
    { op: 'u', table: 'things', after: { log: 0, a: 'no key' }, sequence },
  ];
  const any: readonly Change[] = [
    { op: 'q', table: 'things', after: { log: 0, id: 1, a: 'q', b: 1, c: null }, sequence },
    { op: 'u', table: 'others', after: { log: 0, id: 1, a: 'other', b: 1, c: null }, sequence },
  ];
  const all = manner.images === 'json' ? [...json, ...any] : any;
  return all.filter(() => random.chance(2));
};
