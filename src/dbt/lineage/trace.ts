// From a bound query to, per column, the columns of tables that it is made of.
import type { Expr, Item, Output, Query, Ref, SelectQuery, SetQuery, TableSpot } from './query.ts';
import { outputNames } from './query.ts';
import { sameName, type SqlDialect } from './names.ts';

export interface SourceColumn {
  readonly table: Pick<TableSpot, 'database' | 'schema' | 'name'>;
  readonly column: string;
}

interface Trace {
  readonly inputs: readonly SourceColumn[];
  /** It is its one input as it stands, or a cast of it. */
  readonly as: 'direct' | 'cast' | 'expression';
  readonly problem?: string | undefined;
}

export interface Decider {
  readonly how: 'join' | 'filter' | 'group' | 'order';
  readonly source: SourceColumn;
}

export interface TracedQuery {
  readonly columns: readonly Trace[];
  /** What decides which rows there are. */
  readonly deciders: readonly Decider[];
  /** Why some of what decides that is not known. */
  readonly problem?: string | undefined;
}

const keyOf = ({ table, column }: SourceColumn): string =>
  JSON.stringify([table.database, table.schema, table.name, column]);

const distinct = (columns: readonly SourceColumn[]): readonly SourceColumn[] => [
  ...new Map(columns.map((column) => [keyOf(column), column])).values(),
];

const distinctDeciders = (deciders: readonly Decider[]): readonly Decider[] => [
  ...new Map(deciders.map((each) => [`${each.how} ${keyOf(each.source)}`, each])).values(),
];

const unknown = (problem: string): Trace => ({ inputs: [], as: 'expression', problem });

const mix = (traces: readonly Trace[], as: Trace['as']): Trace => ({
  inputs: distinct(traces.flatMap(({ inputs }) => inputs)),
  as,
  problem: traces.find(({ problem }) => problem !== undefined)?.problem,
});

interface Tracing {
  readonly dialect: SqlDialect;
  readonly known: Map<Query, TracedQuery>;
  /** What a recursive query is taken for so far. */
  readonly assumed: Map<Query, readonly Trace[]>;
}

/** Queries around the one in hand, the nearest first. */
type Around = readonly SelectQuery[];

const columnOfQuery = (
  query: Query,
  { item, column }: { readonly item: Item; readonly column: string },
  traced: readonly Trace[],
  dialect: SqlDialect,
): Trace => {
  if (query.kind === 'unread') return unknown(query.reason);
  const names = item.columns ?? outputNames(query) ?? [];
  const place = names.findIndex((name) => name !== undefined && sameName(name, column, dialect));
  return traced[place] ?? unknown(`\`${item.alias}\` has no column \`${column}\``);
};

const traceColumn = (item: Item, column: string, around: Around, tracing: Tracing): Trace => {
  const { source } = item;
  switch (source.kind) {
    case 'table':
      return { inputs: [{ table: source.table, column }], as: 'direct' };
    case 'query': {
      const traced = traceQuery(source.query, source.lateral ? around : [], tracing);
      return columnOfQuery(source.query, { item, column }, traced.columns, tracing.dialect);
    }
    case 'recursion': {
      const { query } = source.of;
      if (query === undefined) return unknown('it reads itself');
      return columnOfQuery(query, { item, column }, tracing.assumed.get(query) ?? [], tracing.dialect);
    }
    case 'call':
      return { ...traceExpr(source.call, around, tracing), as: 'expression' };
    default:
      return source satisfies never;
  }
};

const traceRef = (ref: Ref, around: Around, tracing: Tracing): Trace => {
  const block = around[ref.depth];
  const item = block?.items[ref.item];
  if (block === undefined || item === undefined) return unknown('reads a relation that is out of sight');
  return traceColumn(item, ref.column, around.slice(ref.depth), tracing);
};

/** The value of a sub-query hangs on its columns and on which rows it finds. */
const traceSubquery = (query: Query, around: Around, tracing: Tracing): Trace => {
  const traced = traceQuery(query, around, tracing);
  const { inputs, problem } = mix(traced.columns, 'expression');
  return {
    inputs: distinct([...inputs, ...traced.deciders.map(({ source }) => source)]),
    as: 'expression',
    problem: problem ?? traced.problem,
  };
};

const traceExpr = (expr: Expr, around: Around, tracing: Tracing): Trace => {
  if (expr.problem !== undefined) return unknown(expr.problem);
  const parts = [
    ...expr.refs.map((ref) => traceRef(ref, around, tracing)),
    ...expr.subqueries.map((query) => traceSubquery(query, around, tracing)),
  ];
  return mix(parts, 'expression');
};

const traceOutput = ({ expr, plain, isCast }: Output, around: Around, tracing: Tracing): Trace => {
  if (plain !== undefined) return traceRef(plain, around, tracing);
  const traced = traceExpr(expr, around, tracing);
  const [ref] = expr.refs;
  if (isCast !== true || ref === undefined) return traced;
  const below = traceRef(ref, around, tracing);
  return below.as === 'expression' ? traced : { ...traced, as: 'cast' };
};

