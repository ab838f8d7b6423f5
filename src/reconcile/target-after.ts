// A target with all its columns as it will be after the batch, as a query: what the user's checks are asked of.
import { commas, id, sql, table, unionAll, verbatim, type Fragment } from '../sql/fragment.ts';
import { afterName } from '../sql/images.ts';
import { rowOfImage } from '../sql/keys.ts';
import type { TargetWork } from './target-work.ts';

const withImages = (work: TargetWork): Fragment => {
  const { dialect, target, scratch } = work;
  const { images } = scratch;
  const carried = new Set(images.columns.map(({ name }) => name));
  const after = (name: string): Fragment => id('i', afterName(images, name));
  const laid = target.tableColumns.map(({ name }) =>
    carried.has(name)
      ? sql`case when i.op = 'U' then ${after(name)} else ${id('t', name)} end as ${id(name)}`
      : id('t', name),
  );
  // Columns that are not ours are filled by the table's defaults, which a query does not know.
  const inserted = target.tableColumns.map(({ name, type }) =>
    carried.has(name)
      ? sql`${after(name)} as ${id(name)}`
      : sql`cast(null as ${verbatim(type)}) as ${id(name)}`,
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
