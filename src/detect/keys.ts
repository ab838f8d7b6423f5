// Detection of named keys alone: their rows in staging against their rows in the mirror.
import { commas, id, sql, table, verbatim, type Fragment } from '../sql/fragment.ts';
import { insertImages } from '../sql/images.ts';
import { keysMatch } from '../sql/keys.ts';
import type { TableName } from '../sql/table-name.ts';
import type { KeyColumn } from '../sql/dialect.ts';
import { alive, anyColumnDiffers, imageRow, mirrorRows, stagingRows, type Comparison } from './mirror.ts';

export type KeyText = string | null;

/** Keys as their text: the engine reads them as the type of their column. */
export const insertKeys = (
  into: TableName,
  key: readonly KeyColumn[],
  rows: readonly (readonly KeyText[])[],
): Fragment => {
  const values = rows.map((row) => {
    const cells = key.map(
      (column, place) => sql`cast(cast(${row[place] ?? null} as varchar) as ${verbatim(column.type)})`,
    );
    return sql`(${commas(cells)})`;
  });
  return sql`insert into ${table(into)} (${commas(key.map((column) => id(column.name)))}) values ${commas(values)}`;
};

/** A named key that staging no longer has is a delete, unless the source never deletes. */
export const compareKeys = (comparison: Comparison, keys: TableName): Fragment => {
  const { dialect, source, images } = comparison;
  const wanted = (alias: string): Fragment =>
    keysMatch(
      dialect,
      source.key,
      (name) => id('w', name),
      (name) => id(alias, name),
    );
  const inStaging = sql`s."tidemark.present"`;
  const inMirror = sql`m."tidemark.present"`;
  const operation = sql`case when ${inMirror} is null then 'I' when ${inStaging} is null then 'D' else 'U' end`;
  const gone = source.detect.deletes.kind === 'never' ? sql`false` : sql`${inMirror}`;
  return insertImages(
    images,
    sql`${imageRow(comparison, operation, sql`0`)}
from (select distinct ${commas(source.key.map(({ name }) => id('k', name)))} from ${table(keys)} as k) as w
left join ${stagingRows(source, alive(source))} as s on ${wanted('s')}
left join ${mirrorRows(comparison)} as m on ${wanted('m')}
where case when ${inStaging} then ${inMirror} is null or ${anyColumnDiffers(dialect, source)} else ${gone} end`,
  );
};
