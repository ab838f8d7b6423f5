// What an expression reads: columns, sub-queries, windows, functions.
import { isBlank, isJson, listOf, nodeOf, type Json } from './node.ts';
import { identifierOf, stored, storedNames, storedOf } from './names.ts';
import type { Expr, Query, Ref, Window } from './query.ts';
import { findBare, findQualified, type Environment, type Found } from './scope.ts';

interface Gathered {
  readonly refs: Ref[];
  readonly subqueries: Query[];
  readonly windows: Window[];
  readonly calls: string[];
  viaList: boolean;
  problem: string | undefined;
}

interface Walk {
  readonly environment: Environment;
  /** The windows that the query gives a name. */
  readonly named: ReadonlyMap<string, Json>;
  /** Parameters of lambdas, which are no columns. */
  readonly locals: readonly string[];
  readonly gathered: Gathered;
}

const queries = new Set(['select', 'union', 'intersect', 'except', 'values', 'subquery']);
/** Text that the parser passed over, and stars that stand for columns of any number. */
const unreadable = new Set([
  'raw',
  'command',
  'star',
  'braced_wildcard',
  'table',
  'pivot',
  'unpivot',
  'identifier',
  'parameter',
  'placeholder',
]);

const fail = ({ gathered }: Walk, problem: string): void => {
  gathered.problem ??= problem;
};

const take = (walk: Walk, found: Found): void => {
  if ('problem' in found) fail(walk, found.problem);
  else {
    walk.gathered.refs.push(...found.refs);
    walk.gathered.viaList ||= found.viaList === true;
  }
};

const readColumn = (body: Json, walk: Walk): void => {
  const { environment, locals } = walk;
  const name = identifierOf(body['name']);
  const qualifier = identifierOf(body['table']);
  if (name === undefined || !isBlank(body['join_mark']))
    return fail(walk, 'a column in a form that is not known');
  const own = stored(name, environment.dialect);
  if (qualifier === undefined) {
    if (!locals.includes(own)) take(walk, findBare(own, environment));
    return undefined;
  }
  const relation = stored(qualifier, environment.dialect);
  if (!locals.includes(relation)) take(walk, findQualified(relation, own, environment));
  return undefined;
};

/** The parts of `a.b.c.d`, or undefined where something else than names stands in them. */
const dotted = (value: unknown, { dialect }: Environment): readonly string[] | undefined => {
  const node = nodeOf(value);
  if (node?.kind === 'column') {
    const parts = [storedOf(node.body['table'], dialect), storedOf(node.body['name'], dialect)];
    return parts.filter((part) => part !== undefined);
  }
  if (node?.kind !== 'dot') return undefined;
  const field = storedOf(node.body['field'], dialect);
  const before = dotted(node.body['this'], { dialect } as Environment);
  return before === undefined || field === undefined ? undefined : [...before, field];
};

const readDot = (body: Json, walk: Walk): void => {
  const { environment } = walk;
  const parts = dotted({ dot: body }, environment);
  if (parts === undefined) return walkInto(body['this'], walk);
  const items = environment.scopes.flatMap(({ items: each }) => each);
  // `schema.table.column`: the last two, where a relation bears the name of its table.
  const [column = '', relation = '', schema] = parts.toReversed();
  const isTable = items.some(
    ({ alias, source }) =>
      source.kind === 'table' &&
      alias === relation &&
      source.table.name === relation &&
      source.table.schema === schema,
  );
  if (isTable) return take(walk, findQualified(relation, column, environment));
  const [first = '', second = ''] = parts;
  if (walk.locals.includes(first)) return undefined;
  return take(walk, findQualified(first, second, environment));
};

const windowOf = (body: Json, walk: Walk): Window => {
  const name = storedOf(body['window_name'], walk.environment.dialect);
  const base = name === undefined ? undefined : walk.named.get(name);
  if (name !== undefined && base === undefined)
    return { partition: [], problem: `there is no window \`${name}\`` };
  const above = base === undefined ? [] : windowOf(base, walk).partition;
  if (base !== undefined) walkInto(base, walk);
  return { partition: [...above, ...listOf(body['partition_by']).map((part) => bindExpression(part, walk))] };
};

const readLambda = (kind: string, body: Json, walk: Walk): void => {
  const { dialect } = walk.environment;
  if (kind === 'lambda') {
    const locals = [...walk.locals, ...storedNames(body['parameters'], dialect)];
    return walkInto(body['body'], { ...walk, locals });
  }
  const own = nodeOf(body['this'])?.body;
  walkInto(body['iterator'], walk);
  const locals = [...walk.locals, ...storedNames([own?.['name']], dialect)];
  return walkInto([body['expression'], body['condition']], { ...walk, locals });
};

const readNode = (kind: string, body: Json, walk: Walk): void => {
  const { gathered, environment } = walk;
  if (queries.has(kind)) {
    gathered.subqueries.push(environment.bind({ [kind]: body }, environment));
    return undefined;
  }
  if (unreadable.has(kind)) return fail(walk, `it has a part (\`${kind}\`) that is not understood here`);
  if (kind === 'column') return readColumn(body, walk);
  if (kind === 'dot') return readDot(body, walk);
  if (kind === 'lambda' || kind === 'comprehension') return readLambda(kind, body, walk);
  if (kind === 'window_function') gathered.windows.push(windowOf(jsonOrEmpty(body['over']), walk));
  if (kind === 'function' && body['name'] === 'columns')
    return fail(walk, '`columns(…)` stands for any columns');
  const name = typeof body['name'] === 'string' ? body['name'] : kind;
  gathered.calls.push(name.toLowerCase(), kind);
  return Object.values(body).forEach((part) => walkInto(part, walk));
};

const jsonOrEmpty = (value: unknown): Json => (isJson(value) ? value : {});

const walkInto = (value: unknown, walk: Walk): void => {
  if (Array.isArray(value)) return value.forEach((each) => walkInto(each, walk));
  if (!isJson(value)) return undefined;
  const node = nodeOf(value);
  if (node !== undefined && node.kind !== 'this') return readNode(node.kind, node.body, walk);
  return Object.values(value).forEach((each) => walkInto(each, walk));
};

const bindExpression = (node: unknown, walk: Walk): Expr => {
  const gathered: Gathered = {
    refs: [],
    subqueries: [],
    windows: [],
    calls: [],
    viaList: false,
    problem: undefined,
  };
  walkInto(node, { ...walk, gathered });
  return {
    node,
    ...gathered,
    problem: gathered.problem ?? gathered.windows.find((each) => each.problem)?.problem,
  };
};

export const expressionOf = (
  node: unknown,
  environment: Environment,
  named: ReadonlyMap<string, Json> = new Map(),
): Expr =>
  bindExpression(node, {
    environment,
    named,
    locals: [],
    gathered: { refs: [], subqueries: [], windows: [], calls: [], viaList: false, problem: undefined },
  });
