// The aggregate calls of an expression: `sum(orders.amount) filter (where …)` with all that belongs to it.
import type { Position } from '../errors/tidemark-error.ts';
import type { Scalar } from '../project/document.ts';
import type { Report } from '../project/problems.ts';
import { aggregateFunctions, orderedAggregates, unsteadyAggregates } from './aggregate-words.ts';
import type { AggregatedPart } from './dictionary.ts';
import type { Compiled, Piece } from './expression.ts';
import { partsOf, slice } from './expression.ts';
import * as say from './expression-problems.ts';
import { isBlank } from './lexer.ts';

interface Found {
  /** Places among the pieces: the first, the function's name, the opening bracket, and the first after all of it. */
  readonly first: number;
  readonly name: number;
  readonly open: number;
  readonly next: number;
  /** An order is given, within the brackets or behind them. */
  readonly ordered: boolean;
}

const isSolid = (piece: Piece): boolean => piece.token === undefined || !isBlank(piece.token);

const wordOf = (piece: Piece | undefined): string =>
  piece !== undefined && typeof piece.sql === 'string' && piece.token !== undefined
    ? piece.sql.toLowerCase()
    : '';

class Finder {
  private readonly pieces: readonly Piece[];

  constructor(pieces: readonly Piece[]) {
    this.pieces = pieces;
  }

  all(): readonly Found[] {
    return this.pieces.flatMap((_, place) => this.at(place) ?? []);
  }

  private at(name: number): Found | undefined {
    const piece = this.pieces[name];
    if (piece === undefined || typeof piece.sql !== 'string') return undefined;
    const { kind } = piece.token ?? {};
    if (kind !== 'word' && kind !== 'quoted') return undefined;
    const open = this.solid(name + 1, 1);
    if (this.word(open) !== '(' || this.isTail(name)) return undefined;
    const close = this.close(open);
    const tail = this.tail(close);
    const inner = this.pieces.slice(open + 1, close);
    const orders = inner.some(
      (each, place) =>
        each.depth === piece.depth + 1 &&
        wordOf(each) === 'order' &&
        wordOf(inner.slice(place + 1).find(isSolid)) === 'by',
    );
    const isDistinct = wordOf(inner.find(isSolid)) === 'distinct';
    const plain = kind === 'word' ? piece.sql.toLowerCase() : piece.sql.slice(1, -1);
    if (!aggregateFunctions.has(plain) && !orders && !isDistinct && tail.next === close + 1) return undefined;
    return { first: this.start(name), name, open, next: tail.next, ordered: orders || tail.ordered };
  }

  /** The `group (order by …)` of `within group` is a part of the call before it. */
  private isTail(name: number): boolean {
    return this.word(name) === 'group' && this.word(this.solid(name - 1, -1)) === 'within';
  }

  /** `within group (…)`, `filter (…)`, in this order. */
  private tail(close: number): { readonly next: number; readonly ordered: boolean } {
    let next = close + 1;
    const within = this.solid(next, 1);
    const ordered = this.word(within) === 'within' && this.word(this.solid(within + 1, 1)) === 'group';
    if (ordered) next = this.close(this.solid(this.solid(within + 1, 1) + 1, 1)) + 1;
    const filter = this.solid(next, 1);
    const bracket = this.solid(filter + 1, 1);
    if (this.word(filter) === 'filter' && this.word(bracket) === '(') next = this.close(bracket) + 1;
    return { next, ordered };
  }

  /** A schema may stand in front of the name. */
  private start(name: number): number {
    const dot = this.solid(name - 1, -1);
    if (this.pieces[dot]?.token?.kind !== 'dot') return name;
    return this.start(this.solid(dot - 1, -1));
  }

  private word(place: number): string {
    return wordOf(this.pieces[place]);
  }

  private solid(start: number, step: 1 | -1): number {
    let place = start;
    for (let piece = this.pieces[place]; piece !== undefined && !isSolid(piece); piece = this.pieces[place])
      place += step;
    return place;
  }

  /** Brackets are known to match. */
  private close(open: number): number {
    const depth = this.pieces[open]?.depth ?? 0;
    const close = this.pieces.findIndex(
      (piece, place) => place > open && piece.depth === depth && piece.token?.kind === 'close',
    );
    return close === -1 ? this.pieces.length : close;
  }
}

const placeOf = (compiled: Compiled, text: Scalar, place: number): Position => {
  const { start = 0, end = 0 } = compiled.pieces[place] ?? {};
  return text.within(start, end - start);
};

/** A faulty call is reported, the first of an expression only. */
const faultOf = (compiled: Compiled, text: Scalar, found: readonly Found[]) => {
  for (const [index, call] of found.entries()) {
    const at = placeOf(compiled, text, call.name);
    const name = compiled.expression.text.slice(
      compiled.pieces[call.name]?.start ?? 0,
      compiled.pieces[call.name]?.end ?? 0,
    );
    if (found.slice(0, index).some((outer) => outer.next > call.first)) return say.nestedAggregate(at, name);
    if (unsteadyAggregates.has(name.toLowerCase())) return say.unsteadyAggregate(at, name);
    if (orderedAggregates.has(name.toLowerCase()) && !call.ordered) return say.unorderedAggregate(at, name);
  }
  return undefined;
};

/** The expression cut at its aggregate calls; as it is where it has none, nothing where one is faulty. */
export const cutAggregates = (
  compiled: Compiled,
  text: Scalar,
  report: Report,
): readonly AggregatedPart[] | undefined => {
  if (!compiled.pieces.some(({ sql }) => sql === '(')) return compiled.expression.parts;
  const found = new Finder(compiled.pieces).all();
  const fault = faultOf(compiled, text, found);
  if (fault !== undefined) {
    report(fault);
    return undefined;
  }
  const parts: AggregatedPart[] = [];
  let from = 0;
  for (const { first, next } of found) {
    parts.push(...partsOf(compiled.pieces.slice(from, first)));
    parts.push({ call: slice(compiled.pieces.slice(first, next), text) });
    from = next;
  }
  return [...parts, ...partsOf(compiled.pieces.slice(from))];
};
