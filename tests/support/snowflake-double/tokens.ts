// The words, names, texts and signs of a Snowflake statement; comments are left out.
import { compilation } from './failure.ts';

export interface Token {
  readonly kind: 'word' | 'quoted' | 'text' | 'number' | 'bind' | 'sign';
  /** Of a word as it was written, of a quoted name and of a text what it means. */
  readonly text: string;
}

const escapes: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  b: '\b',
  f: '\f',
  '0': '\0',
};

/** Backslashes mean something in texts of this server, unlike in standard SQL. */
const meaningOf = (written: string): string =>
  written.replaceAll(/''|\\(u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|[\s\S])/g, (_whole, escaped?: string) => {
    if (escaped === undefined) return "'";
    if (escaped.length > 1) return String.fromCodePoint(Number.parseInt(escaped.slice(1), 16));
    return escapes[escaped] ?? escaped;
  });

const patterns = {
  space: /(?:\s+|--[^\n]*|\/\*[\s\S]*?\*\/)+/y,
  quoted: /"((?:[^"]|"")*)"/y,
  text: /'((?:[^'\\]|''|\\[\s\S])*)'/y,
  block: /\$\$([\s\S]*?)\$\$/y,
  number: /(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/y,
  word: /[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*/y,
  sign: /::|<>|!=|<=|>=|\|\||=>|->>|->|[-+*/%=<>().,;:[\]{}]/y,
} as const;

const read = (pattern: RegExp, sql: string, at: number): RegExpExecArray | null => {
  pattern.lastIndex = at;
  return pattern.exec(sql);
};

const tokenAt = (sql: string, at: number): { readonly token: Token; readonly end: number } => {
  const quoted = read(patterns.quoted, sql, at);
  if (quoted !== null)
    return {
      token: { kind: 'quoted', text: (quoted[1] ?? '').replaceAll('""', '"') },
      end: at + quoted[0].length,
    };
  const text = read(patterns.text, sql, at);
  if (text !== null)
    return { token: { kind: 'text', text: meaningOf(text[1] ?? '') }, end: at + text[0].length };
  const block = read(patterns.block, sql, at);
  if (block !== null) return { token: { kind: 'text', text: block[1] ?? '' }, end: at + block[0].length };
  if (sql[at] === '?') return { token: { kind: 'bind', text: '?' }, end: at + 1 };
  for (const kind of ['number', 'word', 'sign'] as const) {
    const found = read(patterns[kind], sql, at);
    if (found !== null) return { token: { kind, text: found[0] }, end: at + found[0].length };
  }
  throw compilation(`syntax error line 1 at position ${at} unexpected '${sql[at] ?? '<EOF>'}'.`);
};

export const tokensOf = (sql: string): readonly Token[] => {
  const tokens: Token[] = [];
  let at = read(patterns.space, sql, 0)?.[0].length ?? 0;
  while (at < sql.length) {
    const { token, end } = tokenAt(sql, at);
    tokens.push(token);
    at = end + (read(patterns.space, sql, end)?.[0].length ?? 0);
  }
  while (tokens.at(-1)?.kind === 'sign' && tokens.at(-1)?.text === ';') tokens.pop();
  return tokens;
};

export const isWord = (token: Token | undefined, ...words: readonly string[]): boolean =>
  token?.kind === 'word' && words.includes(token.text.toLowerCase());

export const isSign = (token: Token | undefined, ...signs: readonly string[]): boolean =>
  token?.kind === 'sign' && signs.includes(token.text);

/** The place of the parenthesis that closes the one at `open`. */
export const closing = (tokens: readonly Token[], open: number): number => {
  let depth = 0;
  for (let at = open; at < tokens.length; at += 1) {
    if (isSign(tokens[at], '(', '[', '{')) depth += 1;
    if (isSign(tokens[at], ')', ']', '}')) depth -= 1;
    if (depth === 0) return at;
  }
  throw compilation(`syntax error unexpected '<EOF>'.`);
};

/** Parts between signs or words at the outermost level. */
export const splitAt = (
  tokens: readonly Token[],
  isBorder: (token: Token) => boolean,
): readonly (readonly Token[])[] => {
  const parts: Token[][] = [[]];
  let depth = 0;
  for (const token of tokens) {
    if (isSign(token, '(', '[', '{')) depth += 1;
    if (isSign(token, ')', ']', '}')) depth -= 1;
    if (depth === 0 && isBorder(token)) parts.push([]);
    else parts.at(-1)?.push(token);
  }
  return parts;
};
