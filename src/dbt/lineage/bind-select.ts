// One SELECT: its relations, its columns with stars spelt out, what groups, filters and orders it.
import { isBlank, isJson, jsonAt, listOf, nodeOf, unknownPart, type Json } from './node.ts';
import { sameName, storedOf } from './names.ts';
import { bindFrom, type From } from './bind-from.ts';
import { expressionOf } from './expression.ts';
import { expandStar } from './star.ts';
import { unread, type Expr, type Output, type Query, type SelectQuery } from './query.ts';
import type { Environment, Scope } from './scope.ts';

const selectParts = new Set([
  'expressions',
  'from',
  'joins',
  'where_clause',
  'group_by',
  'having',
  'qualify',
  'qualify_after_window',
  'order_by',
  'limit',
  'offset',
  'fetch',
  'top',
  'sample',
  'distinct',
  'distinct_on',
  'with',
  'windows',
  'locks',
  'hint',
]);

interface Binding {
  readonly environment: Environment;
  readonly from: From;
  readonly named: ReadonlyMap<string, Json>;
}

const scopeOf = ({ from }: Binding, aliases: readonly Output[]): Scope => ({
  items: from.items,
  merged: from.merged,
  aliases,
});

const bindIn = (node: unknown, binding: Binding, aliases: readonly Output[]): Expr => {
  const { environment, named } = binding;
  const scopes = [scopeOf(binding, aliases), ...environment.scopes];
  return expressionOf(node, { ...environment, scopes }, named);
};

const casts = new Set(['cast', 'try_cast', 'safe_cast']);

/** The column that the expression is or casts, and the name that the engine gives it. */
const withinCasts = (value: unknown): { readonly node: unknown; readonly isCast: boolean } => {
  const node = nodeOf(value);
  if (node?.kind === 'paren') return withinCasts(node.body['this']);
  if (node !== undefined && casts.has(node.kind))
    return { node: withinCasts(node.body['this']).node, isCast: true };
  return { node: value, isCast: false };
};

const bindOutput = (value: unknown, binding: Binding, before: readonly Output[]): Output => {
  const { dialect } = binding.environment;
  const node = nodeOf(value);
  const aliased = node?.kind === 'alias' ? node.body : undefined;
  const inner = aliased === undefined ? value : aliased['this'];
  const expr = bindIn(inner, binding, dialect === 'postgres' ? [] : before);
  const { node: bare, isCast } = withinCasts(inner);
  const column = nodeOf(bare);
  const isColumn = column?.kind === 'column';
  const own =
    isColumn && (!isCast || dialect === 'postgres') ? storedOf(column.body['name'], dialect) : undefined;
  const field = column?.kind === 'dot' ? storedOf(column.body['field'], dialect) : undefined;
  const name =
    aliased === undefined ? (own ?? (isCast ? undefined : field)) : storedOf(aliased['alias'], dialect);
  const [ref, second] = expr.refs;
  const single = isColumn && expr.problem === undefined && second === undefined ? ref : undefined;
  // A column of the same list is what that column is.
  const isOfList =
    isColumn && before.some((output) => output.name === storedOf(column.body['name'], dialect));
  const passed = isOfList && single !== undefined && !isRowColumn(single, binding, column.body, dialect);
  return {
    name,
    expr,
    plain: isCast || passed ? undefined : single,
    isCast: isCast && !passed && single !== undefined,
  };
};

/** Not by way of an alias of the list. */
const isRowColumn = (
  ref: { readonly item: number; readonly column: string },
  { from }: Binding,
  body: Json,
  dialect: Environment['dialect'],
): boolean => {
  const name = storedOf(body['name'], dialect) ?? '';
  return from.items[ref.item] !== undefined && sameName(ref.column, name, dialect);
};

const bindOutputs = (
  values: readonly unknown[],
  binding: Binding,
): readonly Output[] | { problem: string } => {
  const outputs: Output[] = [];
  for (const value of values) {
    const node = nodeOf(value);
    if (node?.kind !== 'star') {
      outputs.push(bindOutput(value, binding, outputs));
      continue;
    }
    const star = expandStar(node.body, binding.from, binding.environment, (part) =>
      bindIn(part, binding, []),
    );
    if ('problem' in star) return star;
    outputs.push(...star);
  }
  return outputs;
};

const setsOf = new Set(['rollup', 'cube', 'grouping sets']);

