// Cuts SQL into tokens, for the dialects we speak: enough to tell names from strings and comments. Whatever it
// does not know is an operator; the texts of all tokens joined are the input, for every input.

type TokenKind =
  | 'space'
  | 'comment'
  | 'word'
  | 'quoted'
  | 'string'
  | 'number'
  | 'dot'
  | 'comma'
  | 'semicolon'
  | 'open'
  | 'close'
  | 'parameter'
  | 'operator'
  | 'broken';

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  readonly start: number;
}

/** The first that matches wins; none but `operator` and `broken` may match less than its whole token. The last part
 *  says what a token of this kind begins with. */
const patterns: readonly (readonly [TokenKind, RegExp, RegExp])[] = [
  ['space', /\s+/y, /\s/],
  ['comment', /--[^\n]*/y, /-/],
  ['string', /[eE]'[^'\\]*(?:(?:\\[^]|'')[^'\\]*)*'/y, /[eE]/],
  ['string', /'[^']*(?:''[^']*)*'/y, /'/],
  ['string', /\$([A-Za-z_]\w*)?\$[^]*?\$\1\$/y, /\$/],
  ['quoted', /"[^"]+(?:""[^"]*)*"|"(?:""[^"]*)+"/y, /"/],
  ['broken', /['"][^]*|\$(?:[A-Za-z_]\w*)?\$[^]*/y, /['"$]/],
  ['parameter', /\$\d+|\$\{[^}]*\}?/y, /\$/],
  ['number', /\d[\d_]*(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?/y, /[\d.]/],
  ['word', /[\p{L}_][\p{L}\p{M}\p{N}_$]*/uy, /[\p{L}_]/u],
  ['dot', /\./y, /\./],
  ['comma', /,/y, /,/],
  ['semicolon', /;/y, /;/],
  ['open', /[([{]/y, /[([{]/],
  ['close', /[)\]}]/y, /[)\]}]/],
  [
    'operator',
    /->>|#>>|<=>|!~~\*|~~\*|!~~|!~\*|::|:=|=>|->|#>|@>|<@|<=|>=|<>|!=|==|\|\||&&|~~|!~|~\*|\*\*/y,
    /[-#<>!~:=@|&*]/,
  ],
];

export const tokenize = (text: string): readonly Token[] => {
  const tokens: Token[] = [];
  for (let start = 0; start < text.length;) {
    const token = text.startsWith('/*', start) ? blockComment(text, start) : tokenAt(text, start);
    tokens.push(token);
    start += token.text.length;
  }
  return tokens;
};

/** By the first character: trying every pattern at every token was most of the time of a large dictionary. */
const byStart = Array.from({ length: 128 }, (_, code) =>
  patterns.filter(([, , first]) => first.test(String.fromCodePoint(code))),
);

const tokenAt = (text: string, start: number): Token => {
  for (const [kind, pattern] of byStart[text.charCodeAt(start)] ?? patterns) {
    pattern.lastIndex = start;
    const match = pattern.exec(text);
    if (match !== null) return { kind, text: match[0], start };
  }
  return { kind: 'operator', text: String.fromCodePoint(text.codePointAt(start) ?? 0), start };
};

/** Block comments nest, in DuckDB as in Postgres. */
const blockComment = (text: string, start: number): Token => {
  const edge = /\/\*|\*\//g;
  edge.lastIndex = start;
  let depth = 0;
  for (let match = edge.exec(text); match !== null; match = edge.exec(text)) {
    depth += match[0] === '/*' ? 1 : -1;
    if (depth === 0) return { kind: 'comment', text: text.slice(start, edge.lastIndex), start };
  }
  return { kind: 'broken', text: text.slice(start), start };
};

export const isBlank = (token: Token): boolean => token.kind === 'space' || token.kind === 'comment';

/** The name that a word or a quoted identifier stands for. */
export const nameOf = (token: Token): string =>
  token.kind === 'quoted' ? token.text.slice(1, -1).replaceAll('""', '"') : token.text;
