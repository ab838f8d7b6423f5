// `alerts` of the project file: the channels that people are told by, and how often.
import { join, resolve } from 'node:path';
import type { Position } from '../errors/tidemark-error.ts';
import type { Entry, Scalar, Value } from './document.ts';
import { asText, durationAt, entriesAt, fieldsOf, namesAt, shown, textAt, wholeAt } from './fields.ts';
import type { Fields } from './fields.ts';
import type { Report } from './problems.ts';
import { missingKey, notOneOf, problem, wrongType } from './problems.ts';

export const alertEvents = ['failure', 'partial', 'guard', 'lag', 'drift', 'rejected', 'recovery'] as const;

export type AlertEvent = (typeof alertEvents)[number];

type AlertPlace =
  | { readonly kind: 'slack'; readonly url: string }
  | {
      readonly kind: 'webhook';
      readonly url: string;
      /** Signs each message. */
      readonly secret?: string | undefined;
      readonly headers: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'command'; readonly words: readonly string[] };

export interface AlertChannel {
  readonly name: string;
  readonly place: AlertPlace;
  readonly events: readonly AlertEvent[];
  readonly timeoutMs: number;
}

export interface AlertSettings {
  readonly channels: readonly AlertChannel[];
  /** What lasts is said again after so long. */
  readonly repeatMs: number;
  /** Messages that a channel gets in an hour at the most. */
  readonly perHour: number;
  /** Absolute: the file that remembers what was said. */
  readonly state: string;
}

const usualTimeoutMs = 10_000;
const longestTimeoutMs = 60_000;
const usualRepeatMs = 24 * 60 * 60_000;
const usualPerHour = 20;

const kinds = ['slack', 'webhook', 'command'] as const;

/** The file of a project's own folder, where the project file names none. */
export const usualState = (directory: string): string => join(directory, '.tidemark', 'alerts.json');

/** The value is a secret: it is not repeated. */
const urlAt = (fields: Fields, key: string): string | undefined => {
  const text = textAt(fields, key);
  if (text === undefined) return undefined;
  if (URL.canParse(text.text) && /^https?:$/.test(new URL(text.text).protocol)) return text.text;
  fields.report(wrongType(text.at, key, 'an address that starts with `https://`', 'what stands there'));
  return undefined;
};

const wordsAt = (fields: Fields): readonly string[] | undefined => {
  const value = fields.get('command')?.value;
  if (value === undefined) return undefined;
  const items = value.kind === 'list' ? value.items : [value];
  const words = items.flatMap((item) => asText(item)?.text ?? []);
  if (words.length > 0 && words.length === items.length) return words;
  const shape = 'a program, or a list of it and its arguments';
  fields.report(wrongType(value.at, 'command', shape, 'what stands there'));
  return undefined;
};

const headersAt = (fields: Fields): Readonly<Record<string, string>> =>
  Object.fromEntries(
    entriesAt(fields, 'headers').flatMap(({ key, value }) => {
      const text = asText(value);
      const sound = text !== undefined && /^[\t\x20-\x7E\x80-\xFF]*$/.test(text.text);
      if (sound && /^[!#$%&'*+.^`|~\w-]+$/.test(key.text)) return [[key.text, text.text] as const];
      fields.report(
        wrongType(key.at, key.text, 'the name of a header with one line of text', 'what stands there'),
      );
      return [];
    }),
  );

const eventOf = (name: Scalar, report: Report): readonly AlertEvent[] => {
  const event = alertEvents.find((each) => each === name.text);
  if (event === undefined) report(notOneOf(name.at, 'events', alertEvents, shown(name)));
  return event === undefined ? [] : [event];
};

const placeOf = (fields: Fields): AlertPlace | undefined => {
  const given = kinds.filter((kind) => fields.get(kind) !== undefined);
  const [kind, second] = given;
  if (kind === undefined) {
    if (fields.isMapping)
      fields.report(missingKey(fields.at, 'slack', fields.owner, 'or `webhook`, or `command`'));
    return undefined;
  }
  if (second !== undefined) {
    const at = fields.get(second)?.key.at;
    fields.report(
      problem(
        'wrong_type',
        at,
        `\`${second}\` stands beside \`${kind}\` in ${fields.owner}`,
        'give each a channel of its own',
      ),
    );
  }
  switch (kind) {
    case 'slack': {
      const url = urlAt(fields, kind);
      return url === undefined ? undefined : { kind, url };
    }
    case 'webhook': {
      const url = urlAt(fields, kind);
      const secret = textAt(fields, 'secret')?.text;
      const headers = headersAt(fields);
      return url === undefined ? undefined : { kind, url, secret, headers };
    }
    case 'command': {
      const words = wordsAt(fields);
      return words === undefined ? undefined : { kind, words };
    }
  }
};

const onlyForWebhooks = (fields: Fields): void => {
  if (fields.get('webhook') !== undefined) return;
  for (const key of ['secret', 'headers']) {
    const at = fields.get(key)?.key.at;
    if (at !== undefined)
      fields.report(
        problem('wrong_type', at, `\`${key}\` belongs to a \`webhook\`, which ${fields.owner} is not`),
      );
  }
};

const timeoutOf = (fields: Fields): number => {
  const ms = durationAt(fields, 'timeout') ?? usualTimeoutMs;
  const entry = fields.get('timeout');
  if (entry !== undefined && (ms < 1 || ms > longestTimeoutMs))
    fields.report(wrongType(entry.value.at, 'timeout', 'at most `60s`: a run waits for it', `\`${ms} ms\``));
  return ms;
};

const channelOf = (name: Scalar, value: Value, report: Report): AlertChannel | undefined => {
  const known = [...kinds, 'secret', 'headers', 'events', 'timeout'];
  if (!/^[a-z][\w-]{0,39}$/i.test(name.text))
    report(
      wrongType(
        name.at,
        name.text,
        'the name of a channel: a letter, then letters, digits, `_` and `-`',
        'that',
      ),
    );
  const fields = fieldsOf(value, `alert channel \`${name.text}\``, { known }, report);
  const place = placeOf(fields);
  onlyForWebhooks(fields);
  const events = namesAt(fields, 'events')?.flatMap((each) => eventOf(each, report)) ?? alertEvents;
  const timeoutMs = timeoutOf(fields);
  return place === undefined ? undefined : { name: name.text, place, events, timeoutMs };
};

const atLeastOne = (
  value: number | undefined,
  at: Position | undefined,
  key: string,
  report: Report,
): void => {
  if (value === 0 && at !== undefined) report(wrongType(at, key, 'at least 1', '`0`'));
};

export const readAlerts = (entry: Entry, directory: string, report: Report): AlertSettings => {
  const known = ['channels', 'repeat', 'per_hour', 'state'];
  const fields = fieldsOf(entry.value, '`alerts`', { known }, report);
  if (fields.isMapping && fields.get('channels') === undefined)
    report(
      missingKey(fields.at, 'channels', '`alerts`', 'such as `channels: { team: { slack: ${SLACK_URL} } }`'),
    );
  const perHour = wholeAt(fields, 'per_hour');
  atLeastOne(perHour, fields.get('per_hour')?.value.at, 'per_hour', report);
  const state = textAt(fields, 'state')?.text;
  return {
    channels: entriesAt(fields, 'channels').flatMap(({ key, value }) => channelOf(key, value, report) ?? []),
    repeatMs: durationAt(fields, 'repeat') ?? usualRepeatMs,
    perHour: perHour ?? usualPerHour,
    state: state === undefined ? usualState(directory) : resolve(directory, state),
  };
};
