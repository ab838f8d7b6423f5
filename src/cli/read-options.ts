// Values of flags, checked: what commander hands over is text.
import { parseDuration, parseSize } from '../project/fields.ts';
import type { Invocation } from './invocation.ts';
import { usage } from './usage.ts';

type Options = Invocation['options'];

/** `exitCode` was written `--exit-code`. */
const flagName = (name: string): string =>
  `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

export const isOn = (options: Options, name: string): boolean => options[name] === true;

export const textOf = (options: Options, name: string): string | undefined => {
  const value = options[name];
  return typeof value === 'string' ? value : undefined;
};

export const namesOf = (options: Options, name: string): readonly string[] => {
  const value = options[name];
  return Array.isArray(value) ? (value as readonly string[]) : [];
};

export const wholeOf = (options: Options, name: string): number | undefined => {
  const text = textOf(options, name);
  if (text === undefined) return undefined;
  if (!/^\d{1,9}$/.test(text)) throw usage(`\`${flagName(name)}\` takes a whole number, not \`${text}\``);
  return Number(text);
};

export const percentOf = (options: Options, name: string): number | undefined => {
  const text = textOf(options, name);
  if (text === undefined) return undefined;
  const percent = /^\d{1,3}(\.\d+)?\s*%?$/.test(text) ? Number.parseFloat(text) : 0;
  if (percent <= 0 || percent > 100)
    throw usage(`\`${flagName(name)}\` takes a percentage such as \`5%\`, not \`${text}\``);
  return percent;
};

export const durationOf = (options: Options, name: string): number | undefined => {
  const text = textOf(options, name);
  if (text === undefined) return undefined;
  const ms = text === '0' ? 0 : parseDuration(text);
  if (ms === undefined)
    throw usage(`\`${flagName(name)}\` takes a time such as \`30s\`, \`5m\` or \`1h\`, not \`${text}\``);
  return ms;
};

export const sizeOf = (options: Options, name: string): number | undefined => {
  const text = textOf(options, name);
  if (text === undefined) return undefined;
  const bytes = text === '0' ? 0 : parseSize(text);
  if (bytes === undefined)
    throw usage(`\`${flagName(name)}\` takes a size such as \`500MB\` or \`5GB\`, not \`${text}\``);
  return bytes;
};

/** A length of time back from now, or a date or instant; UTC where it names no zone. */
export const sinceOf = (
  options: Options,
  name: string,
): { readonly ago: number } | { readonly at: string } | undefined => {
  const text = textOf(options, name);
  if (text === undefined) return undefined;
  const ago = parseDuration(text);
  if (ago !== undefined) return { ago };
  const form = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)(Z|[+-]\d\d:\d\d)?)?$/.exec(
    text.trim(),
  );
  const instant =
    form === null ? Number.NaN : Date.parse(`${form[1]}T${form[2] ?? '00:00'}${form[3] ?? 'Z'}`);
  if (Number.isNaN(instant))
    throw usage(
      `\`${flagName(name)}\` takes a time such as \`7d\`, or a date such as \`2026-01-31\`, not \`${text}\``,
    );
  return { at: new Date(instant).toISOString() };
};

export const choiceOf = <T extends string>(
  options: Options,
  name: string,
  choices: readonly T[],
): T | undefined => {
  const text = textOf(options, name);
  if (text === undefined) return undefined;
  const choice = choices.find((each) => each === text);
  if (choice === undefined) {
    throw usage(
      `\`${flagName(name)}\` is ${choices.map((each) => `\`${each}\``).join(' or ')}, not \`${text}\``,
    );
  }
  return choice;
};

/** What `--adopt` and `--allow` let through, of a plan and of its run. */
export const allowancesOf = (
  options: Options,
): { readonly adopt: readonly string[]; readonly allow: readonly string[] } => {
  const allow = namesOf(options, 'allow');
  const wrong = allow.find((each) => !/^.+:(deletes|touched|restart)$/.test(each));
  if (wrong !== undefined)
    throw usage(`\`--allow\` takes \`NAME:deletes\`, \`NAME:touched\` or \`NAME:restart\`, not \`${wrong}\``);
  return { adopt: namesOf(options, 'adopt'), allow };
};

export const pairsOf = (options: Options, name: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    namesOf(options, name).map((pair) => {
      const at = pair.indexOf('=');
      if (at < 1) throw usage(`\`${flagName(name)}\` takes \`KEY=VALUE\`, not \`${pair}\``);
      return [pair.slice(0, at), pair.slice(at + 1)];
    }),
  );
