// The rules of I9 over the whole table of a history, whoever wrote it: counted, key by key, from the table alone.
import { ands, commas, id, ors, sql, table, verbatim, type Fragment } from '../../sql/fragment.ts';
import { afterName, keyName } from '../../sql/images.ts';
import { imageShapeOf } from '../target-work.ts';
import { entityKey, neededColumn, roleColumn, type HistoryWork } from './history-work.ts';

/** Versions that break a rule, by rule. */
export interface HistoryFaults {
  /** It ends after the next one of its key begins. */
  readonly overlaps: number;
  /** It ends before the next one begins, and no deletion explains it. */
  readonly gaps: number;
  /** It has no end, and neither has another one of its key. */
  readonly currents: number;
  /** Its current flag says something else than its end. */
  readonly flags: number;
  /** It ends before it begins, or has no beginning. */
  readonly reversed: number;
}

export type HistoryFaultsRow = Readonly<Record<keyof HistoryFaults, string>>;

/** A gap is one of the timeline where the versions that should be there end in the same way. */
const isExplained = (history: HistoryWork, ends: Fragment): Fragment => {
  const { work } = history;
  const shape = imageShapeOf(work.target);
  const to = neededColumn(history.history, 'valid_to');
  const same = work.target.key.map(({ name, nullable }) =>
    work.dialect.sameKey(id('d', keyName(shape, name)), id('v', name), nullable),
  );
  return sql`exists (select 1 from ${table(work.scratch.desired)} as d where ${ands(same)} and ${id('d', afterName(shape, to.name))} is not distinct from ${ends})`;
};

/** One row. The versions that should be there are in scratch by then. */
export const historyFaults = (history: HistoryWork): Fragment => {
  const { work } = history;
  const { validToCurrent } = history.history;
  const from = neededColumn(history.history, 'valid_from');
  const to = neededColumn(history.history, 'valid_to');
  const current = roleColumn(history.history, 'is_current');
  const shownEnd = id('t', to.name);
  const end =
    validToCurrent === undefined
      ? shownEnd
      : sql`nullif(${shownEnd}, cast(${validToCurrent} as ${verbatim(to.type)}))`;
  const keys = work.target.key.map(({ name }) => id('t', name));
  const entity = commas(entityKey(work).map(({ name }) => id('t', name)));
  const order = sql`partition by ${entity} order by ${id('t', from.name)}`;
  const versions = sql`select ${commas([
    ...keys,
    sql`${shownEnd} as x_shown`,
    sql`${id('t', from.name)} as x_start`,
    sql`cast(${end} as ${verbatim(from.type)}) as x_end`,
    sql`lead(${id('t', from.name)}) over (${order}) as x_next`,
    sql`count(*) filter (where ${end} is null) over (partition by ${entity}) as x_open`,
    current === undefined ? sql`(${end} is null) as x_flag` : sql`${id('t', current.name)} as x_flag`,
  ])} from ${table(work.target.table)} as t`;
  const counted = (name: string, rule: Fragment): Fragment =>
    sql`count(*) filter (where ${rule}) as ${id(name)}`;
  const gap = sql`v.x_end < v.x_next`;
  return sql`select ${commas([
    counted('overlaps', ors([sql`v.x_next < v.x_end`, sql`(v.x_end is null and v.x_next is not null)`])),
    counted('gaps', sql`v.x_gap`),
    counted('currents', sql`v.x_end is null and v.x_open > 1`),
    counted('flags', sql`v.x_flag is distinct from (v.x_end is null)`),
    counted('reversed', ors([sql`v.x_end <= v.x_start`, sql`v.x_start is null`])),
  ])} from (select v.*, case when ${gap} then not ${isExplained(history, id('v', 'x_shown'))} else false end as x_gap
from (${versions}) as v) as v`;
};
