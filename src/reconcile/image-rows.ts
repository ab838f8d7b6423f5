// One side of a relation's images as rows of that relation: what each changed row was, or will be.
import { newValueOf } from '../dictionary/defaults.ts';
import type { Column, Dialect } from '../sql/dialect.ts';
import { id, sql, table, verbatim, type Fragment } from '../sql/fragment.ts';
import { afterName, beforeName, keyName } from '../sql/images.ts';
import { rowOfImage } from '../sql/keys.ts';
import type { RelationView } from './relation-view.ts';
import { isRestored, joinRestored, restoredValue } from './undo/restored.ts';

export interface ImageRows {
  /** The image table under alias `i`, and what else the values are read from. */
  readonly from: Fragment;
  readonly value: (column: string) => Fragment;
}

/** What the table will fill in by itself; NULL where that cannot be known beforehand (no mapping reads such a
 *  column). */
export const valueInNewRow = (column: Column | undefined): Fragment => {
  const value = column === undefined ? undefined : newValueOf(column);
  const known = value?.kind === 'known' && value.sql !== undefined ? verbatim(value.sql) : sql`null`;
  return sql`cast(${known} as ${verbatim(column?.type ?? 'integer')})`;
};

/** Images of a target carry its mapped columns only: the others are read from the row as it is, which a batch
 *  leaves alone; a row that is about to be inserted has their defaults. */
export const imageRows = (
  dialect: Dialect,
  view: RelationView,
  side: 'before' | 'after',
  columns: Iterable<string>,
): ImageRows => {
  const { images, base } = view;
  if (images === undefined) throw new RangeError(`${view.name} has no images`);
  const shape = images.table;
  const name = side === 'before' ? beforeName : afterName;
  const carried = (column: string): boolean => shape.columns.some((each) => each.name === column);
  const isKey = (column: string): boolean => shape.key.some((each) => each.name === column);
  const reads = [...columns].some((column) => !carried(column) && !isKey(column));
  const current =
    reads && base !== undefined
      ? sql` left join ${base} as o on ${rowOfImage(dialect, shape, 'o', 'i')}`
      : verbatim('');
  const back = reads && side === 'after' ? images.restored : undefined;
  const whole = back === undefined ? verbatim('') : sql` ${joinRestored(dialect, back.undone, shape)}`;
  return {
    from: sql`${table(shape.table)} as i${current}${whole}`,
    value: (column) => {
      if (carried(column)) return id('i', name(shape, column));
      if (isKey(column)) return id('i', keyName(shape, column));
      const known = view.columns.find((each) => each.name === column);
      if (back?.columns.some(({ name: each }) => each === column) === true && known !== undefined)
        return sql`case when ${isRestored} then ${restoredValue(dialect, known)} when i.op = 'I' then ${valueInNewRow(known)} else ${base === undefined ? sql`null` : id('o', column)} end`;
      if (base === undefined) return valueInNewRow(known);
      if (known?.default === undefined) return id('o', column);
      return sql`case i.op when 'I' then ${valueInNewRow(known)} else ${id('o', column)} end`;
    },
  };
};
