// An aggregate target is computed in branches: each aggregate sees the rows of the many-joins that it reads, and no
// others, so that two many-joins do not multiply each other's rows.
import type {
  AggregateCall,
  ColumnRef,
  Expression,
  Join,
  MappedColumn,
  Target,
  TargetForm,
} from './dictionary.ts';
import { isWithin, manyOn, waysTo } from './many-joins.ts';
import { aliasesIn } from './references.ts';

export interface Branch {
  readonly many: ReadonlySet<string>;
  /** None where the branch only says which rows of the root count. */
  readonly calls: readonly AggregateCall[];
  readonly joins: readonly Join[];
  /** The target's filter chooses among its rows. */
  readonly filtered: boolean;
}

type Branched = Pick<Target, 'joins' | 'where'> & {
  readonly columns: readonly Pick<MappedColumn, 'aggregated' | 'expression'>[];
  readonly per: Extract<TargetForm, { kind: 'aggregate' }>['per'];
};

export const callsOf = ({ aggregated }: Pick<MappedColumn, 'aggregated'>): readonly AggregateCall[] =>
  (aggregated ?? []).filter((part) => typeof part !== 'string' && 'call' in part);

/** What an expression reads outside its aggregate calls. */
export const outsideOf = (column: Pick<MappedColumn, 'aggregated' | 'expression'>): Expression => {
  const { aggregated, expression } = column;
  if (aggregated === undefined) return expression;
  const parts = aggregated.filter(
    (part): part is string | ColumnRef => typeof part === 'string' || !('call' in part),
  );
  return { ...expression, parts };
};

/** `count(*)` reads no alias and counts the rows of all many-joins. */
export const manyOfCall = (joins: readonly Join[], { call }: AggregateCall): ReadonlySet<string> => {
  const aliases = aliasesIn(call);
  const all = joins.map((join) => join.alias);
  return manyOn(joins, aliases.size === 0 ? all : aliases);
};

/** Sets of many-joins by which rows of the root, or of other many-joins, are left out. */
export const choosers = ({ joins, where }: Pick<Branched, 'joins' | 'where'>) => [
  ...(where === undefined ? [] : [{ join: undefined, many: manyOn(joins, aliasesIn(where)) }]),
  ...joins
    .filter((join) => join.type === 'inner')
    .map((join) => ({ join, many: manyOn(joins, [join.alias]) })),
];

const sameSet = (one: ReadonlySet<string>, other: ReadonlySet<string>): boolean =>
  one.size === other.size && isWithin(one, other);

type Found = Pick<Branch, 'many' | 'calls'>;

/** All joins whose rows the branch reads, and those that leave rows of them out. */
const joinsOf = ({ joins, where, columns, per }: Branched, { many, calls }: Found): readonly Join[] => {
  const needed = new Set(many);
  const need = (expression: Pick<Expression, 'parts'>): void => {
    for (const alias of aliasesIn(expression)) needed.add(alias);
  };
  for (const { call } of calls) need(call);
  // What stands beside the aggregates is a value of the group.
  if (per === 'key' && many.size === 0) for (const column of columns) need(outsideOf(column));
  for (const chooser of choosers({ joins, where })) {
    if (!isWithin(chooser.many, many)) continue;
    if (chooser.join === undefined) need(where ?? { parts: [] });
    else needed.add(chooser.join.alias);
  }
  return waysTo(joins, needed);
};

/** Those with calls in the order of the calls; then those that are there for their filters and inner joins. */
export const branchesOf = (target: Branched): readonly Branch[] => {
  const { joins, where, columns, per } = target;
  const found: { readonly many: ReadonlySet<string>; readonly calls: AggregateCall[] }[] =
    per === 'key' ? [{ many: new Set(), calls: [] }] : [];
  for (const call of columns.flatMap(callsOf)) {
    const many = manyOfCall(joins, call);
    const known = found.find((each) => sameSet(each.many, many));
    if (known === undefined) found.push({ many, calls: [call] });
    else known.calls.push(call);
  }
  const choosing = choosers({ joins, where })
    .map(({ many }) => many)
    .filter((many) => many.size > 0);
  for (const many of choosing.toSorted((a, b) => b.size - a.size)) {
    if (!found.some((each) => isWithin(many, each.many))) found.push({ many, calls: [] });
  }
  const filter = where === undefined ? undefined : manyOn(joins, aliasesIn(where));
  return found.map(({ many, calls }) => ({
    many,
    calls,
    joins: joinsOf(target, { many, calls }),
    filtered: filter !== undefined && isWithin(filter, many),
  }));
};
