// The types that a target's expressions have, asked of the warehouse without touching a table: every relation is
// replaced by an empty one that exposes only the columns which were traced. What reads another does not compile.
import type { Target } from '../../dictionary/dictionary.ts';
import { renderExpression } from '../../sql/expression.ts';
import { commas, id, sql, verbatim, type Fragment } from '../../sql/fragment.ts';
import { overlay } from '../overlay.ts';
import type { RelationView } from '../relation-view.ts';
import { rootView, type TargetWork } from '../target-work.ts';
import { joined, rootColumns } from './joins.ts';

/** A view of a relation that holds nothing. */
export const emptied = (view: RelationView): RelationView => ({
  name: view.name,
  key: view.key,
  columns: view.columns,
});

const fromEmpty = (work: TargetWork): Fragment => {
  const root = overlay(work.dialect, rootView(work), { columns: rootColumns(work) });
  return joined(work, root, work.target.joins, 'as declared');
};

/** One column per mapped column, under its name. */
export const selectTypes = (work: TargetWork, columns: Target['columns'] = work.target.columns): Fragment => {
  const values = columns.map((column) => sql`${renderExpression(column.expression)} as ${id(column.name)}`);
  return sql`select ${values.length === 0 ? sql`1 as nothing` : commas(values)} from ${fromEmpty(work)}`;
};

/** The filter alone: does it compile, and is it a condition? */
export const selectFilter = (work: TargetWork): Fragment => {
  const filter = work.target.where === undefined ? verbatim('true') : renderExpression(work.target.where);
  return sql`select 1 as nothing from ${fromEmpty(work)} where ${filter}`;
};
