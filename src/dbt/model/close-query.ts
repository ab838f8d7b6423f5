// A query without names of its own: its CTEs and the models between it and what we know stand where they are read,
// and every table is a relation of ours, under a mark.
import { isBlank, isJson, jsonAt, listOf, nodeOf, type Json } from '../lineage/node.ts';
import {
  identifierOf,
  sameName,
  storedNames,
  storedOf,
  type Span,
  type SqlDialect,
} from '../lineage/names.ts';
import { markedName } from './pieces.ts';

/** What a table of compiled SQL is. */
export type Meant =
  | { readonly kind: 'relation'; readonly relation: string }
  /** A model that is neither source nor target: its own SQL stands for it. */
  | { readonly kind: 'model'; readonly sql: string; readonly tree: unknown }
  | { readonly kind: 'unknown'; readonly reason: string };

export interface NamedTable {
  readonly database: string | undefined;
  readonly schema: string | undefined;
  readonly name: string;
}

export interface Closing {
  readonly dialect: SqlDialect;
  readonly meaningOf: (table: NamedTable) => Meant;
  /** A sub-query and a table as the parser writes them, whatever they hold. */
  readonly shapes: { readonly subquery: Json; readonly table: Json };
}

/** A table that is read, and where its name stands in the text. */
export interface Reading {
  readonly table: NamedTable;
  readonly span: Span | undefined;
  readonly hasAlias: boolean;
}

interface Named {
  readonly tree: unknown;
  readonly columns: readonly string[];
}

/** It cannot be closed, or not be traced: the reason is for people. */
export class Untraceable extends Error {
  override readonly name = 'Untraceable';
}

type Names = ReadonlyMap<string, Named>;

const alias = (name: string): Json => ({ name, quoted: true, trailing_comments: [], span: null });

const findName = (names: Names, name: string, dialect: SqlDialect): Named | undefined =>
  [...names].find(([known]) => sameName(known, name, dialect))?.[1];

const namedTable = (body: Json, dialect: SqlDialect): NamedTable => ({
  database: storedOf(body['catalog'], dialect),
  schema: storedOf(body['schema'], dialect),
  name: storedOf(body['name'], dialect) ?? '',
});

const asSubquery = (body: Json, { tree, columns }: Named, so: Closing): unknown => {
  const own = namedTable(body, so.dialect).name;
  const written = storedNames(body['column_aliases'], so.dialect);
  return {
    subquery: {
      ...so.shapes.subquery,
      this: tree,
      alias: alias(storedOf(body['alias'], so.dialect) ?? own),
      column_aliases: (written.length > 0 ? written : columns).map(alias),
    },
  };
};

const closeTable = (body: Json, names: Names, so: Closing): unknown => {
  const table = namedTable(body, so.dialect);
  const named = table.schema === undefined ? findName(names, table.name, so.dialect) : undefined;
  if (named !== undefined) return asSubquery(body, named, so);
  const meant = so.meaningOf(table);
  switch (meant.kind) {
    case 'relation':
      return {
        table: {
          ...so.shapes.table,
          name: alias(markedName(meant.relation)),
          alias: alias(storedOf(body['alias'], so.dialect) ?? table.name),
          column_aliases: storedNames(body['column_aliases'], so.dialect).map(alias),
        },
      };
    case 'model':
      return asSubquery(body, { tree: close(meant.tree, new Map(), so), columns: [] }, so);
    case 'unknown':
      throw new Untraceable(meant.reason);
    default:
      return meant satisfies never;
  }
};

const withNames = (body: Json, names: Names, so: Closing): Names => {
  const clause = jsonAt(body, 'with');
  if (clause === undefined) return names;
  const inside = new Map(names);
  for (const cte of listOf(clause['ctes'])) {
    if (!isJson(cte)) continue;
    const name = storedOf(cte['alias'], so.dialect) ?? '';
    // Its own name means itself: to be without names it would have to be endless.
    const self = { tree: undefined, columns: [] };
    const tree = close(
      cte['this'],
      clause['recursive'] === true ? new Map([...inside, [name, self]]) : inside,
      so,
    );
    inside.set(name, { tree, columns: storedNames(cte['columns'], so.dialect) });
  }
  return inside;
};

export const close = (value: unknown, names: Names, so: Closing): unknown => {
  if (Array.isArray(value)) return value.map((each) => close(each, names, so));
  if (!isJson(value)) return value;
  const node = nodeOf(value);
  if (node?.kind === 'table') {
    const closed = closeTable(node.body, names, so);
    if (nodeOf(closed)?.body['this'] === undefined && nodeOf(closed)?.kind === 'subquery')
      throw new Untraceable('it reads itself (`with recursive`)');
    return closed;
  }
  const inside = withNames(value, names, so);
  return Object.fromEntries(
    Object.entries(value).map(([name, part]) =>
      name === 'with' && inside !== names ? [name, null] : [name, close(part, inside, so)],
    ),
  );
};

/** The tables that a query reads beside its own CTEs. */
export const readingsOf = (value: unknown, dialect: SqlDialect): readonly Reading[] => {
  const found: Reading[] = [];
  const walk = (part: unknown, names: ReadonlySet<string>): void => {
    if (Array.isArray(part)) return part.forEach((each) => walk(each, names));
    if (!isJson(part)) return undefined;
    const node = nodeOf(part);
    if (node?.kind === 'table') {
      const table = namedTable(node.body, dialect);
      const isOwn =
        table.schema === undefined && [...names].some((each) => sameName(each, table.name, dialect));
      if (isOwn) return undefined;
      const spans = [node.body['catalog'], node.body['schema'], node.body['name']]
        .filter((each) => !isBlank(each))
        .map((each) => identifierOf(each)?.span);
      const known = spans.flatMap((each) => each ?? []);
      found.push({
        table,
        span:
          known.length === spans.length
            ? {
                start: Math.min(...known.map(({ start }) => start)),
                end: Math.max(...known.map(({ end }) => end)),
              }
            : undefined,
        hasAlias: !isBlank(node.body['alias']),
      });
      return undefined;
    }
    let inside = names;
    for (const cte of listOf(jsonAt(part, 'with')?.['ctes'])) {
      if (!isJson(cte)) continue;
      const name = storedOf(cte['alias'], dialect) ?? '';
      const isRecursive = jsonAt(part, 'with')?.['recursive'] === true;
      walk(cte['this'], isRecursive ? new Set([...inside, name]) : inside);
      inside = new Set([...inside, name]);
    }
    return Object.entries(part).forEach(([name, each]) => {
      if (name !== 'with') walk(each, inside);
    });
  };
  walk(value, new Set());
  return found;
};
