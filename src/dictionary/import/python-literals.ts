// The dictionaries that a Python module assigns to names, read as data with their places. What is no literal (a call,
// a name, a comprehension) is reported where it stands.
import type { Position } from '../../errors/tidemark-error.ts';
import type { Entry, FileText, Scalar, Value } from '../../project/document.ts';
import type { Report } from '../../project/problems.ts';
import { notLiteral, pythonSyntax } from './import-problems.ts';
import { pythonTokens, type PythonToken } from './python-tokens.ts';

export interface Assignment {
  readonly name: string;
  readonly value: Value;
}

/** Thrown and caught within this file: what follows a fault cannot be read. */
class Fault extends Error {
  readonly problem: ReturnType<typeof notLiteral>;

  constructor(problem: ReturnType<typeof notLiteral>) {
    super(problem.message);
    this.problem = problem;
  }
}

type Place = (start: number, end: number) => Position;

const placing = ({ file, text }: FileText): Place => {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return (start, end) => {
    const line = starts.findLastIndex((each) => each <= start);
    const from = starts[line] ?? 0;
    const source = text.slice(from, starts[line + 1] ?? text.length).replace(/\r?\n$/, '');
    const column = start - from + 1;
    return {
      file,
      line: line + 1,
      column,
      length: Math.max(1, Math.min(end - start, source.length - column + 1)),
      source,
    };
  };
};

const closing: Readonly<Record<string, string>> = { '{': '}', '[': ']', '(': ')' };

const constants: Readonly<Record<string, boolean | null>> = { None: null, True: true, False: false };

const textOf = (token: PythonToken | undefined): string =>
  token === undefined || token.kind === 'string' ? '' : token.text;

class Reader {
  private at = 0;
  private readonly tokens: readonly PythonToken[];
  private readonly place: Place;

  constructor(tokens: readonly PythonToken[], place: Place) {
    this.tokens = tokens;
    this.place = place;
  }

  /** `NAME = {…}` or `NAME: type = {…}` at the edge of the page; everything else is passed over. */
  assignments(report: Report): readonly Assignment[] {
    const found: Assignment[] = [];
    while (this.at < this.tokens.length) {
      const name = this.assigned();
      if (name !== undefined && textOf(this.peek()) === '{') {
        try {
          found.push({ name, value: this.value() });
        } catch (error) {
          if (!(error instanceof Fault)) throw error;
          report(error.problem);
        }
      }
      this.skipStatement();
    }
    return found;
  }

  private assigned(): string | undefined {
    const name = this.tokens[this.at];
    const before = this.tokens[this.at - 1];
    if (name?.kind !== 'word' || (before !== undefined && before.kind !== 'line')) return undefined;
    if (this.place(name.start, name.end).column !== 1) return undefined;
    let next = this.at + 1;
    if (textOf(this.tokens[next]) === ':')
      while (next < this.tokens.length && !['=', '\n'].includes(textOf(this.tokens[next]))) next += 1;
    if (textOf(this.tokens[next]) !== '=' || textOf(this.tokens[next + 1]) === '=') return undefined;
    this.at = next + 1;
    return name.text;
  }

  /** To the next line that is in no bracket. */
  private skipStatement(): void {
    let depth = 0;
    for (let token = this.tokens[this.at]; token !== undefined; token = this.tokens[this.at]) {
      const text = textOf(token);
      if (text in closing) depth += 1;
      else if (Object.values(closing).includes(text)) depth -= 1;
      this.at += 1;
      if (token.kind === 'line' && depth <= 0) return;
    }
  }

  /** Line breaks mean nothing within brackets, where all of this stands. */
  private peek(): PythonToken | undefined {
    while (this.tokens[this.at]?.kind === 'line') this.at += 1;
    return this.tokens[this.at];
  }

  private fail(token: PythonToken | undefined, expected: string): never {
    const last = this.tokens.at(-1);
    const at = token ?? last;
    const place = this.place(at?.start ?? 0, at?.end ?? 1);
    if (token === undefined)
      throw new Fault(pythonSyntax(place, `the file ends where ${expected} is missing`));
    if (token.kind === 'broken')
      throw new Fault(pythonSyntax(place, 'a string that is opened here is not closed'));
    const shown = token.kind === 'string' ? 'a string' : `\`${token.text}\``;
    throw new Fault(
      token.kind === 'mark'
        ? pythonSyntax(place, `${shown} stands where ${expected} is expected`)
        : notLiteral(place, shown),
    );
  }

