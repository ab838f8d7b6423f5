// Which rows of a query may differ after a batch, as a query over the changed rows of what it reads: for each change
// in the place of a relation, the other relations as they will be and, where a row of theirs must be there, as they
// were; the values that are asked for are those by which such rows are found. It finds too many rows rather than one
// too few: filters are left out. Where that cannot be promised, the reason is said.
import type { Item, Expr, Query, SelectQuery } from '../lineage/query.ts';
import { Untraceable } from './close-query.ts';
import { commaList, cut, quotedName, relationOfMark, unionAllOf, type Piece } from './pieces.ts';
import { relationsIn } from './relations-in.ts';
import {
  among,
  cause,
  columnOf,
  columnsRead,
  found,
  fromOf,
  inState,
  isCounted,
  printed,
  printExpr,
  sayingOf,
  selfOf,
  solidOf,
  withNeeded,
  type Asked,
  type ChangedRows,
} from './row-parts.ts';

interface Wanted {
  /** Of a column of the query. */
  readonly place: number;
  readonly as: string;
}

type Arms = readonly (readonly Piece[])[];

const changedItem = (item: Item, columns: readonly string[], so: ChangedRows): readonly Piece[] => {
  const { source } = item;
  if (source.kind === 'table') return [{ relation: source.table.name, as: 'changed' }];
  if (source.kind !== 'query' || source.lateral) throw new Untraceable('it reads a lateral query');
  const names = item.columns ?? [];
  const wanted = columns.map((as) => ({ place: names.indexOf(as), as }));
  return ['(', ...unionAllOf(changedRows(source.query, wanted, so)), ')'];
};

/** As it was and as it will be. */
const bothStates = (item: Item, columns: readonly string[], so: ChangedRows): readonly Piece[] => {
  const list = columns.length === 0 ? '1 as "tidemark.none"' : columns.map(quotedName).join(', ');
  return [
    `(select ${list} from `,
    ...inState(item, 'after', so),
    ...selfOf(item),
    `\nunion all\nselect ${list} from `,
    ...changedItem(item, columns, so),
    ` as ${quotedName(item.alias)})`,
  ];
};

/** Values that are read off relations whose rows must be there. */
const directly = (query: SelectQuery, asked: readonly Asked[], so: ChangedRows): Arms => {
  const solid = solidOf(query);
  return query.items.flatMap((item, place): Arms => {
    if (!isCounted(item, so)) return [];
    const joined = withNeeded(query, [...solid, place]);
    const columnsOf = (each: number) => columnsRead(query, joined, each, asked);
    const from = fromOf(
      query,
      {
        items: joined,
        must: place,
        sourceOf: (each, at) => {
          if (at === place) return changedItem(each, columnsOf(at), so);
          return solid.has(at) && isCounted(each, so)
            ? bothStates(each, columnsOf(at), so)
            : inState(each, 'after', so);
        },
      },
      so,
    );
    const values = asked.map(({ expr, as }) => [`${printExpr(expr, query, so)} as ${quotedName(as)}`]);
    const causes = [[`${quotedName(item.alias)}.${cause}`]];
    return [['select ', ...commaList([...values, ...causes]), '\nfrom ', ...from]];
  });
};

const matching = (left: readonly string[], names: readonly string[]): string =>
  left
    .map((value, place) => `${value} is not distinct from ${found}.${quotedName(names[place] ?? '')}`)
    .join(' and ');

/** The values of all rows that share other values with a changed one, as they were and as they will be. */
const sharing = (query: SelectQuery, by: readonly Expr[], asked: readonly Asked[], so: ChangedRows): Arms => {
  const names = by.map((_, place) => `by#${place}`);
  const shared = rowsOf(
    query,
    by.map((expr, place) => ({ expr, as: `by#${place}` })),
    so,
  );
  if (shared.length === 0) return [];
  const all = new Set(query.items.keys());
  return (['before', 'after'] as const).map((as): readonly Piece[] => [
    'select ',
    ...commaList([
      ...asked.map(({ expr, as: name }) => [`${printExpr(expr, query, so)} as ${quotedName(name)}`]),
      [`${found}.${cause}`],
    ]),
    '\nfrom ',
    ...fromOf(query, { items: all, sourceOf: (item) => inState(item, as, so) }, so),
    '\njoin (',
    ...unionAllOf(shared),
    `) as ${found} on ${matching(
      by.map((expr) => printExpr(expr, query, so)),
      names,
    )}`,
  ]);
};

/** What tells the rows of the first relation apart. */
const identityOf = (query: SelectQuery, asked: readonly Asked[], so: ChangedRows): readonly Expr[] => {
  const [first] = query.items;
  if (first === undefined || !solidOf(query).has(0)) throw new Untraceable('it reads no relation');
  const columns =
    first.source.kind === 'table'
      ? so.keyOf(first.source.table.name)
      : columnsRead(query, new Set(query.items.keys()), 0, asked);
  if (columns.length === 0) throw new Untraceable(`nothing tells the rows of \`${first.alias}\` apart`);
  return columns.map((column) => columnOf(0, column));
};

/** Values of the rows before they are grouped, filtered or numbered. */
const rowsOf = (query: SelectQuery, asked: readonly Asked[], so: ChangedRows): Arms => {
  const solid = solidOf(query);
  const isDirect = asked.every(({ expr }) =>
    expr.refs.every(({ depth, item }) => depth === 0 && solid.has(item)),
  );
  return isDirect ? directly(query, asked, so) : sharing(query, identityOf(query, asked, so), asked, so);
};

