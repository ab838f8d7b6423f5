// The rows of a `this` target that their owner changed since we last looked, by the column that tells when:
// their look-ups are to be filled.
import { commas, id, sql, table, verbatim, type Fragment } from '../sql/fragment.ts';
import { rootKeyName, rootView, type TargetWork } from './target-work.ts';

/** As for sources: a row may be committed later than it was stamped. */
const overlapMs = 15 * 60_000;

/** `column`: when a row was changed; `seen`: the highest time seen, as text. */
export interface ChangedSince {
  readonly column: string;
  readonly seen: string | undefined;
}

const typeOf = ({ target }: TargetWork, column: string): Fragment =>
  verbatim(target.tableColumns.find(({ name }) => name === column)?.type ?? 'timestamptz');

/** A row without a time may have changed at any. */
const isRecent = (work: TargetWork, { column, seen }: ChangedSince): Fragment => {
  const time = id('t', column);
  if (seen === undefined) return sql`true`;
  return sql`(${time} >= ${work.dialect.minus(sql`cast(${seen} as ${typeOf(work, column)})`, overlapMs)} or ${time} is null)`;
};

export const fillChangedRows = (work: TargetWork, since: ChangedSince): Fragment => {
  const { key } = rootView(work);
  return sql`insert into ${table(work.scratch.affected)} (${commas([...key.map((_, place) => id(rootKeyName(place))), id('cause')])})
select ${commas(key.map(({ name }) => id('t', name)))}, cast(null as bigint) from ${table(work.target.table)} as t where ${isRecent(work, since)}`;
};

/** The highest time of a row that is not stamped later than the moment, as text; never before the one we know. */
export const lastChanged = (work: TargetWork, since: ChangedSince, moment: string): Fragment => {
  const { column, seen } = since;
  const type = typeOf(work, column);
  const time = id('t', column);
  const before = sql`cast(${seen ?? null} as ${type})`;
  const now = sql`cast(cast(${moment} as timestamptz) as ${type})`;
  return sql`select cast(case when l.most is null or l.most < ${before} then ${before} else l.most end as varchar) as seen
from (select max(${time}) filter (where ${time} <= ${now}) as most from ${table(work.target.table)} as t where ${isRecent(work, since)}) as l`;
};
