// What must hold of every timeline (I9), asked of the versions as they should be; and, where the user wants it, that
// no row's clock runs backwards.
import { commas, id, ors, sql, table, verbatim, type Fragment } from '../../sql/fragment.ts';
import { afterName, keyName } from '../../sql/images.ts';
import { imageShapeOf } from '../target-work.ts';
import { eventKeyName } from './event-store.ts';
import { entityKey, entityList, neededColumn, roleColumn, type HistoryWork } from './history-work.ts';

/** Versions that overlap the next one of their key, end before they begin, or are current and are not. */
export const brokenVersions = (history: HistoryWork, limit: number): Fragment => {
  const { work } = history;
  const shape = imageShapeOf(work.target);
  const from = neededColumn(history.history, 'valid_from');
  const to = neededColumn(history.history, 'valid_to');
  const start = id('d', keyName(shape, from.name));
  const { validToCurrent } = history.history;
  const shownEnd = id('d', afterName(shape, to.name));
  const end =
    validToCurrent === undefined
      ? shownEnd
      : sql`nullif(${shownEnd}, cast(${validToCurrent} as ${verbatim(to.type)}))`;
  const current = roleColumn(history.history, 'is_current');
  const flag =
    current === undefined
      ? []
      : [sql`${id('d', afterName(shape, current.name))} is distinct from (x_end is null)`];
  const keys = entityKey(work).map(({ name }) => sql`${id('d', keyName(shape, name))} as ${id(name)}`);
  const bad = [
    sql`x_end <= x_start`,
    sql`x_next < x_end`,
    sql`(x_end is null and x_next is not null)`,
    ...flag,
  ];
  const shown = commas([...entityKey(work), from].map(({ name }) => id('d', name)));
  const flagColumn = current === undefined ? [] : [id('d', afterName(shape, current.name))];
  return sql`select ${shown} from (select ${commas([
    ...keys,
    sql`${start} as ${id(from.name)}`,
    sql`${start} as x_start`,
    sql`cast(${end} as ${verbatim(from.type)}) as x_end`,
    sql`lead(${start}) over (partition by ${entityList(history, 'd')} order by ${start}) as x_next`,
    ...flagColumn,
  ])} from ${table(work.scratch.desired)} as d) as d where ${ors(bad)} limit ${sql.lit(limit)}`;
};

/** Upserts whose time is not after that of the event before. */
export const backwardEvents = (history: HistoryWork, limit: number): Fragment => {
  const keys = history.store.key.map(({ name }, place) => sql`${id('t', `r#${place}`)} as ${id(name)}`);
  return sql`select ${commas([...keys, sql`cast(t.eff as varchar) as "not after"`])} from ${table(history.scratch.timeline)} as t where t.back limit ${sql.lit(limit)}`;
};

/** Rows of the root that look-ups turned into several events. */
export const multipliedEvents = ({ store, scratch }: HistoryWork): Fragment => {
  const keys = commas(store.key.map(({ name }) => id('f', eventKeyName(name))));
  return sql`select 1 as found from ${table(scratch.fresh)} as f group by ${keys}, f.identity having count(*) > 1 limit 1`;
};
