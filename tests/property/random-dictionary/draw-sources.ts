// Random sources: keys of one and two columns, text and nullable ones, filters, soft deletes, watermarks.
import type { Random } from '../../../scripts/shop/random.ts';
import type { ColumnSpec, KeySpec, SourceSpec } from './spec.ts';

const id: KeySpec = { name: 'id', kind: 'int', nullable: false };
const code: KeySpec = { name: 'code', kind: 'text', nullable: false };

const keys: readonly (readonly KeySpec[])[] = [
  [id],
  [id],
  [code],
  [id, code],
  [{ ...id, nullable: true }],
  [{ ...code, nullable: true }, id],
];

const values: readonly ColumnSpec[] = [
  { name: 'ref_int', kind: 'int' },
  { name: 'ref_big', kind: 'big' },
  { name: 'ref_text', kind: 'text' },
  { name: 'label', kind: 'text' },
  { name: 'amount', kind: 'number' },
  { name: 'ratio', kind: 'double' },
  { name: 'seen_at', kind: 'time' },
  { name: 'due_on', kind: 'date' },
  { name: 'active', kind: 'flag' },
];

/** Read by no target: its changes must reach nothing. */
export const spare: ColumnSpec = { name: 'spare', kind: 'text' };
export const stamp: ColumnSpec = { name: 'updated_at', kind: 'time' };
export const removed: ColumnSpec = { name: 'removed', kind: 'flag' };

const filters = [
  'active',
  'active is not false',
  'ref_int > 2',
  "label <> 'a'",
  'active and ref_int is not null',
];

const drawSource = (random: Random, name: string): SourceSpec => {
  const key = random.oneOf(keys);
  const softly = random.chance(4);
  const stamped = random.chance(2);
  const filter = random.chance(4) ? random.oneOf(filters) : undefined;
  return {
    name,
    key,
    columns: [...key, ...values, spare, ...(softly ? [removed] : []), ...(stamped ? [stamp] : [])],
    primaryKey: key.every((column) => !column.nullable) && random.chance(2),
    watermark: stamped,
    keepsDeleted: random.chance(6),
    where:
      filter === undefined
        ? undefined
        : random.chance(2)
          ? filter
          : filter.replaceAll(/\b(active|ref_int|label)\b/g, `${name}.$1`),
    deleted: softly ? random.oneOf(['removed', `${name}.removed`, 'removed is true']) : undefined,
    excluded: random.chance(4) ? [spare.name] : [],
  };
};

export const drawSources = (random: Random): readonly SourceSpec[] =>
  ['alpha', 'beta', 'gamma', 'delta'].slice(0, 2 + random.below(3)).map((name) => drawSource(random, name));
