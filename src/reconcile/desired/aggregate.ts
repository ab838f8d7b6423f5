// The rows that an aggregate should hold: what fits on one row of the root, or of a key, joined to branches that
// aggregate the many-joins one by one, so that their rows do not multiply each other.
import { branchesOf, outsideOf, type Branch } from '../../dictionary/branches.ts';
import type { AggregateCall, AggregatedPart, ColumnRef, MappedColumn } from '../../dictionary/dictionary.ts';
import { manyOn } from '../../dictionary/many-joins.ts';
import { aliasesIn } from '../../dictionary/references.ts';
import { refsOf } from '../../graph/reads.ts';
import { renderExpression } from '../../sql/expression.ts';
import { ands, commas, id, ors, sql, verbatim, type Fragment } from '../../sql/fragment.ts';
import { rootView, type TargetWork } from '../target-work.ts';
import type { ValuesWish } from './fact.ts';
import { joined } from './joins.ts';
import { keptWhenMissing } from './kept.ts';
import { keyExpression, keyValues } from './root.ts';

export const isGrouped = ({ target }: Pick<TargetWork, 'target'>): boolean =>
  target.form.kind === 'aggregate' && target.form.per === 'key';

const branchAlias = (place: number): string => `many#${place}`;
const groupName = (place: number): string => `g#${place}`;

/** Where each aggregate call, and what stands beside it, is found. */
interface Plan {
  readonly branches: readonly Branch[];
  readonly valueOf: (call: AggregateCall) => Fragment;
  readonly nameOf: (call: AggregateCall) => string;
}

const planOf = ({ target }: TargetWork, columns: readonly MappedColumn[]): Plan => {
  const { joins, where } = target;
  const branches = branchesOf({ joins, where, columns, per: isGrouped({ target }) ? 'key' : 'row' });
  const all = branches.flatMap((branch, place) =>
    branch.calls.map((call, number) => ({ call, alias: branchAlias(place), name: `x#${place}#${number}` })),
  );
  const found = (call: AggregateCall) => {
    const known = all.find((each) => each.call === call);
    if (known === undefined) throw new RangeError(`${target.name}: ${call.call.text} is in no branch`);
    return known;
  };
  return {
    branches,
    valueOf: (call) => id(found(call).alias, found(call).name),
    nameOf: (call) => found(call).name,
  };
};

type Render = (ref: ColumnRef) => Fragment;

const renderParts = (parts: readonly AggregatedPart[], plan: Plan, column: Render): Fragment =>
  sql.join(
    parts.map((part) => {
      if (typeof part === 'string') return verbatim(part);
      return 'call' in part ? plan.valueOf(part) : column(part);
    }),
    verbatim(''),
  );

const plainRef: Render = (ref) => id(ref.alias, ref.column);

interface Grouping {
  readonly work: TargetWork;
  readonly root: Fragment;
  readonly plan: Plan;
  /** What rows are grouped by, under the names `g#0`, `g#1`, …. */
  readonly keys: readonly Fragment[];
  /** Whether the target's filter counts. */
  readonly filtered: boolean;
}

/** The aggregates over the rows of one set of many-joins; `more` are further values, one per group. */
const branchRows = (
  { work, root, plan, keys, filtered }: Grouping,
  branch: Branch,
  more: readonly { readonly value: Fragment; readonly name: string }[] = [],
): Fragment => {
  const { where } = work.target;
  const groups = [...keys.map((value, place) => ({ value, name: groupName(place) })), ...more];
  const calls = branch.calls.map((call) => sql`${renderExpression(call.call)} as ${id(plan.nameOf(call))}`);
  const filter =
    where === undefined || !branch.filtered || !filtered
      ? verbatim('')
      : sql`\nwhere ${renderExpression(where)}`;
  return sql`select ${commas([...groups.map(({ value, name }) => sql`${value} as ${id(name)}`), ...calls])}
from ${joined(work, root, branch.joins, 'as declared')}${filter}
group by ${commas(groups.map(({ value }) => value))}`;
};

/** One row per row of the root: each branch has a row for those that count. */
const perRow = (work: TargetWork, root: Fragment, columns: readonly MappedColumn[], filtered = true) => {
  const { dialect, target } = work;
  const { joins, where } = target;
  const plan = planOf(work, columns);
  const rootKey = rootView(work).key;
  const keys = rootKey.map((column) => id(target.root.alias, column.name));
  const branches = plan.branches.map((branch, place) => {
    const match = rootKey.map((column, part) =>
      dialect.sameKey(
        id(target.root.alias, column.name),
        id(branchAlias(place), groupName(part)),
        column.nullable,
      ),
    );
    const rows = branchRows({ work, root, plan, keys, filtered }, branch);
    return sql`\njoin (${rows}) as ${id(branchAlias(place))} on ${ands(match)}`;
  });
  const single = joins.filter((join) => manyOn(joins, [join.alias]).size === 0);
  const isOfRoot = where !== undefined && manyOn(joins, aliasesIn(where)).size === 0;
  const filter = isOfRoot && filtered ? sql`\nwhere ${renderExpression(where)}` : verbatim('');
  return {
    valueOf: (column: MappedColumn): Fragment =>
      renderParts(column.aggregated ?? column.expression.parts, plan, plainRef),
    from: sql`from ${joined(work, root, single, 'as declared')}${sql.join(branches, verbatim(''))}${filter}`,
  };
};

