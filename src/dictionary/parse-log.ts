// The keys of a source that only a log of events has, as written.
import type { Value } from '../project/document.ts';
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
  textAt,
} from '../project/fields.ts';
import type { Fields } from '../project/fields.ts';
import { wrongType } from '../project/problems.ts';
import { epochUnits, operationKinds, type LogOverlap, type OperationKind } from './detection.ts';
import * as say from './log-problems.ts';
import type { RawLog, RawLogColumn, RawLogOperations } from './raw.ts';

export const logKeys = [
  'op',
  'before',
  'after',
  'types',
  'sequence',
  'time',
  'arrival',
  'identity',
  'clock_tolerance',
  'unavailable',
] as const;

/** What a log tells by itself, or has no use for. */
const mirrorKeys = ['created_at', 'watermark', 'deletes', 'delete_after'] as const;

export const readLog = (fields: Fields): RawLog => {
  for (const key of mirrorKeys) {
    const entry = fields.get(key);
    if (entry !== undefined) fields.report(say.notForLogs(entry.key.at, key, fields.owner));
  }
  required(fields, 'sequence', 'the columns that order the events of a key');
  if (fields.get('op') === undefined && fields.get('deleted') === undefined)
    required(fields, 'op', 'the column that tells an upsert from a delete, or `deleted`, a condition');
  return {
    op: operationsAt(fields),
    before: textAt(fields, 'before'),
    after: textAt(fields, 'after'),
    types: typesAt(fields),
    typesAt: fields.get('types')?.key.at,
    sequence: columnsAt(fields, 'sequence'),
    time: columnsAt(fields, 'time', 'one')[0],
    arrival: textAt(fields, 'arrival'),
    overlap: overlapAt(fields),
    overlapAt: fields.get('overlap')?.value.at,
    identity: namesAt(fields, 'identity') ?? [],
    clockToleranceMs: durationAt(fields, 'clock_tolerance'),
    unavailable: textAt(fields, 'unavailable')?.text,
  };
};

/** Keys of a log on a source that is none would change nothing. */
export const refuseLogKeys = (fields: Fields): void => {
  for (const key of logKeys) {
    const entry = fields.get(key);
    if (entry !== undefined) fields.report(say.onlyForLogs(entry.key.at, key, fields.owner));
  }
};

/** A column, or one with words of its own: `{ column: operation, upsert: [N, M], delete: X }`. */
const operationsAt = (fields: Fields): RawLogOperations | undefined => {
  const value = fields.get('op')?.value;
  if (value === undefined) return undefined;
  if (value.kind !== 'mapping') {
    const column = textAt(fields, 'op');
    return column === undefined ? undefined : { column };
  }
  const inner = fieldsOf(value, '`op`', { known: ['column', ...operationKinds] }, fields.report);
  required(inner, 'column', 'the column of the log that holds the operation');
  const column = textAt(inner, 'column');
  if (column === undefined) return undefined;
  const words = new Map<OperationKind, readonly (string | null)[]>();
  const taken = new Set<string | null>();
  for (const kind of operationKinds) {
    const entry = inner.get(kind);
    if (entry === undefined) continue;
    const own = wordsOf(entry.value, kind, inner);
    for (const word of own) {
      if (taken.has(word)) fields.report(say.operationTwice(entry.value.at, word));
      taken.add(word);
    }
    words.set(kind, own);
  }
  return words.size === 0 ? { column } : { column, words };
};

const wordsOf = (value: Value, kind: string, { report }: Fields): readonly (string | null)[] => {
  const items = value.kind === 'list' ? value.items : [value];
  return items.flatMap((item) => {
    if (item.kind === 'scalar') return [item.value === null ? null : item.text];
    report(wrongType(item.at, kind, 'a word or a list of words', found(item)));
    return [];
  });
};

/** `{ name: type }`, or `{ name: { type: timestamp, epoch: ms } }`. */
const typesAt = (fields: Fields): readonly RawLogColumn[] =>
  entriesAt(fields, 'types').flatMap(({ key, value }): readonly RawLogColumn[] => {
    if (value.kind !== 'mapping') {
      const type = asText(value);
      if (type !== undefined) return [{ column: key, type }];
      fields.report(wrongType(value.at, key.text, 'a type of the warehouse', found(value)));
      return [];
    }
    const inner = fieldsOf(value, `\`${key.text}\``, { known: ['type', 'epoch'] }, fields.report);
    required(inner, 'type', 'a type of the warehouse');
    return [{ column: key, type: textAt(inner, 'type'), unit: choiceAt(inner, 'epoch', epochUnits) }];
  });

/** Columns of the log's table: a name, a list, or with `{ column, type }` (of times `{ column, epoch }`). */
const columnsAt = (fields: Fields, key: 'sequence' | 'time', count?: 'one'): readonly RawLogColumn[] => {
  const value = fields.get(key)?.value;
  if (value === undefined) return [];
  if (value.kind === 'list' && count !== 'one') {
    if (value.items.length === 0)
      fields.report(wrongType(value.at, key, 'at least one column', 'an empty list'));
    return value.items.flatMap((item) => columnOf(item, key, fields));
  }
  return columnOf(value, key, fields);
};

const columnOf = (value: Value, key: 'sequence' | 'time', fields: Fields): readonly RawLogColumn[] => {
  if (value.kind === 'mapping') {
    const further = key === 'time' ? 'epoch' : 'type';
    const inner = fieldsOf(value, `\`${key}\``, { known: ['column', further] }, fields.report);
    required(inner, 'column');
    const column = textAt(inner, 'column');
    const type = key === 'sequence' ? textAt(inner, 'type') : undefined;
    const unit = key === 'time' ? choiceAt(inner, 'epoch', epochUnits) : undefined;
    return column === undefined ? [] : [{ column, type, unit }];
  }
  const column = asText(value);
  if (column !== undefined) return [{ column }];
  fields.report(wrongType(value.at, key, 'a column of the log', found(value)));
  return [];
};

/** A duration, or a number of rows, as the arrival is a time or a number. */
const overlapAt = (fields: Fields): LogOverlap | undefined => {
  const value = fields.get('overlap')?.value;
  if (value === undefined) return undefined;
  const text = value.kind === 'scalar' ? value.text : '';
  if (/^\d{1,15}$/.test(text)) return { kind: 'rows', rows: Number(text) };
  const ms = parseDuration(text);
  if (ms !== undefined) return { kind: 'time', ms };
  fields.report(wrongType(value.at, 'overlap', 'a duration such as `15m` or a number of rows', found(value)));
  return undefined;
};
