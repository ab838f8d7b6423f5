// Questions asked of a target's desired rows and images before anything is written.
import { commas, id, ors, sql, table, verbatim, type Fragment } from '../sql/fragment.ts';
import { afterName, keyName, type ImageTable } from '../sql/images.ts';
import { rootRows } from './desired/root.ts';
import { joined } from './desired/joins.ts';
import { imageShapeOf, rootKeyName, rootView, type TargetWork } from './target-work.ts';

const keyColumns = (work: TargetWork): readonly Fragment[] => {
  const shape = imageShapeOf(work.target);
  return work.target.key.map((column) => id('d', keyName(shape, column.name)));
};

const shownKey = (work: TargetWork): Fragment =>
  commas(
    work.target.key.map(
      (column, place) => sql`${keyColumns(work)[place] ?? sql`null`} as ${id(column.name)}`,
    ),
  );

/** Desired rows without a key. */
export const nullTargetKeys = (work: TargetWork, limit: number): Fragment | undefined => {
  const strict = work.target.key.flatMap((column, place) =>
    column.nullable ? [] : [keyColumns(work)[place]],
  );
  const nulls = strict.flatMap((column) => (column === undefined ? [] : [sql`${column} is null`]));
  if (nulls.length === 0) return undefined;
  const root = rootView(work).key.map(
    (column, place) => sql`${id('d', rootKeyName(place))} as ${id(`root ${column.name}`)}`,
  );
  return sql`select ${commas([shownKey(work), ...root])} from ${table(work.scratch.desired)} as d where ${ors(nulls)} limit ${sql.lit(limit)}`;
};

/** Keys that more than one desired row claims. */
export const duplicateTargetKeys = (work: TargetWork, limit: number): Fragment => {
  const keys = commas(keyColumns(work));
  return sql`select ${shownKey(work)}, count(*) as "tidemark.rows"
from ${table(work.scratch.desired)} as d group by ${keys} having count(*) > 1 limit ${sql.lit(limit)}`;
};

/** Grain rows that the first `count` look-ups turn into more than one row. */
export const multipliedBy = (work: TargetWork, count: number, limit: number): Fragment => {
  const { root, joins } = work.target;
  const key = commas(rootView(work).key.map((column) => id(root.alias, column.name)));
  return sql`select ${key}, count(*) as "tidemark.rows"
from ${joined(work, rootRows(work), joins.slice(0, count), 'left only')} group by ${key} having count(*) > 1 limit ${sql.lit(limit)}`;
};

/** Keys that the target's own table holds more than once. */
export const duplicateImages = (images: ImageTable, limit: number): Fragment => {
  const keys = images.key.map((column) => id('i', keyName(images, column.name)));
  const shown = images.key.map(
    (column, place) => sql`${keys[place] ?? verbatim('null')} as ${id(column.name)}`,
  );
  return sql`select ${commas(shown)}, count(*) as "tidemark.rows" from ${table(images.table)} as i group by ${commas(keys)} having count(*) > 1 limit ${sql.lit(limit)}`;
};

/** Rows that would put NULL into a column that does not take it. */
export const nullValues = (work: TargetWork, limit: number): Fragment | undefined => {
  const { images } = work.scratch;
  const strict = work.target.columns.filter((column) => !column.nullable);
  if (strict.length === 0) return undefined;
  const isNull = strict.map((column) => sql`${id('i', afterName(images, column.name))} is null`);
  const first = sql`case ${sql.join(
    strict.map((column, place) => sql`when ${isNull[place] ?? sql`false`} then ${sql.lit(column.name)}`),
    sql` `,
  )} end`;
  const keys = images.key.map(
    (column) => sql`${id('i', keyName(images, column.name))} as ${id(column.name)}`,
  );
  return sql`select ${commas([...keys, sql`${first} as "tidemark.column"`])} from ${table(images.table)} as i where i.op <> 'D' and ${ors(isNull)} limit ${sql.lit(limit)}`;
};
