// The file of `run --changes`: keys per source, in JSON or YAML. `-` is stdin.
import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import type { KeyValue, NamedChanges, NamedKey } from '../batch/freeze/changed-keys.ts';
import { usage } from './usage.ts';

const hint = 'write keys per source: `{companies: [5, 7], order_items: [{order_id: 1, line_no: 2}]}`';

const wrong = (shown: string, why: string): Error => usage(`${shown} is no list of keys: ${why}`, hint);

const readStdin = async (): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk as Uint8Array | string));
  return Buffer.concat(chunks).toString('utf8');
};

const textIn = async (path: string): Promise<string> => {
  if (path === '-') return readStdin();
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const said =
      error instanceof Error && 'code' in error ? `the system says ${String(error.code)}` : String(error);
    throw usage(`cannot read \`${path}\``, said);
  }
};

/** Integers of 16 digits and more would lose some as numbers. */
const hasLongNumbers = (text: string): boolean => /\d{16}/.test(text);

/** JSON is YAML as well; its own parser is a hundred times as fast. */
const parsed = (text: string, shown: string): unknown => {
  if (!hasLongNumbers(text)) {
    try {
      return JSON.parse(text) as unknown;
    } catch {
      // then it is YAML, or nothing
    }
  }
  try {
    return parse(text, { intAsBigInt: true }) as unknown;
  } catch (error) {
    throw wrong(shown, error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error));
  }
};

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isValue = (value: unknown): value is KeyValue =>
  value === null || ['string', 'number', 'bigint', 'boolean'].includes(typeof value);

const keyOf = (value: unknown, source: string, shown: string): NamedKey => {
  if (isValue(value)) return value;
  if (isRecord(value) && Object.values(value).every(isValue))
    return value as Readonly<Record<string, KeyValue>>;
  throw wrong(shown, `a key of \`${source}\` is neither a value nor the columns of one`);
};

const parseChanges = (text: string, shown: string): NamedChanges => {
  const found = parsed(text, shown);
  if (!isRecord(found)) throw wrong(shown, 'it does not name sources');
  return new Map(
    Object.entries(found).map(([source, keys]) => {
      if (!Array.isArray(keys)) throw wrong(shown, `the keys of \`${source}\` are no list`);
      return [source, keys.map((key: unknown) => keyOf(key, source, shown))];
    }),
  );
};

export const readChangesFile = async (path: string): Promise<NamedChanges> =>
  parseChanges(await textIn(path), path === '-' ? 'what came on stdin' : `\`${path}\``);
