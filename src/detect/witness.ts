// What a comparison in full found that the next run would not: its window passes over it.
import type { MirrorSource } from '../dictionary/dictionary.ts';
import { id, sql, table, type Fragment } from '../sql/fragment.ts';
import { afterName, keyName, type ImageTable } from '../sql/images.ts';
import { keysMatch } from '../sql/keys.ts';
import type { TableName } from '../sql/table-name.ts';
import type { BesideMirror } from './mirror.ts';
import { keyText } from './missing.ts';

interface Unseen {
  readonly comparison: BesideMirror<MirrorSource>;
  readonly watermark: string;
  /** Where rows were released: they are read whatever their time. */
  readonly released: TableName | undefined;
}

/** An aggregate over the images: rows whose time lies below the window. Deletions are found by their check. */
export const countUnseen = (
  { comparison: { dialect, source, images }, watermark, released }: Unseen,
  from: Fragment,
): Fragment => {
  const stamp = id('i', afterName(images, watermark));
  const others =
    released === undefined
      ? sql``
      : sql` and ${keyText(dialect, images)} not in (select h.key from ${table(released)} as h where h.source = ${source.name} and h.queued)`;
  return sql`count(*) filter (where i.op <> 'D' and ${stamp} < ${from}${others}) as unseen`;
};

/** Images of the whole whose key is not among those of the next run. */
export const countMissedBy = ({ dialect, images }: BesideMirror, next: ImageTable): Fragment => {
  const match = keysMatch(
    dialect,
    images.key,
    (name) => id('i', keyName(images, name)),
    (name) => id('n', keyName(next, name)),
  );
  return sql`select count(*) as missed from ${table(images.table)} as i where not exists (select 1 from ${table(next.table)} as n where ${match})`;
};
