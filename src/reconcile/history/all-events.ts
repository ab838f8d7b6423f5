// All events of the keys that a batch looks at: stored ones and those that it found, in one order.
import { turnsOf } from '../../sql/event-order.ts';
import { sequenceName } from '../../sql/events.ts';
import { ands, commas, id, sql, table, unionAll, verbatim, type Fragment } from '../../sql/fragment.ts';
import { keyName } from '../../sql/images.ts';
import { rootKeyName } from '../target-work.ts';
import { eventKeyName, eventStoreColumns } from './event-store.ts';
import { foldedEvents } from './fold.ts';
import type { HistoryWork } from './history-work.ts';

export interface EventsWish {
  /** This batch found events. */
  readonly fresh: boolean;
  /** Some event says nothing of some columns. */
  readonly partial: boolean;
  /** Some events of a log share their sequence. */
  readonly tied: boolean;
}

/** Versions that were taken over were not brought by a batch. */
export const takenBack = (undone: readonly number[]): Fragment => {
  const batches = commas(undone.map((batch) => sql.lit(batch)));
  return sql`(e.batch in (${batches}) and e.op <> 'S')`;
};

const inEffect = ({ undone }: HistoryWork): Fragment => {
  if (undone === undefined) return sql`e.set_aside is null`;
  const batches = commas(undone.map((batch) => sql.lit(batch)));
  return sql`(e.set_aside is null or e.set_aside in (${batches})) and not ${takenBack(undone)}`;
};

/** Stored events of the affected keys and those that this batch found, the root's key under its name in scratch. */
const untied = (history: HistoryWork, fresh: boolean): Fragment => {
  const { work, store } = history;
  const names = eventStoreColumns(store);
  const arms: Fragment[] = [];
  if (store.stored !== undefined) {
    const { stored } = store;
    const values = names.map(({ name, type }) => {
      const known = stored.get(name);
      if (known === undefined) return sql`cast(null as ${verbatim(type)}) as ${id(name)}`;
      // What the source has widened since was stored as it was.
      return known === type ? id('e', name) : sql`cast(${id('e', name)} as ${verbatim(type)}) as ${id(name)}`;
    });
    const match = store.key.map(({ name, nullable }, place) =>
      work.dialect.sameKey(id('e', eventKeyName(name)), id('d', rootKeyName(place)), nullable),
    );
    const keys = commas(store.key.map((_, place) => id(rootKeyName(place))));
    const limit =
      work.scope === 'all'
        ? verbatim('')
        : sql` join (select distinct ${keys} from ${table(work.scratch.affected)}) as d on ${ands(match)}`;
    arms.push(
      sql`select ${commas(values)} from ${table(store.table)} as e${limit} where ${inEffect(history)}`,
    );
  }
  if (fresh) {
    arms.push(
      sql`select ${commas(names.map(({ name }) => id('f', name)))} from ${table(history.scratch.fresh)} as f`,
    );
  }
  return arms.length === 0 ? nothing(history) : unionAll(arms);
};

const nothing = ({ store }: HistoryWork): Fragment =>
  sql`select ${commas(
    eventStoreColumns(store).map(({ name, type }) => sql`cast(null as ${verbatim(type)}) as ${id(name)}`),
  )} where false`;

/** Events of one key and sequence stand in the order in which their images lead to each other. */
const withTurns = ({ work, store }: HistoryWork, events: Fragment): Fragment => {
  const shape = { key: store.key, columns: [], sequence: store.sequence };
  const places = store.sequence.map((_, place) => sequenceName(place));
  const rows = sql`select ${commas([
    ...store.key.map(({ name }) => sql`${id('r', eventKeyName(name))} as ${id(keyName(shape, name))}`),
    ...places.map((name) => id('r', name)),
    sql`r.tie`,
  ])} from (${events}) as r`;
  const match = [
    ...store.key.map(({ name, nullable }) =>
      work.dialect.sameKey(id('t', keyName(shape, name)), id('e', eventKeyName(name)), nullable),
    ),
    ...places.map((name) => sql`${id('t', name)} = ${id('e', name)}`),
    sql`t.tie = e.tie`,
  ];
  return sql`select e.*, coalesce(t.turn, 0) as turn from (${events}) as e left join (${turnsOf(work.dialect, shape, rows)}) as t on ${ands(match)}`;
};

/** As they were told. */
const allEvents = (history: HistoryWork, { fresh, tied }: Omit<EventsWish, 'partial'>): Fragment => {
  const events = untied(history, fresh);
  if (!history.store.isLog) return events;
  return tied ? withTurns(history, events) : sql`select e.*, 0 as turn from (${events}) as e`;
};

/** Each with the whole row after it. */
export const wholeEvents = (history: HistoryWork, wish: EventsWish): Fragment =>
  wish.partial ? foldedEvents(history, allEvents(history, wish)) : allEvents(history, wish);

/** Some event says nothing of some columns, or only of look-ups. */
export const somePartial = (history: HistoryWork, fresh: boolean): Fragment =>
  sql`select 1 as found from (${untied(history, fresh)}) as e where e.absent is not null or e.op = 'L' limit 1`;

export const someTied = (history: HistoryWork, fresh: boolean): Fragment => {
  const { store } = history;
  const group = [
    ...store.key.map(({ name }) => id('e', eventKeyName(name))),
    ...store.sequence.map((_, place) => id('e', sequenceName(place))),
  ];
  return sql`select 1 as found from (${untied(history, fresh)}) as e where e.tie like '1%' group by ${commas(group)} having count(*) > 1 limit 1`;
};
