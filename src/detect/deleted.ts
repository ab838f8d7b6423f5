// Rows that are gone from staging: no time stamp tells of them, so that all keys have to be looked at. First whether
// any is gone at all, by figures over the keys of both sides; only where those differ, which.
import { commas, id, sql, table, verbatim, type Fragment } from '../sql/fragment.ts';
import { insertImages, keyName } from '../sql/images.ts';
import { keysMatch, rowOfImage } from '../sql/keys.ts';
import { alive, stagingRows, type Comparison } from './mirror.ts';

const mirrorOf = ({ source, mirror }: Comparison): Fragment => mirror ?? table(source.mirror);

/** One row, `same`: staging has exactly the keys that the mirror will have once the images are applied. By the number
 *  of rows and sums of hashes: two sets that differ agree in these with a chance of 1 in 2^64 at most. None where the
 *  engine has no cheap hash of such a key. It costs a quarter of a look for the keys themselves (137 ms instead of
 *  529 for 1 M rows on Postgres, 31 instead of 100 on DuckDB), and most runs find nothing. */
export const nothingIsGone = (comparison: Comparison): Fragment | undefined => {
  const { dialect, source, images } = comparison;
  const sums = (values: readonly Fragment[]): readonly Fragment[] | undefined =>
    dialect.keySums(
      values,
      source.key.map(({ type }) => type),
    );
  const inTable = sums(source.key.map(({ name }) => id('k', name)));
  const inImages = sums(images.key.map(({ name }) => id('i', keyName(images, name))));
  if (inTable === undefined || inImages === undefined) return undefined;
  const named = (figures: readonly Fragment[]): Fragment =>
    commas([
      sql`count(*) as n`,
      ...figures.map((figure, place) => sql`coalesce(${figure}, 0) as ${id(`s${place}`)}`),
    ]);
  const applied = commas([
    sql`count(*) filter (where i.op = 'I') - count(*) filter (where i.op = 'D') as n`,
    ...inImages.map(
      (figure, place) =>
        sql`coalesce(${figure} filter (where i.op = 'I'), 0) - coalesce(${figure} filter (where i.op = 'D'), 0) as ${id(`s${place}`)}`,
    ),
  ]);
  const equal = ['n', ...inTable.map((_, place) => `s${place}`)].map(
    (name) => sql`${id('s', name)} = ${id('m', name)} + ${id('x', name)}`,
  );
  return sql`select ${sql.join(equal, sql` and `)} as same
from (select ${named(inTable)} from ${stagingRows(source, alive(source))} as k) as s,
  (select ${named(inTable)} from ${mirrorOf(comparison)} as k) as m,
  (select ${applied} from ${table(images.table)} as i) as x`;
};

/** Keys of the mirror that staging no longer has, beside those already found. The keys alone are compared: a
 *  column store reads the other columns for the few that are gone (79 ms instead of 161 for 1 M rows). */
export const findDeleted = (comparison: Comparison): Fragment => {
  const { dialect, source, images } = comparison;
  const empty = source.columns.map((each) => sql`cast(null as ${verbatim(each.type)})`);
  const key = source.key.map((each) => id('m', each.name));
  const before = source.columns.map((each) => id('m', each.name));
  const rows = mirrorOf(comparison);
  const alike = (left: string, right: string): Fragment =>
    keysMatch(
      dialect,
      source.key,
      (name) => id(left, name),
      (name) => id(right, name),
    );
  const gone = sql`select ${commas(source.key.map((each) => id('d', each.name)))} from ${rows} as d
  where not exists (select 1 from ${stagingRows(source, alive(source))} as s where ${alike('s', 'd')})
    and not exists (select 1 from ${table(images.table)} as i where ${rowOfImage(dialect, images, 'd', 'i')})`;
  return insertImages(
    images,
    sql`select row_number() over () + (select count(*) from ${table(images.table)}), 'D', null, ${commas([...key, ...before, ...empty])}
from (${gone}) as g join ${rows} as m on ${alike('g', 'm')}`,
  );
};