const selectDeciders = (query: SelectQuery): readonly (readonly [Decider['how'], Expr])[] => {
  const conditions = query.items.flatMap(({ on }) => (on === undefined ? [] : [on]));
  const filters = [query.where, query.having, query.qualify].filter((each) => each !== undefined);
  const outputs = query.distinct === 'yes' ? query.outputs.map(({ expr }) => expr) : [];
  const order = query.limited || query.distinct === 'on' ? query.order : [];
  return [
    ...conditions.map((expr) => ['join', expr] as const),
    ...filters.map((expr) => ['filter', expr] as const),
    ...[...(query.groups ?? []), ...query.distinctOn, ...outputs].map((expr) => ['group', expr] as const),
    ...order.map((expr) => ['order', expr] as const),
  ];
};

const usingRefs = ({ items }: SelectQuery, dialect: SqlDialect): readonly Ref[] =>
  items.flatMap(({ using }, place) =>
    using.flatMap((name) =>
      items.slice(0, place + 1).flatMap(({ columns }, item): readonly Ref[] => {
        const column =
          columns === undefined
            ? name
            : columns.find((each) => each !== undefined && sameName(each, name, dialect));
        return column === undefined ? [] : [{ depth: 0, item, column }];
      }),
    ),
  );

/** Of the queries that it reads from. */
const below = (query: SelectQuery, around: Around, tracing: Tracing): readonly TracedQuery[] =>
  query.items.flatMap(({ source }) =>
    source.kind === 'query' ? [traceQuery(source.query, source.lateral ? around : [], tracing)] : [],
  );

const traceSelect = (query: SelectQuery, outer: Around, tracing: Tracing): TracedQuery => {
  const around = [query, ...outer];
  const own = [
    ...selectDeciders(query).map(([how, expr]) => ({ how, trace: traceExpr(expr, around, tracing) })),
    ...query.items.flatMap(({ source }) =>
      source.kind === 'call'
        ? [{ how: 'join' as const, trace: traceExpr(source.call, around, tracing) }]
        : [],
    ),
    ...usingRefs(query, tracing.dialect).map((ref) => ({
      how: 'join' as const,
      trace: traceRef(ref, around, tracing),
    })),
  ];
  const fed = below(query, around, tracing);
  return {
    columns: query.outputs.map((output) => traceOutput(output, around, tracing)),
    deciders: distinctDeciders([
      ...own.flatMap(({ how, trace }) => trace.inputs.map((source) => ({ how, source }))),
      ...fed.flatMap(({ deciders }) => deciders),
    ]),
    problem:
      own.find(({ trace }) => trace.problem !== undefined)?.trace.problem ??
      fed.find(({ problem }) => problem !== undefined)?.problem,
  };
};

const arms = (query: SetQuery, left: readonly Trace[], right: readonly Trace[]): readonly Trace[] =>
  left.map((column, place) => {
    const other = right[place];
    if (other === undefined) return unknown('its arms have different numbers of columns');
    const same = column.as === other.as && column.inputs.map(keyOf).join() === other.inputs.map(keyOf).join();
    return mix(
      query.operator === 'except' ? [column, other] : [column, other],
      same ? column.as : 'expression',
    );
  });

const traceSet = (query: SetQuery, outer: Around, tracing: Tracing): TracedQuery => {
  const left = traceQuery(query.left, outer, tracing);
  const size = (columns: readonly Trace[]): number =>
    columns.reduce((sum, { inputs }) => sum + inputs.length, 0);
  let columns = left.columns;
  let right: TracedQuery;
  for (;;) {
    tracing.assumed.set(query, columns);
    right = traceQuery(query.right, outer, tracing);
    const next = arms(query, left.columns, right.columns);
    const done = !query.recursive || size(next) === size(columns);
    columns = next;
    if (done) break;
  }
  const compares = query.operator !== 'union' || !query.all;
  const compared = compares
    ? columns.flatMap(({ inputs }) => inputs.map((source): Decider => ({ how: 'group', source })))
    : [];
  return {
    columns,
    deciders: distinctDeciders([...left.deciders, ...right.deciders, ...compared]),
    problem: left.problem ?? right.problem,
  };
};

/** What reads a query that is still being worked out must not be kept. */
const readsItself = (query: Query): boolean => {
  if (query.kind === 'set') return readsItself(query.left) || readsItself(query.right);
  if (query.kind !== 'select') return false;
  return query.items.some(
    ({ source }) => source.kind === 'recursion' || (source.kind === 'query' && readsItself(source.query)),
  );
};

const traceNow = (query: Query, outer: Around, tracing: Tracing): TracedQuery => {
  switch (query.kind) {
    case 'select':
      return traceSelect(query, outer, tracing);
    case 'set':
      return traceSet(query, outer, tracing);
    case 'values': {
      const cells = query.names.map((_, place) =>
        mix(
          query.rows.flatMap((row) => {
            const cell = row[place];
            return cell === undefined ? [] : [traceExpr(cell, outer, tracing)];
          }),
          'expression',
        ),
      );
      return { columns: cells, deciders: [] };
    }
    case 'unread':
      return { columns: [], deciders: [], problem: query.reason };
    default:
      return query satisfies never;
  }
};

const traceQuery = (query: Query, outer: Around, tracing: Tracing): TracedQuery => {
  const known = outer.length === 0 ? tracing.known.get(query) : undefined;
  if (known !== undefined) return known;
  const traced = traceNow(query, outer, tracing);
  if (outer.length === 0 && !readsItself(query)) tracing.known.set(query, traced);
  return traced;
};

export const trace = (query: Query, dialect: SqlDialect): TracedQuery =>
  traceQuery(query, [], { dialect, known: new Map(), assumed: new Map() });
