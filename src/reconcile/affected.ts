// Which rows of the root may look different after the batch: for each changed relation that the target reads,
// its before and after images take its place, and the way back to the root is walked.
import type { Join } from '../dictionary/dictionary.ts';
import { columnsRead, pathToRoot, refsOf } from '../graph/reads.ts';
import type { ScratchColumn } from '../sql/dialect.ts';
import { renderExpression } from '../sql/expression.ts';
import { commas, id, ors, sql, table, unionAll, verbatim, type Fragment } from '../sql/fragment.ts';
import { afterName, beforeName, keyName } from '../sql/images.ts';
import { rootColumns } from './desired/joins.ts';
import { causeOf, withCauses } from './causes.ts';
import { imageRows } from './image-rows.ts';
import { changedModelRows } from './model/relation-states.ts';
import { overlay, type Limit } from './overlay.ts';
import { concerns, type RelationImages } from './relation-view.ts';
import { rootKeyName, rootView, viewOf, type TargetWork } from './target-work.ts';

/** One condition per column among these that some image changes. */
const changedIn = (
  work: TargetWork,
  images: RelationImages,
  columns: ReadonlySet<string>,
): readonly Fragment[] => {
  const shape = images.table;
  return shape.columns
    .filter((each) => columns.has(each.name) && images.summary.columns.has(each.name))
    .map((each) =>
      work.dialect.differs(
        id('i', beforeName(shape, each.name)),
        id('i', afterName(shape, each.name)),
        each.type,
      ),
    );
};

/** An image matters when its row appears, vanishes, or changes in a column that the target reads. */
const matters = (work: TargetWork, images: RelationImages, columns: ReadonlySet<string>): Fragment => {
  return sql`(i.op <> 'U' or ${ors(changedIn(work, images, columns))})`;
};

const rootKeyColumns = (work: TargetWork): Fragment =>
  commas([...rootView(work).key.map((_, place) => id(rootKeyName(place))), id('cause')]);

const fromRoot = (work: TargetWork, images: RelationImages): Fragment => {
  const columns = columnsRead(work.target, work.target.root.alias);
  const key = rootView(work).key.map((column) => id('i', keyName(images.table, column.name)));
  return sql`select ${commas([...key, causeOf(images)])}
from ${table(images.table.table)} as i${withCauses(work.dialect, images)} where ${matters(work, images, columns)}`;
};

/** The look-up's columns that decide which root rows it is found from: those in the conditions on the way. */
const wayColumns = (path: readonly Join[], alias: string): ReadonlySet<string> =>
  new Set(
    path
      .flatMap((join) => refsOf(join.on))
      .filter((ref) => ref.alias === alias)
      .map((ref) => ref.column),
  );

/** The changed rows of a look-up, as they were and as they are, under the look-up's own column names. A row whose
 *  way to the root did not change is found from the same root rows before and after: once is enough. */
const bothSides = (work: TargetWork, join: Join, images: RelationImages): Fragment => {
  const columns = columnsRead(work.target, join.alias);
  const side = (name: 'before' | 'after', filter: Fragment): Fragment => {
    const rows = imageRows(work.dialect, viewOf(work, join.alias), name, columns);
    const values = [...columns].map((column) => sql`${rows.value(column)} as ${id(column)}`);
    return sql`select ${commas([sql`${causeOf(images)} as "tidemark.cause"`, ...values])}
from ${rows.from}${withCauses(work.dialect, images)} where ${filter} and ${matters(work, images, columns)}`;
  };
  const after = side('after', sql`i.op <> 'D'`);
  const way = wayColumns(pathToRoot(work.target, join.alias), join.alias);
  const moved = changedIn(work, images, way);
  if (images.summary.deleted === 0 && moved.length === 0) return after;
  const before = side('before', sql`(i.op = 'D' or (i.op = 'U' and ${ors(moved)}))`);
  return unionAll([before, after]);
};

/** Walking back from `join`, an equality with a plain column of an earlier alias says which of its rows can be
 *  met at all; such a row must be present, so that its own way back is limited in turn. */
const limitsBack = (work: TargetWork, join: Join, changed: Fragment): ReadonlyMap<string, Limit> => {
  const limits = new Map<string, Limit>();
  let current: Join | undefined = join;
  let rows = changed;
  while (current !== undefined) {
    const step = plainEquality(current);
    if (step === undefined) break;
    const values = sql`select ${id('x', step.own)} from (${rows}) as x`;
    limits.set(step.alias, { column: step.column, values });
    const next = work.target.joins.find((each) => each.alias === step.alias);
    if (next !== undefined) {
      const wish = {
        columns: [...columnsRead(work.target, next.alias)],
        limits: [{ column: step.column, values }],
      };
      rows = overlay(work.dialect, viewOf(work, next.alias), wish);
    }
    current = next;
  }
  return limits;
};

