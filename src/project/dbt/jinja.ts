// The part of Jinja that profiles.yml is written in: `{{ env_var('NAME', 'default') | as_number }}` between text.
// Whatever else stands there only dbt can evaluate, and is refused rather than guessed.
import type { Scalar } from '../document.ts';
import type { Report } from '../problems.ts';
import type { Variables } from '../variables.ts';
import { jinjaNotKnown, variableNotSet } from './problems.ts';

const expression = /\{\{-?([^]*?)-?\}\}/g;

/** How many characters of the expression lie in front of what is looked at. */
type Tokens = readonly string[];

const token = /\s*('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|[A-Za-z_]\w*|-?\d+(?:\.\d+)?|[()|,~])/y;

const tokenize = (text: string): Tokens | undefined => {
  const tokens: string[] = [];
  token.lastIndex = 0;
  for (let rest = text.trimEnd().length; token.lastIndex < rest;) {
    const match = token.exec(text);
    if (match === null) return undefined;
    tokens.push(match[1] ?? '');
    rest = text.trimEnd().length;
  }
  return tokens;
};

const unquoted = (text: string): string => text.slice(1, -1).replaceAll(/\\(.)/g, '$1');

const isString = (text: string | undefined): text is string => /^['"]/.test(text ?? '');

/** Those that leave a text as it is: types are settled by whoever reads the value. */
const filters: Readonly<Record<string, (text: string) => string>> = {
  as_text: (text) => text,
  as_native: (text) => text,
  as_number: (text) => text.trim(),
  as_bool: (text) => text.trim().toLowerCase(),
  int: (text) => String(Math.trunc(Number(text))),
  string: (text) => text,
  trim: (text) => text.trim(),
  lower: (text) => text.toLowerCase(),
  upper: (text) => text.toUpperCase(),
};

interface Reading {
  readonly tokens: Tokens;
  place: number;
  /** A variable that is set nowhere. */
  missing: string | undefined;
}

const take = (reading: Reading, wanted: string): boolean => {
  if (reading.tokens[reading.place] !== wanted) return false;
  reading.place += 1;
  return true;
};

const operand = (reading: Reading, variables: Variables): string | undefined => {
  const first = reading.tokens[reading.place];
  if (isString(first)) {
    reading.place += 1;
    return unquoted(first);
  }
  if (first !== undefined && /^(-?\d|true$|false$)/i.test(first)) {
    reading.place += 1;
    return first;
  }
  if (!take(reading, 'env_var') || !take(reading, '(')) return undefined;
  const name = operand(reading, variables);
  const fallback = take(reading, ',') ? operand(reading, variables) : undefined;
  if (name === undefined || !take(reading, ')')) return undefined;
  const value = variables[name] ?? fallback;
  if (value === undefined) reading.missing ??= name;
  return value ?? '';
};

/** `operand | filter | filter ~ operand …` */
const evaluate = (reading: Reading, variables: Variables): string | undefined => {
  let text = '';
  do {
    let value = operand(reading, variables);
    if (value === undefined) return undefined;
    while (take(reading, '|')) {
      const filter = filters[reading.tokens[reading.place] ?? ''];
      if (filter === undefined) return undefined;
      reading.place += 1;
      value = filter(value);
    }
    text += value;
  } while (take(reading, '~'));
  return reading.place === reading.tokens.length ? text : undefined;
};

/** The scalar as dbt would read it; what cannot be read is reported at its place. */
export const renderJinja = (scalar: Scalar, variables: Variables, report: Report): Scalar => {
  if (!/\{[{%#]/.test(scalar.text)) return scalar;
  const text = scalar.text.replace(expression, (all: string, inner: string, offset: number) => {
    const at = scalar.within(offset, all.length);
    const tokens = tokenize(inner);
    const reading: Reading = { tokens: tokens ?? [], place: 0, missing: undefined };
    const value = tokens === undefined ? undefined : evaluate(reading, variables);
    if (reading.missing !== undefined) report(variableNotSet(at, reading.missing));
    else if (value === undefined) report(jinjaNotKnown(at, all));
    return value ?? '';
  });
  if (/\{[%#]/.test(text)) report(jinjaNotKnown(scalar.at, scalar.text));
  return { ...scalar, value: text, text, written: scalar.text };
};
