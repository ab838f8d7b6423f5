// `run --changes`: the keys that somebody names, checked against the dictionary, and put into scratch for the
// freeze. A batch of them reads nothing else, so it moves no position.
import { insertKeys, type KeyText } from '../../detect/keys.ts';
import { isLog, type Source } from '../../dictionary/dictionary.ts';
import { isTidemarkError, TidemarkError } from '../../errors/tidemark-error.ts';
import type { Graph } from '../../graph/graph.ts';
import { nearest } from '../../project/nearest.ts';
import type { KeyColumn } from '../../sql/dialect.ts';
import { showTable, type TableName } from '../../sql/table-name.ts';
import type { Session, TableInfo } from '../../warehouse/port.ts';

export type KeyValue = string | number | bigint | boolean | null;

/** The columns of a key by name, or, of a key of one column, its value. */
export type NamedKey = KeyValue | Readonly<Record<string, KeyValue>>;

export type NamedChanges = ReadonlyMap<string, readonly NamedKey[]>;

/** Values in the order of the source's key. */
export type ChangedKeys = ReadonlyMap<string, readonly (readonly KeyText[])[]>;

const wrong = (
  code: 'usage' | 'unknown_source' | 'unknown_column',
  message: string,
  hint?: string,
): TidemarkError => new TidemarkError(code, { message, hint });

const oneOf = (word: string, known: readonly string[]): string => {
  const near = nearest(word, known);
  return near === undefined ? `there are: ${known.join(', ')}` : `did you mean \`${near}\`?`;
};

/** A source, or a target. */
export interface Keyed {
  readonly name: string;
  readonly key: readonly KeyColumn[];
}

const asRecord = (keyed: Keyed, key: NamedKey, flag: string): Readonly<Record<string, KeyValue>> => {
  if (typeof key === 'object' && key !== null && !Array.isArray(key)) return key;
  const [column] = keyed.key;
  if (column !== undefined && keyed.key.length === 1 && (typeof key !== 'object' || key === null))
    return { [column.name]: key };
  throw wrong(
    'usage',
    `${flag}: \`${JSON.stringify(key)}\` is no key of \`${keyed.name}\``,
    `write its columns: \`{${keyed.key.map(({ name }) => `${name}: …`).join(', ')}}\``,
  );
};

const textOf = (value: KeyValue): KeyText => (value === null ? null : String(value));

/** `flag` is where somebody wrote the key. */
export const keyValues = (keyed: Keyed, key: NamedKey, flag: string): readonly KeyText[] => {
  const record = asRecord(keyed, key, flag);
  const names = keyed.key.map(({ name }) => name);
  const strange = Object.keys(record).find((name) => !names.includes(name));
  if (strange !== undefined) {
    throw wrong(
      'unknown_column',
      `${flag}: \`${strange}\` is no key column of \`${keyed.name}\``,
      `its key is: ${names.join(', ')}`,
    );
  }
  return keyed.key.map(({ name, nullable }) => {
    const value = record[name];
    if (value === undefined || (value === null && !nullable)) {
      throw wrong(
        'usage',
        `${flag}: a key of \`${keyed.name}\` has no \`${name}\``,
        `its key is: ${names.join(', ')}`,
      );
    }
    if (typeof value === 'object' && value !== null) {
      throw wrong(
        'usage',
        `${flag}: \`${name}\` of \`${keyed.name}\` is no single value: ${JSON.stringify(value)}`,
      );
    }
    return textOf(value);
  });
};

/** A source that was never read has no mirror to compare its keys with. */
const refuseUnread = (graph: Graph, tables: ReadonlyMap<string, TableInfo>): void => {
  const unread = [...graph.sources.values()].find(({ mirror }) => !tables.has(showTable(mirror)));
  if (unread === undefined) return;
  throw wrong(
    'usage',
    `--changes: source \`${unread.name}\` has no mirror yet`,
    'run once without --changes: it reads every source',
  );
};

const keysOfLog = ({ name }: Source): TidemarkError =>
  wrong(
    'usage',
    `--changes: source \`${name}\` is a log of events, which are read in the order of their arrival: keys of it cannot be named`,
    'run without --changes: only what was appended is read anyway',
  );

export const readChanges = (
  graph: Graph,
  tables: ReadonlyMap<string, TableInfo>,
  changes: NamedChanges,
): ChangedKeys => {
  refuseUnread(graph, tables);
  return new Map(
    [...changes].map(([name, keys]) => {
      const source = graph.sources.get(name);
      if (source === undefined)
        throw wrong(
          'unknown_source',
          `--changes names \`${name}\`, which is no source of this project`,
          oneOf(name, [...graph.sources.keys()]),
        );
      if (isLog(source)) throw keysOfLog(source);
      return [name, keys.map((key) => keyValues(source, key, '--changes'))] as const;
    }),
  );
};

const rowsPerStatement = 500;

/** Before the freeze: what is filled after an exported snapshot is empty under it. */
export const fillKeyScratch = async (
  session: Session,
  {
    source,
    keys,
    into,
  }: { readonly source: Source; readonly keys: readonly (readonly KeyText[])[]; readonly into: TableName },
): Promise<void> => {
  for (let start = 0; start < keys.length; start += rowsPerStatement) {
    try {
      await session.execute(insertKeys(into, source.key, keys.slice(start, start + rowsPerStatement)));
    } catch (error) {
      if (!isTidemarkError(error) || error.details['kind'] !== 'value') throw error;
      throw wrong(
        'usage',
        `--changes: a key of source \`${source.name}\` cannot be read as ${source.key.map(({ name, type }) => `\`${name}\` (${type})`).join(', ')}: ${error.message}`,
      );
    }
  }
};