const plainEquality = (join: Join) => {
  for (const equality of join.equalities) {
    const [ref] = refsOf(equality.other);
    const bare = equality.other.parts.every((part) => typeof part !== 'string' || part.trim() === '');
    if (
      ref !== undefined &&
      bare &&
      equality.other.parts.filter((part) => typeof part !== 'string').length === 1
    ) {
      return { own: equality.own, alias: ref.alias, column: ref.column };
    }
  }
  return undefined;
};

const fromLookUp = (work: TargetWork, join: Join, images: RelationImages): Fragment => {
  const { target, dialect } = work;
  const changed = bothSides(work, join, images);
  const limits = limitsBack(work, join, changed);
  const limited = (alias: string): { limits?: readonly Limit[] } => {
    const limit = limits.get(alias);
    return limit === undefined ? {} : { limits: [limit] };
  };
  const root = target.root.alias;
  const between = pathToRoot(target, join.alias)
    .slice(0, -1)
    .map((each) => {
      const wish = { columns: [...columnsRead(target, each.alias)], ...limited(each.alias) };
      return sql`\nleft join (${overlay(dialect, viewOf(work, each.alias), wish)}) as ${id(each.alias)} on ${renderExpression(each.on)}`;
    });
  const key = rootView(work).key.map((column) => id(root, column.name));
  return sql`select ${commas([...key, id(join.alias, 'tidemark.cause')])}
from (${overlay(dialect, rootView(work), { columns: rootColumns(work), ...limited(root) })}) as ${id(root)}${sql.join(between, verbatim(''))}
join (${changed}) as ${id(join.alias)} on ${renderExpression(join.on)}`;
};

/** Look-ups that brought what the target reads. */
const changedJoins = (work: TargetWork) =>
  work.target.joins.flatMap((join) => {
    const { images } = viewOf(work, join.alias);
    if (images === undefined || !concerns(images, columnsRead(work.target, join.alias))) return [];
    return [{ join, images }];
  });

/** Each affected key is that of an image of the root: nothing has to be looked up in its table. */
export const comesFromRootAlone = (work: TargetWork): boolean =>
  work.target.root.kind !== 'query' &&
  work.target.changedAt === undefined &&
  work.part === undefined &&
  changedJoins(work).length === 0;

/** Statements that fill the affected table; none when nothing that the target reads has changed. */
export const affectedKeys = (work: TargetWork): readonly Fragment[] => {
  const insert = (rows: Fragment): Fragment =>
    sql`insert into ${table(work.scratch.affected)} (${rootKeyColumns(work)})\n${rows}`;
  const { root } = work.target;
  if (root.kind === 'query') {
    const { dialect, target, views } = work;
    const rows = changedModelRows({ dialect, target, query: root.query, views });
    return rows === undefined ? [] : [insert(rows)];
  }
  const statements: Fragment[] = [];
  const rootImages = rootView(work).images;
  if (rootImages !== undefined && concerns(rootImages, columnsRead(work.target, root.alias))) {
    statements.push(insert(fromRoot(work, rootImages)));
  }
  const fromLookUps = changedJoins(work).map(({ join, images }) => insert(fromLookUp(work, join, images)));
  return [...statements, ...fromLookUps];
};

/** Pairs of target key and change number, for the audit and for the targets that this one feeds. */
export const fillCauses = (work: TargetWork): Fragment => {
  const { dialect, scratch, target } = work;
  const shape = { key: target.key, columns: [] };
  const names = target.key.map((column) => keyName(shape, column.name));
  const match = rootView(work).key.map((column, place) =>
    dialect.sameKey(id('k', rootKeyName(place)), id('a', rootKeyName(place)), column.nullable),
  );
  return sql`insert into ${table(scratch.causes)} (${commas([...names.map((name) => id(name)), id('cause')])})
select distinct ${commas([...names.map((name) => id('k', name)), id('a', 'cause')])}
from ${table(scratch.keys)} as k join ${table(scratch.affected)} as a on ${sql.join(match, sql` and `)}
where a.cause is not null`;
};

export const causesColumns = (work: TargetWork): readonly ScratchColumn[] => [
  ...work.target.key.map((column) => ({
    name: keyName({ key: work.target.key, columns: [] }, column.name),
    type: column.type,
  })),
  { name: 'cause', type: 'bigint' },
];
