// A YAML file as plain values that know where they stand, to the character.
import { isAlias, isMap, isScalar, isSeq, parseDocument } from 'yaml';
import type { Document, Node, Pair, Scalar as YamlScalar } from 'yaml';
import type { Position } from '../errors/tidemark-error.ts';
import { placing, type Place } from './placing.ts';
import { setAside, type PlainLine, type SetAside } from './plain-lines.ts';
import type { Report } from './problems.ts';
import { circularAnchor, keyNotText, tooManyAliases, unknownAnchor, yamlSyntax } from './problems.ts';

export interface Scalar {
  readonly kind: 'scalar';
  readonly value: string | number | bigint | boolean | null;
  /** The value as written, without quotes: `1.50` and `null` stay what they are. */
  readonly text: string;
  /** Where a variable filled the text: what the file says, the only form that messages may show. */
  readonly written?: string | undefined;
  /** Stands inside `{ }` or `[ ]`, where a comma ends it. */
  readonly flow: boolean;
  readonly at: Position;
  /** Where a part of `text` stands. */
  within(offset: number, length: number): Position;
}

interface List {
  readonly kind: 'list';
  readonly items: readonly Value[];
  readonly at: Position;
}

interface Mapping {
  readonly kind: 'mapping';
  /** As they stand, a key written twice included. */
  readonly entries: readonly Entry[];
  readonly at: Position;
}

export interface Entry {
  readonly key: Scalar;
  readonly value: Value;
}

export type Value = Scalar | List | Mapping;

export interface FileText {
  /** As shown in messages. */
  readonly file: string;
  readonly text: string;
}

export interface ParsedDocument {
  /** None where the file is empty or its syntax is broken. */
  readonly root: Value | undefined;
  readonly broken: boolean;
  readonly start: Position;
}

/** `mask` hides what must never be shown, keeping every line's length. */
export const parseYaml = (
  input: FileText,
  report: Report,
  mask?: (text: string) => string,
): ParsedDocument => {
  const aside = setAside(input.text);
  const document = parseDocument(aside.rest, {
    prettyErrors: false,
    uniqueKeys: false,
    intAsBigInt: true,
  });
  const place = placing(input.file, (mask ?? ((text) => text))(input.text));
  const faults = [...document.errors, ...document.warnings];
  // One broken bracket breaks all that follows it: only the first fault is the user's.
  for (const { pos, message, code } of faults.slice(0, 1)) {
    report(yamlSyntax(place(aside.origin(pos[0]), pos[1] - pos[0]), message, code));
  }
  const start = place(0, 1);
  if (faults.length > 0 || document.contents === null)
    return { root: undefined, broken: faults.length > 0, start };
  let broken = false;
  const failing: Report = (fault) => {
    broken = true;
    report(fault);
  };
  const state = {
    document,
    text: input.text,
    place,
    origin: aside.origin,
    report: failing,
    budget: 100_000,
    open: [],
  };
  const root = withPlainLines(
    convert(document.contents, state, { flow: false, at: start }),
    aside.lines,
    state,
  );
  const none = broken || (root?.kind === 'scalar' && root.value === null);
  return { root: none ? undefined : root, broken, start };
};

/** `columns:` as it was before lines were set aside. */
const withPlainLines = (
  root: Value | undefined,
  lines: readonly PlainLine[],
  state: State,
): Value | undefined => {
  if (root?.kind !== 'mapping' || lines.length === 0) return root;
  const scalar = (text: string, first: number): Scalar =>
    new WrittenScalar({ value: text, text, flow: false }, { state, first, end: first + text.length });
  const plain = lines.map(({ key, keyStart, value, valueStart }): Entry => ({
    key: scalar(key, keyStart),
    value: scalar(value, valueStart),
  }));
  const [first] = lines;
  const entries = root.entries.map((entry): Entry => {
    const { key, value } = entry;
    if (first === undefined || key.text !== 'columns' || key.at.line > first.line) return entry;
    const others = value.kind === 'mapping' ? value.entries : [];
    const all = inLineOrder(others, plain, lines);
    const last = lines.at(-1) ?? first;
    const own = state.place(first.keyStart, last.valueStart + last.value.length - first.keyStart);
    const at = value.kind === 'mapping' && value.at.line < first.line ? value.at : own;
    return { key, value: { kind: 'mapping', entries: all, at } };
  });
  return { ...root, entries };
};

const inLineOrder = (
  others: readonly Entry[],
  plain: readonly Entry[],
  lines: readonly PlainLine[],
): readonly Entry[] => {
  const all: Entry[] = [];
  let next = 0;
  for (const other of others) {
    while ((lines[next]?.line ?? Infinity) < other.key.at.line) all.push(...plain.slice(next, ++next));
    all.push(other);
  }
  return [...all, ...plain.slice(next)];
};

interface State {
  readonly document: Document;
  readonly text: string;
  readonly place: Place;
  readonly origin: SetAside['origin'];
  readonly report: Report;
  budget: number;
  open: readonly Node[];
}

interface Around {
  readonly flow: boolean;
  /** Where a value that is not written at all is missing. */
  readonly at: Position;
}

