// Images of a target that no change of what it reads explains: their rows were written by somebody else.
import { id, sql, table, type Fragment } from '../sql/fragment.ts';
import { keyName } from '../sql/images.ts';
import { keysMatch } from '../sql/keys.ts';
import type { TargetWork } from './target-work.ts';

/** `reached`: the keys that changes reach are in scratch; otherwise there are none. */
export const countUnexplained = ({ dialect, scratch }: TargetWork, reached: boolean): Fragment => {
  const { images, keys } = scratch;
  const all = sql`select count(*) as n from ${table(images.table)} as i`;
  if (!reached) return all;
  const match = keysMatch(
    dialect,
    images.key,
    (name) => id('k', keyName(images, name)),
    (name) => id('i', keyName(images, name)),
  );
  return sql`${all} where not exists (select 1 from ${table(keys)} as k where ${match})`;
};
