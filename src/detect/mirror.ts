// Detection by comparing staging with its mirror: the SQL that fills a source's image table.
// Full: every row of both. Window: rows at or above a watermark, or with NULL there, and a key anti-join.
import { isLog, isMirrored, type MirrorSource, type Source } from '../dictionary/dictionary.ts';
import type { Dialect } from '../sql/dialect.ts';
import { renderExpression } from '../sql/expression.ts';
import { ands, commas, id, ors, sql, table, verbatim, type Fragment } from '../sql/fragment.ts';
import { afterName, imageColumns, insertImages, keyName, type ImageTable } from '../sql/images.ts';
import { keysMatch, rowOfImage } from '../sql/keys.ts';

export interface BesideMirror<S extends Source = Source> {
  readonly dialect: Dialect;
  readonly source: S;
  readonly images: ImageTable;
  /** The mirror's rows under the source's columns; none on a first run: there is nothing to compare with, every
   *  row is an insert. */
  readonly mirror?: Fragment | undefined;
}

export type Comparison = BesideMirror<MirrorSource>;

const column = (alias: string, name: string): Fragment => id(alias, name);

/** A row of staging counts: its filter is true and its deletion flag is not. */
export const alive = (source: Source): Fragment =>
  ands([
    ...(source.where === undefined ? [] : [sql`(${renderExpression(source.where)}) is true`]),
    ...(source.deleted === undefined ? [] : [sql`(${renderExpression(source.deleted)}) is not true`]),
  ]);

const columnList = (source: Source, alias: string): Fragment =>
  commas(source.columns.map((each) => column(alias, each.name)));

/** What the source itself says it did: an insert where the row was never updated; NULL where it does not say. */
const declared = (source: Source): Fragment => {
  if (isLog(source)) return sql`s."tidemark.declared"`;
  const createdAt = isMirrored(source) ? source.detect.createdAt : undefined;
  if (createdAt === undefined || source.updatedAt === undefined) return sql`null`;
  const created = column('s', createdAt);
  const updated = column('s', source.updatedAt);
  return sql`case when ${created} = ${updated} then 'I' when ${created} <> ${updated} then 'U' end`;
};

/** One row of images: its number, operation, declared operation, key, before (from `m`) and after (from `s`). */
export const imageRow = (comparison: BesideMirror, operation: Fragment, firstNumber: Fragment): Fragment => {
  const { source } = comparison;
  const mirrorExists = comparison.mirror !== undefined;
  const empty = (type: string): Fragment => sql`cast(null as ${verbatim(type)})`;
  const key = source.key.map((each) =>
    mirrorExists
      ? sql`coalesce(${column('s', each.name)}, ${column('m', each.name)})`
      : column('s', each.name),
  );
  const before = source.columns.map((each) => (mirrorExists ? column('m', each.name) : empty(each.type)));
  const after = source.columns.map((each) => column('s', each.name));
  return sql`select row_number() over () + ${firstNumber}, ${operation}, ${declared(source)}, ${commas([...key, ...before, ...after])}`;
};

export const mirrorRows = ({ source, mirror }: BesideMirror): Fragment =>
  sql`(select true as "tidemark.present", ${columnList(source, 'm')} from ${mirror ?? table(source.mirror)} as m)`;

export const stagingRows = (source: Source, filter: Fragment): Fragment =>
  sql`(select true as "tidemark.present", ${columnList(source, source.name)}
    from ${table(source.table)} as ${id(source.name)} where ${filter})`;

export const anyColumnDiffers = (dialect: Dialect, source: Source): Fragment =>
  ors(
    source.columns.map((each) => dialect.differs(column('s', each.name), column('m', each.name), each.type)),
  );

export const sameRow = (dialect: Dialect, source: Source): Fragment =>
  keysMatch(
    dialect,
    source.key,
    (name) => column('s', name),
    (name) => column('m', name),
  );

/** Where deletions are not looked for, a row that staging lacks stays; one that is there and does not count (any
 *  more) is deleted all the same: staging says so. */
const countsAsGone = ({ dialect, source }: Comparison): Fragment => {
  if (source.detect.deletes.kind !== 'never') return sql`true`;
  const here = sql`s."tidemark.present"`;
  if (source.where === undefined && source.deleted === undefined) return here;
  const match = keysMatch(
    dialect,
    source.key,
    (name) => column('g', name),
    (name) => column('m', name),
  );
  return sql`(${here} or exists (select 1 from ${table(source.table)} as g where ${match}))`;
};

