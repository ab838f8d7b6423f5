// What becomes of a target's rows whose grain is gone.
import type { OnDelete, Target } from './dictionary.ts';
import type { RawOnDelete } from './raw.ts';

/** Rows that are not managed are never deleted by us, whatever becomes of their grain. */
export const onDeleteOf = (raw: RawOnDelete | undefined, rows: Target['rows']): OnDelete => {
  if (raw === undefined) return { kind: rows === 'manage' ? 'delete' : 'keep' };
  if (raw.kind !== 'set') return raw;
  return {
    kind: 'set',
    values: Object.fromEntries(raw.values.map(({ column, value }) => [column.text, value])),
  };
};
