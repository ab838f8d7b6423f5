// Events behind one that an undo set aside: those that were known to the undo stand for what they changed, so that what
// was undone does not live on in them; those that came later are believed whole.
import { refsOf } from '../../graph/reads.ts';
import { isAbsent } from '../../sql/events.ts';
import { commas, id, ors, sql, type Fragment } from '../../sql/fragment.ts';
import { bareRef, eventKeyName, eventStoreColumns, storedOrder } from './event-store.ts';
import type { HistoryWork } from './history-work.ts';

/** The batch that brought an event, and the one that set it aside. */
export const batchName = 'tidemark.batch';
export const asideName = 'tidemark.aside';

type Raw = HistoryWork['store']['raw'][number];

/** When it happened belongs to the event itself. */
const folds = ({ history, store }: HistoryWork, { ref }: Raw): boolean =>
  ref.alias !== store.rootAlias ||
  history.at === undefined ||
  !refsOf(history.at).some(({ column }) => column === ref.column);

/** Of versions that were taken over only what they show is known. */
const isShown = ({ work }: HistoryWork, { ref }: Raw): boolean =>
  work.target.columns.some(({ expression }) => {
    const bare = bareRef(expression);
    return bare?.alias === ref.alias && bare.column === ref.column;
  });

/** `events`: whole ones, with those that were set aside. */
export const patchedEvents = (history: HistoryWork, events: Fragment): Fragment => {
  const { work, store } = history;
  const keys = commas(store.key.map(({ name }) => id('e', eventKeyName(name))));
  const order = storedOrder(store, 'e');
  const folded = store.raw.filter((column) => folds(history, column));
  const speaks = folded.map((column, place) => {
    const value = id('e', column.name);
    const unknown = isShown(history, column)
      ? []
      : [sql`first_value(e.op) over (partition by ${keys} order by ${order}) = 'S'`];
    const silent = store.isLog && column.ref.alias === store.rootAlias;
    const told = silent ? sql`not ${isAbsent(sql`e.absent`, column.ref.column)} and ` : sql``;
    const whole = [
      sql`${told}coalesce(${id('e', batchName)}, 0) >= coalesce(max(${id('e', asideName)}) over (partition by ${keys} order by ${order} rows between unbounded preceding and 1 preceding), 0)`,
      sql`e.op in ('D', 'S')`,
      sql`coalesce(lag(e.op) over w, 'D') = 'D'`,
      ...unknown,
    ];
    return sql`${ors([...whole, work.dialect.differs(value, sql`lag(${value}) over w`, column.type)])} as ${id(`p#${place}`)}`;
  });
  const marks = folded.map(
    (_, place) => sql`count(case when ${id('e', `p#${place}`)} then 1 end) over w as ${id(`q#${place}`)}`,
  );
  const values = eventStoreColumns(store).map(({ name }) => {
    const place = folded.findIndex((column) => column.name === name);
    return place === -1
      ? id('e', name)
      : sql`first_value(${id('e', name)}) over (partition by ${keys}, ${id('e', `q#${place}`)} order by ${order}) as ${id(name)}`;
  });
  const turn = store.isLog ? [sql`e.turn`] : [];
  // told: all events, each column marked where the event says something of it; counted: those in effect, with the
  // place of the event that last said something.
  return sql`select ${commas([...values, ...turn])} from (
  select e.*, ${commas([...marks, sql`1 as "q#"`])} from (
    select e.*, ${commas([...speaks, sql`1 as "p#"`])} from (${events}) as e window w as (partition by ${keys} order by ${order})) as e
  where ${id('e', asideName)} is null window w as (partition by ${keys} order by ${order} rows between unbounded preceding and current row)) as e`;
};
