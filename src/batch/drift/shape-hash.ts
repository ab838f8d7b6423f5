// What a fingerprint was taken over, in a few letters.
import { createHash } from 'node:crypto';
import type { FingerprintShape } from '../../reconcile/fingerprint.ts';
import { showTable } from '../../sql/table-name.ts';

/** A fingerprint speaks of these columns and no others. */
export const shapeHash = ({ table, key, columns, reads, release }: FingerprintShape): string =>
  createHash('sha256')
    .update(
      JSON.stringify([
        showTable(table),
        key.map(({ name }) => name),
        columns.map(({ name, type }) => [name, type]),
        reads,
        ...(release === undefined ? [] : [release]),
      ]),
    )
    .digest('hex')
    .slice(0, 16);
