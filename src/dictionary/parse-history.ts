// `history:` of a target as written.
import type { Scalar, Value } from '../project/document.ts';
import { asText, choiceAt, fieldsOf, found, namesAt, sqlAt, textAt } from '../project/fields.ts';
import type { Fields } from '../project/fields.ts';
import { wrongType } from '../project/problems.ts';
import type { HistoryRole } from './dictionary.ts';
import type { RawHistory } from './raw.ts';

const presets = ['dbt_snapshot'] as const;

const keys = {
  known: [
    'track',
    'overwrite',
    'deletes',
    'at',
    'timezone',
    'first_valid_from',
    'backwards',
    'valid_from',
    'valid_to',
    'is_current',
    'surrogate_key',
    'deleted',
    'preset',
  ],
};

const dbtKeys = {
  known: [...keys.known, 'hard_deletes', 'dbt_valid_to_current', 'snapshot_meta_column_names'],
};

/** The names of dbt's own columns, by what they are to a history. */
const dbtNames: Readonly<Partial<Record<HistoryRole, string>>> = {
  scd_id: 'dbt_scd_id',
  updated_at: 'dbt_updated_at',
  valid_from: 'dbt_valid_from',
  valid_to: 'dbt_valid_to',
  deleted: 'dbt_is_deleted',
};

const hardDeletes = { ignore: 'keep', invalidate: 'close', new_record: 'tombstone' } as const;

/** Columns that are named by a key of their own. */
const named = ['valid_from', 'valid_to', 'is_current', 'surrogate_key', 'deleted'] as const;

const ownNames = (fields: Fields): Map<HistoryRole, Scalar> =>
  new Map(
    named.flatMap((role): readonly [HistoryRole, Scalar][] => {
      const name = textAt(fields, role);
      return name === undefined ? [] : [[role, name]];
    }),
  );

const metaNames = (fields: Fields): Map<HistoryRole, Scalar> => {
  const value = fields.get('snapshot_meta_column_names')?.value;
  if (value === undefined) return new Map();
  const known = Object.values(dbtNames);
  const inner = fieldsOf(value, '`snapshot_meta_column_names`', { known }, fields.report);
  const renamed = new Map<HistoryRole, Scalar>();
  for (const [role, name] of Object.entries(dbtNames)) {
    const text = textAt(inner, name);
    if (text !== undefined) renamed.set(role as HistoryRole, text);
  }
  return renamed;
};

/** An instant, as dbt takes it: `to_date('9999-12-31')` and the like are SQL; here the time itself is written. */
const currentEnd = (fields: Fields): Scalar | undefined => {
  const value: Value | undefined = fields.get('dbt_valid_to_current')?.value;
  if (value === undefined) return undefined;
  const text = asText(value);
  if (text !== undefined && /^\d{4}-\d\d-\d\d([ T]\d\d:\d\d(:\d\d(\.\d{1,6})?)?)?$/.test(text.text))
    return text;
  fields.report(wrongType(value.at, 'dbt_valid_to_current', "a time such as '9999-12-31'", found(value)));
  return undefined;
};

export const historyAt = (target: Fields): RawHistory | undefined => {
  const entry = target.get('history');
  if (entry === undefined) return undefined;
  const owner = '`history`';
  const preset = presetOf(entry.value);
  const fields = fieldsOf(entry.value, owner, preset === undefined ? keys : dbtKeys, target.report);
  choiceAt(fields, 'preset', presets);
  const hard = choiceAt(fields, 'hard_deletes', ['ignore', 'invalidate', 'new_record']);
  const deletes = choiceAt(fields, 'deletes', ['close', 'tombstone', 'keep']);
  return {
    at: entry.key.at,
    preset,
    track: namesAt(fields, 'track'),
    overwrite: namesAt(fields, 'overwrite') ?? [],
    deletes: deletes ?? (hard === undefined ? undefined : hardDeletes[hard]),
    time: sqlAt(fields, 'at'),
    timezone: textAt(fields, 'timezone'),
    firstValidFrom: choiceAt(fields, 'first_valid_from', ['at', 'beginning']),
    backwards: choiceAt(fields, 'backwards', ['sequence', 'refuse']),
    columns: new Map([...ownNames(fields), ...metaNames(fields)]),
    validToCurrent: currentEnd(fields),
  };
};

const presetOf = (value: Value): RawHistory['preset'] => {
  if (value.kind !== 'mapping') return undefined;
  const written = value.entries.find(({ key }) => key.text === 'preset')?.value;
  return presets.find((preset) => written?.kind === 'scalar' && written.text === preset);
};

/** What a history column is called that the file does not name. */
export const defaultNames = (preset: RawHistory['preset']): Readonly<Partial<Record<HistoryRole, string>>> =>
  preset === undefined
    ? { valid_from: 'valid_from', valid_to: 'valid_to', is_current: 'is_current', deleted: 'is_deleted' }
    : dbtNames;

/** All columns of validity that a target may have. */
export const historyNames = ({
  history,
}: {
  readonly history?: RawHistory | undefined;
}): readonly string[] => {
  if (history === undefined) return [];
  const written = [...history.columns.values()].map(({ text }) => text);
  const unnamed = Object.entries(defaultNames(history.preset)).filter(
    ([role]) => !history.columns.has(role as HistoryRole),
  );
  return [...written, ...unnamed.map(([, name]) => name)];
};
