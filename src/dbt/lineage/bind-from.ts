// The FROM of a query: its relations, how they are joined, and what each exposes.
import { isBlank, isJson, jsonAt, listOf, nodeOf, unknownPart, type Json, type Node } from './node.ts';
import { identifierOf, sameName, storedNames, storedOf, type Span } from './names.ts';
import {
  emptyExpr,
  outputNames,
  type Expr,
  type Item,
  type JoinKind,
  type Query,
  type Ref,
  type Source,
} from './query.ts';
import type { Environment, Scope } from './scope.ts';
import { expressionOf } from './expression.ts';

export interface From {
  readonly items: readonly Item[];
  readonly merged: ReadonlyMap<string, readonly Ref[]>;
  readonly nested: boolean;
  readonly problem?: string | undefined;
}

type Named = Pick<Item, 'alias' | 'source' | 'columns'>;
type Bound = readonly (Named | Item)[] | { readonly problem: string };

const kinds: Readonly<Record<string, JoinKind>> = {
  Inner: 'inner',
  Left: 'left',
  Right: 'right',
  Full: 'full',
  Cross: 'cross',
  Implicit: 'cross',
  Semi: 'semi',
  LeftSemi: 'semi',
  Anti: 'anti',
  LeftAnti: 'anti',
  AsOf: 'nearest',
  AsOfLeft: 'nearest',
  Natural: 'inner',
  NaturalLeft: 'left',
  NaturalRight: 'right',
  NaturalFull: 'full',
};

const tableParts = new Set([
  'name',
  'schema',
  'catalog',
  'alias',
  'alias_explicit_as',
  'column_aliases',
  'only',
  'span',
]);

const spanOver = (parts: readonly unknown[]): Span | undefined => {
  const spans = parts.flatMap((part) => identifierOf(part)?.span ?? []);
  if (spans.length !== parts.length) return undefined;
  return {
    start: Math.min(...spans.map(({ start }) => start)),
    end: Math.max(...spans.map(({ end }) => end)),
  };
};

/** Column aliases take the place of the first names. */
const renamed = (columns: Item['columns'], aliases: readonly string[]): Item['columns'] =>
  columns === undefined ? undefined : columns.map((name, place) => aliases[place] ?? name);

const bindTable = (body: Json, environment: Environment): Bound => {
  const { dialect } = environment;
  const part = unknownPart(body, tableParts);
  if (part !== undefined) return { problem: `a table with \`${part}\`` };
  const [name, schema, database] = [
    storedOf(body['name'], dialect),
    storedOf(body['schema'], dialect),
    storedOf(body['catalog'], dialect),
  ];
  if (name === undefined) return { problem: 'a table without a name' };
  const alias = storedOf(body['alias'], dialect) ?? name;
  const aliases = storedNames(body['column_aliases'], dialect);
  const cte = schema === undefined ? findCte(name, environment) : undefined;
  if (cte !== undefined) return [{ alias, source: cte.source, columns: renamed(cte.columns, aliases) }];
  const span = spanOver([body['catalog'], body['schema'], body['name']].filter((each) => !isBlank(each)));
  const columns = environment.columnsOf({ database, schema, name });
  const plain = {
    alias,
    source: { kind: 'table', table: { database, schema, name, span } },
    columns,
  } as const;
  if (aliases.length === 0) return [plain];
  if (columns === undefined)
    return { problem: `the columns of \`${name}\`, which have other names here, are not known` };
  const query = underNames({ ...plain, join: 'cross', using: [] }, columns, aliases);
  return [
    {
      alias,
      source: { kind: 'query', query, lateral: false, node: undefined },
      columns: renamed(columns, aliases),
    },
  ];
};

/** A table whose columns have other names is a query that gives them. */
const underNames = (item: Item, columns: readonly string[], aliases: readonly string[]): Query => ({
  kind: 'select',
  node: {},
  items: [item],
  nested: true,
  groupingSets: false,
  outputs: columns.map((column, place) => {
    const ref = { depth: 0, item: 0, column };
    return { name: aliases[place] ?? column, expr: { ...emptyExpr(undefined), refs: [ref] }, plain: ref };
  }),
  distinct: 'no',
  distinctOn: [],
  limited: false,
  order: [],
});

const findCte = (name: string, { ctes, dialect }: Environment) =>
  [...ctes].find(([known]) => sameName(known, name, dialect))?.[1];

const bindSubquery = (body: Json, scope: Scope, environment: Environment): Bound => {
  const lateral = body['lateral'] === true;
  const inner = lateral ? { ...environment, scopes: [scope, ...environment.scopes] } : environment;
  const query = environment.bind(body['this'], inner);
  const aliases = storedNames(body['column_aliases'], environment.dialect);
  const alias = storedOf(body['alias'], environment.dialect) ?? '';
  return [
    {
      alias,
      source: { kind: 'query', query, lateral, node: body['this'] },
      columns: renamed(outputNames(query), aliases),
    },
  ];
};

/** A function in the place of a table: its columns are known where they are named. */
const bindCall = (call: unknown, named: Json, scope: Scope, environment: Environment): Bound => {
  const { dialect } = environment;
  const inside = { ...environment, scopes: [scope, ...environment.scopes] };
  const expr = expressionOf(call, inside);
  const aliases = storedNames(named['column_aliases'], dialect);
  const alias = storedOf(named['alias'], dialect) ?? '';
  const source: Source = { kind: 'call', call: expr };
  return [{ alias, source, columns: aliases.length === 0 ? undefined : aliases }];
};

