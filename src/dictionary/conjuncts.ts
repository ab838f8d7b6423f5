// The equalities of a join condition: what a look-up can be limited by before it is joined.
import type { Scalar } from '../project/document.ts';
import type { ColumnRef, JoinEquality } from './dictionary.ts';
import type { Compiled, Piece } from './expression.ts';
import { slice } from './expression.ts';
import { isBlank } from './lexer.ts';
import { comparingWords, unsplittable } from './words.ts';

/** Binds tighter than a comparison, or is none. */
const calculating = new Set(['+', '-', '*', '/', '%', '||', '::', '->', '->>', '#>', '#>>', '^']);

/** The conjuncts `alias.column = expression over other aliases` of a condition, either way round. */
export const equalitiesOf = (on: Compiled, text: Scalar, alias: string): readonly JoinEquality[] =>
  conjunctsOf(on.pieces).flatMap((conjunct) => equalityOf(conjunct, text, alias) ?? []);

const wordOf = (piece: Piece | undefined): string =>
  piece?.token?.kind === 'word' && typeof piece.sql === 'string' ? piece.sql.toLowerCase() : '';

const isSpace = (piece: Piece): boolean =>
  piece.token !== undefined && typeof piece.sql === 'string' && isBlank(piece.token);

const trimmed = (pieces: readonly Piece[]): readonly Piece[] => {
  const first = pieces.findIndex((piece) => !isSpace(piece));
  const last = pieces.findLastIndex((piece) => !isSpace(piece));
  return first === -1 ? [] : pieces.slice(first, last + 1);
};

/** Without brackets around the whole. */
const unwrapped = (pieces: readonly Piece[]): readonly Piece[] => {
  const inner = trimmed(pieces);
  const depth = inner[0]?.depth ?? 0;
  const wraps = inner[0]?.sql === '(' && inner.slice(1, -1).every((piece) => piece.depth > depth);
  return wraps && inner.at(-1)?.sql === ')' ? unwrapped(inner.slice(1, -1)) : inner;
};

const conjunctsOf = (pieces: readonly Piece[]): readonly (readonly Piece[])[] => {
  const inner = unwrapped(pieces);
  const depth = inner[0]?.depth ?? 0;
  const outside = inner.map((piece) => (piece.depth === depth ? wordOf(piece) : ''));
  if (outside.some((word) => unsplittable.has(word))) return [];
  if (!outside.includes('and')) return [inner];
  const conjuncts: Piece[][] = [[]];
  for (const [index, piece] of inner.entries()) {
    if (outside[index] === 'and') conjuncts.push([]);
    else conjuncts.at(-1)?.push(piece);
  }
  return conjuncts.flatMap(conjunctsOf);
};

const equalityOf = (conjunct: readonly Piece[], text: Scalar, alias: string): JoinEquality | undefined => {
  const depth = conjunct[0]?.depth ?? 0;
  let equals: number | undefined;
  for (const [index, piece] of conjunct.entries()) {
    if (piece.depth !== depth) continue;
    if (comparingWords.has(wordOf(piece))) return undefined;
    if (piece.token?.kind !== 'operator' || typeof piece.sql !== 'string' || calculating.has(piece.sql))
      continue;
    // A second comparison, or an operator that we do not know, such as `~=`.
    if (piece.sql !== '=' || equals !== undefined) return undefined;
    equals = index;
  }
  if (equals === undefined) return undefined;
  const sides = [trimmed(conjunct.slice(0, equals)), trimmed(conjunct.slice(equals + 1))] as const;
  return sidesOf(sides[0], sides[1], text, alias) ?? sidesOf(sides[1], sides[0], text, alias);
};

const sidesOf = (
  own: readonly Piece[],
  other: readonly Piece[],
  text: Scalar,
  alias: string,
): JoinEquality | undefined => {
  const ref = own.length === 1 ? own[0]?.sql : undefined;
  if (ref === undefined || typeof ref === 'string' || ref.alias !== alias) return undefined;
  const read = other.map((piece) => piece.sql).filter((sql): sql is ColumnRef => typeof sql !== 'string');
  if (read.length === 0 || read.some((column) => column.alias === alias)) return undefined;
  return { own: ref.column, other: slice(other, text) };
};
