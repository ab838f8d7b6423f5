// How the sources of an imported target are joined: columns that look like references by their names, directly or
// over one source between.
import type { Column } from '../../sql/dialect.ts';
import { columnsOf, comparable, keyOf, referenceRank, rolesIn, type TableFacts } from './facts.ts';
import type { Feed } from './read-shape.ts';

export type Sources = ReadonlyMap<string, TableFacts>;

export interface PlacedJoin {
  readonly source: string;
  readonly on: readonly (readonly [own: string, other: string])[];
  readonly from: string;
  readonly why: string;
}

const typeOf = (facts: TableFacts, column: string): string =>
  columnsOf(facts).find(({ name }) => name === column)?.type ?? '';

interface Hop {
  readonly join: PlacedJoin;
  readonly rank: number;
}

/** The surest reference from one relation to a source; two equally sure ones are none. */
const hop = (
  from: string,
  columns: readonly Column[],
  to: TableFacts,
  roles: ReadonlySet<string>,
): Hop | 'ambiguous' | undefined => {
  const key = keyOf(to);
  if (key === undefined) return undefined;
  const [only] = key.columns;
  if (key.columns.length > 1 || only === undefined) {
    const on = key.columns.map((column) => [column, column] as const);
    return key.columns.every((column) => columns.some(({ name }) => name === column))
      ? { rank: 1, join: { source: to.name, from, on, why: `${from} has the whole key of ${to.name}` } }
      : undefined;
  }
  const ranked = columns
    .filter(({ type }) => comparable(type, typeOf(to, only)))
    .flatMap(({ name: column }) => {
      const rank = referenceRank(column, { name: to.name, key: only }, roles);
      return rank === undefined ? [] : [{ column, rank }];
    })
    .toSorted((left, right) => left.rank - right.rank);
  const [best, next] = ranked;
  if (best === undefined) return undefined;
  if (next?.rank === best.rank) return 'ambiguous';
  const why = `${from}.${best.column} looks like a reference to ${to.name}`;
  return { rank: best.rank, join: { source: to.name, from, on: [[only, best.column]], why } };
};

interface Reached {
  readonly joins: readonly PlacedJoin[];
  readonly reasons: ReadonlyMap<string, string>;
}

class Joiner {
  readonly joins: PlacedJoin[] = [];
  private readonly columns = new Map<string, readonly Column[]>();
  private readonly sources: Sources;
  private readonly feeds: readonly Feed[];

  constructor(
    sources: Sources,
    feeds: readonly Feed[],
    root: { readonly alias: string; readonly columns: readonly Column[] },
  ) {
    this.sources = sources;
    this.feeds = feeds;
    this.columns.set(root.alias, root.columns);
  }

  /** Directly, or over one source between. */
  reach(wanted: string): string | undefined {
    if (this.columns.has(wanted)) return undefined;
    const to = this.sources.get(wanted);
    if (to === undefined) return `there is no source ${wanted}`;
    if (keyOf(to) === undefined) return `nothing tells the rows of ${wanted} apart`;
    const straight = this.best(to);
    if (straight === 'ambiguous') return `more than one column looks like a reference to ${wanted}`;
    if (straight !== undefined) return this.add(straight.join);
    for (const between of this.sources.values()) {
      if (this.columns.has(between.name) || between.name === wanted) continue;
      const first = this.best(between);
      const second = hop(between.name, columnsOf(between), to, this.roles(wanted));
      if (first === undefined || first === 'ambiguous' || second === undefined || second === 'ambiguous')
        continue;
      this.add(first.join);
      return this.add(second.join);
    }
    const looked = [...this.columns.keys()].map((each) => (each === 'this' ? 'the table itself' : each));
    return `no column of ${looked.join(', ')} looks like a reference to ${wanted}`;
  }

  /** What the target's columns call the row that they take from a source. */
  private roles(source: string): ReadonlySet<string> {
    return new Set(
      this.feeds.filter((feed) => feed.source === source).flatMap(({ to }) => rolesIn(to, source)),
    );
  }

  private best(to: TableFacts): Hop | 'ambiguous' | undefined {
    const roles = this.roles(to.name);
    const hops = [...this.columns].flatMap(([from, columns]) => hop(from, columns, to, roles) ?? []);
    const sure = hops
      .filter((each) => each !== 'ambiguous')
      .toSorted((left, right) => left.rank - right.rank);
    return sure[0] ?? (hops.length > 0 ? 'ambiguous' : undefined);
  }

  private add(join: PlacedJoin): undefined {
    this.joins.push(join);
    this.columns.set(join.source, columnsOf(this.sources.get(join.source) ?? noFacts));
    return undefined;
  }
}

const noFacts: TableFacts = {
  name: '',
  table: { schema: '', name: '' },
  info: undefined,
  distinct: new Set(),
};

export const joinAll = (
  target: TableFacts,
  from: string | undefined,
  feeds: readonly Feed[],
  sources: Sources,
): Reached => {
  const mapped = new Set(feeds.map(({ to }) => to));
  const facts = from === undefined ? target : sources.get(from);
  // A column that the mapping writes cannot lead to what it writes.
  const columns = columnsOf(facts ?? noFacts).filter(({ name }) => from !== undefined || !mapped.has(name));
  const joiner = new Joiner(sources, feeds, { alias: from ?? 'this', columns });
  const reasons = new Map<string, string>();
  for (const source of new Set(feeds.map((feed) => feed.source))) {
    if (source === from) continue;
    const reason = joiner.reach(source);
    if (reason !== undefined) reasons.set(source, reason);
  }
  return { joins: joiner.joins, reasons };
};
