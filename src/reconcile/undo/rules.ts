// `keep`, `set` and `update-only` say what happens to rows and cells that the mapping has no value for any more. They
// do not speak of what an undone batch wrote: that takes the value it had before, and a row that it inserted goes.
import type { Column, ScratchColumn } from '../../sql/dialect.ts';
import { commas, id, ors, sql, table, verbatim, type Fragment } from '../../sql/fragment.ts';
import {
  afterName,
  beforeName,
  guardName,
  imageColumns,
  keyName,
  type ImageShape,
  type ImageTable,
} from '../../sql/images.ts';
import { keysMatch } from '../../sql/keys.ts';
import { became, told, was, type UndoneTable } from '../../sql/undone.ts';
import { keptWhenMissing } from '../desired/kept.ts';
import { imageShapeOf, keepName, type TargetWork } from '../target-work.ts';

/** Rows or cells may stay though the mapping yields nothing for them. */
export const hasRules = ({ target }: TargetWork): boolean =>
  target.rows === 'update-only' || target.onDelete.kind !== 'delete' || target.onMissing === 'keep';

export interface RuledOut {
  readonly work: TargetWork;
  readonly undone: UndoneTable;
  /** Scratch of the target's image shape: the images that take the place of those that the rules made. */
  readonly fixed: ImageTable;
}

const leavesGoneRows = ({ target }: TargetWork): boolean =>
  target.rows === 'update-only' || target.onDelete.kind !== 'delete';

/** Rows that several undone batches wrote and whose sources end as they began: nothing else reaches them. */
export const fillUndoneKeys = ({ dialect, target, scratch }: TargetWork, undone: UndoneTable): Fragment => {
  const shape = imageShapeOf(target);
  const names = target.key.map(({ name }) => id(keyName(shape, name)));
  const known = keysMatch(
    dialect,
    target.key,
    (name) => id('k', keyName(shape, name)),
    (name) => id('u', keyName(undone, name)),
  );
  return sql`insert into ${table(scratch.keys)} (${commas(names)})
select ${commas(target.key.map(({ name }) => id('u', keyName(undone, name))))} from ${table(undone.table)} as u
where not exists (select 1 from ${table(scratch.keys)} as k where ${known})`;
};

/** What was redacted is not there to be written. */
const knownBefore = (shape: ImageShape, undone: UndoneTable): readonly Column[] =>
  shape.columns.filter(
    ({ name, redacted }) => redacted !== true && undone.columns.some((each) => each.name === name),
  );

const inDesired = sql`d."tidemark.present" is not null`;
const inTable = sql`t."tidemark.present" is not null`;

interface RuledCell extends ScratchColumn {
  readonly isNow: Fragment;
  /** It takes the value that it had before. */
  readonly back: Fragment;
  readonly value: Fragment;
}

const ruledCells = ({ work, undone }: RuledOut): readonly RuledCell[] => {
  const { dialect, target, scratch } = work;
  const { images } = scratch;
  const shape = imageShapeOf(target);
  const columns = knownBefore(shape, undone);
  return shape.columns.map(({ name, type }) => {
    const place = target.columns.findIndex((each) => each.name === name);
    const mapped = target.columns[place];
    const isNow = id('t', name);
    const ordinary = sql`case when i.op is null then ${isNow} else ${id('i', afterName(images, name))} end`;
    const kept =
      mapped !== undefined && keptWhenMissing(work, mapped).length > 0
        ? sql`coalesce(${id('d', keepName(place))}, false)`
        : sql`false`;
    const ruled = leavesGoneRows(work) ? sql`(not (${inDesired}) or ${kept})` : kept;
    const back = columns.some((each) => each.name === name)
      ? sql`(u.was and ${told(undone, 'u', name)} and ${ruled} and (not (${inTable}) or not ${dialect.differs(isNow, became(undone, 'u', name), type)}))`
      : sql`false`;
    const value = sql`case when ${back} then ${was(undone, 'u', name)} else ${ordinary} end`;
    return { name, type, isNow, back, value };
  });
};

