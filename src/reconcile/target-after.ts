// A target with all its columns as it will be after the batch, as a query: what the user's checks are asked of.
import { newValueOf } from '../dictionary/defaults.ts';
import type { TouchColumn } from '../dictionary/dictionary.ts';
import type { Column } from '../sql/dialect.ts';
import { commas, id, sql, table, unionAll, verbatim, type Fragment } from '../sql/fragment.ts';
import { afterName } from '../sql/images.ts';
import { rowOfImage } from '../sql/keys.ts';
import { valueInNewRow } from './image-rows.ts';
import type { TargetWork } from './target-work.ts';

const touched = ({ dialect }: TargetWork, { type, value }: TouchColumn): Fragment => {
  if (value === 'now') return sql`cast(${dialect.clock()} as ${verbatim(type)})`;
  const { constant } = value;
  return sql`cast(${constant === null ? null : String(constant)} as ${verbatim(type)})`;
};

/** A moment is none that a check can hold against the row; whichever will do. */
const filledIn = (column: Column): Fragment => {
  const value = newValueOf(column);
  return value.kind === 'moment'
    ? sql`cast(${verbatim(value.sql)} as ${verbatim(column.type)})`
    : valueInNewRow(column);
};

const withImages = (work: TargetWork): Fragment => {
  const { dialect, target, scratch } = work;
  const { images } = scratch;
  const carried = new Set(images.columns.map(({ name }) => name));
  const touches = new Map(target.touch.map((touch) => [touch.name, touched(work, touch)]));
  const written = (name: string): Fragment | undefined =>
    carried.has(name) ? id('i', afterName(images, name)) : touches.get(name);
  const laid = target.tableColumns.map(({ name }) => {
    const after = written(name);
    return after === undefined
      ? id('t', name)
      : sql`case when i.op = 'U' then ${after} else ${id('t', name)} end as ${id(name)}`;
  });
  const inserted = target.tableColumns.map(
    (column) => sql`${written(column.name) ?? filledIn(column)} as ${id(column.name)}`,
  );
  const added = sql`select ${commas(inserted)} from ${table(images.table)} as i where i.op = 'I'`;
  if (!target.exists) return added;
  return unionAll([
    sql`select ${commas(laid)} from ${table(target.table)} as t left join ${table(images.table)} as i on ${rowOfImage(dialect, images, 't', 'i')} where i.op is distinct from 'D'`,
    added,
  ]);
};

/** Without images: as it is. */
export const targetAfter = (work: TargetWork, changed: boolean): Fragment => {
  const { target } = work;
  if (changed) return withImages(work);
  if (target.exists) return sql`select * from ${table(target.table)}`;
  const nulls = target.tableColumns.map(
    ({ name, type }) => sql`cast(null as ${verbatim(type)}) as ${id(name)}`,
  );
  return sql`select ${commas(nulls)} where false`;
};

export interface Asked {
  readonly after: Fragment;
  /** Under which the check reads it. */
  readonly name: string;
  readonly sql: string;
}

/** The text may end in a comment or a semicolon. */
export const checkRows = ({ after, name, sql: text }: Asked, limit: number): Fragment =>
  sql`with ${id(name)} as (${after})\nselect * from (${verbatim(text.trim().replace(/;+$/, ''))}\n) as bad limit ${sql.lit(limit)}`;
