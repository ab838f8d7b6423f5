// What a column holds in a new row that is given no value for it: known beforehand only where its default is a
// literal, or the moment.
import type { Column } from '../sql/dialect.ts';
import { isBlank, tokenize, type Token } from './lexer.ts';
import { typeWords, volatileWords } from './words.ts';

/** Spelt as the catalogs of the engines write them back. */
const clocks =
  /^(?:now\(\)|current_timestamp(?:\(\))?|current_date(?:\(\))?|localtimestamp(?:\(\))?|get_current_timestamp\(\)|transaction_timestamp\(\)|statement_timestamp\(\)|clock_timestamp\(\)|today\(\))$/i;

/** `cast(…` and `numeric(10,2)`, but no other call. */
const isNoFunction = (token: Token): boolean => {
  const word = token.text.toLowerCase();
  return word === 'cast' || word === 'varying' || word === 'character' || typeWords.has(word);
};

const isLiteral = (text: string): boolean => {
  const solid = tokenize(text).filter((token) => !isBlank(token));
  return solid.every((token, index) => {
    if (token.kind === 'broken' || token.kind === 'parameter' || token.kind === 'semicolon') return false;
    if (token.kind === 'quoted') return solid[index + 1]?.text !== '(';
    if (token.kind !== 'word') return true;
    if (volatileWords.has(token.text.toLowerCase())) return false;
    return solid[index + 1]?.text !== '(' || isNoFunction(token);
  });
};

/** `'now'::timestamp` is a literal to the lexer and another moment to each row. */
const readsClock = (text: string): boolean => /'\s*(?:now|today|tomorrow|yesterday)\s*'/i.test(text);

export type NewValue =
  /** No default, or a literal. */
  | { readonly kind: 'known'; readonly sql: string | undefined }
  /** The moment of writing. */
  | { readonly kind: 'moment'; readonly sql: string }
  /** A number of a sequence, a random value, a function of somebody's: only the table knows. */
  | { readonly kind: 'unknown'; readonly sql: string | undefined };

export const newValueOf = ({ hasDefault, default: text }: Column): NewValue => {
  if (text === undefined) return { kind: hasDefault === true ? 'unknown' : 'known', sql: undefined };
  if (clocks.test(text)) return { kind: 'moment', sql: text };
  return isLiteral(text) && !readsClock(text) ? { kind: 'known', sql: text } : { kind: 'unknown', sql: text };
};
