// Queries and expressions of the server as DuckDB's: word by word, each of them known or refused.
import { compilation, notModelled } from './failure.ts';
import { writeFunction } from './functions.ts';
import { quotedInner, storedName } from './names.ts';
import { closing, isSign, isWord, splitAt, type Token } from './tokens.ts';
import { typeAt } from './types.ts';

/** What a name in FROM stands for; throws where it is nothing. */
type ResolveTable = (parts: readonly string[]) => string;

export interface Scope {
  readonly resolve: ResolveTable;
  /** The bound values as they stand in the text. */
  readonly bind: () => string;
  /** Names of common table expressions. */
  readonly local: ReadonlySet<string>;
}

const keywords = new Set(
  `all and any as asc between boolean by case cast cross current_date current_timestamp date desc distinct else end
 except exists false first following for from full group having in inner interval intersect into is join last
 lateral left like limit natural not null nulls offset on or order outer over partition preceding qualify range
 recursive right row rows select set then time timestamp true try_cast unbounded union using values when where with
 current within ilike escape`.split(/\s+/),
);

/** What other engines know and this server does not. */
const foreign = new Set(['returning', 'filter', 'conflict', 'only', 'nowait']);

/** Before a parenthesis these are no functions. */
const syntax = new Set(
  `all and any as between by case distinct else except exists from having in intersect join not on or over
 partition qualify select set then union using values when where with limit like lateral is interval`.split(
    /\s+/,
  ),
);

const literalText = (text: string): string => {
  if (!text.includes('\0')) return `'${text.replaceAll("'", "''")}'`;
  throw notModelled('the character zero in a text');
};

export const localNames = (tokens: readonly Token[]): ReadonlySet<string> => {
  const names = new Set<string>();
  tokens.forEach((token, at) => {
    if (token.kind !== 'word' && token.kind !== 'quoted') return;
    if (!isWord(tokens[at - 1], 'with', 'recursive') && !isSign(tokens[at - 1], ',')) return;
    const after = isSign(tokens[at + 1], '(') ? closing(tokens, at + 1) + 1 : at + 1;
    if (isWord(tokens[after], 'as') && isSign(tokens[after + 1], '(')) names.add(storedName(token));
  });
  return names;
};

/** A text that is written or bound, no longer than that. */
const isShort = (value: readonly Token[], written: string, longest: number): boolean => {
  const [only, ...more] = value;
  const isText = only !== undefined && more.length === 0 && (only.kind === 'text' || only.kind === 'bind');
  return isText && written.startsWith("'") && Array.from(written).length - 2 <= longest;
};

class Writer {
  readonly #tokens: readonly Token[];
  readonly #scope: Scope;
  readonly #out: string[] = [];
  /** Per open parenthesis: are we in a FROM clause? */
  readonly #clauses: boolean[] = [false];
  #at = 0;
  #expectsTable = false;

  constructor(tokens: readonly Token[], scope: Scope) {
    this.#tokens = tokens;
    this.#scope = scope;
  }

  write(): string {
    while (this.#at < this.#tokens.length) this.#step();
    return this.#out.join(' ');
  }

  #step(): void {
    const token = this.#tokens[this.#at];
    if (token === undefined) return;
    if (this.#expectsTable && this.#table(token)) return;
    switch (token.kind) {
      case 'text':
        return this.#emit(literalText(token.text), 1);
      case 'number':
        return this.#emit(token.text, 1);
      case 'bind':
        return this.#emit(this.#scope.bind(), 1);
      case 'quoted':
        return this.#emit(quotedInner(token.text), 1);
      case 'sign':
        return this.#sign(token);
      case 'word':
        return this.#word(token);
    }
  }

  #emit(text: string, count: number): void {
    this.#out.push(text);
    this.#at += count;
  }

  #inner(tokens: readonly Token[]): string {
    return new Writer(tokens, this.#scope).write();
  }

