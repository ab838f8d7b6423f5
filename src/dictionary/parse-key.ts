// The `key` of a source or target: a column, or a list; a column that may be NULL says so.
import type { Value } from '../project/document.ts';
import { asText, fieldsOf, flagAt, found, required, textAt } from '../project/fields.ts';
import type { Fields } from '../project/fields.ts';
import { wrongType } from '../project/problems.ts';
import type { RawKeyColumn } from './raw.ts';

export const keyAt = (fields: Fields): readonly RawKeyColumn[] => {
  const value = fields.get('key')?.value;
  if (value === undefined) return [];
  if (value.kind !== 'list') return keyColumn(value, fields);
  if (value.items.length === 0)
    fields.report(wrongType(value.at, 'key', 'at least one column', 'an empty list'));
  return value.items.flatMap((item) => keyColumn(item, fields));
};

const keyColumn = (value: Value, fields: Fields): readonly RawKeyColumn[] => {
  if (value.kind === 'mapping') {
    const inner = fieldsOf(value, 'the key column', { known: ['column', 'nullable'] }, fields.report);
    required(inner, 'column');
    const name = textAt(inner, 'column');
    return name === undefined ? [] : [{ name, nullable: flagAt(inner, 'nullable') ?? false }];
  }
  const name = asText(value);
  if (name === undefined) {
    fields.report(wrongType(value.at, 'key', 'a column or a list of columns', found(value)));
    return [];
  }
  return [{ name, nullable: false }];
};
