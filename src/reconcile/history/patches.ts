// Events behind one that an undo set aside: those that were known to the undo stand for what they changed, so that what
// was undone does not live on in them; those that came later are believed whole.
import { pathToRoot, refsOf } from '../../graph/reads.ts';
import { isAbsent } from '../../sql/events.ts';
import { ands, commas, id, ors, sql, type Fragment } from '../../sql/fragment.ts';
import { bareRef, eventKeyName, eventStoreColumns, storedOrder } from './event-store.ts';
import type { HistoryWork } from './history-work.ts';
import { knownBefore, lastName, undoneName } from './known-before.ts';
import { asideName, batchName } from './set-aside.ts';

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

/** The root's columns by which a look-up finds its row. */
const joinColumns = ({ work, store }: HistoryWork, alias: string): readonly Raw[] => {
  const refs = pathToRoot(work.target, alias).flatMap(({ on }) => refsOf(on));
  return store.raw.filter(({ ref }) =>
    refs.some(
      (each) => each.alias === store.rootAlias && each.alias === ref.alias && each.column === ref.column,
    ),
  );
};

interface Patching {
  readonly history: HistoryWork;
  readonly keys: Fragment;
  readonly order: Fragment;
  /** The root's columns and those of its look-ups that are patched. */
  readonly roots: readonly Raw[];
  readonly lookUps: readonly Raw[];
  /** The root's columns by which look-ups find their rows. */
  readonly ways: readonly Raw[];
}

const patchingOf = (history: HistoryWork): Patching => {
  const { store } = history;
  const folded = store.raw.filter((column) => folds(history, column));
  const lookUps = folded.filter(({ ref }) => ref.alias !== store.rootAlias);
  const ways = new Set(lookUps.flatMap(({ ref }) => joinColumns(history, ref.alias)));
  return {
    history,
    keys: commas(store.key.map(({ name }) => id('e', eventKeyName(name)))),
    order: storedOrder(store, 'e'),
    roots: folded.filter(({ ref }) => ref.alias === store.rootAlias),
    lookUps,
    ways: [...ways],
  };
};

const differsFromLast = ({ history }: Patching, { name, type }: Raw): Fragment =>
  history.work.dialect.differs(id('e', name), id('e', lastName(name)), type);

/** It came after whatever was undone of the row. */
const isLater = sql`coalesce(${id('e', batchName)}, 0) >= coalesce(${id('e', undoneName)}, 0)`;

const isEnd = sql`e.op in ('D', 'S')`;

/** Where nothing is known of the event before, the event is whole. */
const isFirst = ({ history, keys, order }: Patching, column: Raw): readonly Fragment[] => [
  sql`coalesce(${id('e', lastName('op'))}, 'D') = 'D'`,
  ...(isShown(history, column)
    ? []
    : [sql`first_value(e.op) over (partition by ${keys} order by ${order}) = 'S'`]),
];

/** Marks the events that say something of a column of the root. */
const rootMark = (patching: Patching, column: Raw): Fragment => {
  const told = patching.history.store.isLog
    ? sql`not ${isAbsent(sql`e.absent`, column.ref.column)} and `
    : sql``;
  const says = ors([isLater, differsFromLast(patching, column)]);
  return ors([isEnd, ...isFirst(patching, column), sql`(${told}${says})`]);
};

/** Those that found something in a look-up, be it by what was undone of the root. */
const lookUpMarks = (patching: Patching, column: Raw): readonly Fragment[] => {
  const ways = joinColumns(patching.history, column.ref.alias);
  return [
    ors([isLater, isEnd]),
    ors([...isFirst(patching, column), ...[...ways, column].map((each) => differsFromLast(patching, each))]),
  ];
};

/** What no event in effect says is not known: it was told by what is undone. */
const carriedValues = (
  { keys, order }: Patching,
  names: readonly string[],
  placeOf: (name: string) => number,
  group: string,
): readonly Fragment[] =>
  names.map((name) => {
    const place = placeOf(name);
    return place === -1
      ? id('e', name)
      : sql`case when ${id('e', `${group}${place}`)} > 0 then first_value(${id('e', name)}) over (partition by ${keys}, ${id('e', `${group}${place}`)} order by ${order}) end as ${id(name)}`;
  });

