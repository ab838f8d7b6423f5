// The FROM of a target: its root and look-ups, each exposing only the columns that the target reads.
import type { Join } from '../../dictionary/dictionary.ts';
import { aliasesIn } from '../../dictionary/references.ts';
import { columnsRead, pathToRoot } from '../../graph/reads.ts';
import { renderExpression } from '../../sql/expression.ts';
import { id, sql, verbatim, type Fragment } from '../../sql/fragment.ts';
import { isLaid, overlay, type Limit } from '../overlay.ts';
import { viewOf, type TargetWork } from '../target-work.ts';

/** The columns that the work needs of the root: what the target reads, the root's key, and what goes along. */
export const rootColumns = (work: TargetWork): readonly string[] => {
  const { root } = work.target;
  const key = viewOf(work, root.alias).key.map((column) => column.name);
  const guards = (work.scratch.images.guards ?? []).map(({ name }) => name);
  return [...new Set([...key, ...columnsRead(work.target, root.alias), ...guards])];
};

/** Root and look-ups joined; `root` is the query that yields the root's rows. */
export const joined = (
  work: TargetWork,
  root: Fragment,
  joins: readonly Join[],
  inner: 'as declared' | 'left only',
): Fragment => {
  const parts = joins.map((join) => {
    const kind = join.type === 'inner' && inner === 'as declared' ? 'inner join' : 'left join';
    return sql`\n${verbatim(kind)} (${lookUp(work, root, join)}) as ${id(join.alias)} on ${renderExpression(join.on)}`;
  });
  return sql`(${root}) as ${id(work.target.root.alias)}${sql.join(parts, verbatim(''))}`;
};

/** A look-up that has images is a union, which no index answers: it is limited to the values that its condition
 *  can meet. A plain table is left to the planner. */
const lookUp = (work: TargetWork, root: Fragment, join: Join): Fragment => {
  const columns = columnsRead(work.target, join.alias);
  const view = viewOf(work, join.alias);
  const wish = { columns: [...columns] };
  if (work.scope === 'all' || !isLaid(view, columns)) return overlay(work.dialect, view, wish);
  const limits = join.equalities.slice(0, 1).map((equality): Limit => {
    const needed = new Set([...aliasesIn(equality.other)].flatMap((alias) => pathToRoot(work.target, alias)));
    const path = work.target.joins.filter((each) => needed.has(each));
    return {
      column: equality.own,
      values: sql`select ${renderExpression(equality.other)} from ${joined(work, root, path, 'left only')}`,
    };
  });
  return overlay(work.dialect, view, { ...wish, limits });
};
