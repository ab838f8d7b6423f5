// Keys of staging that are no keys: NULL where that was not declared, or held by more than one row.
import { duplicateKeys, nullKeys, type Comparison } from '../../detect/mirror.ts';
import type { MirrorSource } from '../../dictionary/dictionary.ts';
import { showTable } from '../../sql/table-name.ts';
import type { Session } from '../../warehouse/port.ts';
import { refusal } from '../left-out.ts';
import { showRows } from '../compute/refuse-rows.ts';

/** How many keys a message names. */
const named = 5;

/** Where every row was read: rows of staging, and those that the mirror will have. */
export interface Counted {
  readonly staged: number;
  readonly mirrored: number;
}

/** Rows that the mirror keeps beyond those of staging would make up for rows that are there twice. */
const mayRepeat = (
  { detect: { deletes, deleteAfterMs } }: MirrorSource,
  { staged, mirrored }: Counted,
): boolean => staged !== mirrored || deletes.kind === 'never' || deleteAfterMs !== undefined;

export const refuseBadKeys = async (
  session: Session,
  comparison: Comparison,
  facts: { readonly changed: boolean; readonly counted: Counted | undefined },
): Promise<void> => {
  const { source, images } = comparison;
  const nulls = facts.changed ? nullKeys(images, named) : undefined;
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
  // Rows that equal the mirror have no images, however often they are there.
  const everywhere = facts.counted !== undefined && mayRepeat(source, facts.counted);
  if (!everywhere && !facts.changed) return;
  const twice = await session.rows(duplicateKeys(comparison, everywhere ? 'all' : 'images', named));
  if (twice.length > 0) {
    throw refusal(
      'duplicate_row',
      `\`${showTable(source.table)}\` holds a key more than once: ${showRows(twice)}; the source was left out`,
      'mend the rows in staging, or name all columns of the key under `key:`',
      { source: source.name, keys: twice.map(({ 'tidemark.rows': rows, ...key }) => ({ key, rows })) },
    );
  }
};