const convert = (node: unknown, state: State, around: Around): Value | undefined => {
  state.budget -= 1;
  if (state.budget === 0) state.report(tooManyAliases(around.at));
  if (state.budget <= 0) return undefined;
  if (isAlias(node)) {
    const at = state.place(state.origin(node.range?.[0] ?? 0), node.source.length + 1);
    const meant = node.resolve(state.document);
    if (meant === undefined) state.report(unknownAnchor(at, node.source));
    else if (state.open.includes(meant)) state.report(circularAnchor(at, node.source));
    else return convert(meant, state, around);
    return undefined;
  }
  if (isScalar(node)) return scalarOf(node, state, around);
  if (!isMap(node) && !isSeq(node)) return missing(around);
  const [start, end] = rangeOf(node, state);
  const at = state.place(start, end - start);
  const inside = { flow: around.flow || node.flow === true, at };
  const outer = state.open;
  state.open = [...outer, node];
  const value = isMap(node)
    ? mappingOf(node.items, state, inside)
    : { kind: 'list' as const, at, items: node.items.flatMap((item) => convert(item, state, inside) ?? []) };
  state.open = outer;
  return value;
};

/** In the text as it was written. */
const rangeOf = ({ range }: Node, { origin }: State): readonly [start: number, end: number] => {
  const [start, end] = range ?? [0, 0];
  // What ends where something was taken out ends before it.
  return [origin(start), end > start ? origin(end - 1) + 1 : origin(start)];
};

const mappingOf = (pairs: readonly Pair[], state: State, inside: Around): Mapping => {
  const entries: Entry[] = [];
  for (const pair of pairs) {
    const key = convert(pair.key, state, inside);
    if (key === undefined) continue;
    if (key.kind !== 'scalar') {
      state.report(keyNotText(key.at));
      continue;
    }
    const value = convert(pair.value, state, { flow: inside.flow, at: key.at });
    if (value !== undefined) entries.push({ key, value });
  }
  return { kind: 'mapping', entries, at: inside.at };
};

const missing = (around: Around): Scalar => ({
  kind: 'scalar',
  value: null,
  text: '',
  flow: around.flow,
  at: around.at,
  within: () => around.at,
});

const scalarOf = (node: YamlScalar, state: State, around: Around): Scalar => {
  const [start, end] = rangeOf(node, state);
  const value = node.value as Scalar['value'];
  const text = typeof value === 'string' ? value : (node.source ?? String(value));
  if (text === '' && start === end) return missing(around);
  // A block's header (`|-`) is no part of its text.
  const header = node.type === 'BLOCK_FOLDED' || node.type === 'BLOCK_LITERAL';
  const quoted = node.type === 'QUOTE_DOUBLE' || node.type === 'QUOTE_SINGLE';
  const first = header ? state.text.indexOf('\n', start) + 1 : quoted ? start + 1 : start;
  return new WrittenScalar({ value, text, flow: around.flow }, { state, first, end });
};

interface Span {
  readonly state: Pick<State, 'text' | 'place'>;
  readonly first: number;
  readonly end: number;
}

/** Positions are worked out when somebody asks: of 12,000 mapped columns nearly all are never shown. */
class WrittenScalar implements Scalar {
  readonly kind = 'scalar';
  readonly value: Scalar['value'];
  readonly text: string;
  readonly flow: boolean;
  readonly #span: Span;
  #offsets: readonly number[] | undefined;
  #at: Position | undefined;

  constructor({ value, text, flow }: Pick<Scalar, 'value' | 'text' | 'flow'>, span: Span) {
    this.value = value;
    this.text = text;
    this.flow = flow;
    this.#span = span;
  }

  get at(): Position {
    const { text } = this;
    this.#at ??= this.within(text.length - text.trimStart().length, Math.max(1, text.trimEnd().length));
    return this.#at;
  }

  within(offset: number, length: number): Position {
    const from = this.#offsetOf(offset);
    const last = length > 1 ? this.#offsetOf(offset + length - 1) + 1 : from + 1;
    return this.#span.state.place(from, Math.max(1, last - from));
  }

  #offsetOf(index: number): number {
    const { state, first, end } = this.#span;
    // Most texts stand in the file as they are.
    if (index < this.text.length && state.text.startsWith(this.text, first)) return first + index;
    this.#offsets ??= align(this.text, state.text, first, end);
    return this.#offsets[index] ?? first;
  }
}

/** Where each character of a value stands in the file: quotes, escapes, folding and indentation lie between. */
const align = (value: string, source: string, start: number, end: number): readonly number[] => {
  const offsets: number[] = [];
  let at = start;
  for (const character of value.split('')) {
    if (!/\s/.test(character) || /\s/.test(source[at] ?? '')) {
      let match = at;
      while (match < end && source[match] !== character) match += 1;
      // An escape such as `\x41` has no character of its own to be found.
      if (match < end) at = match;
    }
    offsets.push(Math.min(at, Math.max(start, end - 1)));
    if (source[at] === character) at += 1;
  }
  return offsets;
};
