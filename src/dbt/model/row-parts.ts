// The parts of a query over changed rows: its relations in their states, joined as the model joins them, and its
// expressions written down again.
import { meaning, nodeOf } from '../lineage/node.ts';
import { outputNames, type Expr, type Item, type SelectQuery } from '../lineage/query.ts';
import { Untraceable } from './close-query.ts';
import { cut, quotedName, type Piece, type RelationState } from './pieces.ts';
import { relationsOfItem } from './relations-in.ts';

export interface ChangedRows {
  /** The relations whose changes count. */
  readonly relations: ReadonlySet<string>;
  readonly keyOf: (relation: string) => readonly string[];
  /** SQL of a part of the tree. */
  readonly print: (node: unknown) => string | undefined;
}

/** A value that is asked for, and the name that it gets. */
export interface Asked {
  readonly expr: Expr;
  readonly as: string;
}

export const cause = quotedName('tidemark.cause');
export const found = quotedName('tidemark.found');

export const printed = (node: unknown, so: ChangedRows): string => {
  const text = so.print(node);
  if (text === undefined) throw new Untraceable('a part of it cannot be written down again as it is');
  return text;
};

const isColumn = (expr: Expr): boolean =>
  expr.refs.length === 1 && (expr.node === undefined || nodeOf(expr.node)?.kind === 'column');

export const printExpr = (expr: Expr, { items }: SelectQuery, so: ChangedRows): string => {
  const [ref] = expr.refs;
  if (expr.problem !== undefined) throw new Untraceable(expr.problem);
  if (expr.subqueries.length > 0) throw new Untraceable('it finds its rows by a sub-query');
  if (expr.viaList === true) throw new Untraceable('it finds its rows by a column of the same list');
  if (isColumn(expr) && ref !== undefined)
    return `${quotedName(items[ref.item]?.alias ?? '')}.${quotedName(ref.column)}`;
  if (expr.node === undefined) throw new Untraceable('it finds its rows by a column of both sides of a join');
  return printed(expr.node, so);
};

/** Two expressions of one query that say the same. */
export const sayingOf = (expr: Expr): string => {
  const [ref] = expr.refs;
  if (isColumn(expr) && ref !== undefined) return `${ref.item}.${ref.column}`;
  return JSON.stringify(meaning(expr.node));
};

export const among = (expr: Expr, others: readonly Expr[]): boolean => {
  const saying = sayingOf(expr);
  return others.some((other) => sayingOf(other) === saying);
};

/** The items of which a row must be there for a row of the query, whatever the others hold. */
export const solidOf = (query: SelectQuery): ReadonlySet<number> => {
  const solid = new Set<number>();
  for (const [place, { join }] of query.items.entries()) {
    const isInner = join === 'cross' || join === 'inner';
    if (isInner && readBy(query, place).every((read) => read === place || solid.has(read))) solid.add(place);
  }
  return solid;
};

export const columnOf = (item: number, column: string): Expr => ({
  node: undefined,
  refs: [{ depth: 0, item, column }],
  subqueries: [],
  windows: [],
  calls: [],
});

export const isCounted = (item: Item, so: ChangedRows): boolean =>
  [...relationsOfItem(item)].some((relation) => so.relations.has(relation));

export const selfOf = (item: Item): readonly Piece[] => {
  const names = item.source.kind === 'query' ? outputNames(item.source.query) : undefined;
  const differs = names !== undefined && JSON.stringify(names) !== JSON.stringify(item.columns);
  const list = differs ? `(${(item.columns ?? []).map((name) => quotedName(name ?? '')).join(', ')})` : '';
  return [` as ${quotedName(item.alias)}${list}`];
};

/** The relation in one of its states, without its alias. */
export const inState = (item: Item, as: RelationState, so: ChangedRows): readonly Piece[] => {
  const { source } = item;
  if (source.kind === 'table') return [{ relation: source.table.name, as }];
  if (source.kind !== 'query' || source.lateral)
    throw new Untraceable('it reads a function, or a lateral query, in the place of a relation');
  return ['(', ...cut(printed(source.node, so), as), ')'];
};

interface Joined {
  readonly items: ReadonlySet<number>;
  readonly sourceOf: (item: Item, place: number) => readonly Piece[];
  /** Whose row must be there, however it is joined. */
  readonly must?: number | undefined;
}

const joinWords: Readonly<Record<string, string>> = { inner: 'join', left: 'left join', cross: 'cross join' };

export const fromOf = (query: SelectQuery, joined: Joined, so: ChangedRows): readonly Piece[] => {
  const pieces: Piece[] = [];
  for (const [place, item] of query.items.entries()) {
    if (!joined.items.has(place)) continue;
    const isFirst = pieces.length === 0;
    const hasCondition = item.on !== undefined || item.using.length > 0;
    const word = !hasCondition ? 'cross join' : place === joined.must ? 'join' : joinWords[item.join];
    if (word === undefined) throw new Untraceable(`it has a join of the kind \`${item.join}\``);
    if (!isFirst) pieces.push(`\n${word} `);
    pieces.push(
      ...joined.sourceOf(item, place),
      ...(place === joined.must ? [` as ${quotedName(item.alias)}`] : selfOf(item)),
    );
    if (isFirst && hasCondition) throw new Untraceable('what its first relation is joined by cannot be told');
    if (item.on !== undefined) pieces.push(` on ${printExpr(item.on, query, so)}`);
    else if (item.using.length > 0) pieces.push(` using (${item.using.map(quotedName).join(', ')})`);
  }
  return pieces;
};

/** The items that a condition reads. */
const readBy = (query: SelectQuery, place: number): readonly number[] => {
  const item = query.items[place];
  const named = (item?.using ?? []).flatMap((name) =>
    query.items.flatMap(({ columns }, other) =>
      other < place && columns?.includes(name) === true ? [other] : [],
    ),
  );
  return [...(item?.on?.refs.map((ref) => ref.item) ?? []), ...named];
};

export const withNeeded = (query: SelectQuery, places: Iterable<number>): ReadonlySet<number> => {
  const all = new Set(places);
  // A set hands out what is added while it is walked.
  for (const place of all) for (const needed of readBy(query, place)) all.add(needed);
  return all;
};

export const columnsRead = (
  query: SelectQuery,
  joined: ReadonlySet<number>,
  place: number,
  asked: readonly Asked[],
) => {
  const conditions = [...joined].flatMap((each) => query.items[each]?.on?.refs ?? []);
  const using = [...joined].flatMap((each) => query.items[each]?.using ?? []);
  const own = query.items[place]?.columns ?? [];
  const refs = [...asked.flatMap(({ expr }) => expr.refs), ...conditions].filter(
    ({ item }) => item === place,
  );
  return [...new Set([...refs.map(({ column }) => column), ...using.filter((name) => own.includes(name))])];
};
