// Keys of staging that are no keys: NULL where that was not declared, or held by more than one row.
import { duplicateKeys, nullKeys, type Comparison } from '../../detect/mirror.ts';
import { showTable } from '../../sql/table-name.ts';
import type { Session } from '../../warehouse/port.ts';
import { refusal } from '../left-out.ts';
import { showRows } from '../compute/refuse-rows.ts';

/** How many keys a message names. */
const named = 5;

export const refuseBadKeys = async (session: Session, comparison: Comparison): Promise<void> => {
  const { source, images } = comparison;
  const nulls = nullKeys(images, named);
  const withNull = nulls === undefined ? [] : await session.rows(nulls);
  if (withNull.length > 0) {
    throw refusal(
      'null_key',
      `\`${showTable(source.table)}\` has rows whose key is NULL: ${showRows(withNull)}; the source was left out`,
      'mend the rows in staging, or declare the key column with `{ column: …, nullable: true }`',
      { source: source.name, keys: withNull },
    );
  }
  if (source.keyIsEnforced) return;
  const twice = await session.rows(duplicateKeys(comparison, named));
  if (twice.length > 0) {
    throw refusal(
      'duplicate_row',
      `\`${showTable(source.table)}\` holds a key more than once: ${showRows(twice)}; the source was left out`,
      'mend the rows in staging, or name all columns of the key under `key:`',
      { source: source.name, keys: twice.map(({ 'tidemark.rows': rows, ...key }) => ({ key, rows })) },
    );
  }
};
