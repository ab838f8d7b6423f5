// Questions asked of a target's desired rows and images before anything is written.
import type { Join } from '../dictionary/dictionary.ts';
import { manyOn } from '../dictionary/many-joins.ts';
import { pathToRoot } from '../graph/reads.ts';
import { ands, commas, id, ors, sql, table, verbatim, type Fragment } from '../sql/fragment.ts';
import type { KeyColumn } from '../sql/dialect.ts';
import { afterName, keyName, type ImageTable } from '../sql/images.ts';
import type { TableName } from '../sql/table-name.ts';
import { isGrouped } from './desired/aggregate.ts';
import { keyExpression, rootRows } from './desired/root.ts';
import { joined } from './desired/joins.ts';
import { imageShapeOf, rootKeyName, rootView, viewOf, type TargetWork, type Within } from './target-work.ts';

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
  const root = (isGrouped(work) ? [] : rootView(work).key).map(
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

/** The rows of the root whose key is NULL: of a group, which has none to itself. */
export const rowsWithoutKey = (work: TargetWork, limit: number): Fragment => {
  const { key, root } = work.target;
  const strict = key.filter((column) => !column.nullable);
  const nulls = strict.map((column) => sql`${keyExpression(work, column.name)} is null`);
  const shown = rootView(work).key.map((column) => id(root.alias, column.name));
  return sql`select ${commas(shown)} from (${rootRows(work)}) as ${id(root.alias)} where ${ors(nulls)} limit ${sql.lit(limit)}`;
};

const rowsPerRoot = (work: TargetWork, joins: readonly Join[]): Fragment => {
  const { root } = work.target;
  const key = rootView(work).key.map((column) => id(root.alias, column.name));
  const named = key.map((value, place) => sql`${value} as ${id(rootKeyName(place))}`);
  return sql`select ${commas([...named, sql`count(*) as "tidemark.rows"`])}
from ${joined(work, rootRows(work), joins, 'left only')} group by ${commas(key)}`;
};

/** Rows of the root that are there more than once. */
export const repeatedRootRows = (work: TargetWork, limit: number): Fragment => {
  const shown = rootView(work).key.map(
    (column, place) => sql`${id('o', rootKeyName(place))} as ${id(column.name)}`,
  );
  return sql`select ${commas(shown)} from (${rowsPerRoot(work, [])}) as o where o."tidemark.rows" > 1 limit ${sql.lit(limit)}`;
};

/** Rows of the root of which a look-up makes more rows than there are without it. */
export const multipliedBy = (work: TargetWork, join: Join, limit: number): Fragment => {
  const way = pathToRoot(work.target, join.alias);
  const { key } = rootView(work);
  const match = key.map((column, place) =>
    work.dialect.sameKey(id('w', rootKeyName(place)), id('o', rootKeyName(place)), column.nullable),
  );
  const shown = key.map((column, place) => sql`${id('w', rootKeyName(place))} as ${id(column.name)}`);
  return sql`select ${commas(shown)} from (${rowsPerRoot(work, way)}) as w
join (${rowsPerRoot(work, way.slice(0, -1))}) as o on ${ands(match)}
where w."tidemark.rows" > o."tidemark.rows" limit ${sql.lit(limit)}`;
};

/** The condition names the whole key of the look-up: it finds one row at most. */
const isSingle = (work: TargetWork, join: Join): boolean =>
  viewOf(work, join.alias).key.every((part) => join.equalities.some(({ own }) => own === part.name));

/** Look-ups whose further matches would go unseen: they multiply what an aggregate takes in. */
export const unseenLookUps = (work: TargetWork): readonly Join[] => {
  const { joins, form } = work.target;
  if (form.kind !== 'aggregate') return [];
  return joins.filter(
    (join) =>
      !join.many && !isSingle(work, join) && (form.per === 'key' || manyOn(joins, [join.alias]).size > 0),
  );
};

/** Keys that the target's own table holds more than once. */
export const duplicateImages = (images: ImageTable, limit: number): Fragment => {
  const keys = images.key.map((column) => id('i', keyName(images, column.name)));
  const shown = images.key.map(
    (column, place) => sql`${keys[place] ?? verbatim('null')} as ${id(column.name)}`,
  );
  return sql`select ${commas(shown)}, count(*) as "tidemark.rows" from ${table(images.table)} as i group by ${commas(keys)} having count(*) > 1 limit ${sql.lit(limit)}`;
};

/** Keys that a table holds more than once. */
export const repeatedKeys = (
  of: TableName,
  key: readonly KeyColumn[],
  limit: number,
  within?: Within,
): Fragment => {
  const names = commas(key.map(({ name }) => id('t', name)));
  const where = within === undefined ? sql`` : sql` where ${within((name) => id('t', name))}`;
  return sql`select ${names}, count(*) as "tidemark.rows" from ${table(of)} as t${where} group by ${names} having count(*) > 1 limit ${sql.lit(limit)}`;
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
