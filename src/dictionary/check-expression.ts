// Whether a text is one SQL expression that has a stable value, whatever columns it reads. Judged by tokens:
// what stays unseen here the warehouse refuses later.
import type { Scalar } from '../project/document.ts';
import type { Report } from '../project/problems.ts';
import { isBlank } from './lexer.ts';
import type { Token } from './lexer.ts';
import * as say from './expression-problems.ts';
import { aggregateFunctions } from './aggregate-words.ts';
import { volatileFunctions, volatileWords } from './words.ts';

const closing: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };

export interface Rules {
  readonly report: Report;
  /** Aggregate functions are allowed. */
  readonly aggregates: boolean;
}

/** True when the expression may be cut; the first fault is reported, the rest would follow from it. */
export const checkExpression = (
  text: Scalar,
  tokens: readonly Token[],
  { report, aggregates }: Rules,
): boolean => {
  const solid = tokens.filter((token) => !isBlank(token));
  const fault =
    wholeFault(text, tokens, solid) ?? bracketFault(text, solid) ?? meaningFault(text, solid, aggregates);
  if (fault === undefined) return true;
  report(fault);
  return false;
};

const place = (text: Scalar, token: Token): ReturnType<Scalar['within']> =>
  text.within(token.start, token.text.length);

const wholeFault = (
  text: Scalar,
  tokens: readonly Token[],
  solid: readonly Token[],
): ReturnType<typeof say.empty> | undefined => {
  for (const token of solid) {
    if (token.kind === 'broken') return say.unterminated(place(text, token), token.text);
    if (token.kind === 'parameter') return say.parameter(place(text, token), token.text);
  }
  if (solid.length === 0) return say.empty(text.at);
  const last = tokens.at(-1);
  if (last?.kind === 'comment' && last.text.startsWith('--')) return say.openComment(place(text, last));
  return undefined;
};

const bracketFault = (text: Scalar, solid: readonly Token[]): ReturnType<typeof say.empty> | undefined => {
  const open: Token[] = [];
  for (const token of solid) {
    if (token.kind === 'open') open.push(token);
    else if (token.kind === 'close') {
      const opener = open.pop();
      if (opener === undefined || closing[opener.text] !== token.text)
        return say.strayBracket(place(text, token), token.text);
    } else if (open.length === 0 && token.kind === 'comma')
      return say.twoExpressions(place(text, token), '`,`');
    else if (token.kind === 'semicolon') return say.twoExpressions(place(text, token), '`;`');
  }
  const unclosed = open.at(-1);
  return unclosed === undefined
    ? undefined
    : say.unclosedBracket(place(text, unclosed), unclosed.text, text.flow);
};

const meaningFault = (
  text: Scalar,
  solid: readonly Token[],
  aggregates: boolean,
): ReturnType<typeof say.empty> | undefined => {
  for (const [index, token] of solid.entries()) {
    const before = solid[index - 1];
    const after = solid[index + 1];
    if (isMoment(token) && (isTime(before) || (after?.text === '::' && isTime(solid[index + 2])))) {
      return say.volatile(place(text, token), token.text);
    }
    if (token.kind !== 'word') continue;
    const word = token.text.toLowerCase();
    const calls = after?.text === '(';
    // Worked out for a fault only: of 12,000 columns nobody asks where their words stand.
    const at = (): ReturnType<Scalar['within']> => place(text, token);
    if (before?.kind === 'dot' || after?.kind === 'dot') {
      // A part of a dotted name may be a column called `now`, but not a call of it.
      if (before?.kind === 'dot' && calls && volatileFunctions.has(word))
        return say.volatile(at(), `${token.text}()`);
      continue;
    }
    if (word === 'select' || (word === 'from' && before?.text === '(')) return say.subquery(at());
    if (calls ? volatileFunctions.has(word) : volatileWords.has(word) && !aliased(before)) {
      return say.volatile(at(), calls ? `${token.text}()` : token.text);
    }
    if (calls && word === 'age' && !hasComma(solid, index + 1)) return say.volatile(at(), 'age(…)');
    if (calls && !aggregates && aggregateFunctions.has(word)) return say.aggregate(at(), token.text);
    if (word === 'over' && before?.text === ')' && (calls || after?.kind === 'word'))
      return say.windowFunction(at());
  }
  return undefined;
};

/** `timestamp 'now'` and `'today'::date` are clocks, too. */
const isMoment = (token: Token): boolean => /^'\s*(?:now|today|tomorrow|yesterday)\s*'$/i.test(token.text);

const isTime = (token: Token | undefined): boolean =>
  token?.kind === 'word' && /^(?:date|time)/i.test(token.text);

const aliased = (before: Token | undefined): boolean =>
  before?.text.toLowerCase() === 'as' || before?.text === '::';

const hasComma = (solid: readonly Token[], open: number): boolean => {
  let depth = 0;
  for (const token of solid.slice(open)) {
    if (token.kind === 'open') depth += 1;
    if (token.kind === 'close') depth -= 1;
    if (depth === 0) return false;
    if (depth === 1 && token.kind === 'comma') return true;
  }
  return false;
};
