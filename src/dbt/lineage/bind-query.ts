// The parser's tree of a query → the query with its columns bound.
import { isBlank, isJson, jsonAt, listOf, nodeOf, unknownPart, type Json } from './node.ts';
import { storedNames, storedOf } from './names.ts';
import { bindSelect } from './bind-select.ts';
import { expressionOf } from './expression.ts';
import { outputNames, unread, type Query, type SetQuery } from './query.ts';
import type { Cte, Environment } from './scope.ts';

const setParts = new Set([
  'left',
  'right',
  'all',
  'distinct',
  'with',
  'order_by',
  'limit',
  'offset',
  'kind',
  'side',
]);

const setQuery = (
  operator: SetQuery['operator'],
  body: Json,
  left: Query,
  right: Query,
): SetQuery | Query => {
  const part = unknownPart(body, setParts);
  if (part !== undefined) return unread(`\`${operator}\` with \`${part.replaceAll('_', ' ')}\``);
  return {
    kind: 'set',
    operator,
    all: body['all'] === true,
    left,
    right,
    recursive: false,
    limited: !isBlank(body['limit']) || !isBlank(body['offset']),
    order: [],
  };
};

const isOperator = (kind: string): kind is SetQuery['operator'] =>
  kind === 'union' || kind === 'intersect' || kind === 'except';

const valueNames = (count: number, { dialect }: Environment): readonly string[] =>
  Array.from({ length: count }, (_, place) =>
    dialect === 'duckdb'
      ? `col${place}`
      : dialect === 'postgres'
        ? `column${place + 1}`
        : `COLUMN${place + 1}`,
  );

const bindValues = (body: Json, environment: Environment): Query => {
  const rows = listOf(body['expressions']).map((row) =>
    listOf(isJson(row) ? row['expressions'] : undefined).map((cell) => expressionOf(cell, environment)),
  );
  return { kind: 'values', names: valueNames(rows[0]?.length ?? 0, environment), rows };
};

/** A part that reads itself: what its first arm yields says what its columns are. */
const bindRecursive = (
  body: Json,
  name: string,
  names: readonly string[],
  environment: Environment,
): Query => {
  const node = nodeOf(body['this']);
  if (node === undefined || !isOperator(node.kind)) return bindQuery(body['this'], environment);
  const left = bindQuery(node.body['left'], environment);
  const of: { query?: Query } = {};
  const columns = outputNames(left)?.map((each, place) => names[place] ?? each);
  const self: Cte = { columns, source: { kind: 'recursion', of } };
  const inside = { ...environment, ctes: new Map([...environment.ctes, [name, self]]) };
  const query = setQuery(node.kind, node.body, left, bindQuery(node.body['right'], inside));
  of.query = query;
  return query.kind === 'set' ? Object.assign(query, { recursive: true }) : query;
};

const withCtes = (body: Json, environment: Environment): Environment => {
  const clause = jsonAt(body, 'with');
  if (clause === undefined) return environment;
  let inside = environment;
  for (const cte of listOf(clause['ctes'])) {
    if (!isJson(cte)) continue;
    const name = storedOf(cte['alias'], environment.dialect) ?? '';
    const names = storedNames(cte['columns'], environment.dialect);
    const query =
      clause['recursive'] === true ? bindRecursive(cte, name, names, inside) : bindQuery(cte['this'], inside);
    const columns = outputNames(query)?.map((each, place) => names[place] ?? each);
    const found: Cte = { columns, source: { kind: 'query', query, lateral: false, node: cte['this'] } };
    inside = { ...inside, ctes: new Map([...inside.ctes, [name, found]]) };
  }
  return inside;
};

const subqueryParts = new Set([
  'this',
  'alias',
  'column_aliases',
  'alias_explicit_as',
  'alias_keyword',
  'lateral',
  'order_by',
  'limit',
  'offset',
  'with',
  'modifiers_inside',
]);

const bindBrackets = (body: Json, environment: Environment): Query => {
  const part = unknownPart(body, subqueryParts);
  if (part !== undefined) return unread(`brackets with \`${part.replaceAll('_', ' ')}\``);
  const query = bindQuery(body['this'], withCtes(body, environment));
  const isLimited = !isBlank(body['limit']) || !isBlank(body['offset']);
  return isLimited && (query.kind === 'select' || query.kind === 'set') ? { ...query, limited: true } : query;
};

export const bindQuery = (value: unknown, environment: Environment): Query => {
  const node = nodeOf(value);
  if (node === undefined) return unread('it is no query');
  const { kind, body } = node;
  if (kind === 'subquery' || kind === 'paren') return bindBrackets(body, environment);
  if (kind === 'values') return bindValues(body, environment);
  const inside = withCtes(body, environment);
  if (kind === 'select') return bindSelect(body, inside);
  if (!isOperator(kind)) return unread(`\`${kind.replaceAll('_', ' ')}\` is not understood here`);
  return setQuery(kind, body, bindQuery(body['left'], inside), bindQuery(body['right'], inside));
};
