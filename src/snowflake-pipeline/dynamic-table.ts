// An aggregate, or a target made of other targets, as a dynamic table: the warehouse keeps it by its query. Each aggregate is
// computed over the many-joins that it reads and no others, so that two of them do not multiply each other's rows.
import { branchesOf, outsideOf, type Branch } from '../dictionary/branches.ts';
import type { AggregateCall, ColumnRef, MappedColumn } from '../dictionary/dictionary.ts';
import { manyOn } from '../dictionary/many-joins.ts';
import { aliasesIn } from '../dictionary/references.ts';
import { fromClause, type Reading } from './from-clause.ts';
import { expressionText, indented, listed, quoted, quotedTable } from './quote.ts';

const branchName = (place: number): string => `MANY_${place + 1}`;
const groupName = (place: number): string => `G${place + 1}`;

interface Plan {
  readonly branches: readonly Branch[];
  readonly nameOf: ReadonlyMap<AggregateCall, { readonly branch: string; readonly name: string }>;
}

const isPerKey = ({ target }: Reading): boolean =>
  target.form.kind === 'aggregate' && target.form.per === 'key';

const planOf = (reading: Reading): Plan => {
  const { joins, where, columns } = reading.target;
  const branches = branchesOf({ joins, where, columns, per: isPerKey(reading) ? 'key' : 'row' });
  const named = branches.flatMap((branch, place) =>
    branch.calls.map(
      (call, number) => [call, { branch: branchName(place), name: `X${place + 1}_${number + 1}` }] as const,
    ),
  );
  return { branches, nameOf: new Map(named) };
};

const columnText = (
  { aggregated, expression }: MappedColumn,
  { nameOf }: Plan,
  plain: (ref: ColumnRef) => string,
): string =>
  (aggregated ?? expression.parts)
    .map((part) => {
      if (typeof part === 'string') return part;
      if (!('call' in part)) return plain(part);
      const found = nameOf.get(part);
      if (found === undefined) throw new RangeError(`${part.call.text} is in no branch`);
      return quoted(found.branch, found.name);
    })
    .join('');

interface Group {
  readonly value: string;
  readonly name: string;
}

const branchRows = (reading: Reading, plan: Plan, branch: Branch, groups: readonly Group[]): string => {
  const { where } = reading.target;
  const calls = branch.calls.map(
    (call) => `${expressionText(call.call)} as ${quoted(plan.nameOf.get(call)?.name ?? '')}`,
  );
  const filter = where === undefined || !branch.filtered ? '' : `\nwhere ${expressionText(where)}`;
  return `select ${listed([...groups.map(({ value, name }) => `${value} as ${quoted(name)}`), ...calls])}
${fromClause(reading, { joins: branch.joins })}${filter}
group by ${listed(groups.map(({ value }) => value))}`;
};

const plainRef = (ref: ColumnRef): string => quoted(ref.alias, ref.column);

const typed = (reading: Reading, value: (column: MappedColumn) => string): string =>
  listed(
    reading.target.columns.map(
      (column) => `cast(${value(column)} as ${column.type}) as ${quoted(column.name)}`,
    ),
  );

const rootKey = ({ target, sources, others }: Reading): readonly string[] => {
  if (target.root.kind !== 'grain') return [];
  const { relation, alias } = target.root;
  const key = sources.get(relation)?.key ?? others.get(relation)?.key ?? [];
  return key.map(({ name }) => quoted(alias, name));
};

/** One row per row of the root. */
const perRow = (reading: Reading): string => {
  const { joins, where } = reading.target;
  const plan = planOf(reading);
  const groups = rootKey(reading).map((value, place) => ({ value, name: groupName(place) }));
  const branches = plan.branches.map((branch, place) => {
    const on = groups.map(({ value, name }) => `${value} = ${quoted(branchName(place), name)}`).join(' and ');
    return `\njoin (
${indented(branchRows(reading, plan, branch, groups))}
) as ${quoted(branchName(place))} on ${on}`;
  });
  const single = joins.filter((join) => manyOn(joins, [join.alias]).size === 0);
  const isOfRoot = where !== undefined && manyOn(joins, aliasesIn(where)).size === 0;
  return `select ${typed(reading, (column) => columnText(column, plan, plainRef))}
${fromClause(reading, { joins: single })}${branches.join('')}${isOfRoot ? `\nwhere ${expressionText(where)}` : ''}`;
};

/** One row per key of the target. What stands beside the aggregates is a value of the group. */
const perKey = (reading: Reading): string => {
  const { target } = reading;
  const plan = planOf(reading);
  const isKey = (name: string): boolean => target.key.some((column) => column.name === name);
  const keys = target.key.map(({ name }, place): Group => {
    const column = target.columns.find((each) => each.name === name);
    return {
      value: column === undefined ? 'null' : expressionText(column.expression),
      name: groupName(place),
    };
  });
  const refs = new Map<string, Group>();
  for (const column of target.columns.filter(({ name }) => !isKey(name)))
    for (const part of outsideOf(column).parts)
      if (typeof part !== 'string' && !refs.has(plainRef(part)))
        refs.set(plainRef(part), { value: plainRef(part), name: `O${refs.size + 1}` });
  const [first, ...others] = plan.branches.map((branch, place) => {
    const groups = place === 0 ? [...keys, ...refs.values()] : keys;
    return `(
${indented(branchRows(reading, plan, branch, groups))}
) as ${quoted(branchName(place))}`;
  });
  const lines = others.map((each, place) => {
    const on = keys
      .map(({ name }) => `equal_null(${quoted(branchName(0), name)}, ${quoted(branchName(place + 1), name)})`)
      .join(' and ');
    return `\njoin ${each} on ${on}`;
  });
  const outside = (ref: ColumnRef): string =>
    quoted(branchName(0), refs.get(plainRef(ref))?.name ?? ref.column);
  const value = (column: MappedColumn): string => {
    const place = target.key.findIndex(({ name }) => name === column.name);
    return place === -1 ? columnText(column, plan, outside) : quoted(branchName(0), groupName(place));
  };
  return `select ${typed(reading, value)}
from ${first ?? ''}${lines.join('')}`;
};

/** The query of the table. */
const dynamicQuery = (reading: Reading): string => {
  const { target } = reading;
  if (target.form.kind === 'aggregate') return isPerKey(reading) ? perKey(reading) : perRow(reading);
  const filter = target.where === undefined ? '' : `\nwhere ${expressionText(target.where)}`;
  return `select ${typed(reading, ({ expression }) => expressionText(expression))}
${fromClause(reading, { joins: target.joins })}${filter}`;
};

export const dynamicTable = (reading: Reading): string => {
  const { settings, target } = reading;
  return `create or replace dynamic table ${quotedTable(target.table)}
  target_lag = '${settings.lag}'
  warehouse = ${quoted(settings.warehouse)}
  refresh_mode = ${settings.refreshMode}
  initialize = on_create
as
${dynamicQuery(reading)}`;
};