/** `group by 2` and `group by alias` are the columns of the list. */
const bindGroup = (value: unknown, binding: Binding, outputs: readonly Output[]): Expr => {
  const node = nodeOf(value);
  const { dialect } = binding.environment;
  if (node?.kind === 'literal') {
    const place = outputs[Number(node.body['value']) - 1];
    if (place !== undefined) return place.expr;
  }
  if (node?.kind === 'column' && isBlank(node.body['table'])) {
    const name = storedOf(node.body['name'], dialect) ?? '';
    const expr = bindIn(value, binding, []);
    if (expr.problem === undefined) return expr;
    const named = outputs.find((output) => output.name !== undefined && sameName(output.name, name, dialect));
    if (named !== undefined) return named.expr;
  }
  return bindIn(value, binding, []);
};

const aggregates = (outputs: readonly Output[]): boolean =>
  outputs.some(
    ({ expr }) => expr.windows.length === 0 && expr.calls.some((call) => aggregateCalls.has(call)),
  );

/** Of queries that do not say `group by`. */
const aggregateCalls = new Set(
  `aggregate_function list_agg count count_if countif sum avg min max any_value first last arbitrary string_agg group_concat listagg array_agg list
  median mode quantile quantile_cont quantile_disc percentile_cont percentile_disc approx_count_distinct stddev
  stddev_pop stddev_samp variance var_pop var_samp corr covar_pop covar_samp bool_and bool_or every bit_and bit_or
  bit_xor json_agg jsonb_agg json_object_agg jsonb_object_agg json_group_array json_group_object object_agg arg_min
  arg_max max_by min_by histogram product favg fsum kurtosis skewness entropy regr_slope regr_intercept regr_count
  within_group filter logical_and logical_or boolor_agg booland_agg hash_agg bitmap_agg xmlagg range_agg`.split(
    /\s+/,
  ),
);

const groupsOf = (body: Json, binding: Binding, outputs: readonly Output[]) => {
  const group = jsonAt(body, 'group_by');
  if (group === undefined) return { groups: aggregates(outputs) ? [] : undefined, groupingSets: false };
  if (group['all'] === true) {
    const plain = outputs.filter((output) => !aggregates([output]));
    return { groups: plain.map(({ expr }) => expr), groupingSets: false };
  }
  const values = listOf(group['expressions']);
  const groups = values.map((value) => bindGroup(value, binding, outputs));
  const known = new Set(['expressions', 'all']);
  const groupingSets =
    unknownPart(group, known) !== undefined ||
    groups.some(({ calls }) => calls.some((call) => setsOf.has(call)));
  return { groups, groupingSets };
};

const namedWindows = (body: Json, { dialect }: Environment): ReadonlyMap<string, Json> =>
  new Map(
    listOf(body['windows']).flatMap((each) => {
      if (!isJson(each)) return [];
      const name = storedOf(each['name'], dialect);
      const spec = jsonAt(each, 'spec');
      return name === undefined || spec === undefined ? [] : [[name, spec] as const];
    }),
  );

const condition = (
  body: Json,
  name: string,
  binding: Binding,
  outputs: readonly Output[],
): Expr | undefined => {
  const part = jsonAt(body, name);
  const aliases = binding.environment.dialect === 'postgres' ? [] : outputs;
  return part === undefined ? undefined : bindIn(part['this'], binding, aliases);
};

const orderOf = (body: Json, binding: Binding, outputs: readonly Output[]): readonly Expr[] =>
  listOf(jsonAt(body, 'order_by')?.['expressions']).map((each) =>
    bindGroup(isJson(each) ? each['this'] : each, binding, outputs),
  );

export const bindSelect = (body: Json, environment: Environment): Query => {
  const part = unknownPart(body, selectParts);
  if (part !== undefined)
    return unread(`it has \`${part.replaceAll('_', ' ')}\`, which is not understood here`);
  const from = bindFrom(body, environment);
  if (from.problem !== undefined) return unread(from.problem);
  const binding = { environment, from, named: namedWindows(body, environment) };
  const outputs = bindOutputs(listOf(body['expressions']), binding);
  if ('problem' in outputs) return unread(outputs.problem);
  const distinctOn = listOf(body['distinct_on']).map((each) => bindGroup(each, binding, outputs));
  const select: SelectQuery = {
    kind: 'select',
    node: body,
    items: from.items,
    nested: from.nested,
    where: condition(body, 'where_clause', binding, outputs),
    ...groupsOf(body, binding, outputs),
    having: condition(body, 'having', binding, outputs),
    qualify: condition(body, 'qualify', binding, outputs),
    outputs,
    distinct: distinctOn.length > 0 ? 'on' : body['distinct'] === true ? 'yes' : 'no',
    distinctOn,
    order: orderOf(body, binding, outputs),
    limited: ['limit', 'offset', 'fetch', 'top', 'sample'].some((name) => !isBlank(body[name])),
  };
  return select;
};
