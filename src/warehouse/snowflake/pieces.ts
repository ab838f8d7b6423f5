// The pieces of a statement: names, words, texts, places for bound values, and the space between them.

export interface Piece {
  readonly text: string;
  readonly kind: 'space' | 'quoted' | 'word' | 'bind' | 'other';
  /** Which of the bound values belongs here; kept when pieces change places. */
  readonly place?: number;
}

const pattern =
  /(?<space>\s+|--[^\n]*|\/\*[\s\S]*?\*\/)|(?<quoted>"(?:[^"]|"")*")|(?<word>[A-Za-z_][\w$]*)|(?<bind>\?)|'(?:[^'\\]|''|\\[\s\S])*'|\d[\w.]*|::|[\s\S]/g;

export const piecesOf = (text: string): readonly Piece[] => {
  let binds = 0;
  return [...text.matchAll(pattern)].map(({ 0: whole, groups }): Piece => {
    if (groups?.['space']) return { text: whole, kind: 'space' };
    if (groups?.['quoted']) return { text: whole, kind: 'quoted' };
    if (groups?.['word']) return { text: whole, kind: 'word' };
    if (!groups?.['bind']) return { text: whole, kind: 'other' };
    binds += 1;
    return { text: whole, kind: 'bind', place: binds - 1 };
  });
};

/** The language's word, or a sign; `"` for a quoted name. */
export const plain = ({ kind, text }: Piece): string => (kind === 'quoted' ? '"' : text.toLowerCase());

/** The place of the parenthesis that closes the one at `open`. */
export const closing = (pieces: readonly Piece[], open: number): number => {
  let depth = 0;
  for (let at = open; at < pieces.length; at += 1) {
    if (pieces[at]?.text === '(') depth += 1;
    if (pieces[at]?.text === ')') depth -= 1;
    if (depth === 0) return at;
  }
  return pieces.length;
};

/** The place of the parenthesis that opens what the one at `close` closes; -1 where there is none. */
export const opening = (pieces: readonly Piece[], close: number): number => {
  let depth = 0;
  for (let at = close; at >= 0; at -= 1) {
    if (pieces[at]?.text === ')') depth += 1;
    if (pieces[at]?.text === '(') depth -= 1;
    if (depth === 0) return at;
  }
  return -1;
};

/** The next place at or after `at` where no space is. */
export const solidAt = (pieces: readonly Piece[], at: number): number => {
  let place = at;
  while (pieces[place]?.kind === 'space') place += 1;
  return place;
};

export const isWord = (piece: Piece | undefined, ...words: readonly string[]): boolean =>
  piece?.kind === 'word' && words.includes(piece.text.toLowerCase());

/** The first place at the outermost level where these words follow one another; -1 where they do not. */
export const findWords = (pieces: readonly Piece[], from: number, words: readonly string[]): number => {
  let depth = 0;
  for (let at = from; at < pieces.length; at += 1) {
    const piece = pieces[at];
    if (piece?.text === '(') depth += 1;
    if (piece?.text === ')') depth -= 1;
    if (depth !== 0 || piece?.kind === 'space') continue;
    let place = at;
    const all = words.every((word) => {
      const found = isWord(pieces[place], word);
      place = solidAt(pieces, place + 1);
      return found;
    });
    if (all) return at;
  }
  return -1;
};

/** Parts between commas of the outermost level. */
export const partsOf = (pieces: readonly Piece[]): readonly (readonly Piece[])[] => {
  const parts: Piece[][] = [[]];
  let depth = 0;
  for (const piece of pieces) {
    if (piece.text === '(') depth += 1;
    if (piece.text === ')') depth -= 1;
    if (depth === 0 && piece.text === ',' && piece.kind === 'other') parts.push([]);
    else parts.at(-1)?.push(piece);
  }
  return parts;
};

export const trimmed = (pieces: readonly Piece[]): readonly Piece[] => {
  const first = solidAt(pieces, 0);
  let last = pieces.length;
  while (last > first && pieces[last - 1]?.kind === 'space') last -= 1;
  return pieces.slice(first, last);
};
