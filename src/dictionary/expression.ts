// A SQL expression of the user, cut at the columns that it reads. The warehouse proves the result: the query
// that is built from it exposes only these columns.
import type { Position } from '../errors/tidemark-error.ts';
import type { Scalar } from '../project/document.ts';
import type { Report } from '../project/problems.ts';
import { checkExpression } from './check-expression.ts';
import type { ColumnRef, Expression } from './dictionary.ts';
import { isBlank, tokenize } from './lexer.ts';
import type { Token } from './lexer.ts';
import { readColumn, readUnqualified } from './read-column.ts';
import type { Scope } from './scope.ts';
import { surrogateKey } from './surrogate-key.ts';
import type { Call } from './surrogate-key.ts';

/** A run of the expression: SQL verbatim, or a column. */
export interface Piece {
  readonly sql: string | ColumnRef;
  /** How many brackets are open around it. */
  readonly depth: number;
  /** None for SQL that was put in its place. */
  readonly token?: Token | undefined;
  /** The text that it stands for. */
  readonly start: number;
  readonly end: number;
}

interface Read {
  readonly ref: ColumnRef;
  readonly at: Position;
}

export interface Compiled {
  readonly expression: Expression;
  readonly pieces: readonly Piece[];
  readonly reads: readonly Read[];
}

const bare = /^([\p{L}_][\p{L}\p{M}\p{N}_$]*)\.([\p{L}_][\p{L}\p{M}\p{N}_$]*)$/u;

/** The same of the letters of nearly all names, without the tables of Unicode. */
const latin = /^([A-Za-z_][\w$]*)\.([A-Za-z_][\w$]*)$/;

/** `alias.column` and nothing else, both spelled as they are stored: most of what is mapped. */
const compileBare = (text: Scalar, scope: Scope): Compiled | undefined => {
  const [, alias, column] = latin.exec(text.text) ?? bare.exec(text.text) ?? [];
  const relation = alias === undefined ? undefined : scope.aliases.get(alias);
  if (alias === undefined || column === undefined || relation === undefined) return undefined;
  const isStored = relation.columns === undefined || relation.columns.some(({ name }) => name === column);
  if (!isStored || relation.unsettled?.has(column) === true) return undefined;
  const ref = { alias, column };
  const start = alias.length + 1;
  return {
    expression: {
      text: text.text,
      parts: [ref],
      get at() {
        return text.at;
      },
    },
    pieces: [
      {
        sql: ref,
        depth: 0,
        token: { kind: 'word', text: alias, start: 0 },
        start: 0,
        end: text.text.length,
      },
    ],
    reads: [
      {
        ref,
        get at() {
          return text.within(start, column.length);
        },
      },
    ],
  };
};

export const compileExpression = (text: Scalar, scope: Scope, report: Report): Compiled | undefined => {
  const plain = compileBare(text, scope);
  if (plain !== undefined) return plain;
  const tokens = tokenize(text.text);
  if (!checkExpression(text, tokens, { report, aggregates: scope.aggregates === true })) return undefined;
  const cutter = new Cutter(text, tokens, { scope, report });
  const pieces = cutter.cut();
  if (cutter.failed) return undefined;
  return {
    expression: {
      text: text.text,
      parts: partsOf(pieces),
      get at() {
        return text.at;
      },
    },
    pieces,
    reads: cutter.reads,
  };
};

/** Neighbouring SQL becomes one string. */
export const partsOf = (pieces: readonly Piece[]): Expression['parts'] => {
  const parts: (string | ColumnRef)[] = [];
  for (const { sql } of pieces) {
    const last = parts.at(-1);
    if (typeof sql === 'string' && typeof last === 'string') parts[parts.length - 1] = last + sql;
    else parts.push(sql);
  }
  return parts;
};

/** Some neighbouring pieces as an expression of their own. */
export const slice = (pieces: readonly Piece[], text: Scalar): Expression => {
  const start = pieces[0]?.start ?? 0;
  const end = Math.max(...pieces.map((piece) => piece.end));
  return { text: text.text.slice(start, end), parts: partsOf(pieces), at: text.within(start, end - start) };
};

interface Surroundings {
  readonly scope: Scope;
  readonly report: Report;
}

class Cutter {
  readonly reads: Read[] = [];
  failed = false;
  private readonly pieces: Piece[] = [];
  private depth = 0;
  private readonly text: Scalar;
  private readonly tokens: readonly Token[];
  private readonly scope: Scope;
  private readonly report: Report;
  /** Names of its own stand in the expression: lambda parameters, loop variables. */
  private readonly bindsNames: boolean;

  constructor(text: Scalar, tokens: readonly Token[], around: Surroundings) {
    this.text = text;
    this.tokens = tokens;
    this.scope = around.scope;
    this.report = (found) => {
      this.failed = true;
      around.report(found);
    };
    this.bindsNames = bindsNames(tokens);
  }

  cut(): readonly Piece[] {
    this.cutRange(0, this.tokens.length);
    return this.pieces;
  }

  private cutRange(from: number, to: number): void {
    for (let index = from; index < to;) index = this.cutAt(index, to);
  }

  /** Cuts what starts at one token; answers where the next starts. */
  private cutAt(index: number, to: number): number {
    const token = this.tokens[index];
    if (token === undefined) return to;
    if (token.kind === 'close') this.depth -= 1;
    if (token.kind === 'word' || token.kind === 'quoted') {
      const read = this.columnAt(index);
      if (read !== undefined) {
        this.reads.push(read);
        this.pieces.push({ sql: read.ref, depth: this.depth, token, ...this.span(index, read.next) });
        return read.next;
      }
      const call = surrogateKey(this.tokens, index);
      if (call !== undefined) return this.cutCall(call, index);
    }
    this.pieces.push({ sql: token.text, depth: this.depth, token, ...this.span(index, index + 1) });
    if (token.kind === 'open') this.depth += 1;
    return index + 1;
  }

  private columnAt(index: number): (Read & { readonly next: number }) | undefined {
    const around = { text: this.text, tokens: this.tokens, scope: this.scope, report: this.report };
    return readColumn(around, index) ?? readUnqualified({ ...around, bindsNames: this.bindsNames }, index);
  }

  private cutCall(call: Call, index: number): number {
    this.depth += 1;
    for (const part of call.parts) {
      if (typeof part === 'string')
        this.pieces.push({ sql: part, depth: this.depth, ...this.span(index, call.next) });
      else this.cutRange(part.from, part.to);
    }
    this.depth -= 1;
    return call.next;
  }

  /** Where the tokens from one up to another stand in the text. */
  private span(from: number, to: number): { readonly start: number; readonly end: number } {
    const last = this.tokens[to - 1];
    return {
      start: this.tokens[from]?.start ?? 0,
      end: last === undefined ? 0 : last.start + last.text.length,
    };
  }
}

/** `x -> x + 1`, `lambda x: …`, `[x for x in …]`; the arrow before a string or a number reads JSON instead. */
const bindsNames = (tokens: readonly Token[]): boolean => {
  const solid = tokens.filter((token) => !isBlank(token));
  return solid.some(({ text }, index) => {
    const after = solid[index + 1]?.kind;
    if (text === '->') return after !== 'string' && after !== 'number';
    const word = text.toLowerCase();
    return (
      word === 'lambda' ||
      (word === 'for' && after === 'word' && solid[index + 2]?.text.toLowerCase() === 'in')
    );
  });
};
