// A file's `target:` as written.
import type { Entry, Scalar, Value } from '../project/document.ts';
import {
  asSql,
  asText,
  choiceAt,
  durationAt,
  entriesAt,
  fieldsOf,
  flagAt,
  found,
  namesAt,
  required,
  sqlAt,
  textAt,
} from '../project/fields.ts';
import type { Fields } from '../project/fields.ts';
import { notOneOf, wrongType } from '../project/problems.ts';
import { readLimits } from '../project/settings.ts';
import { historyAt } from './parse-history.ts';
import { testsAt } from './mapping-tests/parse-tests.ts';
import { keyAt } from './parse-key.ts';
import { besideModel } from './model-problems.ts';
import { columnMappedTwice } from './problems.ts';
import type { RawCheck, RawColumn, RawJoin, RawOnDelete, RawSetting, RawTarget } from './raw.ts';

export const targetKeys = {
  known: [
    'target',
    'key',
    'model',
    'from',
    'join',
    'where',
    'columns',
    'history',
    'on_delete',
    'on_missing',
    'on_mapping_change',
    'rows',
    'touch',
    'accept_stale',
    'limits',
    'target_lag',
    'changed_at',
    'prune_by',
    'checks',
    'enabled',
    'description',
    'owner',
    'tests',
  ],
};

export const readTarget = (fields: Fields): RawTarget | undefined => {
  required(fields, 'target', 'the table that this file maps; a file of sources has `sources`');
  const name = textAt(fields, 'target');
  if (name === undefined) return undefined;
  required(fields, 'key', 'the columns that tell its rows apart');
  if (fields.get('model') !== undefined) refuseBeside(fields);
  else {
    required(fields, 'columns', 'which column is filled by which expression');
    if (fields.get('from') === undefined)
      required(fields, 'join', 'without `from`, a join says how `this` row finds its values');
  }
  const limits = fields.get('limits');
  return {
    name,
    enabled: flagAt(fields, 'enabled') ?? true,
    key: keyAt(fields),
    model: textAt(fields, 'model'),
    from: textAt(fields, 'from'),
    joins: joinsAt(fields),
    where: sqlAt(fields, 'where'),
    history: historyAt(fields),
    columns: columnsAt(fields),
    onDelete: onDeleteAt(fields),
    onDeleteAt: fields.get('on_delete')?.key.at,
    onMissingAt: fields.get('on_missing')?.key.at,
    onMissing: choiceAt(fields, 'on_missing', ['keep', 'null']),
    onMappingChangeAt: fields.get('on_mapping_change')?.key.at,
    onMappingChange: choiceAt(fields, 'on_mapping_change', ['backfill', 'hold']),
    rows: choiceAt(fields, 'rows', ['manage', 'update-only']),
    rowsAt: fields.get('rows')?.value.at,
    touch: settingsOf(entriesAt(fields, 'touch'), fields),
    acceptStale: namesAt(fields, 'accept_stale') ?? [],
    changedAt: textAt(fields, 'changed_at'),
    pruneBy: textAt(fields, 'prune_by'),
    checks: checksAt(fields),
    limits: limits === undefined ? {} : readLimits(limits, fields.report),
    targetLagMs: durationAt(fields, 'target_lag'),
    description: textAt(fields, 'description')?.text,
    owner: textAt(fields, 'owner')?.text,
    tests: testsAt(fields),
  };
};

/** Its SQL is the mapping. */
const refuseBeside = (fields: Fields): void => {
  for (const name of [
    'from',
    'join',
    'where',
    'columns',
    'history',
    'on_missing',
    'changed_at',
    'accept_stale',
    'tests',
  ]) {
    const entry = fields.get(name);
    if (entry !== undefined) fields.report(besideModel(entry.key.at, name));
  }
};

const columnsAt = (fields: Fields): readonly RawColumn[] =>
  entriesAt(fields, 'columns', columnMappedTwice).flatMap(({ key, value }) => {
    const expression = asSql(value);
    if (expression === undefined)
      fields.report(wrongType(value.at, key.text, 'a SQL expression', found(value)));
    return expression === undefined ? [] : [{ name: key, expression }];
  });

const checksAt = (fields: Fields): readonly RawCheck[] =>
  entriesAt(fields, 'checks').flatMap(({ key, value }) => {
    const sql = asSql(value);
    if (sql === undefined)
      fields.report(wrongType(value.at, key.text, 'SQL that returns bad rows', found(value)));
    return sql === undefined ? [] : [{ name: key, sql }];
  });

const joinsAt = (fields: Fields): readonly RawJoin[] =>
  entriesAt(fields, 'join').flatMap((entry) => {
    const join = readJoin(entry, fields);
    return join === undefined ? [] : [join];
  });

const joinKeys = { known: ['source', 'on', 'type', 'many'] };

const readJoin = ({ key, value }: Entry, fields: Fields): RawJoin | undefined => {
  if (value.kind !== 'mapping') {
    const on = asSql(value);
    if (on !== undefined) return { alias: key, relation: key, type: 'left', on, many: false };
    fields.report(wrongType(value.at, key.text, 'a SQL condition, or `{ source, on, type }`', found(value)));
    return undefined;
  }
  const inner = fieldsOf(value, `join \`${key.text}\``, joinKeys, fields.report);
  required(inner, 'on', 'the condition of the join');
  const on = sqlAt(inner, 'on');
  const relation = inner.get('source') === undefined ? key : textAt(inner, 'source');
  const type = choiceAt(inner, 'type', ['left', 'inner']) ?? 'left';
  const many = flagAt(inner, 'many') === true;
  return on === undefined || relation === undefined ? undefined : { alias: key, relation, type, on, many };
};

const onDeleteAt = (fields: Fields): RawOnDelete | undefined => {
  const value = fields.get('on_delete')?.value;
  if (value === undefined) return undefined;
  if (value.kind === 'mapping') {
    const inner = fieldsOf(value, '`on_delete`', { known: ['set'] }, fields.report);
    required(inner, 'set');
    return { kind: 'set', values: settingsOf(entriesAt(inner, 'set'), fields) };
  }
  const text = asText(value)?.text;
  if (text === 'delete' || text === 'keep') return { kind: text };
  fields.report(
    notOneOf(
      value.at,
      'on_delete',
      ['delete', 'keep', '{ set: … }'],
      text ?? found(value).replaceAll('`', ''),
    ),
  );
  return undefined;
};

const settingsOf = (entries: readonly Entry[], fields: Fields): readonly RawSetting[] =>
  entries.flatMap(({ key, value }) => {
    const constant = constantOf(value);
    if (constant !== undefined) return [{ column: key, value: constant }];
    fields.report(wrongType(value.at, key.text, 'a text, a number, `true`, `false` or `null`', found(value)));
    return [];
  });

const constantOf = (value: Value): RawSetting['value'] | undefined =>
  value.kind === 'scalar' ? exact(value) : undefined;

/** A number that a double cannot hold stays the text that the warehouse reads exactly. */
const exact = ({ value, text }: Scalar): RawSetting['value'] => {
  if (typeof value !== 'bigint' && typeof value !== 'number') return value;
  return String(Number(text)) === text ? Number(text) : text;
};
