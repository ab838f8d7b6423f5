// Forms of our SQL that this server has no words for, as those that it has: aggregates over some of the rows, and row
// numbers in no order. Neither form is any other thing there, so that what users write is never changed.
import { closing, isWord, opening, piecesOf, plain, solidAt, trimmed, type Piece } from './pieces.ts';

const words = (text: string): readonly Piece[] => piecesOf(text);

const lastSolid = (pieces: readonly Piece[]): number => {
  let at = pieces.length - 1;
  while (pieces[at]?.kind === 'space') at -= 1;
  return at;
};

/** `sum(x)` where a condition holds: `sum(iff(…, x, null))`. */
const limited = (name: Piece, inside: readonly Piece[], condition: readonly Piece[]): readonly Piece[] => {
  const args = trimmed(inside);
  if (args.length === 1 && args[0]?.text === '*') return [...words('count_if('), ...condition, ...words(')')];
  const isDistinct = isWord(args[0], 'distinct');
  const rest = isDistinct ? trimmed(args.slice(1)) : args;
  const border = firstComma(rest);
  return [
    name,
    ...words(isDistinct ? '(distinct iff(' : '(iff('),
    ...condition,
    ...words(', '),
    ...rest.slice(0, border),
    ...words(', null)'),
    ...rest.slice(border),
    ...words(')'),
  ];
};

const firstComma = (pieces: readonly Piece[]): number => {
  let depth = 0;
  for (let at = 0; at < pieces.length; at += 1) {
    if (pieces[at]?.text === '(') depth += 1;
    if (pieces[at]?.text === ')') depth -= 1;
    if (depth === 0 && pieces[at]?.text === ',') return at;
  }
  return pieces.length;
};

/** `agg(x) filter (where …)` */
export const spellFilters = (pieces: readonly Piece[]): readonly Piece[] => {
  const out: Piece[] = [];
  for (let at = 0; at < pieces.length; at += 1) {
    const piece = pieces[at];
    if (piece === undefined) continue;
    const open = solidAt(pieces, at + 1);
    const where = solidAt(pieces, open + 1);
    const isFilter = isWord(piece, 'filter') && pieces[open]?.text === '(' && isWord(pieces[where], 'where');
    const close = lastSolid(out);
    if (!isFilter || out[close]?.text !== ')') {
      out.push(piece);
      continue;
    }
    const begin = opening(out, close);
    const name = out[begin - 1];
    if (name === undefined || name.kind !== 'word') {
      out.push(piece);
      continue;
    }
    const end = closing(pieces, open);
    const condition = trimmed(spellFilters(pieces.slice(where + 1, end)));
    const spelt = limited(name, out.slice(begin + 1, close), condition);
    out.splice(begin - 1, out.length, ...spelt);
    at = end;
  }
  return out;
};

/** `row_number() over ()`: the server wants an order, be it none. */
export const spellRowNumbers = (pieces: readonly Piece[]): readonly Piece[] => {
  const out: Piece[] = [];
  let solid: readonly string[] = [];
  pieces.forEach((piece, at) => {
    if (piece.kind === 'space') {
      out.push(piece);
      return;
    }
    const open = piece.text === '(' && solid.slice(-4).join(' ') === 'row_number ( ) over';
    solid = [...solid.slice(-3), plain(piece)];
    out.push(piece);
    if (!open) return;
    const inside = pieces.slice(at + 1, closing(pieces, at));
    if (inside.some((each) => isWord(each, 'order'))) return;
    // A window that is named elsewhere has its order there.
    if (trimmed(inside).length === 0) out.push(...words('order by null'));
  });
  return out;
};

/** `x is not true`: the same said by a comparison that this server is known to have. */
export const spellTruths = (pieces: readonly Piece[]): readonly Piece[] => {
  const out: Piece[] = [];
  for (let at = 0; at < pieces.length; at += 1) {
    const piece = pieces[at];
    if (piece === undefined) continue;
    out.push(piece);
    if (!isWord(piece, 'is')) continue;
    const next = solidAt(pieces, at + 1);
    const isNot = isWord(pieces[next], 'not');
    const value = isNot ? solidAt(pieces, next + 1) : next;
    if (!isWord(pieces[value], 'true', 'false')) continue;
    out.push(...words(isNot ? ' distinct from ' : ' not distinct from '));
    at = value - 1;
  }
  return out;
};
