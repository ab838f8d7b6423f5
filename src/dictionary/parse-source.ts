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
import type { DeleteChecks } from './dictionary.ts';
import { keyAt } from './parse-key.ts';
import { tableNamedTwice } from './node-problems.ts';
import type { RawNode, RawRename, RawSource } from './raw.ts';

/** Each of these changes what the source *is*; without them nothing can be said about its columns. */
const otherKinds = ['op', 'before', 'after', 'types', 'sequence', 'time', 'arrival', 'identity'];

const sourceKeys = {
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
    'detect',
    'mirror',
    'renamed',
  ],
  later: [...otherKinds, 'redact', 'timezone', 'actor'],
};

export const readSources = (file: Fields): readonly RawSource[] =>
  entriesAt(file, 'sources').map((entry) => readSource(entry, file));

const readSource = (entry: Entry, file: Fields): RawSource => {
  const fields = fieldsOf(entry.value, `source \`${entry.key.text}\``, sourceKeys, file.report);
  const unsupported = otherKinds.some((key) => fields.get(key) !== undefined) || !detectsByMirror(fields);
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
    overlapMs: durationAt(fields, 'overlap'),
    fullCompareMs: durationAt(fields, 'full_compare'),
    deletes: deletesAt(fields),
    deleteAfterMs: durationAt(fields, 'delete_after'),
    where: sqlAt(fields, 'where'),
    deleted: sqlAt(fields, 'deleted'),
    ready: sqlAt(fields, 'ready'),
    columns: namesAt(fields, 'columns'),
    exclude: namesAt(fields, 'exclude'),
    renamed: renamedAt(fields),
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

const detectsByMirror = (fields: Fields): boolean => {
  const detect = choiceAt(fields, 'detect', ['mirror', 'log', 'stream', 'changes']);
  if (detect === undefined || detect === 'mirror') return true;
  const at = fields.get('detect')?.value.at ?? fields.at;
  fields.report(
    notSupported(at, `\`detect: ${detect}\``, 'leave it out: the default compares staging with the mirror'),
  );
  return false;
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
