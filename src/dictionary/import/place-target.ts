// One target of an imported dictionary: what its rows stand for, which columns make its key, and how the other
// sources are joined, guessed from constraints, unique values and names. What cannot be placed says why.
import { showTable } from '../../sql/table-name.ts';
import { columnsOf, keyOf, mayIdentify, singular, type Guess, type TableFacts } from './facts.ts';
import { joinAll, type PlacedJoin, type Sources } from './find-joins.ts';
import type { Feed } from './read-shape.ts';

interface Unplaced {
  readonly feed: Feed;
  readonly reason: string;
}

export interface PlacedTarget {
  readonly facts: TableFacts;
  /** None: the target's own rows. */
  readonly from: string | undefined;
  readonly fromWhy: string;
  readonly key: Guess;
  readonly joins: readonly PlacedJoin[];
  /** One for each column of the target. */
  readonly placed: readonly Feed[];
  readonly unplaced: readonly Unplaced[];
  /** Rows come from elsewhere: columns that are not mapped are filled by others. */
  readonly updateOnly: string | undefined;
}

export type Placing =
  | { readonly kind: 'placed'; readonly target: PlacedTarget }
  | { readonly kind: 'not placed'; readonly reason: string; readonly unplaced: readonly Unplaced[] };

interface Root {
  readonly from: string | undefined;
  readonly why: string;
  readonly key: Guess;
}

const direct = (feeds: readonly Feed[], source: string, column: string): string | undefined =>
  feeds.find((feed) => feed.source === source && feed.column === column && feed.expression === undefined)?.to;

const sameSet = (left: readonly string[], right: readonly string[]): boolean =>
  left.length === right.length && left.every((each) => right.includes(each));

/** The grain is a source whose whole key the target holds, where these columns can be the target's key. */
const grainOf = (target: TableFacts, feeds: readonly Feed[], sources: Sources): Root | undefined => {
  const candidates = [...new Set(feeds.map(({ source }) => source))].flatMap((source) => {
    const facts = sources.get(source);
    const key = facts === undefined ? undefined : keyOf(facts);
    const own = key?.columns.map((column) => direct(feeds, source, column));
    if (key === undefined || own === undefined) return [];
    const columns = own.filter((each) => each !== undefined);
    if (columns.length < key.columns.length) return [];
    return [
      {
        source,
        columns,
        ...standing(target, columns, source),
        feeds: feeds.filter((feed) => feed.source === source).length,
      },
    ];
  });
  const [best] = candidates
    .filter(({ rank }) => rank > 0)
    .toSorted((left, right) => right.rank - left.rank || right.feeds - left.feeds);
  if (best === undefined) return undefined;
  return {
    from: best.source,
    why: `${best.columns.join(', ')} is the key of ${best.source}`,
    key: { columns: best.columns, why: best.why },
  };
};

/** How well some columns stand for the rows of a target; 0: they do not. */
const standing = (
  { info, distinct, name }: TableFacts,
  columns: readonly string[],
  source: string,
): { readonly rank: number; readonly why: string } => {
  const words = name.toLowerCase().split(/[^\p{L}\p{N}]+/u);
  const bonus =
    words.includes(singular(source).toLowerCase()) || words.includes(source.toLowerCase()) ? 1 : 0;
  if (info === undefined) return { rank: 2 + bonus, why: 'the table does not exist yet' };
  const shown = showTable(info.table);
  if (info.uniqueKeys.some((unique) => sameSet(unique, columns)))
    return { rank: 8 + bonus, why: `${shown} keeps it unique` };
  const [only] = columns;
  if (columns.length === 1 && only !== undefined && distinct.has(only))
    return { rank: 4 + bonus, why: `no two rows of ${shown} share it now` };
  // Whether several columns together are unique was not asked.
  return { rank: columns.length > 1 ? 2 + bonus : 0, why: `the key of ${source}` };
};

/** No source's key is among its columns: its rows are its own. */
const ownRows = (target: TableFacts, feeds: readonly Feed[]): Root | undefined => {
  const key = target.info === undefined ? undefined : keyOf(target);
  if (key === undefined || key.columns.some((column) => feeds.some(({ to }) => to === column)))
    return undefined;
  return { from: undefined, why: 'no source has its key among the columns', key };
};

/** Two columns that feed one cannot both be its value; two that one expression reads can. */
const conflicts = (feeds: readonly Feed[]): ReadonlySet<string> => {
  const texts = new Map<string, string>();
  const found = new Set<string>();
  for (const { source, column, to, expression } of feeds) {
    const text = expression ?? JSON.stringify([source, column]);
    const before = texts.get(to);
    if (before !== undefined && before !== text) found.add(to);
    texts.set(to, text);
  }
  return found;
};

export const placeTarget = (target: TableFacts, feeds: readonly Feed[], sources: Sources): Placing => {
  const twice = conflicts(feeds);
  const root = grainOf(target, feeds, sources) ?? ownRows(target, feeds);
  if (root === undefined) {
    const reason =
      target.info === undefined
        ? `its table ${showTable(target.table)} does not exist, and no source has its whole key among the columns`
        : 'nothing says what one of its rows stands for: no source has its whole key among the columns, and nothing else tells its rows apart';
    return { kind: 'not placed', reason, unplaced: feeds.map((feed) => ({ feed, reason })) };
  }
  const { joins, reasons } = joinAll(target, root.from, feeds, sources);
  const reasonOf = (feed: Feed): string | undefined =>
    twice.has(feed.to)
      ? `several columns feed ${target.name}.${feed.to}: write the expression`
      : reasons.get(feed.source);
  const unplaced = feeds.flatMap((feed) => {
    const reason = reasonOf(feed);
    return reason === undefined ? [] : [{ feed, reason }];
  });
  const placed = [
    ...new Map(feeds.filter((feed) => reasonOf(feed) === undefined).map((feed) => [feed.to, feed])).values(),
  ];
  const names = new Set(placed.map(({ to }) => to));
  const others = columnsOf(target).filter(({ name }) => !names.has(name));
  const updateOnly =
    root.from === undefined || others.length === 0
      ? undefined
      : `${others
          .map(({ name }) => name)
          .slice(0, 3)
          .join(
            ', ',
          )}${others.length > 3 ? ', …' : ''} ${others.length === 1 ? 'is' : 'are'} filled by others`;
  return {
    kind: 'placed',
    target: {
      facts: target,
      from: root.from,
      fromWhy: root.why,
      key: root.key,
      joins,
      placed,
      unplaced,
      updateOnly,
    },
  };
};

export const worthAsking = (facts: TableFacts): readonly string[] =>
  columnsOf(facts)
    .map(({ name }) => name)
    .filter(mayIdentify);
