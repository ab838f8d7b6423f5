// A target that is set back from the audit and has images besides, from source changes that are undone with it: both
// in one image table. What the audit decides wins; a row that the mapping takes away goes.
import type { Dialect } from '../../sql/dialect.ts';
import { commas, id, ors, sql, table, type Fragment } from '../../sql/fragment.ts';
import { afterName, beforeName, insertImages, keyName, type ImageTable } from '../../sql/images.ts';
import { keysMatch } from '../../sql/keys.ts';
import type { TableName } from '../../sql/table-name.ts';

export interface Laid {
  readonly dialect: Dialect;
  readonly target: TableName;
  /** What the mapping makes of the sources. */
  readonly ordinary: ImageTable;
  /** What the audit says; more columns, maybe. */
  readonly restored: ImageTable;
}

const same = ({ dialect, ordinary, restored }: Laid): Fragment =>
  keysMatch(
    dialect,
    restored.key,
    (name) => id('i', keyName(ordinary, name)),
    (name) => id('r', keyName(restored, name)),
  );

const isCarried = ({ ordinary }: Laid, name: string): boolean =>
  ordinary.columns.some((column) => column.name === name);

/** Fills `into`, which has the shape of `restored`. */
export const fillLaid = (laid: Laid, into: ImageTable): Fragment => {
  const { dialect, target, ordinary, restored } = laid;
  const key = restored.key.map(
    ({ name }) => sql`coalesce(${id('r', keyName(restored, name))}, ${id('i', keyName(ordinary, name))})`,
  );
  const ofTable = keysMatch(
    dialect,
    restored.key,
    (name) => id('t', name),
    (name) => id('i', keyName(ordinary, name)),
  );
  const before = restored.columns.map(({ name }) => {
    const stored = isCarried(laid, name) ? id('i', beforeName(ordinary, name)) : id('t', name);
    return sql`case when r.op is null then ${stored} else ${id('r', beforeName(restored, name))} end`;
  });
  const after = restored.columns.map(({ name, type }) => {
    const stored = isCarried(laid, name) ? id('i', afterName(ordinary, name)) : id('t', name);
    const [was, becomes] = [id('r', beforeName(restored, name)), id('r', afterName(restored, name))];
    const decided = sql`i.op is null or r.op <> 'U' or ${dialect.differs(was, becomes, type)}`;
    return sql`case when i.op = 'D' then null when r.op is not null and (${decided}) then ${becomes} else ${stored} end`;
  });
  const shown = restored.key.map((_, place) => id('x', `k#${place}`));
  const cells = restored.columns.flatMap((_, place) => [id('x', `b#${place}`), id('x', `a#${place}`)]);
  const named = [
    ...key.map((value, place) => sql`${value} as ${id(`k#${place}`)}`),
    ...before.map((value, place) => sql`${value} as ${id(`b#${place}`)}`),
    ...after.map((value, place) => sql`${value} as ${id(`a#${place}`)}`),
  ];
  const ordered = [
    ...shown,
    ...cells.filter((_, place) => place % 2 === 0),
    ...cells.filter((_, place) => place % 2 === 1),
  ];
  const differing = restored.columns.map(({ type }, place) =>
    dialect.differs(id('x', `b#${place}`), id('x', `a#${place}`), type),
  );
  return insertImages(
    into,
    sql`select row_number() over (), x.op, null, ${commas(ordered)}
from (select case when i.op = 'D' then 'D' else coalesce(r.op, i.op) end as op, ${commas(named)}
  from ${table(ordinary.table)} as i full join ${table(restored.table)} as r on ${same(laid)}
  left join ${table(target)} as t on ${ofTable}) as x
where x.op <> 'U' or ${ors(differing)}`,
  );
};

export const forcedName = (place: number): string => `c${place}`;

/** What the mapping would not have done of its own: whole rows, and cells by place of their column. */
export const countForced = (laid: Laid): Fragment => {
  const { dialect, ordinary, restored } = laid;
  const cells = restored.columns.map(({ name, type }, place) => {
    const [was, becomes] = [id('r', beforeName(restored, name)), id('r', afterName(restored, name))];
    const alike = isCarried(laid, name)
      ? sql`coalesce(i.op, '') = 'U' and not ${dialect.differs(becomes, id('i', afterName(ordinary, name)), type)}`
      : sql`false`;
    return sql`count(*) filter (where r.op = 'U' and ${dialect.differs(was, becomes, type)} and coalesce(i.op, '') <> 'D' and not (${alike})) as ${id(forcedName(place))}`;
  });
  return sql`select ${commas([
    sql`count(*) filter (where r.op <> 'U' and r.op <> coalesce(i.op, '')) as rows`,
    ...cells,
  ])} from ${table(restored.table)} as r left join ${table(ordinary.table)} as i on ${same(laid)}`;
};

/** Rows that the audit decides have no source change as their reason, or the undo of this undo would pass them over. */
export const dropCauses = ({ dialect, restored }: Laid, causes: TableName): Fragment =>
  sql`delete from ${table(causes)} as c where exists (select 1 from ${table(restored.table)} as r where ${keysMatch(
    dialect,
    restored.key,
    (name) => id('c', keyName(restored, name)),
    (name) => id('r', keyName(restored, name)),
  )})`;
