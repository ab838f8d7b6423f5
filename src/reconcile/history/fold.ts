// Events that say nothing of some columns, made whole: such a column keeps the value of the key's event before. A
// delete says of every column that it is gone.
import { isAbsent } from '../../sql/events.ts';
import { commas, id, sql, type Fragment } from '../../sql/fragment.ts';
import { eventKeyName, eventStoreColumns, storedOrder } from './event-store.ts';
import type { HistoryWork } from './history-work.ts';

/** `more`: columns of the events that are passed on. */
export const foldedEvents = (
  { store }: HistoryWork,
  events: Fragment,
  more: readonly string[] = [],
): Fragment => {
  const keys = commas(store.key.map(({ name }) => id('e', eventKeyName(name))));
  const order = storedOrder(store, 'e');
  const folded = store.raw.filter(({ ref }) => ref.alias === store.rootAlias);
  const marks = [
    sql`count(case when e.op <> 'L' then 1 end) over w as ${id('g#op')}`,
    ...folded.map(
      ({ ref }, place) =>
        sql`count(case when not ${isAbsent(sql`e.absent`, ref.column)} then 1 end) over w as ${id(`g#${place}`)}`,
    ),
  ];
  const first = (column: string, group: string): Fragment =>
    sql`first_value(${id('e', column)}) over (partition by ${keys}, ${id('e', group)} order by ${order})`;
  const values = eventStoreColumns(store).map(({ name }) => {
    const place = folded.findIndex((column) => column.name === name);
    if (place !== -1) return sql`${first(name, `g#${place}`)} as ${id(name)}`;
    // A look-up's change behind a delete does not bring the row back.
    if (name === 'op')
      return sql`case when e.op <> 'L' then e.op when ${first('op', 'g#op')} = 'D' then 'D' else 'L' end as ${id('op')}`;
    return id('e', name);
  });
  // Each column's group begins with the event that last said something of it.
  const others = [...(store.isLog ? ['turn'] : []), ...more].map((name) => id('e', name));
  return sql`select ${commas([...values, ...others])} from (select e.*, ${commas(marks)} from (${events}) as e window w as (partition by ${keys} order by ${order} rows between unbounded preceding and current row)) as e`;
};