  private value(): Value {
    const token = this.peek();
    if (token === undefined) return this.fail(token, 'a value');
    if (token.kind === 'string') return this.string(token);
    const { text } = token;
    if (text === '{') return this.dictionary(token);
    if (text === '[' || text === '(') return this.list(token, closing[text] ?? '');
    if (token.kind === 'number' || text === '-') return this.number(token);
    if (token.kind === 'word' && text in constants) {
      this.at += 1;
      return this.scalar(token, token, constants[text] ?? null, text);
    }
    return this.fail(token, 'a value');
  }

  private scalar(first: PythonToken, last: PythonToken, value: Scalar['value'], text: string): Scalar {
    const at = this.place(first.start, last.end);
    return { kind: 'scalar', value, text, flow: false, at, within: () => at };
  }

  /** Neighbouring strings are one. */
  private string(first: PythonToken): Scalar {
    let text = '';
    let last = first;
    for (let token = this.peek(); token?.kind === 'string'; token = this.peek()) {
      text += token.value;
      last = token;
      this.at += 1;
    }
    this.endOfValue();
    return this.scalar(first, last, text, text);
  }

  private number(first: PythonToken): Scalar {
    const negative = textOf(first) === '-';
    if (negative) this.at += 1;
    const token = this.peek();
    if (token?.kind !== 'number') return this.fail(token, 'a number');
    this.at += 1;
    const text = `${negative ? '-' : ''}${token.text.replaceAll('_', '')}`;
    return this.scalar(first, token, Number(text), text);
  }

  /** `'a' + x`, `'a'.join(…)`: more than a literal. */
  private endOfValue(): void {
    const next = this.peek();
    const text = textOf(next);
    if (next === undefined || [',', ':', '}', ']', ')', '='].includes(text)) return;
    const at = this.place(next.start, next.end);
    throw new Fault(
      next.kind === 'broken'
        ? pythonSyntax(at, 'a string that is opened here is not closed')
        : notLiteral(at, `\`${text}\``),
    );
  }

  private dictionary(open: PythonToken): Value {
    this.at += 1;
    const entries: Entry[] = [];
    for (;;) {
      const next = this.peek();
      if (textOf(next) === '}') break;
      const key = this.value();
      const colon = this.peek();
      if (textOf(colon) !== ':') this.fail(colon, '`:`');
      this.at += 1;
      const value = this.value();
      if (key.kind === 'scalar') entries.push({ key, value });
      else throw new Fault(notLiteral(key.at, 'a key that is no text'));
      this.comma('}');
    }
    const end = this.tokens[this.at];
    this.at += 1;
    return { kind: 'mapping', entries, at: this.place(open.start, end?.end ?? open.end) };
  }

  /** Brackets around one value without a comma are just brackets. */
  private list(open: PythonToken, close: string): Value {
    this.at += 1;
    const items: Value[] = [];
    let commas = 0;
    while (textOf(this.peek()) !== close) {
      items.push(this.value());
      if (this.comma(close)) commas += 1;
    }
    const end = this.tokens[this.at];
    this.at += 1;
    const [only] = items;
    if (close === ')' && items.length === 1 && commas === 0 && only !== undefined) return only;
    return { kind: 'list', items, at: this.place(open.start, end?.end ?? open.end) };
  }

  private comma(close: string): boolean {
    const next = this.peek();
    if (textOf(next) === ',') {
      this.at += 1;
      return true;
    }
    if (textOf(next) !== close) this.fail(next, `\`,\` or \`${close}\``);
    return false;
  }
}

export const pythonDictionaries = (input: FileText, report: Report): readonly Assignment[] => {
  const file = { ...input, text: input.text.replace(/^\uFEFF/, '') };
  return new Reader(pythonTokens(file.text), placing(file)).assignments(report);
};
