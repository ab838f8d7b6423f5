// Which versions of a history a reader's condition lets it see: the ones that hold now, those that held at a time of its
// own, or any.
import type { Expression, Target } from '../dictionary/dictionary.ts';
import { historyOf } from '../dictionary/history-of.ts';

/** `newest` and `as of`: one version of each key at most. */
export type VersionsRead = 'newest' | 'as of' | 'others';

/** Around what is a reference: no condition holds it. */
const mark = '\u0001';

const refText = (alias: string, column: string): string => `${mark}${alias}.${column}${mark}`;

/** What is read as one, up to where it is closed. */
const opens = (text: string, at: number): boolean => ["'", '"', '(', mark].includes(text[at] ?? '');

/** The condition as one text, its words in lower case. */
const textOf = ({ parts }: Expression): string =>
  parts
    .map((part) =>
      typeof part === 'string'
        ? part.toLowerCase().replaceAll(/\s+/g, ' ')
        : refText(part.alias, part.column),
    )
    .join('');

const closedBefore = (text: string, from: number): number => {
  const first = text[from] ?? '';
  if (first !== '(') {
    const end = text.indexOf(first, from + 1);
    return end === -1 ? text.length : end + 1;
  }
  let at = from + 1;
  while (at < text.length && text[at] !== ')') at = opens(text, at) ? closedBefore(text, at) : at + 1;
  return at + 1;
};

/** Parts of a condition that must all hold; none where that is not plain to see. Within brackets and quotes an `and`
 *  joins what need not hold. */
const conjuncts = (text: string): readonly string[] => {
  const found: string[] = [];
  let begin = 0;
  let at = 0;
  while (at < text.length) {
    if (opens(text, at)) {
      at = closedBefore(text, at);
      continue;
    }
    const word = /^\b(and|or|between|case)\b/.exec(text.slice(at));
    const isWhole = word !== null && !/[a-z0-9_]/.test(text[at - 1] ?? ' ');
    if (!isWhole) {
      at += 1;
      continue;
    }
    if (word[1] !== 'and') return [];
    found.push(text.slice(begin, at).trim());
    at += 'and'.length;
    begin = at;
  }
  return [...found, text.slice(begin).trim()];
};

const captured = (text: string, patterns: readonly RegExp[]): string | undefined =>
  patterns.map((pattern) => pattern.exec(text)?.[1]).find((found) => found !== undefined);

const lower = [/^([^<>=]+) >= from$/, /^from <= ([^<>=]+)$/];
const upper = [
  /^\(to is null or ([^<>=]+) < to\)$/,
  /^\(to is null or to > ([^<>=]+)\)$/,
  /^\(([^<>=]+) < to or to is null\)$/,
  /^\(to > ([^<>=]+) or to is null\)$/,
  /^([^<>=]+) < coalesce\(to, [^()]*\)$/,
  /^coalesce\(to, [^()]*\) > ([^<>=]+)$/,
];

/** From where it begins, that included, to where the next one does. */
const isAsOf = (all: readonly string[], from: string, to: string): boolean => {
  // They are asked for nothing else.
  if (all.filter((each) => each.includes(from) || each.includes(to)).length !== 2) return false;
  const named = all.map((each) => each.replaceAll(from, 'from').replaceAll(to, 'to'));
  const times = (patterns: readonly RegExp[]): readonly string[] =>
    named.flatMap((each) => captured(each, patterns)?.trim() ?? []);
  const ends = times(upper);
  return times(lower).some((time) => ends.includes(time) && !/\b(?:and|or|from|to)\b/.test(time));
};

/** When a version holds says which one is read as of a time, and that is all that it says. */
export const isOfTime = (history: Target, column: string | undefined): boolean =>
  historyOf(history)?.columns.some(
    ({ name, role }) => name === column && (role === 'valid_from' || role === 'valid_to'),
  ) === true;

export const versionsRead = (reader: Target, alias: string, history: Target): VersionsRead => {
  const own = historyOf(history)?.columns ?? [];
  const column = (role: string): string => refText(alias, own.find((each) => each.role === role)?.name ?? '');
  const condition =
    alias === reader.root.alias ? reader.where : reader.joins.find((join) => join.alias === alias)?.on;
  if (condition === undefined) return 'others';
  const all = conjuncts(textOf(condition));
  const [flag, from, to] = [column('is_current'), column('valid_from'), column('valid_to')];
  const isNow = [flag, `${flag} is true`, `${flag} = true`, `${to} is null`];
  if (all.some((each) => isNow.includes(each))) return 'newest';
  return isAsOf(all, from, to) ? 'as of' : 'others';
};
