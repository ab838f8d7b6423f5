// Several rows of the root may stand for one target key, of which the filter lets one through: a key that is
// affected is computed from all of them, not only from those that changed.
import { refsOf } from '../../graph/reads.ts';
import { commas, id, sql, table, verbatim, type Fragment } from '../../sql/fragment.ts';
import { keyName } from '../../sql/images.ts';
import { keysMatch } from '../../sql/keys.ts';
import { overlay } from '../overlay.ts';
import { imageShapeOf, rootView, type TargetWork } from '../target-work.ts';
import { rootColumns } from './joins.ts';
import { keyExpression } from './root.ts';

/** Not where each column of the root's key is a column of the target's key, just as it is. */
export const mayShareKeys = (work: TargetWork): boolean => {
  const { target } = work;
  if (target.root.kind === 'this') return false;
  const plain = new Set(
    target.key.flatMap((part) => {
      const expression = target.columns.find((column) => column.name === part.name)?.expression;
      const [ref] = expression === undefined ? [] : refsOf(expression);
      const bare = expression?.parts.every((each) => typeof each !== 'string' || each.trim() === '') ?? false;
      return ref === undefined || !bare ? [] : [ref.column];
    }),
  );
  return !rootView(work).key.every((column) => plain.has(column.name));
};

const typeOf = (work: TargetWork, name: string): string => {
  const column = work.target.key.find((each) => each.name === name);
  if (column === undefined) throw new RangeError(`${work.target.name} has no key ${name}`);
  return column.type;
};

/** Adds to the affected root rows those that share a target key with them. Reads the root whole. */
export const fillSharers = (work: TargetWork): Fragment => {
  const { dialect, target, scratch } = work;
  const view = rootView(work);
  const { alias } = target.root;
  const columns = rootColumns(work);
  const shape = imageShapeOf(target);
  const sharesKey = keysMatch(
    dialect,
    target.key,
    (name) => id('k', keyName(shape, name)),
    // To the full type: the keys in scratch were rounded on their way in.
    (name) => sql`cast(${keyExpression(work, name)} as ${verbatim(typeOf(work, name))})`,
  );
  const isThere = keysMatch(
    dialect,
    view.key,
    (name) => id('r', name),
    (name) => id(alias, name),
  );
  return sql`insert into ${table(scratch.root)} (${commas(columns.map((name) => id(name)))})
select ${commas(columns.map((name) => id(alias, name)))} from (${overlay(dialect, view, { columns })}) as ${id(alias)}
where exists (select 1 from ${table(scratch.keys)} as k where ${sharesKey})
  and not exists (select 1 from ${table(scratch.root)} as r where ${isThere})`;
};
