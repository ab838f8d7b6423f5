// Does each row of the grain make one row of the target, with a key of its own, on the rows that staging holds now?
import type { MappedColumn } from '../../dictionary/dictionary.ts';
import type { Problem } from '../../errors/tidemark-error.ts';
import { problem } from '../../project/problems.ts';
import { isGrouped } from '../../reconcile/desired/aggregate.ts';
import { desiredValues } from '../../reconcile/desired/desired.ts';
import { rootRows } from '../../reconcile/desired/root.ts';
import { rootView, type TargetWork } from '../../reconcile/target-work.ts';
import type { KeyColumn } from '../../sql/dialect.ts';
import { commas, id, sql, table, type Fragment } from '../../sql/fragment.ts';
import { showTable } from '../../sql/table-name.ts';
import type { Warehouse } from '../../warehouse/port.ts';
import { ambiguousLookUp, showRows } from '../compute/refuse-rows.ts';

/** How many keys a message names. */
const named = 3;

const problemOf = (error: {
  readonly code: Problem['code'];
  readonly message: string;
  readonly hint: string | undefined;
  readonly at: Problem['at'];
}): Problem => problem(error.code, error.at, error.message, error.hint);

const place = ({ target }: TargetWork): Problem['at'] =>
  target.columns.find((column) => target.key.some((part) => part.name === column.name))?.expression.at ??
  target.at;

/** Of a history the start of a version is a part of the key, which no mapping yields. */
const keyColumns = ({ target }: TargetWork): readonly KeyColumn[] =>
  target.root.kind === 'this'
    ? target.key
    : target.key.filter(({ name }) => target.columns.some((column) => column.name === name));

/** The keys of the rows that the target should hold; `this` rows are those that it holds. */
const keysOf = (work: TargetWork): Fragment => {
  const { target } = work;
  const names = keyColumns(work).map(({ name }) => name);
  if (target.root.kind === 'this')
    return sql`select ${commas(names.map((name) => id(name)))} from ${table(target.table)}`;
  // What a group is grouped by follows from all that is asked of it.
  const columns = isGrouped(work)
    ? target.columns
    : target.columns.filter(({ name }) => names.includes(name));
  const shown = (column: MappedColumn, value: Fragment): Fragment =>
    sql`${work.dialect.convert(value, column.type)} as ${id(column.name)}`;
  return desiredValues(work, rootRows(work), { columns, shown, filtered: true });
};

const sharedKeys = async (warehouse: Warehouse, work: TargetWork): Promise<readonly Problem[]> => {
  const { target } = work;
  if (target.root.kind === 'this' && target.keyIsEnforced) return [];
  const key = commas(keyColumns(work).map(({ name }) => id('k', name)));
  const rows = await warehouse.session((session) =>
    session.rows(
      sql`select ${key}, count(*) as "tidemark.rows" from (${keysOf(work)}) as k group by ${key} having count(*) > 1 order by ${key} limit ${sql.lit(named)}`,
    ),
  );
  if (rows.length === 0) return [];
  const message =
    target.root.kind === 'this'
      ? `\`${showTable(target.table)}\` holds keys more than once: ${showRows(rows)}`
      : `several rows of \`${rootView(work).name}\` would share a key of \`${target.name}\`: ${showRows(rows)}`;
  const hint = isGrouped(work)
    ? 'aggregate what has several values in a group, for example by `max(…)`, or make it a part of the key'
    : 'the key must tell the rows apart: name all its columns';
  return [problem('duplicate_target_key', place(work), message, hint)];
};

const nullKeys = async (warehouse: Warehouse, work: TargetWork): Promise<readonly Problem[]> => {
  const strict = keyColumns(work).filter(({ nullable }) => !nullable);
  if (strict.length === 0) return [];
  const isNull = sql.join(
    strict.map(({ name }) => sql`${id('k', name)} is null`),
    sql` or `,
  );
  const [row] = await warehouse.session((session) =>
    session.rows<{ count: string }>(
      sql`select count(*) as count from (${keysOf(work)}) as k where ${isNull}`,
    ),
  );
  const count = Number(row?.count ?? 0);
  if (count === 0) return [];
  return [
    problem(
      'null_target_key',
      place(work),
      `the key of \`${work.target.name}\` would be NULL in ${count} ${count === 1 ? 'row' : 'rows'}`,
      'leave such rows out with `where:`, or declare the key column with `{ column: …, nullable: true }`',
    ),
  ];
};

export const checkRows = async (warehouse: Warehouse, work: TargetWork): Promise<readonly Problem[]> => {
  const own = work.target.root.kind === 'this' ? await sharedKeys(warehouse, work) : [];
  if (own.length > 0) return own;
  const single = work.target.joins.filter(({ many }) => !many);
  const twice = await warehouse.session((session) => ambiguousLookUp(session, work, single));
  // Keys that are shared because a look-up matches twice are no second mistake.
  if (twice !== undefined) return [problemOf(twice)];
  return [...(await nullKeys(warehouse, work)), ...(await sharedKeys(warehouse, work))];
};