/** All rows of staging against all rows of the mirror. */
export const compareAll = (comparison: Comparison): Fragment => {
  const { dialect, source, images, mirror } = comparison;
  if (mirror === undefined) {
    return insertImages(
      images,
      sql`${imageRow(comparison, sql`'I'`, sql`0`)}\nfrom ${stagingRows(source, alive(source))} as s`,
    );
  }
  const inStaging = sql`s."tidemark.present"`;
  const inMirror = sql`m."tidemark.present"`;
  const differing = anyColumnDiffers(dialect, source);
  const operation = sql`case when ${inMirror} is null then 'I' when ${inStaging} is null then 'D' else 'U' end`;
  return insertImages(
    images,
    sql`${imageRow(comparison, operation, sql`0`)}
from ${stagingRows(source, alive(source))} as s
full join ${mirrorRows(comparison)} as m on ${sameRow(dialect, source)}
where (${inMirror} is null or ${inStaging} is null or ${differing}) and ${countsAsGone(comparison)}`,
  );
};

/** Rows of staging at or above `from` (an instant as text), or without a time. A row that is there but does not
 *  count (any more) is a delete. */
export const compareWindow = (comparison: Comparison, from: Fragment): Fragment => {
  const { dialect, source, images } = comparison;
  const { watermark } = source.detect;
  if (watermark === undefined) throw new RangeError(`${source.name} has no watermark`);
  const stamp = column(source.name, watermark);
  const filtered = source.where !== undefined || source.deleted !== undefined;
  // Rows that left the filter are read too, as rows of NULLs beside the key: what the mirror has is deleted.
  const kept = source.columns.map((each) => {
    const value = column(source.name, each.name);
    const isKey = source.key.some((part) => part.name === each.name);
    return filtered && !isKey ? sql`case when ${alive(source)} then ${value} end as ${id(each.name)}` : value;
  });
  const operation = sql`case when not s."tidemark.alive" then 'D' when m."tidemark.present" is null then 'I' else 'U' end`;
  return insertImages(
    images,
    sql`${imageRow(comparison, operation, sql`0`)}
from (select ${filtered ? alive(source) : sql`true`} as "tidemark.alive", ${commas(kept)}
  from ${table(source.table)} as ${id(source.name)}
  where ${stamp} >= ${from} or ${stamp} is null) as s
left join ${mirrorRows(comparison)} as m on ${sameRow(dialect, source)}
where case when s."tidemark.alive"
  then m."tidemark.present" is null or ${anyColumnDiffers(dialect, source)}
  else m."tidemark.present" is not null end`,
  );
};

/** Keys among the images that are NULL without being declared nullable. */
export const nullKeys = (images: ImageTable, limit: number): Fragment | undefined => {
  const strict = images.key.filter((each) => !each.nullable);
  if (strict.length === 0) return undefined;
  const shown = images.key.map((each) => sql`${id('i', keyName(images, each.name))} as ${id(each.name)}`);
  const isNull = ors(strict.map((each) => sql`${id('i', keyName(images, each.name))} is null`));
  return sql`select ${commas(shown)} from ${table(images.table)} as i where ${isNull} limit ${sql.lit(limit)}`;
};

/** Keys that staging holds more than once: all of them, or among those that would be taken. */
export const duplicateKeys = (
  { dialect, source, images }: Comparison,
  among: 'all' | 'images',
  limit: number,
): Fragment => {
  const names = commas(source.key.map((each) => column('s', each.name)));
  const taken =
    among === 'all'
      ? verbatim('')
      : sql`\nwhere exists (select 1 from ${table(images.table)} as i where i.op <> 'D' and ${rowOfImage(dialect, images, 's', 'i')})`;
  return sql`select ${names}, count(*) as "tidemark.rows"
from ${stagingRows(source, alive(source))} as s${taken}
group by ${names} having count(*) > 1 limit ${sql.lit(limit)}`;
};

/** After a comparison of all rows: how many staging has, and how many the mirror will have, as two aggregates. Equal
 *  unless a key is there more than once, or the mirror keeps rows that staging no longer has. Two counts cost far
 *  less than grouping by the key. */
export const countRows = (comparison: Comparison): readonly Fragment[] => {
  const { source } = comparison;
  return [
    sql`(select count(*) from ${stagingRows(source, alive(source))} as s) as staged`,
    sql`(select count(*) from ${mirrorRows(comparison)} as m) as mirrored`,
  ];
};

export const imageTableOf = (source: Source, scratch: ImageTable['table']): ImageTable => ({
  table: scratch,
  key: source.key,
  columns: source.columns,
});

export const createImageTable = (dialect: Dialect, images: ImageTable): Fragment =>
  dialect.createScratch(images.table, imageColumns(images));

/** The highest time seen, never past the moment of the freeze and never before the old watermark: as text. */
export const nextWatermark = (
  images: ImageTable,
  stamp: { name: string; type: string },
  old: string | undefined,
  moment: string,
): Fragment => {
  const type = verbatim(stamp.type);
  const before = sql`cast(${old ?? null} as ${type})`;
  const now = sql`cast(cast(${moment} as timestamptz) as ${type})`;
  const most = sql`max(${id('i', afterName(images, stamp.name))})`;
  const seen = sql`case when ${most} > ${now} then ${now} else ${most} end`;
  return sql`cast(case when ${most} is null then ${before} when ${before} is null or ${seen} > ${before} then ${seen} else ${before} end as varchar) as watermark`;
};
