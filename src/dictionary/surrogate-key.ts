// `surrogate_key(a.x, a.y)` as the SQL that dbt_utils.generate_surrogate_key(['x', 'y']) compiles to, so that
// keys made here and keys made by dbt are equal.
import { isBlank } from './lexer.ts';
import type { Token } from './lexer.ts';

/** A run of tokens that is cut in its turn. */
interface TokenRange {
  readonly from: number;
  readonly to: number;
}

export interface Call {
  readonly parts: readonly (string | TokenRange)[];
  /** The first token after the call. */
  readonly next: number;
}

const placeholder = "'_dbt_utils_surrogate_key_null_'";

export const surrogateKey = (tokens: readonly Token[], index: number): Call | undefined => {
  if (tokens[index]?.text.toLowerCase() !== 'surrogate_key' || tokens[index - 1]?.kind === 'dot')
    return undefined;
  let open = index + 1;
  for (let token = tokens[open]; token !== undefined && isBlank(token); token = tokens[open]) open += 1;
  if (tokens[open]?.text !== '(') return undefined;
  const found = argumentsOf(tokens, open);
  if (found === undefined) return undefined;
  const parts = found.ranges.flatMap((range, position) => [
    position === 0 ? 'md5(cast(' : " || '-' || ",
    'coalesce(cast(',
    range,
    ` as text), ${placeholder})`,
  ]);
  return { parts: [...parts, ' as text))'], next: found.close + 1 };
};

const argumentsOf = (
  tokens: readonly Token[],
  open: number,
): { readonly ranges: readonly TokenRange[]; readonly close: number } | undefined => {
  const ranges: TokenRange[] = [];
  let depth = 0;
  let from = open + 1;
  for (let index = open; index < tokens.length; index += 1) {
    const kind = tokens[index]?.kind;
    if (kind === 'open') depth += 1;
    if (kind === 'close') depth -= 1;
    if (depth > 1 || (depth === 1 && kind !== 'comma')) continue;
    ranges.push(trimmed(tokens, from, index));
    from = index + 1;
    if (depth === 0)
      return ranges.some((range) => range.from === range.to) ? undefined : { ranges, close: index };
  }
  return undefined;
};

const trimmed = (tokens: readonly Token[], from: number, to: number): TokenRange => {
  let first = from;
  let last = to;
  for (
    let token = tokens[first];
    first < last && token !== undefined && isBlank(token);
    token = tokens[first]
  )
    first += 1;
  for (
    let token = tokens[last - 1];
    first < last && token !== undefined && isBlank(token);
    token = tokens[last - 1]
  )
    last -= 1;
  return { from: first, to: last };
};
