// Rows of a log whose change somebody undid: its events are still there, and are not taken over again when they are
// read once more. Whatever else the log tells of such a row ends the hold.
import { id, sql, table, type Fragment } from '../../sql/fragment.ts';
import { afterName } from '../../sql/images.ts';
import type { TableName } from '../../sql/table-name.ts';
import { sameAsHeld } from '../holds.ts';
import { keyText } from '../missing.ts';
import type { Folding } from './fold-images.ts';

const told = ({ dialect, events, kept }: Folding, key: Fragment): Fragment =>
  sql`exists (select 1 from ${table(kept)} as s where s.op <> 'T' and ${keyText(dialect, events, 's')} = ${key})`;

/** Images of held keys of which nothing new was read; `kept` holds none of those that are as they were. */
export const dropHeldKeys = (folding: Folding, holds: TableName): Fragment => {
  const { dialect, images, source } = folding;
  const key = keyText(dialect, images);
  return sql`delete from ${table(images.table)} as i where exists (select 1 from ${table(holds)} as h
  where h.source = ${source.name} and h.key = ${key}) and not ${told(folding, key)}`;
};

export const endTold = (folding: Folding, holds: TableName, ended: TableName): Fragment =>
  sql`insert into ${table(ended)} (key) select h.key from ${table(holds)} as h
where h.source = ${folding.source.name} and ${told(folding, sql`h.key`)}`;

/** Of a log that is read as if for the first time: held rows that it tells otherwise. */
export const endContradicted = (folding: Folding, holds: TableName, ended: TableName): Fragment => {
  const { dialect, images, source } = folding;
  const same = sameAsHeld({ comparison: folding, holds }, sql`(i.op is not null and i.op <> 'D')`, (name) =>
    id('i', afterName(images, name)),
  );
  return sql`insert into ${table(ended)} (key) select h.key from ${table(holds)} as h
left join ${table(images.table)} as i on ${keyText(dialect, images)} = h.key where h.source = ${source.name} and not ${same}`;
};
