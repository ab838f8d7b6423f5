// The types that a target's expressions have, asked of the warehouse without touching a table: every relation is
// replaced by an empty one that exposes only the columns which were traced. What reads another does not compile.
import type { Expression, History, MappedColumn, Target } from '../../dictionary/dictionary.ts';
import { renderExpression } from '../../sql/expression.ts';
import { commas, id, sql, verbatim, type Fragment } from '../../sql/fragment.ts';
import { overlay } from '../overlay.ts';
import type { RelationView } from '../relation-view.ts';
import { rootView, type TargetWork } from '../target-work.ts';
import { desiredValues } from './desired.ts';
import { joined, rootColumns } from './joins.ts';

/** A view of a relation that holds nothing. */
export const emptied = (view: RelationView): RelationView => ({
  name: view.name,
  key: view.key,
  columns: view.columns,
});

const emptyRoot = (work: TargetWork): Fragment =>
  overlay(work.dialect, rootView(work), { columns: rootColumns(work) });

/** One column per mapped column, under its name. */
export const selectTypes = (work: TargetWork, columns: Target['columns'] = work.target.columns): Fragment => {
  if (columns.length === 0) return sql`select 1 as nothing`;
  const shown = (column: MappedColumn, value: Fragment): Fragment => sql`${value} as ${id(column.name)}`;
  return desiredValues(work, emptyRoot(work), { columns, shown, filtered: false });
};

/** The columns of validity of a history, as the warehouse spells their types. */
export const selectValidity = ({ columns }: History): Fragment =>
  sql`select ${commas(columns.map(({ name, type }) => sql`cast(null as ${verbatim(type)}) as ${id(name)}`))}`;

/** When a change of the root happened: does it compile, and is it a time? */
export const selectTime = (work: TargetWork, at: Expression): Fragment =>
  sql`select cast(${renderExpression(at)} as timestamp) as at from (${emptyRoot(work)}) as ${id(work.target.root.alias)}`;

/** The filter alone: does it compile, and is it a condition? */
export const selectFilter = (work: TargetWork): Fragment => {
  const { where, joins } = work.target;
  const filter = where === undefined ? verbatim('true') : renderExpression(where);
  return sql`select 1 as nothing from ${joined(work, emptyRoot(work), joins, 'as declared')} where ${filter}`;
};
