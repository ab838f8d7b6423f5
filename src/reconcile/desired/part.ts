// A target compared in parts: the rows whose key lies in a range, of the root and of the target's own table. The rest
// of the work is that of affected keys.
import { ands, commas, id, ors, sql, table, verbatim, type Fragment } from '../../sql/fragment.ts';
import { afterName, beforeName, keyName } from '../../sql/images.ts';
import type { ScratchColumn } from '../../sql/dialect.ts';
import { overlay } from '../overlay.ts';
import { imageShapeOf, rootKeyName, rootView, type KeyRange, type TargetWork } from '../target-work.ts';
import { rootColumns } from './joins.ts';
import { keyExpression, keyValues, rootRows } from './root.ts';

const bound = ({ dialect, target }: TargetWork, values: readonly string[]): readonly Fragment[] =>
  target.key.map(({ type }, place) =>
    dialect.fromJsonText(sql`cast(${values[place] ?? null} as varchar)`, type),
  );

const isAfter = (key: readonly Fragment[], than: readonly Fragment[]): Fragment =>
  ors(
    key.map((value, place) =>
      ands([
        ...key.slice(0, place).map((part, before) => sql`${part} = ${than[before] ?? sql`null`}`),
        sql`${value} > ${than[place] ?? sql`null`}`,
      ]),
    ),
  );

/** Keys that are none, NULL or not to be evaluated, are looked at with the first part. */
const inRange = (work: TargetWork, key: readonly Fragment[], { from, to }: KeyRange): Fragment => {
  const ends = [
    ...(from === undefined ? [] : [sql`(${isAfter(key, bound(work, from))})`]),
    ...(to === undefined ? [] : [sql`not (${isAfter(key, bound(work, to))})`]),
  ];
  return sql`(${ands(ends)}) ${verbatim(from === undefined ? 'is not false' : 'is true')}`;
};

/** Rows of the root that stand for keys of the range. */
export const fillPart = (work: TargetWork, range: KeyRange): Fragment => {
  const { alias } = work.target.root;
  const view = rootView(work);
  const names = [...view.key.map((_, place) => id(rootKeyName(place))), id('cause')];
  const keys = view.key.map((column) => id(alias, column.name));
  const rows = overlay(work.dialect, view, { columns: rootColumns(work) });
  return sql`insert into ${table(work.scratch.affected)} (${commas(names)})
select ${commas([...keys, sql`cast(null as bigint)`])} from (${rows}) as ${id(alias)} where ${inRange(work, keyValues(work), range)}`;
};

/** Rows of the target in the range: there may be no row of the root for them. */
export const fillPartKeys = (work: TargetWork, range: KeyRange): Fragment => {
  const { target, scratch } = work;
  const shape = imageShapeOf(target);
  const names = target.key.map(({ name }) => id(keyName(shape, name)));
  const key = target.key.map(({ name }) => id('t', name));
  return sql`insert into ${table(scratch.keys)} (${commas(names)})
select ${commas(key)} from ${table(target.table)} as t where ${inRange(work, key, range)}`;
};

export const boundName = (place: number): string => `b${place}`;

/** The last key of every part but the last one, in order. */
export const readBounds = (work: TargetWork, size: number): Fragment => {
  const { dialect, target } = work;
  const named = (values: readonly Fragment[]): Fragment =>
    commas(values.map((value, place) => sql`${value} as ${id(`k${place}`)}`));
  const own = sql`select ${named(target.key.map(({ name }) => id('t', name)))} from ${table(target.table)} as t`;
  const roots = sql`select ${named(
    target.key.map(({ name, type }) => sql`cast(${keyExpression(work, name)} as ${verbatim(type)})`),
  )} from (${rootRows({ ...work, scope: 'all' })}) as ${id(target.root.alias)}`;
  const keys = target.root.kind === 'this' ? own : sql`${own} union ${roots}`;
  const order = commas(target.key.map((_, place) => id('u', `k${place}`)));
  const there = ands(target.key.map((_, place) => sql`${id('u', `k${place}`)} is not null`));
  const texts = target.key.map(
    ({ type }, place) => sql`${dialect.jsonValue(id('n', `k${place}`), type)} as ${id(boundName(place))}`,
  );
  return sql`select ${commas(texts)}
from (select u.*, row_number() over (order by ${order}) as place, count(*) over () as total from (${keys}) as u where ${there}) as n
where n.place % ${sql.lit(size)} = 0 and n.place < n.total order by n.place`;
};

/** Leaves of the images what the batch's own changes reach, and of the others only these columns of rows that are
 *  there. */
export const narrowImages = (work: TargetWork, columns: readonly string[]): readonly Fragment[] => {
  const { dialect, scratch, target } = work;
  const { images } = scratch;
  const rootKey = rootView(work).key;
  const ofRoot = ands(
    rootKey.map(({ nullable }, place) =>
      dialect.sameKey(id('k', rootKeyName(place)), id('r', rootKeyName(place)), nullable),
    ),
  );
  const ofImage = ands(
    target.key.map(({ name, nullable }) =>
      dialect.sameKey(id('k', keyName(images, name)), id('i', keyName(images, name)), nullable),
    ),
  );
  const besides = sql`not exists (select 1 from ${table(scratch.keys)} as k join ${table(scratch.reached)} as r on ${ofRoot} where ${ofImage})`;
  const others = images.columns.filter(({ name }) => !columns.includes(name));
  const kept = others.map(
    ({ name }) => sql`${id(afterName(images, name))} = ${id('i', beforeName(images, name))}`,
  );
  const differing = images.columns.map(({ name, type }) =>
    dialect.differs(id('i', beforeName(images, name)), id('i', afterName(images, name)), type),
  );
  return [
    sql`delete from ${table(images.table)} as i where i.op <> 'U' and ${besides}`,
    ...(kept.length === 0
      ? []
      : [sql`update ${table(images.table)} as i set ${commas(kept)} where ${besides}`]),
    sql`delete from ${table(images.table)} as i where i.op = 'U' and not (${ors(differing)})`,
  ];
};

/** For the keys of the root that the batch's own changes reach. */
export const reachedColumns = (work: TargetWork): readonly ScratchColumn[] =>
  rootView(work).key.map((column, place) => ({ name: rootKeyName(place), type: column.type }));

export const fillReached = (work: TargetWork): Fragment => {
  const names = commas(rootView(work).key.map((_, place) => id(rootKeyName(place))));
  return sql`insert into ${table(work.scratch.reached)} (${names}) select distinct ${names} from ${table(work.scratch.affected)}`;
};
