// Numbers, times, values and plurals as people read them.
import type { Style } from './style.ts';

const wide =
  /[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6]|\p{Emoji_Presentation}/u;

/** Columns that a terminal gives a text that has no colour in it. */
export const widthOf = (text: string): number => {
  let width = 0;
  for (const letter of text) width += /\p{Mn}/u.test(letter) ? 0 : wide.test(letter) ? 2 : 1;
  return width;
};

/** Cut to a width, with `…` for what is missing. */
export const cut = (text: string, width: number): string => {
  if (widthOf(text) <= width) return text;
  let kept = '';
  for (const letter of text) {
    if (widthOf(kept + letter) > width - 1) break;
    kept += letter;
  }
  return `${kept.trimEnd()}…`;
};

/** As `toLocaleString` does in English, which loads the data of all languages first: 50 ms of a short command. */
export const number = (value: number): string =>
  Number.isInteger(value)
    ? String(value).replaceAll(/\B(?=(?:\d{3})+$)/g, ',')
    : value.toLocaleString('en-US');

export const count = (value: number, one: string, many = `${one}s`): string =>
  `${number(value)} ${value === 1 ? one : many}`;

export const seconds = (ms: number): string => {
  if (ms < 10_000) return `${(ms / 1000).toFixed(2)} s`;
  if (ms < 120_000) return `${Math.round(ms / 1000)} s`;
  return duration(ms);
};

const sizes = [
  ['TB', 1e12],
  ['GB', 1e9],
  ['MB', 1e6],
  ['kB', 1e3],
] as const;

export const bytesText = (bytes: number): string => {
  const [name, unit] = sizes.find(([, each]) => bytes >= each) ?? ['bytes', 1];
  const amount = bytes / unit;
  return `${amount.toLocaleString('en-US', { maximumFractionDigits: unit > 1 && amount < 10 ? 1 : 0 })} ${name}`;
};

const units = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1000],
] as const;

/** The two largest units: `3 d 4 h`, `5 min 12 s`, `0 s`. */
export const duration = (ms: number): string => {
  const parts: string[] = [];
  let rest = Math.max(0, Math.round(ms / 1000) * 1000);
  for (const [name, size] of units) {
    const whole = Math.floor(rest / size);
    rest -= whole * size;
    if (whole > 0 || (parts.length === 0 && name === 's')) parts.push(`${whole} ${name}`);
    else if (parts.length > 0) break;
    if (parts.length === 2) break;
  }
  return parts.join(' ');
};

/** `2026-11-21 10:57:03`, in UTC. */
export const instant = (iso: string): string => iso.slice(0, 19).replace('T', ' ');

export const instantUtc = (iso: string): string => `${instant(iso)} UTC`;

/** Control characters of somebody's data must not reach the terminal. */
const escaped = (text: string): string =>
  text.replaceAll(/[\p{Cc}\u2028\u2029\u202A-\u202E\u2066-\u2069]/gu, (letter) => {
    const known: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };
    return known[letter] ?? `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });

/** A value of a row; text is quoted only where it could be taken for something else. */
export const value = (data: unknown): string => {
  if (data === null || data === undefined) return 'NULL';
  if (typeof data !== 'string') return escaped(JSON.stringify(data));
  const text = escaped(data);
  return text === '' || text !== text.trim() || text === 'NULL' ? `'${text}'` : text;
};

export const pairs = (data: Readonly<Record<string, unknown>>): string =>
  Object.entries(data)
    .map(([name, each]) => `${name} ${value(each)}`)
    .join(', ');

/** `name 3, country 1`. */
export const figures = (columns: Readonly<Record<string, number>>): string =>
  Object.entries(columns)
    .map(([name, cells]) => `${name} ${number(cells)}`)
    .join(', ');

/** `took 1.17 s: freeze 0.15 s, compute 0.26 s`. */
export const phases = (
  spent: Readonly<Record<string, number>>,
  totalMs: number,
  { colors }: Style,
): string => {
  const each = Object.entries(spent).map(([name, ms]) => `${name} ${seconds(ms)}`);
  return colors.dim(`took ${seconds(totalMs)}${each.length === 0 ? '' : `: ${each.join(', ')}`}`);
};

/** Words in lines of at most a width; a word that is longer stands alone. */
export const wrap = (text: string, width: number): readonly string[] => {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && widthOf(last) + 1 + widthOf(word) <= width)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
};
