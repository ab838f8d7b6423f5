// Several rows of the root may stand for one target key, of which the filter lets one through: a key that is
// affected is computed from all of them, not only from those that changed.
import { plainColumn } from '../../dictionary/references.ts';
import { commas, id, sql, table, verbatim, type Fragment } from '../../sql/fragment.ts';
import { keyName } from '../../sql/images.ts';
import { keysMatch } from '../../sql/keys.ts';
import { overlay, type Limit } from '../overlay.ts';
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
      const ref = expression === undefined ? undefined : plainColumn(expression);
      return ref === undefined ? [] : [ref.column];
    }),
  );
  return !rootView(work).key.every((column) => plain.has(column.name));
};

const typeOf = (work: TargetWork, name: string): string => {
  const column = work.target.key.find((each) => each.name === name);
  if (column === undefined) throw new RangeError(`${work.target.name} has no key ${name}`);
  return column.type;
};

const wholeNumbers = new Set(['tinyint', 'smallint', 'integer', 'bigint', 'hugeint']);
const texts = new Set(['varchar', 'text']);

/** A value of the one type is equal to itself in the other. */
const areAlike = ({ dialect }: TargetWork, one: string, other: string): boolean => {
  const [left, right] = [dialect.baseType(one), dialect.baseType(other)];
  return (
    one === other ||
    (wholeNumbers.has(left) && wholeNumbers.has(right)) ||
    (texts.has(left) && texts.has(right))
  );
};

/** A key column that is a column of the root as it stands says which rows can share a key at all: the planner
 *  finds them by it, under whatever index there is. */
const limitsOf = (work: TargetWork): readonly Limit[] => {
  const { target, scratch } = work;
  const view = rootView(work);
  return target.key.flatMap((part): readonly Limit[] => {
    const expression = target.columns.find((column) => column.name === part.name)?.expression;
    const ref = expression === undefined ? undefined : plainColumn(expression);
    const column = view.columns.find((each) => each.name === ref?.column);
    if (column === undefined || part.nullable || !areAlike(work, column.type, part.type)) return [];
    const key = keyName(imageShapeOf(target), part.name);
    return [{ column: column.name, values: sql`select ${id('k', key)} from ${table(scratch.keys)} as k` }];
  });
};

/** Adds to the affected root rows those that share a target key with them. Where no key column is plain, that
 *  reads the root whole. */
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
    // To the full type: the keys in scratch were rounded on their way in. Texts are never cut.
    (name) => {
      const [value, type] = [keyExpression(work, name), typeOf(work, name)];
      const isText = /char|text|string/.test(dialect.baseType(type));
      return isText ? dialect.convert(value, type) : sql`cast(${value} as ${verbatim(type)})`;
    },
  );
  const isThere = keysMatch(
    dialect,
    view.key,
    (name) => id('r', name),
    (name) => id(alias, name),
  );
  return sql`insert into ${table(scratch.root)} (${commas(columns.map((name) => id(name)))})
select ${commas(columns.map((name) => id(alias, name)))} from (${overlay(dialect, view, { columns, limits: limitsOf(work) })}) as ${id(alias)}
where exists (select 1 from ${table(scratch.keys)} as k where ${sharesKey})
  and not exists (select 1 from ${table(scratch.root)} as r where ${isThere})`;
};