  #sign({ text }: Token): void {
    if (text === '/') throw notModelled('division, whose scale is the server’s own');
    if (text === ':' || text === '->' || text === '->>' || text === '[' || text === '{')
      throw notModelled(`the sign ${text}`);
    if (text === '::') {
      const { type, end } = typeAt(this.#tokens, this.#at + 1);
      this.#out.push(`:: ${type.inner}`);
      this.#at = end;
      return;
    }
    if (text === '(') this.#clauses.push(false);
    if (text === ')') this.#clauses.pop();
    if (text === ',' && this.#clauses.at(-1) === true) this.#expectsTable = true;
    this.#emit(text, 1);
  }

  /** True where a table stood here. */
  #table(token: Token): boolean {
    this.#expectsTable = false;
    if (isWord(token, 'lateral') || isSign(token, '(')) return false;
    if (isWord(token, 'table') && isSign(this.#tokens[this.#at + 1], '(')) {
      const end = closing(this.#tokens, this.#at + 1);
      this.#emit(this.#tableFunction(this.#tokens.slice(this.#at + 2, end)), end + 1 - this.#at);
      return true;
    }
    if (token.kind !== 'word' && token.kind !== 'quoted')
      throw compilation(`syntax error unexpected '${token.text}'.`);
    const parts = [storedName(token)];
    let end = this.#at + 1;
    for (; isSign(this.#tokens[end], '.'); end += 2) {
      const part = this.#tokens[end + 1];
      if (part === undefined) throw compilation("syntax error unexpected '<EOF>'.");
      parts.push(storedName(part));
    }
    const [only] = parts;
    const local = parts.length === 1 && only !== undefined && this.#scope.local.has(only);
    this.#emit(local ? quotedInner(only) : this.#scope.resolve(parts), end - this.#at);
    return true;
  }

  #tableFunction(tokens: readonly Token[]): string {
    const [name, open] = tokens;
    if (isWord(name, 'result_scan') && tokens.some((token) => isWord(token, 'last_query_id')))
      return 'sf_last_result';
    if (!isWord(name, 'generator') || !isSign(open, '('))
      throw notModelled(`the table function ${name?.text ?? ''}`);
    const count = tokens.find(({ kind }) => kind === 'number')?.text ?? '0';
    return `(select 1 from range(${count}))`;
  }

  #word(token: Token): void {
    const word = token.text.toLowerCase();
    const next = this.#tokens[this.#at + 1];
    if (isSign(this.#tokens[this.#at - 1], '.')) return this.#emit(quotedInner(storedName(token)), 1);
    if (foreign.has(word) && !isSign(next, '.'))
      throw compilation(`syntax error unexpected '${token.text.toUpperCase()}'.`);
    if (isSign(next, '(') && !syntax.has(word) && !this.#namesColumns()) return this.#call(token);
    if (!keywords.has(word)) return this.#emit(quotedInner(storedName(token)), 1);
    this.#clause(word);
    this.#emit(word === 'current_timestamp' ? 'uuid_extract_timestamp(uuidv7())' : word, 1);
  }

  /** A name before a list of its columns: `with q(a)`, `as t(a, b)`. */
  #namesColumns(): boolean {
    const before = this.#tokens[this.#at - 1];
    if (isWord(before, 'as', 'with', 'recursive') || isSign(before, ')')) return true;
    const token = this.#tokens[this.#at];
    return isSign(before, ',') && token !== undefined && this.#scope.local.has(storedName(token));
  }

  #clause(word: string): void {
    const depth = this.#clauses.length - 1;
    const before = this.#tokens[this.#at - 1];
    if (word === 'from' && isWord(before, 'distinct') && isWord(this.#tokens[this.#at - 2], 'is', 'not'))
      return;
    if (word === 'from' || word === 'join') {
      this.#clauses[depth] = true;
      this.#expectsTable = true;
    } else if (
      ['select', 'where', 'group', 'order', 'qualify', 'having', 'limit', 'union', 'except'].includes(word)
    ) {
      this.#clauses[depth] = false;
    }
  }

  #call(name: Token): void {
    const end = closing(this.#tokens, this.#at + 1);
    const inside = this.#tokens.slice(this.#at + 2, end);
    const word = name.text.toLowerCase();
    const count = end + 1 - this.#at;
    if (word === 'cast' || word === 'try_cast') return this.#emit(this.#cast(word, inside), count);
    if (word === 'extract') return this.#emit(this.#extract(inside), count);
    if (word === 'count') return this.#emit(this.#count(inside), count);
    if (word === 'array_agg' || word === 'listagg') return this.#ordered(word, inside, end);
    const args = inside.length === 0 ? [] : splitAt(inside, (token) => isSign(token, ','));
    this.#emit(
      writeFunction(
        name.text,
        args.map((arg) => this.#inner(arg)),
      ),
      count,
    );
  }

  #extract(inside: readonly Token[]): string {
    const [part, from, ...value] = inside;
    if (!isWord(from, 'from')) throw compilation('syntax error in EXTRACT.');
    if (!isWord(part, 'year', 'month', 'day')) throw notModelled(`EXTRACT of ${part?.text ?? ''}`);
    return `extract(${part?.text ?? ''} from ${this.#inner(value)})`;
  }

  #count(inside: readonly Token[]): string {
    if (inside.length === 1 && isSign(inside[0], '*')) return 'count(*)';
    return `count(${this.#inner(inside)})`;
  }

  /** Aggregates with WITHIN GROUP; NULLs are left out of the list. */
  #ordered(word: string, inside: readonly Token[], end: number): void {
    let order = '';
    let after = end + 1;
    if (isWord(this.#tokens[after], 'within') && isWord(this.#tokens[after + 1], 'group')) {
      const close = closing(this.#tokens, after + 2);
      order = this.#inner(this.#tokens.slice(after + 3, close));
      after = close + 1;
    }
    const args = splitAt(inside, (token) => isSign(token, ',')).map((arg) => this.#inner(arg));
    const name = word === 'listagg' ? 'string_agg' : 'list';
    const value = (args[0] ?? '').replace(/^distinct /, '');
    this.#emit(
      `${name}(${[args.join(', '), order].join(' ')}) filter (where ${value} is not null)`,
      after - this.#at,
    );
  }

  #cast(word: string, inside: readonly Token[]): string {
    const parts = splitAt(inside, (token) => isWord(token, 'as'));
    const [value = [], named = []] = parts;
    const { type, end } = typeAt(named, 0);
    if (parts.length !== 2 || end !== named.length) throw compilation('syntax error in CAST.');
    const text = this.#inner(value);
    // No value has no length, and one that stands there has a length that anybody can see.
    if (value.length === 1 && isWord(value[0], 'null')) return `cast(null as ${type.inner})`;
    if (type.longest !== undefined && isShort(value, text, type.longest)) return text;
    if (type.longest !== undefined) throw notModelled(`a cast to ${type.declared}`);
    if (type.declared.startsWith('VARCHAR')) return `memory.main.sf_text(${text})`;
    if (type.inner === 'json') return `to_json(${text})`;
    return `${word}(${text} as ${type.inner})`;
  }
}

export const translate = (tokens: readonly Token[], scope: Scope): string =>
  new Writer(tokens, scope).write();
