// Desired rows against the table, NULL-safe, column by column: the target's images.
import type { MappedColumn } from '../dictionary/dictionary.ts';
import { commas, id, ors, sql, table, verbatim, type Fragment } from '../sql/fragment.ts';
import { afterName, guardName, insertImages, keyName } from '../sql/images.ts';
import { keysMatch } from '../sql/keys.ts';
import { currentColumns } from './current-rows.ts';
import { desiredColumns } from './desired/desired.ts';
import { keptWhenMissing } from './desired/kept.ts';
import { nearlySame } from './near.ts';
import { imageShapeOf, keepName, type TargetWork } from './target-work.ts';

interface Sides {
  readonly inDesired: Fragment;
  readonly inTable: Fragment;
}

const sides: Sides = {
  inDesired: sql`d."tidemark.present" is not null`,
  inTable: sql`t."tidemark.present" is not null`,
};

const literal = (value: string | number | boolean | null, type: string): Fragment =>
  sql`cast(${value === null || typeof value === 'string' ? value : String(value)} as ${verbatim(type)})`;

/** What a mapped column holds while its row is there. A float that differs from what the table has by the order of
 *  its addends only stays as it is. */
const presentValue = (work: TargetWork, column: MappedColumn, place: number): Fragment => {
  const current = id('t', column.name);
  const desired = id('d', afterName(imageShapeOf(work.target), column.name));
  const near = nearlySame(work, column, current, desired);
  const value = near === undefined ? desired : sql`case when ${near} then ${current} else ${desired} end`;
  return keptWhenMissing(work, column).length === 0
    ? value
    : sql`case when ${id('d', keepName(place))} then ${current} else ${value} end`;
};

/** What each image column will hold: the desired value, the kept one, or what a deletion sets. */
const afterValues = (work: TargetWork): readonly Fragment[] => {
  const { target } = work;
  const shape = imageShapeOf(target);
  return shape.columns.map((column) => {
    const current = id('t', column.name);
    const place = target.columns.findIndex((each) => each.name === column.name);
    const mapped = target.columns[place];
    const present =
      mapped === undefined ? id('d', afterName(shape, column.name)) : presentValue(work, mapped, place);
    if (target.onDelete.kind !== 'set') return present;
    const set = target.onDelete.values[column.name];
    const gone = set === undefined ? current : literal(set, column.type);
    return sql`case when ${sides.inDesired} then ${present} else ${gone} end`;
  });
};

/** Rows that a rule leaves alone are no differences. */
const counted = ({ target }: TargetWork): Fragment => {
  const rows = target.rows === 'update-only' ? sides.inTable : sql`(${sides.inDesired} or ${sides.inTable})`;
  const leavesGoneRows =
    target.onDelete.kind === 'keep' || (target.onDelete.kind === 'delete' && target.rows === 'update-only');
  return leavesGoneRows ? sql`${rows} and ${sides.inDesired}` : rows;
};

const operation = (work: TargetWork): Fragment =>
  work.target.onDelete.kind === 'set'
    ? sql`case when ${sides.inTable} then 'U' else 'I' end`
    : sql`case when t."tidemark.present" is null then 'I' when d."tidemark.present" is null then 'D' else 'U' end`;

/** Fills the target's image table from its desired rows. */
export const fillImages = (work: TargetWork): Fragment => {
  const { dialect, target, scratch } = work;
  const shape = imageShapeOf(target);
  const after = afterValues(work);
  const deletes = target.onDelete.kind === 'delete' && target.rows === 'manage';
  const nothing = (type: string): Fragment => sql`cast(null as ${verbatim(type)})`;
  const afterOrGone = shape.columns.map((column, place) => {
    const value = after[place] ?? nothing(column.type);
    return deletes ? sql`case when ${sides.inDesired} then ${value} end` : value;
  });
  const differing = shape.columns.map((column, place) =>
    dialect.differs(id('t', column.name), after[place] ?? nothing(column.type), column.type),
  );
  const key = shape.key.map((column) =>
    work.scope === 'all'
      ? sql`coalesce(${id('d', keyName(shape, column.name))}, ${id('t', column.name)})`
      : id('k', keyName(shape, column.name)),
  );
  const before = shape.columns.map((column) => id('t', column.name));
  const { guards = [] } = scratch.images;
  const read = guards.map(({ name }) => id('d', guardName(scratch.images, name)));
  const isNew = sql`t."tidemark.present" is null`;
  const changed =
    target.onDelete.kind === 'set'
      ? [isNew, ...differing]
      : [isNew, sql`d."tidemark.present" is null`, ...differing];
  return insertImages(
    scratch.images,
    sql`select row_number() over (), ${operation(work)}, null, ${commas([...key, ...before, ...afterOrGone, ...read])}
from ${rowPairs(work)}
where ${counted(work)} and ${ors(changed)}`,
  );
};

const currentRows = (work: TargetWork): Fragment => {
  const { target, scratch } = work;
  const columns = currentColumns(work);
  if (!target.exists) {
    const nulls = columns.map((column) => sql`cast(null as ${verbatim(column.type)}) as ${id(column.name)}`);
    return sql`(select ${commas([sql`true as "tidemark.present"`, ...nulls])} where false) as t`;
  }
  const from = work.scope === 'all' ? target.table : scratch.current;
  const { within } = work;
  const limited = within === undefined ? sql`` : sql` where ${within((name) => id('c', name))}`;
  return sql`(select true as "tidemark.present", ${commas(columns.map(({ name }) => id('c', name)))} from ${table(from)} as c${limited}) as t`;
};

const rowPairs = (work: TargetWork): Fragment => {
  const { dialect, target, scratch } = work;
  const shape = imageShapeOf(target);
  const desired = sql`(select true as "tidemark.present", ${commas(
    desiredColumns(work).map((column) => id('w', column.name)),
  )} from ${table(scratch.desired)} as w) as d`;
  const current = currentRows(work);
  const desiredKey = (name: string): Fragment => id('d', keyName(shape, name));
  const currentKey = (name: string): Fragment => id('t', name);
  if (work.scope === 'all') {
    return sql`${desired} full join ${current} on ${keysMatch(dialect, target.key, desiredKey, currentKey)}`;
  }
  const keyNames = target.key.map((column) => id(keyName(shape, column.name)));
  const key = (name: string): Fragment => id('k', keyName(shape, name));
  return sql`(select distinct ${commas(keyNames)} from ${table(scratch.keys)}) as k
left join ${desired} on ${keysMatch(dialect, target.key, desiredKey, key)}
left join ${current} on ${keysMatch(dialect, target.key, currentKey, key)}`;
};
