// `delete_after`: a key that staging has not for the first time is remembered, and deleted only when it has been
// missing for so long. A row that is there but does not count (`where`, `deleted`) was seen: it goes at once.
import type { Dialect, ScratchColumn } from '../sql/dialect.ts';
import { id, sql, table, type Fragment } from '../sql/fragment.ts';
import { keyName, type ImageTable } from '../sql/images.ts';
import { jsonObject } from '../sql/json.ts';
import { rowOfImage } from '../sql/keys.ts';
import type { TableName } from '../sql/table-name.ts';
import type { BesideMirror, Comparison } from './mirror.ts';

/** `known`: it was missing before. `ripe`: for long enough. */
export const absentColumns: readonly ScratchColumn[] = [
  { name: 'seq', type: 'bigint' },
  { name: 'key', type: 'varchar' },
  { name: 'known', type: 'boolean' },
  { name: 'ripe', type: 'boolean' },
];

export interface Absence {
  readonly comparison: Comparison;
  /** Scratch with the columns above. */
  readonly absent: TableName;
  /** What is remembered; none where we have no tables yet. */
  readonly missing: TableName | undefined;
  /** The moment of the freeze, as text. */
  readonly moment: string;
  readonly deleteAfterMs: number;
}

/** The key of an image as canonical JSON text. */
export const keyText = (
  dialect: Dialect,
  images: Pick<ImageTable, 'key' | 'columns'>,
  alias = 'i',
): Fragment =>
  jsonObject(
    images.key.map((column) => ({
      name: column.name,
      value: dialect.jsonValue(id(alias, keyName(images, column.name)), column.type),
    })),
  );

/** The images of deletes whose key staging does not hold at all. */
export const fillAbsent = ({ comparison, absent, missing, moment, deleteAfterMs }: Absence): Fragment => {
  const { dialect, source, images } = comparison;
  const since = dialect.minus(sql`cast(${moment} as timestamptz)`, deleteAfterMs);
  const remembered =
    missing === undefined
      ? sql`select cast(null as varchar) as key, cast(null as timestamptz) as first_missing_at where false`
      : sql`select r.key, r.first_missing_at from ${table(missing)} as r where r.source = ${source.name}`;
  return sql`insert into ${table(absent)} (seq, key, known, ripe)
select a.seq, a.key, m.key is not null, coalesce(m.first_missing_at <= ${since}, false)
from (select i.seq, ${keyText(dialect, images)} as key from ${table(images.table)} as i
  where i.op = 'D' and not exists (select 1 from ${table(source.table)} as s where ${rowOfImage(dialect, images, 's', 'i')})) as a
left join (${remembered}) as m on m.key = a.key`;
};

/** They stay in the mirror until they are ripe. */
export const dropUnripe = ({ comparison, absent }: Absence): Fragment =>
  sql`delete from ${table(comparison.images.table)} as i where exists (select 1 from ${table(absent)} as a where a.seq = i.seq and not a.ripe)`;

/** Change ids follow from the numbers of the images, which must have no gaps. */
export const renumber = ({ comparison }: { readonly comparison: Pick<BesideMirror, 'images'> }): Fragment => {
  const images = table(comparison.images.table);
  return sql`update ${images} as i set seq = n.next from (select o.seq, row_number() over () as next from ${images} as o) as n where n.seq = i.seq`;
};

/** Is there anything to remember or to forget? */
export const countAbsent = ({ comparison, absent, missing }: Absence): Fragment => {
  const forgotten =
    missing === undefined
      ? sql`0`
      : sql`(select count(*) from ${table(missing)} as m where m.source = ${comparison.source.name}
  and not exists (select 1 from ${table(absent)} as a where a.key = m.key and not a.ripe))`;
  return sql`select (select count(*) from ${table(absent)} where not known) as fresh, ${forgotten} as forgotten`;
};
