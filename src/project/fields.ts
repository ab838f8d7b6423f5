// Reading positioned YAML values as the types we expect of them; what does not fit is reported, once, where
// it stands.
import type { Position, Problem } from '../errors/tidemark-error.ts';
import type { Entry, Scalar, Value } from './document.ts';
import type { Report } from './problems.ts';
import {
  duplicateKey,
  missingKey,
  notMapping,
  notOneOf,
  notSupported,
  unknownKey,
  wrongType,
} from './problems.ts';

/** The keys of one mapping: those that work, and those of the language that do not work yet. */
export interface Keys {
  readonly known: readonly string[];
  readonly later?: readonly string[];
}

export interface Fields {
  readonly owner: string;
  readonly at: Position;
  /** False: something else stands there, which was reported. */
  readonly isMapping: boolean;
  readonly report: Report;
  get(key: string): Entry | undefined;
}

/** `owner` names the mapping in messages: ``source `companies` ``. */
export const fieldsOf = (value: Value, owner: string, keys: Keys, report: Report): Fields => {
  const entries = new Map<string, Entry>();
  if (value.kind !== 'mapping') report(notMapping(value.at, owner, found(value)));
  else for (const entry of distinct(value.entries, report)) entries.set(entry.key.text, entry);
  const later = keys.later ?? [];
  for (const [name, { key }] of entries) {
    if (later.includes(name)) report(notSupported(key.at, `key \`${name}\` of ${owner}`));
    else if (!keys.known.includes(name)) report(unknownKey(key.at, name, owner, [...keys.known, ...later]));
  }
  return { owner, at: value.at, isMapping: value.kind === 'mapping', report, get: (key) => entries.get(key) };
};

type Duplicate = (at: Position, key: string, firstLine: number) => Problem;

/** Each key once; a second of the same name is reported. */
export const distinct = (
  entries: readonly Entry[],
  report: Report,
  duplicate: Duplicate = duplicateKey,
): readonly Entry[] => {
  const first = new Map<string, Entry>();
  for (const entry of entries) {
    const { text, at } = entry.key;
    const before = first.get(text);
    if (before === undefined) first.set(text, entry);
    else report(duplicate(at, text, before.key.at.line));
  }
  return [...first.values()];
};

/** The entries of a mapping whose keys are names that the user chose. */
export const entriesAt = (fields: Fields, key: string, duplicate?: Duplicate): readonly Entry[] => {
  const value = fields.get(key)?.value;
  if (value === undefined) return [];
  if (value.kind === 'mapping') return distinct(value.entries, fields.report, duplicate);
  fields.report(wrongType(value.at, key, 'a mapping', found(value)));
  return [];
};

export const required = (fields: Fields, key: string, hint?: string): Entry | undefined => {
  const entry = fields.get(key);
  if (entry === undefined && fields.isMapping) fields.report(missingKey(fields.at, key, fields.owner, hint));
  return entry;
};

/** What stands in the file, for `not …` in messages. */
export const found = (value: Value): string => {
  if (value.kind === 'list') return 'a list';
  if (value.kind === 'mapping') return 'a mapping';
  return value.text === '' ? 'empty' : `\`${shown(value)}\``;
};

export const shown = (scalar: Scalar): string => scalar.written ?? scalar.text;

type Read<T> = (fields: Fields, key: string) => T | undefined;

const reading =
  <T>(expected: string, parse: (value: Value) => T | undefined): Read<T> =>
  (fields, key) => {
    const entry = fields.get(key);
    if (entry === undefined) return undefined;
    const parsed = parse(entry.value);
    if (parsed === undefined) fields.report(wrongType(entry.value.at, key, expected, found(entry.value)));
    return parsed;
  };

/** A name or a text; a number written there is its digits. */
export const asText = (value: Value): Scalar | undefined =>
  value.kind === 'scalar' &&
  value.value !== null &&
  typeof value.value !== 'boolean' &&
  value.text.trim() !== ''
    ? value
    : undefined;

export const textAt: Read<Scalar> = reading('a text', asText);

/** SQL text: `null`, `true` and `1` are expressions as well. */
export const asSql = (value: Value): Scalar | undefined =>
  value.kind === 'scalar' && value.text.trim() !== '' ? value : undefined;

export const sqlAt: Read<Scalar> = reading('a SQL expression', asSql);

export const flagAt: Read<boolean> = reading('`true` or `false`', (value) => {
  if (value.kind !== 'scalar') return undefined;
  return value.text === 'true' ? true : value.text === 'false' ? false : undefined;
});

export const wholeAt: Read<number> = reading('a whole number', (value) =>
  value.kind === 'scalar' && /^\d{1,15}$/.test(value.text) ? Number(value.text) : undefined,
);

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

export const parseDuration = (text: string): number | undefined => {
  const match = /^(\d{1,9}(?:\.\d+)?)\s*(ms|s|m|h|d)$/.exec(text.trim());
  const unit = unitMs[match?.[2] ?? ''];
  return match === null || unit === undefined ? undefined : Math.round(Number(match[1]) * unit);
};

export const durationAt: Read<number> = reading('a duration such as `15m`, `24h` or `30d`', (value) =>
  value.kind === 'scalar' ? parseDuration(value.text) : undefined,
);

const unitBytes: Readonly<Record<string, number>> = { kb: 1e3, mb: 1e6, gb: 1e9, tb: 1e12 };

export const parseSize = (text: string): number | undefined => {
  const match = /^(\d{1,9}(?:\.\d+)?)\s*(kb|mb|gb|tb)$/i.exec(text.trim());
  const unit = unitBytes[match?.[2]?.toLowerCase() ?? ''];
  return match === null || unit === undefined ? undefined : Math.round(Number(match[1]) * unit);
};

export const sizeAt: Read<number> = reading('a size such as `500MB` or `5GB`', (value) =>
  value.kind === 'scalar' ? parseSize(value.text) : undefined,
);

export const percentAt: Read<number> = reading('a percentage from `0%` to `100%`', (value) => {
  const match = value.kind === 'scalar' ? /^(\d{1,3}(?:\.\d+)?)\s*%?$/.exec(value.text.trim()) : null;
  const percent = Number(match?.[1]);
  return match !== null && percent <= 100 ? percent : undefined;
});

export const choiceAt = <T extends string>(
  fields: Fields,
  key: string,
  choices: readonly T[],
): T | undefined => {
  const entry = fields.get(key);
  if (entry === undefined) return undefined;
  const value = entry.value;
  const chosen = value.kind === 'scalar' ? choices.find((choice) => choice === value.text) : undefined;
  if (chosen === undefined)
    fields.report(notOneOf(value.at, key, choices, value.kind === 'scalar' ? shown(value) : found(value)));
  return chosen;
};

/** One name, or a list of them. */
export const namesAt = (fields: Fields, key: string): readonly Scalar[] | undefined => {
  const entry = fields.get(key);
  if (entry === undefined) return undefined;
  const items = entry.value.kind === 'list' ? entry.value.items : [entry.value];
  const names = items.flatMap((item) => asText(item) ?? []);
  if (names.length > 0 && names.length === items.length) return names;
  const wrong = items.find((item) => asText(item) === undefined) ?? entry.value;
  fields.report(
    wrongType(
      wrong.at,
      key,
      'a name or a list of names',
      wrong.kind === 'list' ? 'an empty list' : found(wrong),
    ),
  );
  return undefined;
};
