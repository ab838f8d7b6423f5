// All events of the keys that a batch looks at: stored ones and those that it found, in one order. Where some were set
// aside by an undo, those that were known then stand for what they changed.
import type { ScratchColumn } from '../../sql/dialect.ts';
import { turnsOf } from '../../sql/event-order.ts';
import { sequenceName } from '../../sql/events.ts';
import { ands, commas, id, sql, table, unionAll, verbatim, type Fragment } from '../../sql/fragment.ts';
import { keyName } from '../../sql/images.ts';
import { rootKeyName } from '../target-work.ts';
import { eventKeyName, eventStoreColumns } from './event-store.ts';
import { foldedEvents } from './fold.ts';
import type { HistoryWork } from './history-work.ts';
import { patchedEvents } from './patches.ts';
import { asideAfter, asideName, batchName, restored, takenBack, thisBatch } from './set-aside.ts';

export interface EventsWish {
  /** This batch found events. */
  readonly fresh: boolean;
  /** Some event says nothing of some columns. */
  readonly partial: boolean;
  /** Some events of a log share their sequence. */
  readonly tied: boolean;
  /** Some event was set aside, or is by this batch. */
  readonly patched: boolean;
}

const inEffect = ({ undone }: HistoryWork): Fragment =>
  undone === undefined
    ? sql`e.set_aside is null`
    : sql`(e.set_aside is null or ${restored(undone)}) and not ${takenBack(undone)}`;

/** Which stored events are asked for: `told`: those too that were set aside, each with what is known of that. */
type Asked = 'in effect' | 'told' | 'set aside';

const bookkeeping = (batch: Fragment, aside: Fragment): readonly Fragment[] => [
  sql`${batch} as ${id(batchName)}`,
  sql`${aside} as ${id(asideName)}`,
];

const asked = (history: HistoryWork, which: Asked): Fragment => {
  switch (which) {
    case 'in effect':
      return inEffect(history);
    case 'told':
      return sql`true`;
    case 'set aside':
      return sql`not (${inEffect(history)})`;
  }
};

/** As they are stored, in the types of today. */
const storedValues = ({ store }: HistoryWork, stored: ReadonlyMap<string, string>): readonly Fragment[] =>
  eventStoreColumns(store).map(({ name, type }) => {
    const known = stored.get(name);
    if (known === undefined) return sql`cast(null as ${verbatim(type)}) as ${id(name)}`;
    // What the source has widened since was stored as it was.
    return known === type ? id('e', name) : sql`cast(${id('e', name)} as ${verbatim(type)}) as ${id(name)}`;
  });

/** The table of events, of the affected keys where the work is limited to them. */
const storedRows = ({ work, store }: HistoryWork): Fragment => {
  if (work.scope === 'all') return sql`${table(store.table)} as e`;
  const match = store.key.map(({ name, nullable }, place) =>
    work.dialect.sameKey(id('e', eventKeyName(name)), id('d', rootKeyName(place)), nullable),
  );
  const keys = commas(store.key.map((_, place) => id(rootKeyName(place))));
  return sql`${table(store.table)} as e join (select distinct ${keys} from ${table(work.scratch.affected)}) as d on ${ands(match)}`;
};

/** Of the batch that brought an event, and of the one that set it aside. */
const bookkept: readonly ScratchColumn[] = [
  { name: 'batch', type: 'bigint' },
  { name: 'set_aside', type: 'bigint' },
];

export const readEventColumns = ({ store }: HistoryWork): readonly ScratchColumn[] => [
  ...eventStoreColumns(store),
  ...bookkept,
];

/** The stored events of the affected keys are asked for several things: read once, they are there for all. A column
 *  store decodes whole columns for any row that is looked up. None where nothing is stored. */
export const readEvents = (history: HistoryWork): Fragment | undefined => {
  const { stored } = history.store;
  if (stored === undefined) return undefined;
  const names = readEventColumns(history).map(({ name }) => id(name));
  const values = [...storedValues(history, stored), ...bookkept.map(({ name }) => id('e', name))];
  return sql`insert into ${table(history.scratch.stored)} (${commas(names)})
select ${commas(values)} from ${storedRows(history)}`;
};

/** Stored events of the affected keys and those that this batch found, the root's key under its name in scratch. */
const untied = (history: HistoryWork, fresh: boolean, which: Asked = 'in effect'): Fragment => {
  const { store, scratch } = history;
  const names = eventStoreColumns(store);
  const arms: Fragment[] = [];
  if (store.stored !== undefined) {
    const isRead = history.isRead === true;
    const values = isRead ? names.map(({ name }) => id('e', name)) : [...storedValues(history, store.stored)];
    const from = isRead ? sql`${table(scratch.stored)} as e` : storedRows(history);
    if (which === 'told') values.push(...bookkeeping(id('e', 'batch'), asideAfter(history)));
    arms.push(sql`select ${commas(values)} from ${from} where ${asked(history, which)}`);
  }
  if (fresh) {
    const values = names.map(({ name }) => id('f', name));
    if (which === 'told') values.push(...bookkeeping(sql.lit(thisBatch), sql`cast(null as bigint)`));
    arms.push(sql`select ${commas(values)} from ${table(history.scratch.fresh)} as f`);
  }
  return arms.length === 0 ? nothing(history) : unionAll(arms);
};

const asWished = (
  history: HistoryWork,
  { fresh, patched }: Pick<EventsWish, 'fresh' | 'patched'>,
): Fragment => untied(history, fresh, patched ? 'told' : 'in effect');

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
const allEvents = (history: HistoryWork, { tied, ...wish }: EventsWish): Fragment => {
  const events = asWished(history, wish);
  if (!history.store.isLog) return events;
  return tied ? withTurns(history, events) : sql`select e.*, 0 as turn from (${events}) as e`;
};

/** Each with the whole row after it. */
export const wholeEvents = (history: HistoryWork, wish: EventsWish): Fragment => {
  const told = allEvents(history, wish);
  const more = wish.patched ? [batchName, asideName] : [];
  const whole = wish.partial ? foldedEvents(history, told, more) : told;
  return wish.patched ? patchedEvents(history, whole) : whole;
};

export const someSetAside = (history: HistoryWork): Fragment =>
  sql`select 1 as found from (${untied(history, false, 'set aside')}) as e limit 1`;

/** Some event says nothing of some columns, or only of look-ups. */
export const somePartial = (history: HistoryWork, wish: Pick<EventsWish, 'fresh' | 'patched'>): Fragment =>
  sql`select 1 as found from (${asWished(history, wish)}) as e where e.absent is not null or e.op = 'L' limit 1`;

export const someTied = (history: HistoryWork, wish: Pick<EventsWish, 'fresh' | 'patched'>): Fragment => {
  const { store } = history;
  const group = [
    ...store.key.map(({ name }) => id('e', eventKeyName(name))),
    ...store.sequence.map((_, place) => id('e', sequenceName(place))),
  ];
  return sql`select 1 as found from (${asWished(history, wish)}) as e where e.tie like '1%' group by ${commas(group)} having count(*) > 1 limit 1`;
};