const textTypes = /^(?:n?varchar|text|n?char|character|bpchar|string|bit|citext)/;

/** A part of the key as the table will hold it, so that keys which are rounded alike are one group. A text is left
 *  whole: a cast would cut it in silence. */
const groupKey = (work: TargetWork, name: string): Fragment => {
  const { dialect, target } = work;
  const type = target.key.find((column) => column.name === name)?.type ?? '';
  const value = keyExpression(work, name);
  return textTypes.test(dialect.baseType(type)) ? value : sql`cast(${value} as ${verbatim(type)})`;
};

/** Before types are known, and where only they are asked for. */
const bareKey = ({ target }: TargetWork, name: string): Fragment => {
  const mapped = target.columns.find((column) => column.name === name);
  if (mapped === undefined) throw new RangeError(`${target.name}: key ${name} is not mapped`);
  return renderExpression(mapped.expression);
};

/** One row per key. What stands outside of aggregates is grouped by as well: where it is not one value for a key,
 *  the key appears twice, and that is refused. */
const perKey = (work: TargetWork, root: Fragment, columns: readonly MappedColumn[], so: PerKey) => {
  const { target } = work;
  const plan = planOf(work, columns);
  const isKey = (name: string): boolean => target.key.some((column) => column.name === name);
  const others = columns.filter((column) => !isKey(column.name));
  const whole = others.filter(
    (column) => column.aggregated === undefined && refsOf(column.expression).length > 0,
  );
  const refs = new Map(
    others
      .filter((column) => column.aggregated !== undefined)
      .flatMap((column) => refsOf(outsideOf(column)))
      .map((ref, place) => [`${ref.alias}.${ref.column}`, { ref, name: `o#${place}` }]),
  );
  const wholeName = (column: MappedColumn): string => `p#${whole.indexOf(column)}`;
  const more = [
    ...whole.map((column) => ({ value: renderExpression(column.expression), name: wholeName(column) })),
    ...[...refs.values()].map(({ ref, name }) => ({ value: plainRef(ref), name })),
  ];
  const outside: Render = (ref) =>
    id(branchAlias(0), refs.get(`${ref.alias}.${ref.column}`)?.name ?? ref.column);
  const branches = plan.branches.map((branch, place) => {
    const rows = branchRows(
      { work, root, plan, keys: so.keys, filtered: so.filtered },
      branch,
      place === 0 ? more : [],
    );
    // NULL is a value here: a key that is NULL is refused by name, not lost.
    const match = so.keys.map((_, part) =>
      work.dialect.sameKey(
        id(branchAlias(0), groupName(part)),
        id(branchAlias(place), groupName(part)),
        true,
      ),
    );
    const relation = sql`(${rows}) as ${id(branchAlias(place))}`;
    return place === 0 ? relation : sql`\njoin ${relation} on ${ands(match)}`;
  });
  const valueOf = (column: MappedColumn): Fragment => {
    const part = target.key.findIndex((key) => key.name === column.name);
    if (part !== -1) return id(branchAlias(0), groupName(part));
    if (whole.includes(column)) return id(branchAlias(0), wholeName(column));
    return renderParts(column.aggregated ?? column.expression.parts, plan, outside);
  };
  return { valueOf, from: sql`from ${sql.join(branches, verbatim(''))}` };
};

interface PerKey {
  readonly keys: readonly Fragment[];
  readonly filtered: boolean;
}

const groupedRows = (work: TargetWork, root: Fragment): Fragment => {
  const { dialect, target } = work;
  const keys = target.key.map((column) => groupKey(work, column.name));
  const { valueOf, from } = perKey(work, root, target.columns, { keys, filtered: true });
  const values = target.columns.map((column) => dialect.convert(valueOf(column), column.type));
  return sql`select ${commas([...keys.map((_, part) => id(branchAlias(0), groupName(part))), ...values])}
${from}`;
};

export const aggregateRows = (work: TargetWork, root: Fragment): Fragment => {
  if (isGrouped(work)) return groupedRows(work, root);
  const { dialect, target } = work;
  const { valueOf, from } = perRow(work, root, target.columns);
  const keeps = target.columns.flatMap((column) => {
    const aliases = keptWhenMissing(work, column);
    return aliases.length === 0
      ? []
      : [ors(aliases.map((alias) => sql`${id(alias, 'tidemark.present')} is null`))];
  });
  const values = target.columns.map((column) => dialect.convert(valueOf(column), column.type));
  const rootKey = rootView(work).key.map((column) => id(target.root.alias, column.name));
  const guards = (work.scratch.images.guards ?? []).map(({ name }) => id(target.root.alias, name));
  return sql`select ${commas([...keyValues(work), ...values, ...keeps, ...rootKey, ...guards])}
${from}`;
};

export const aggregateValues = (
  work: TargetWork,
  root: Fragment,
  { columns, shown, filtered }: ValuesWish,
): Fragment => {
  const keys = (): readonly Fragment[] => work.target.key.map((column) => bareKey(work, column.name));
  const { valueOf, from } = isGrouped(work)
    ? perKey(work, root, columns, { keys: keys(), filtered })
    : perRow(work, root, columns, filtered);
  return sql`select ${commas(columns.map((column) => shown(column, valueOf(column))))}
${from}`;
};