/** What becomes of rows that the mapping has nothing for. */
const goneRows = ({ work, undone }: RuledOut): { readonly goes: Fragment; readonly returns: Fragment } => {
  if (!leavesGoneRows(work)) return { goes: sql`false`, returns: sql`false` };
  const { dialect, target } = work;
  const changedSince = ors(
    knownBefore(imageShapeOf(target), undone).map(({ name, type }) =>
      dialect.differs(id('t', name), became(undone, 'u', name), type),
    ),
  );
  return {
    goes: sql`(not u.was and ${inTable} and not (${inDesired}) and not ${changedSince})`,
    // Only an undo takes away a row that the rule lets stay.
    returns: sql`(u.was and not u."is" and not (${inTable}) and not (${inDesired}))`,
  };
};

/** Fills `fixed` with the rows that a rule decided and that the undone batches wrote, as long as nobody wrote
 *  them since. */
export const fillFixed = (ruledOut: RuledOut): Fragment => {
  const { work, undone, fixed } = ruledOut;
  const { dialect, target, scratch } = work;
  const shape = imageShapeOf(target);
  const { images } = scratch;
  const on = (alias: string, name: (column: string) => string): Fragment =>
    keysMatch(
      dialect,
      target.key,
      (column) => id(alias, name(column)),
      (column) => id('u', keyName(undone, column)),
    );
  const byKey = (column: string): string => keyName(shape, column);
  const cells = ruledCells(ruledOut);
  const { goes, returns } = goneRows(ruledOut);
  const operation = sql`case when ${goes} then 'D' when ${inTable} then 'U' when ${returns} then 'I' else i.op end`;
  const guards = (images.guards ?? []).map(({ name }) => id('d', guardName(images, name)));
  const values = [
    ...target.key.map(({ name }) => id('u', keyName(undone, name))),
    ...cells.map(({ isNow }) => isNow),
    ...cells.map(
      ({ value, type }) => sql`case when ${goes} then cast(null as ${verbatim(type)}) else ${value} end`,
    ),
    ...guards,
  ];
  const names = commas(imageColumns(fixed).map(({ name }) => id(name)));
  const current = work.scope === 'all' ? target.table : scratch.current;
  const marked = (from: Fragment): Fragment =>
    sql`(select true as "tidemark.present", x.* from ${from} as x)`;
  return sql`insert into ${table(fixed.table)} (${names})
select row_number() over (), ${operation}, null, ${commas(values)}
from ${table(undone.table)} as u
left join ${marked(table(scratch.desired))} as d on ${on('d', byKey)}
left join ${marked(table(current))} as t on ${on('t', (column) => column)}
left join ${table(images.table)} as i on ${on('i', byKey)}
where (${goes} or ${returns} or ${ors(cells.map(({ back }) => back))}) and (${inTable} or ${returns} or i.op is not null)`;
};

/** Puts them in the place of the images of the same rows, where they change anything. */
export const replaceImages = ({ work, fixed }: RuledOut): readonly Fragment[] => {
  const { dialect, scratch } = work;
  const { images } = scratch;
  const names = imageColumns(fixed).map(({ name }) => name);
  const differing = fixed.columns.map(({ name, type }) =>
    dialect.differs(id('f', beforeName(fixed, name)), id('f', afterName(fixed, name)), type),
  );
  const same = keysMatch(
    dialect,
    fixed.key,
    (name) => id('i', keyName(fixed, name)),
    (name) => id('f', keyName(fixed, name)),
  );
  return [
    sql`delete from ${table(images.table)} as i where exists (select 1 from ${table(fixed.table)} as f where ${same})`,
    sql`insert into ${table(images.table)} (${commas(names.map((name) => id(name)))}) select ${commas(names.map((name) => id('f', name)))}
from ${table(fixed.table)} as f where f.op <> 'U' or ${ors(differing)}`,
  ];
};