const bindJoined = (body: Json, scope: Scope, environment: Environment): Bound => {
  if (!isBlank(body['alias'])) return { problem: 'joins in brackets under a name of their own' };
  const from = bindItems([body['left']], listOf(body['joins']), environment, scope);
  if (from.merged.size > 0) return { problem: 'joins in brackets with `using`' };
  return from.problem === undefined ? from.items : { problem: from.problem };
};

const bindItem = (value: unknown, scope: Scope, environment: Environment): Bound => {
  const node = nodeOf(value);
  if (node === undefined) return { problem: 'a relation in a form that is not known' };
  const { kind, body }: Node = node;
  switch (kind) {
    case 'table':
      return bindTable(body, environment);
    case 'subquery':
      return bindSubquery(body, scope, environment);
    case 'select':
    case 'union':
    case 'intersect':
    case 'except':
    case 'values':
      return bindSubquery({ this: value }, scope, environment);
    case 'paren':
      return bindItem(body['this'], scope, environment);
    case 'joined_table':
      return bindJoined(body, scope, environment);
    case 'alias':
    case 'lateral':
      return bindCall(body['this'], body, scope, environment);
    case 'unnest':
    case 'function':
      return bindCall(value, body, scope, environment);
    default:
      return { problem: `\`${kind.replaceAll('_', ' ')}\` in the place of a relation` };
  }
};

const commonColumns = (
  items: readonly Item[],
  own: Item['columns'],
  environment: Environment,
): readonly string[] =>
  (own ?? []).flatMap((name) =>
    name !== undefined &&
    items.some(({ columns }) =>
      columns?.some((other) => other !== undefined && sameName(other, name, environment.dialect)),
    )
      ? [name]
      : [],
  );

/** For each name of a USING: the columns that it stands for, which side counts hangs on the join. */
const merge = (
  merged: Map<string, readonly Ref[]>,
  items: readonly Item[],
  joined: Item,
  dialect: Environment['dialect'],
): void => {
  const place = items.length;
  for (const name of joined.using) {
    const known = [...merged.keys()].find((each) => sameName(each, name, dialect));
    const left =
      (known === undefined ? undefined : merged.get(known)) ??
      items.flatMap(({ columns }, item): readonly Ref[] => {
        const column =
          columns === undefined
            ? name
            : columns.find((each) => each !== undefined && sameName(each, name, dialect));
        return column === undefined ? [] : [{ depth: 0, item, column }];
      });
    const right = { depth: 0, item: place, column: name };
    const refs = joined.join === 'right' ? [right] : joined.join === 'full' ? [...left, right] : left;
    merged.set(known ?? name, refs);
  }
};

interface Joining {
  readonly items: Item[];
  readonly merged: Map<string, readonly Ref[]>;
  nested: boolean;
  problem: string | undefined;
}

const addJoin = (join: Json, so: Joining, environment: Environment, around: Scope): void => {
  const kind = typeof join['kind'] === 'string' ? join['kind'] : '';
  const type = kinds[kind];
  if (type === undefined) {
    so.problem ??= `a join of the kind \`${kind}\``;
    return;
  }
  const scope = { ...around, items: [...around.items, ...so.items] };
  const bound = bindItem(join['this'], scope, environment);
  if ('problem' in bound) {
    so.problem ??= bound.problem;
    return;
  }
  const [first, ...others] = bound;
  if (first === undefined) return;
  const isNatural = kind.startsWith('Natural');
  const unknownColumns = [...so.items, first].find(({ columns }) => columns === undefined);
  if (isNatural && unknownColumns !== undefined)
    so.problem ??= `the columns of \`${unknownColumns.alias}\`, which a natural join compares, are not known`;
  const using = isNatural
    ? commonColumns(so.items, first.columns, environment)
    : storedNames(join['using'], environment.dialect);
  const item: Item = { ...first, join: type, using };
  merge(so.merged, so.items, item, environment.dialect);
  if (others.length > 0) so.nested = true;
  const all = [...so.items, item, ...others.map((other): Item => ({ join: 'cross', using: [], ...other }))];
  // In brackets, the items before them count: that is where these will stand.
  const seen: Scope = { items: [...around.items, ...all], merged: so.merged, aliases: [] };
  const on: Expr | undefined = isBlank(join['on'])
    ? undefined
    : expressionOf(join['on'], { ...environment, scopes: [seen, ...environment.scopes] });
  so.items.push({ ...item, on }, ...all.slice(so.items.length + 1));
};

const bindItems = (
  firsts: readonly unknown[],
  joins: readonly unknown[],
  environment: Environment,
  around: Scope,
): From => {
  const so: Joining = { items: [], merged: new Map(), nested: false, problem: undefined };
  for (const first of firsts) {
    const scope = { ...around, items: [...around.items, ...so.items] };
    const bound = bindItem(first, scope, environment);
    if ('problem' in bound) so.problem ??= bound.problem;
    else {
      if (bound.length > 1) so.nested = true;
      so.items.push(...bound.map((item): Item => ({ join: 'cross', using: [], ...item })));
    }
  }
  for (const join of joins) if (isJson(join)) addJoin(join, so, environment, around);
  return so;
};

export const bindFrom = (body: Json, environment: Environment): From => {
  const nothing: Scope = { items: [], merged: new Map(), aliases: [] };
  const from = jsonAt(body, 'from');
  return bindItems(listOf(from?.['expressions']), listOf(body['joins']), environment, nothing);
};
