// The entries of `sources:` as written.
import type { Entry } from '../project/document.ts';
import {
  asText,
  choiceAt,
  durationAt,
  entriesAt,
  fieldsOf,
  found,
  namesAt,
  parseDuration,
  required,
  sqlAt,
  textAt,
} from '../project/fields.ts';
import type { Fields } from '../project/fields.ts';
import { notSupported, wrongType } from '../project/problems.ts';
import type { DeleteChecks } from './detection.ts';
import { keyAt } from './parse-key.ts';
import { logKeys, readLog, refuseLogKeys } from './parse-log.ts';
import { tableNamedTwice } from './node-problems.ts';
import type { RawNode, RawRename, RawSource } from './raw.ts';

export const sourceKeys = {
  known: [
    'table',
    'model',
    'dbt_source',
    'key',
    'updated_at',
    'created_at',
    'watermark',
    'overlap',
    'full_compare',
    'deletes',
    'delete_after',
    'deleted',
    'where',
    'ready',
    'columns',
    'exclude',
    'redact',
    'detect',
    'mirror',
    'renamed',
    'timezone',
    'actor',
    ...logKeys,
  ],
};

export const readSources = (file: Fields): readonly RawSource[] =>
  entriesAt(file, 'sources').map((entry) => readSource(entry, file));

const readSource = (entry: Entry, file: Fields): RawSource => {
  const fields = fieldsOf(entry.value, `source \`${entry.key.text}\``, sourceKeys, file.report);
  const detect = detectAt(fields);
  const unsupported = detect === 'later';
  if (detect === 'mirror') refuseLogKeys(fields);
  if (!unsupported) required(fields, 'key', 'the columns that tell its rows apart');
  return {
    name: entry.key,
    unsupported,
    table: textAt(fields, 'table'),
    node: nodeAt(fields),
    mirror: textAt(fields, 'mirror'),
    key: keyAt(fields),
    updatedAt: textAt(fields, 'updated_at'),
    createdAt: textAt(fields, 'created_at'),
    watermark: textAt(fields, 'watermark'),
    overlapMs: detect === 'mirror' ? durationAt(fields, 'overlap') : undefined,
    fullCompareMs: fullCompareAt(fields),
    deletes: deletesAt(fields),
    deleteAfterMs: durationAt(fields, 'delete_after'),
    where: sqlAt(fields, 'where'),
    deleted: sqlAt(fields, 'deleted'),
    ready: sqlAt(fields, 'ready'),
    columns: namesAt(fields, 'columns'),
    exclude: namesAt(fields, 'exclude'),
    redact: namesAt(fields, 'redact'),
    renamed: renamedAt(fields),
    timezone: textAt(fields, 'timezone'),
    actor: textAt(fields, 'actor'),
    log: detect === 'log' ? readLog(fields) : undefined,
  };
};

/** One of `table`, `model` and `dbt_source` says which table it is. */
const nodeAt = (fields: Fields): RawNode | undefined => {
  const [node, second] = (['model', 'dbt_source'] as const).flatMap((kind): readonly RawNode[] => {
    const name = textAt(fields, kind);
    return name === undefined ? [] : [{ kind, name }];
  });
  const other = second?.kind ?? (fields.get('table') === undefined ? undefined : 'table');
  if (node !== undefined && other !== undefined)
    fields.report(tableNamedTwice(fields.get(other)?.key.at ?? fields.at, other, node.kind));
  return node;
};

const detectAt = (fields: Fields): 'mirror' | 'log' | 'later' => {
  const detect = choiceAt(fields, 'detect', ['mirror', 'log', 'stream', 'changes']) ?? 'mirror';
  if (detect === 'mirror' || detect === 'log') return detect;
  const at = fields.get('detect')?.value.at ?? fields.at;
  fields.report(
    notSupported(at, `\`detect: ${detect}\``, 'leave it out: the default compares staging with the mirror'),
  );
  return 'later';
};

const fullCompareAt = (fields: Fields): number | undefined => {
  const value = fields.get('full_compare')?.value;
  if (value?.kind === 'scalar' && value.text === 'never') return Number.POSITIVE_INFINITY;
  return durationAt(fields, 'full_compare');
};

/** `{new: old}`. */
const renamedAt = (fields: Fields): readonly RawRename[] =>
  entriesAt(fields, 'renamed').flatMap(({ key, value }) => {
    const from = asText(value);
    if (from === undefined)
      fields.report(wrongType(value.at, key.text, 'the name that the column had before', found(value)));
    return from === undefined ? [] : [{ column: key, from }];
  });

const deletesAt = (fields: Fields): DeleteChecks | undefined => {
  const value = fields.get('deletes')?.value;
  if (value === undefined) return undefined;
  const text = value.kind === 'scalar' ? value.text : '';
  if (text === 'every run' || text === 'never') return { kind: text };
  const ms = parseDuration(text);
  if (ms !== undefined) return { kind: 'every', ms };
  fields.report(
    wrongType(value.at, 'deletes', '`every run`, `never` or a duration such as `24h`', found(value)),
  );
  return undefined;
};
