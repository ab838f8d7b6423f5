// A part of a relation's rows, chosen by a hash of the key: the same rows each time, about so many percent of them.
import type { RelationView } from '../../reconcile/relation-view.ts';
import { id, sql, verbatim, type Fragment } from '../../sql/fragment.ts';

const digits = 6;

/** The hash as hexadecimal text is uniform: its first digits lie below the share. */
const below = (percent: number): string =>
  Math.min(16 ** digits - 1, Math.round((percent / 100) * 16 ** digits))
    .toString(16)
    .padStart(digits, '0');

export const sampled = (view: RelationView, percent: number): RelationView => {
  if (view.base === undefined) return view;
  const parts = view.key.map(({ name }) => sql`coalesce(cast(${id('t', name)} as varchar), '')`);
  const key: Fragment = sql.join(parts, verbatim(" || '|' || "));
  const share = sql`substr(md5(${key}), 1, ${sql.lit(digits)}) < ${sql.lit(below(percent))}`;
  return { ...view, base: sql`(select * from ${view.base} as t where ${share})` };
};
