// One side of a relation's images as rows of that relation: what each changed row was, or will be.
import type { Dialect } from '../sql/dialect.ts';
import { id, sql, table, verbatim, type Fragment } from '../sql/fragment.ts';
import { afterName, beforeName, keyName } from '../sql/images.ts';
import { rowOfImage } from '../sql/keys.ts';
import type { RelationView } from './relation-view.ts';

export interface ImageRows {
  /** The image table under alias `i`, and what else the values are read from. */
  readonly from: Fragment;
  readonly value: (column: string) => Fragment;
}

/** Images of a target carry its mapped columns only: the others are read from the row as it is, which a batch
 *  leaves alone; a row that is about to be inserted has none of them yet. */
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
  return {
    from: sql`${table(shape.table)} as i${current}`,
    value: (column) => {
      if (carried(column)) return id('i', name(shape, column));
      if (isKey(column)) return id('i', keyName(shape, column));
      if (base !== undefined) return id('o', column);
      const type = view.columns.find((each) => each.name === column)?.type ?? 'integer';
      return sql`cast(null as ${verbatim(type)})`;
    },
  };
};
