// An expression made safe to stand beside an operator: `a or b` must not become `a or b = c`.
import { RawNode } from 'kysely';
import { sql, type Fragment } from '../sql/fragment.ts';

/** Columns and bound values stay bare, so that the SQL remains readable; everything else gets parentheses. */
export const operand = (fragment: Fragment): Fragment => {
  const node = fragment.toOperationNode();
  const bare = RawNode.is(node) && node.sqlFragments.every((text) => text === '' || text === '.');
  return bare ? fragment : sql`(${fragment})`;
};
