// Cuts a Python module into tokens: enough to find literals in it, nothing of it is ever run.

export type PythonToken =
  | { readonly kind: 'string'; readonly value: string; readonly start: number; readonly end: number }
  | {
      readonly kind: 'word' | 'number' | 'mark' | 'line' | 'computed' | 'broken';
      readonly text: string;
      readonly start: number;
      readonly end: number;
    };

const word = /[\p{L}_][\p{L}\p{M}\p{N}_]*/uy;
const number = /(?:0[xob][\da-f_]+|\d[\d_]*(?:\.[\d_]*)?(?:e[+-]?\d+)?|\.\d+(?:e[+-]?\d+)?)j?/iy;
const blank = /(?:[ \t\f\r]|\\\r?\n|#[^\n]*)+/y;
const quote = /([rbuft]{0,2})('''|"""|'|")/iy;

const simple: Readonly<Record<string, string>> = {
  '\n': '',
  '\\': '\\',
  "'": "'",
  '"': '"',
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

const escape = /\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([0-7]{1,3})|(\r?\n)|([^]))/gu;

/** As Python reads a string's escapes; one that it does not know stays as it stands. */
const unescaped = (body: string): string =>
  body.replaceAll(escape, (all: string, ...groups: readonly (string | undefined)[]) => {
    const [hex, short, long, octal, line, letter] = groups;
    const code = hex ?? short ?? long;
    if (code !== undefined) {
      const point = Number.parseInt(code, 16);
      return point > 0x10_ff_ff ? all : String.fromCodePoint(point);
    }
    if (octal !== undefined) return String.fromCodePoint(Number.parseInt(octal, 8));
    if (line !== undefined) return '';
    return simple[letter ?? ''] ?? all;
  });

const matchAt = (pattern: RegExp, text: string, at: number): RegExpExecArray | null => {
  pattern.lastIndex = at;
  return pattern.exec(text);
};

const stringAt = (text: string, start: number, opening: RegExpExecArray): PythonToken => {
  const prefix = (opening[1] ?? '').toLowerCase();
  const fence = opening[2] ?? '';
  const from = start + opening[0].length;
  let end = from;
  while (end < text.length && !text.startsWith(fence, end)) {
    if (fence.length === 1 && text[end] === '\n') break;
    end += text[end] === '\\' ? 2 : 1;
  }
  if (!text.startsWith(fence, end))
    return { kind: 'broken', text: text.slice(start, from), start, end: text.length };
  const stop = end + fence.length;
  // Bytes are no text, and an f-string is a calculation.
  if (/[bft]/.test(prefix)) return { kind: 'computed', text: text.slice(start, stop), start, end: stop };
  const body = text.slice(from, end);
  return { kind: 'string', value: prefix.includes('r') ? body : unescaped(body), start, end: stop };
};

export const pythonTokens = (text: string): readonly PythonToken[] => {
  const tokens: PythonToken[] = [];
  for (let at = 0; at < text.length;) {
    const space = matchAt(blank, text, at);
    if (space !== null) {
      at += space[0].length;
      continue;
    }
    const token = tokenAt(text, at);
    tokens.push(token);
    at = token.end;
  }
  return tokens;
};

const tokenAt = (text: string, start: number): PythonToken => {
  if (text[start] === '\n') return { kind: 'line', text: '\n', start, end: start + 1 };
  const opening = matchAt(quote, text, start);
  if (opening !== null) return stringAt(text, start, opening);
  for (const [kind, pattern] of [
    ['word', word],
    ['number', number],
  ] as const) {
    const found = matchAt(pattern, text, start);
    if (found !== null) return { kind, text: found[0], start, end: start + found[0].length };
  }
  const letter = String.fromCodePoint(text.codePointAt(start) ?? 0);
  return { kind: 'mark', text: letter, start, end: start + letter.length };
};