const at =
  (columns: readonly Raw[]) =>
  (name: string): number =>
    columns.findIndex((column) => column.name === name);

/** What a look-up showed of a row that is undone, or gone by then, brings no row. */
const operation = ({ keys, order }: Patching): Fragment =>
  sql`case when e.op <> 'L' then e.op when e."rows#" = 0 or first_value(e.op) over (partition by ${keys}, e."rows#" order by ${order}) = 'D' then 'D' else 'L' end as op`;

/** Each event with what the root was at its time, as it would have been. */
const withRoots = (patching: Patching, events: Fragment, more: readonly Fragment[]): Fragment => {
  const { history, keys, order, roots, lookUps, ways } = patching;
  const { store } = history;
  const told = [...new Set([...roots, ...lookUps, ...ways])];
  const marks = [
    ...roots.map((column, place) => sql`${rootMark(patching, column)} as ${id(`p#${place}`)}`),
    ...lookUps.flatMap((column, place) => {
      const [sure, found] = lookUpMarks(patching, column);
      return [sql`${sure} as ${id(`sure#${place}`)}`, sql`${found} as ${id(`found#${place}`)}`];
    }),
  ];
  const groups = roots.map(
    (_, place) => sql`count(case when ${id('e', `p#${place}`)} then 1 end) over w as ${id(`q#${place}`)}`,
  );
  groups.push(sql`count(case when e.op <> 'L' then 1 end) over w as "rows#"`);
  const names = eventStoreColumns(store).map(({ name }) => name);
  const turn = store.isLog ? [sql`e.turn`] : [];
  const values = carriedValues(patching, names, at(roots), 'q#').map((value, place) =>
    names[place] === 'op' ? operation(patching) : value,
  );
  // The innermost query has all events, each column marked where the event says something of it; the one around it
  // those in effect, with the place of the event that last said something.
  return sql`select ${commas([...values, ...turn, ...more])} from (
  select e.*, ${commas(groups)} from (
    select e.*, ${commas([...marks, sql`1 as "p#"`])} from (${knownBefore(history, events, told)}) as e) as e
  where ${id('e', asideName)} is null window w as (partition by ${keys} order by ${order} rows between unbounded preceding and current row)) as e`;
};

/** What a look-up showed for a row that it would not have been asked for says nothing. */
const withLookUps = (patching: Patching, events: Fragment): Fragment => {
  const { history, keys, order, lookUps, ways } = patching;
  const { work, store } = history;
  const groups = lookUps.map(({ ref }, place) => {
    const asked = joinColumns(history, ref.alias).map(
      ({ name, type }) =>
        sql`not ${work.dialect.differs(id('e', name), id('e', `way#${at(ways)(name)}`), type)}`,
    );
    const found = ands([id('e', `found#${place}`), ...asked]);
    return sql`count(case when ${id('e', `sure#${place}`)} or (${found}) then 1 end) over w as ${id(`look#${place}`)}`;
  });
  const names = eventStoreColumns(store).map(({ name }) => name);
  const turn = store.isLog ? [sql`e.turn`] : [];
  const values = carriedValues(patching, names, at(lookUps), 'look#');
  return sql`select ${commas([...values, ...turn])} from (
  select e.*, ${commas(groups)} from (${events}) as e window w as (partition by ${keys} order by ${order} rows between unbounded preceding and current row)) as e`;
};

/** `events`: whole ones, with those that were set aside. */
export const patchedEvents = (history: HistoryWork, events: Fragment): Fragment => {
  const patching = patchingOf(history);
  const { lookUps, ways } = patching;
  if (lookUps.length === 0) return withRoots(patching, events, []);
  const kept = [
    ...ways.map(({ name }, place) => sql`${id('e', name)} as ${id(`way#${place}`)}`),
    ...lookUps.flatMap((_, place) => [id('e', `sure#${place}`), id('e', `found#${place}`)]),
  ];
  return withLookUps(patching, withRoots(patching, events, kept));
};
