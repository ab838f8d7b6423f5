// A relation as it will be after the batch, as a query: the table with the images laid over it.
import type { Dialect } from '../sql/dialect.ts';
import { commas, id, sql, table, unionAll, verbatim, type Fragment } from '../sql/fragment.ts';
import { rowOfImage } from '../sql/keys.ts';
import { imageRows } from './image-rows.ts';
import { concerns, type RelationView } from './relation-view.ts';

/** Rows are wanted only where `column` is among the values of a one-column query. */
export interface Limit {
  readonly column: string;
  readonly values: Fragment;
}

export interface OverlayWish {
  readonly columns: readonly string[];
  readonly limits?: readonly Limit[] | undefined;
}

const limited = (wish: OverlayWish, value: (column: string) => Fragment): readonly Fragment[] =>
  (wish.limits ?? []).map((limit) => sql`${value(limit.column)} in (${limit.values})`);

const conditions = (items: readonly Fragment[]): Fragment =>
  items.length === 0 ? verbatim('') : sql` where ${sql.join(items, sql` and `)}`;

const empty = (view: RelationView, wish: OverlayWish): Fragment => {
  const nulls = wish.columns.map((name) => {
    const type = view.columns.find((column) => column.name === name)?.type ?? 'integer';
    return sql`cast(null as ${verbatim(type)}) as ${id(name)}`;
  });
  return sql`select ${commas([sql`true as "tidemark.present"`, ...nulls])} where false`;
};

/** The relation exposes only the columns wished for: an expression that reads another one does not compile. */
export const overlay = (dialect: Dialect, view: RelationView, wish: OverlayWish): Fragment => {
  const marked = (columns: readonly Fragment[]): Fragment =>
    commas([sql`true as "tidemark.present"`, ...columns]);
  const { base, images } = view;
  const laid = images !== undefined && concerns(images, new Set(wish.columns)) ? images.table : undefined;
  const arms: Fragment[] = [];
  if (base !== undefined) {
    const covered =
      laid === undefined
        ? []
        : [
            sql`not exists (select 1 from ${table(laid.table)} as i where ${rowOfImage(dialect, laid, 'm', 'i')})`,
          ];
    const rows = marked(wish.columns.map((name) => id('m', name)));
    arms.push(
      sql`select ${rows} from ${base} as m${conditions([...limited(wish, (name) => id('m', name)), ...covered])}`,
    );
  }
  if (laid !== undefined) {
    const after = imageRows(dialect, view, 'after', wish.columns);
    const rows = marked(wish.columns.map((name) => sql`${after.value(name)} as ${id(name)}`));
    arms.push(
      sql`select ${rows} from ${after.from}${conditions([sql`i.op <> 'D'`, ...limited(wish, after.value)])}`,
    );
  }
  return arms.length === 0 ? empty(view, wish) : unionAll(arms);
};

/** Reading this relation needs more than its table: an index of the table alone does not answer it. */
export const isLaid = (view: RelationView, columns: ReadonlySet<string>): boolean =>
  view.images !== undefined && concerns(view.images, columns);