const everyExpr = (query: SelectQuery): readonly Expr[] => [
  ...query.outputs.map(({ expr }) => expr),
  ...query.items.flatMap(({ on }) => on ?? []),
  ...[query.where, query.having, query.qualify].flatMap((each) => each ?? []),
  ...(query.groups ?? []),
  ...query.distinctOn,
];

const refuse = (query: SelectQuery, so: ChangedRows): void => {
  if (query.limited) throw new Untraceable('`limit` lets one row change which others there are');
  if (query.groupingSets) throw new Untraceable('it groups by several sets at once');
  const turned = query.items.find(({ join }) => join === 'right' || join === 'full' || join === 'nearest');
  if (turned !== undefined) throw new Untraceable(`it has a join of the kind \`${turned.join}\``);
  if (query.nested) throw new Untraceable('its joins stand in brackets');
  const inSubquery = everyExpr(query)
    .flatMap(({ subqueries }) => subqueries)
    .flatMap((each) => [...relationsIn(each)])
    .find((relation) => so.relations.has(relation));
  if (inSubquery !== undefined)
    throw new Untraceable(
      `it reads \`${relationOfMark(inSubquery) ?? inSubquery}\` in a sub-query of an expression`,
    );
};

/** Groups that appear in no column cannot be told apart. */
const ofGroups = (
  query: SelectQuery,
  wanted: readonly Wanted[],
  groups: readonly Expr[],
  so: ChangedRows,
): Arms => {
  const places = query.outputs.flatMap(({ expr }, place) => (among(expr, groups) ? [place] : []));
  if (places.length === 0) throw new Untraceable('what it groups by is in none of its columns');
  const names = places.map((place) => `by#${place}`);
  const shared = changedRows(
    query,
    places.map((place) => ({ place, as: `by#${place}` })),
    so,
  );
  if (shared.length === 0) return [];
  const own = quotedName('tidemark.rows');
  const columnAt = (place: number): string => {
    const name = query.outputs[place]?.name;
    if (name === undefined) throw new Untraceable('a column of it has no name');
    return `${own}.${quotedName(name)}`;
  };
  return (['before', 'after'] as const).map((as): readonly Piece[] => [
    `select ${[...wanted.map(({ place, as: name }) => `${columnAt(place)} as ${quotedName(name)}`), `${found}.${cause}`].join(', ')}\nfrom (`,
    ...cut(printed({ select: query.node }, so), as),
    `) as ${own}\njoin (`,
    ...unionAllOf(shared),
    `) as ${found} on ${matching(places.map(columnAt), names)}`,
  ]);
};

const ofWindows = (query: SelectQuery, asked: readonly Asked[], so: ChangedRows): Arms => {
  const windows = everyExpr(query).flatMap((expr) => expr.windows);
  if (query.groups !== undefined)
    throw new Untraceable('it numbers or compares groups (a window over `group by`)');
  const broken = windows.find(({ problem, partition }) => problem !== undefined || partition.length === 0);
  if (broken !== undefined)
    throw new Untraceable(broken.problem ?? 'a window over all rows lets one row change others');
  if (windows.every(({ partition }) => asked.every(({ expr }) => among(expr, partition))))
    return rowsOf(query, asked, so);
  const each = new Map(windows.map(({ partition }) => [partition.map(sayingOf).join('\n'), partition]));
  return [...each.values()].flatMap((partition) => sharing(query, partition, asked, so));
};

const ofSelect = (query: SelectQuery, wanted: readonly Wanted[], so: ChangedRows): Arms => {
  refuse(query, so);
  const asked = wanted.map(({ place, as }): Asked => {
    const output = query.outputs[place];
    if (output === undefined) throw new Untraceable('a column of it could not be found');
    return { expr: output.expr, as };
  });
  if (everyExpr(query).some(({ windows }) => windows.length > 0)) return ofWindows(query, asked, so);
  const { groups, distinctOn } = query;
  if (groups !== undefined) {
    if (groups.length === 0) throw new Untraceable('it makes one row of all rows');
    const isOfGroups = asked.every(({ expr }) => among(expr, groups));
    return isOfGroups ? rowsOf(query, asked, so) : ofGroups(query, wanted, groups, so);
  }
  if (query.distinct === 'on' && !asked.every(({ expr }) => among(expr, distinctOn)))
    return sharing(query, distinctOn, asked, so);
  return rowsOf(query, asked, so);
};

/** None where nothing that counts is read. */
export const changedRows = (query: Query, wanted: readonly Wanted[], so: ChangedRows): Arms => {
  switch (query.kind) {
    case 'select':
      return [...relationsIn(query)].some((relation) => so.relations.has(relation))
        ? ofSelect(query, wanted, so)
        : [];
    case 'set':
      if (query.limited) throw new Untraceable('`limit` lets one row change which others there are');
      if (query.recursive) throw new Untraceable('it reads itself (`with recursive`)');
      return [...changedRows(query.left, wanted, so), ...changedRows(query.right, wanted, so)];
    case 'values':
      return [];
    case 'unread':
      throw new Untraceable(query.reason);
    default:
      return query satisfies never;
  }
};
