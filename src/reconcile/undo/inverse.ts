// The inverse images of a mirror, or of a target where it was written for no source change: what its rows must become
// so that the undone changes never happened, and the conflicts, cells that somebody changed since.
import { isLog, positionColumn, type Source } from '../../dictionary/dictionary.ts';
import type { Column, Dialect, ScratchColumn } from '../../sql/dialect.ts';
import { ands, commas, id, ors, sql, table, verbatim, type Fragment } from '../../sql/fragment.ts';
import { afterName, beforeName, insertImages, keyName, type ImageTable } from '../../sql/images.ts';
import { jsonObject } from '../../sql/json.ts';
import { keysMatch } from '../../sql/keys.ts';
import { asRecorded, recordedType } from '../../sql/redacted.ts';
import type { TableName } from '../../sql/table-name.ts';
import { became, told, was, type UndoneTable } from '../../sql/undone.ts';

/** What becomes of cells that somebody changed since: all are listed and nothing is written, they are left, or they get
 *  the value from before. */
export type OnConflict = 'fail' | 'skip' | 'force';

export interface Inverse {
  readonly dialect: Dialect;
  /** Columns that follow every change of a row, so that they never conflict. */
  readonly bookkeeping: ReadonlySet<string>;
  readonly undone: UndoneTable;
  /** Scratch: the relation's row of each undone one, as it is. */
  readonly pairs: TableName;
  /** What batches changed since which are in effect; none where there are no such batches. */
  readonly later?: UndoneTable | undefined;
  /** Rows that were deleted since, with the row as it was then; only to force them back. */
  readonly lost?: UndoneTable | undefined;
  readonly images: ImageTable;
  readonly onConflict: OnConflict;
  /** What redacted values were hidden with. */
  readonly redactKey?: string | undefined;
}

/** Of a source. */
export const bookkeepingOf = (source: Source): ReadonlySet<string> =>
  new Set(
    [
      source.updatedAt,
      source.actor,
      positionColumn(source),
      ...(isLog(source) ? source.detect.sequence.map(({ name }) => name) : []),
    ].flatMap((name) => name ?? []),
  );

export const pairColumns = (images: ImageTable): readonly ScratchColumn[] => [
  { name: 'present', type: 'boolean' },
  ...images.key.map(({ name, type }) => ({ name: keyName(images, name), type })),
  ...images.columns.map(({ name, type }) => ({ name: beforeName(images, name), type })),
];

const match = (inverse: Inverse, left: string, right: string): Fragment => {
  const { dialect, images } = inverse;
  const at = (alias: string) => (name: string) => id(alias, keyName(images, name));
  return keysMatch(dialect, images.key, at(left), at(right));
};

/** `rows` yields the relation's rows under the columns of the images. */
export const fillPairs = (inverse: Inverse, rows: Fragment): Fragment => {
  const { dialect, undone, pairs, images } = inverse;
  const same = keysMatch(
    dialect,
    images.key,
    (name) => id('m', name),
    (name) => id('u', keyName(images, name)),
  );
  const columns = commas(images.columns.map(({ name }) => id('o', name)));
  return sql`insert into ${table(pairs)} (${commas(pairColumns(images).map(({ name }) => id(name)))})
select m."tidemark.present" is not null, ${commas([
    ...images.key.map(({ name }) => id('u', keyName(images, name))),
    ...images.columns.map(({ name }) => id('m', name)),
  ])}
from ${table(undone.table)} as u
left join (select true as "tidemark.present", ${columns} from ${rows} as o) as m on ${same}`;
};

const laterName = (place: number): string => `later#${place}`;

/** The undone rows as `u`, with what later batches told of each: of the row, and of which of its cells. */
const undoneRows = (inverse: Inverse): Fragment => {
  const { undone, later, images } = inverse;
  if (later === undefined) return sql`${table(undone.table)} as u`;
  const cells = images.columns.map(
    ({ name }, place) => sql`coalesce(${told(later, 'x', name)}, false) as ${id(laterName(place))}`,
  );
  return sql`(select u.*, x."is" is not null as later, ${commas(cells)} from ${table(undone.table)} as u
  left join ${table(later.table)} as x on ${match(inverse, 'x', 'u')}) as u`;
};

const changedLater = ({ later }: Inverse): Fragment => (later === undefined ? sql`false` : sql`u.later`);

const updated = sql`(u.was and u."is")`;
const deleted = sql`(u.was and not u."is")`;
const here = sql`p.present`;

interface Cell {
  readonly name: string;
  readonly column: Column;
  readonly isNow: Fragment;
  /** As the records would have it. */
  readonly nowRecorded: Fragment;
  readonly before: Fragment;
  readonly after: Fragment;
  readonly told: Fragment;
  /** A later batch told of it too, so that what it holds is of that batch, be it the same. */
  readonly toldLater: Fragment;
  readonly awayFromBefore: Fragment;
  readonly awayFromAfter: Fragment;
  readonly bookkeeping: boolean;
}

const cellsOf = ({ dialect, bookkeeping, images, undone, later, redactKey }: Inverse): readonly Cell[] =>
  images.columns.map((column, place) => {
    const { name } = column;
    const isNow = id('p', beforeName(images, name));
    const nowRecorded = asRecorded(dialect, column, isNow, redactKey);
    const type = recordedType(column);
    const before = was(undone, 'u', name);
    const after = became(undone, 'u', name);
    return {
      name,
      column,
      isNow,
      nowRecorded,
      before,
      after,
      told: told(undone, 'u', name),
      toldLater: later === undefined ? sql`false` : id('u', laterName(place)),
      awayFromBefore: dialect.differs(nowRecorded, before, type),
      awayFromAfter: dialect.differs(nowRecorded, after, type),
      bookkeeping: bookkeeping.has(name),
    };
  });

const counting = (cells: readonly Cell[]): readonly Cell[] => cells.filter(({ bookkeeping }) => !bookkeeping);

const isRedacted = ({ column }: Cell): boolean => column.redacted === true;

/** A redacted cell that is not what it was before stays what it is: the value is not there to be written. */
const changedSince = (cell: Cell): Fragment =>
  isRedacted(cell)
    ? sql`(${cell.told} and ${cell.awayFromBefore})`
    : sql`(${cell.told} and ${cell.awayFromBefore} and (${cell.awayFromAfter} or ${cell.toldLater}))`;

/** Of a row that is gone: it had values that were redacted, and cannot come back without them. */
const isLacking = (cells: readonly Cell[]): Fragment =>
  ors(cells.filter(isRedacted).map(({ before }) => sql`${before} is not null`));

/** A cell of a row that the undone batches made is not theirs any more. */
const isOthers = ({ awayFromAfter, toldLater }: Cell): Fragment => sql`(${awayFromAfter} or ${toldLater})`;

/** A row that the undone batches made is not what they made of it any more. */
const madeOtherwise = (cells: readonly Cell[]): Fragment =>
  ors([sql`not u."is"`, ...counting(cells).map((cell) => sql`(${cell.told} and ${isOthers(cell)})`)]);

/** A row that they deleted is back, and not as it was. */
const backOtherwise = (cells: readonly Cell[]): Fragment =>
  ors(counting(cells).map(({ told: known, awayFromBefore }) => sql`(${known} and ${awayFromBefore})`));

/** What each row needs; NULL: nothing, or it is left. */
const operation = (inverse: Inverse, cells: readonly Cell[]): Fragment => {
  const force = inverse.onConflict === 'force';
  const lostRow =
    inverse.lost === undefined || cells.some(isRedacted)
      ? sql`null`
      : sql`case when l."is" is not null then 'I' end`;
  return sql`case
  when ${updated} and ${here} then 'U'
  when ${updated} then ${lostRow}
  when ${deleted} and not ${here} then case when ${isLacking(cells)} or ${force ? sql`false` : changedLater(inverse)} then null else 'I' end
  when ${deleted} then ${force ? sql`'U'` : sql`null`}
  when ${here} and ${force ? sql`true` : sql`not ${madeOtherwise(cells)}`} then 'D' end`;
};

/** What a cell becomes of a row that is there, or comes back. */
const valueAfter = (inverse: Inverse, cell: Cell): Fragment => {
  const { isNow, before, awayFromAfter } = cell;
  if (isRedacted(cell)) return sql`case when u.was and ${here} then ${isNow} end`;
  const unforced = cell.bookkeeping || inverse.onConflict !== 'force';
  const stays = cell.bookkeeping ? sql`(${awayFromAfter} or ${changedLater(inverse)})` : isOthers(cell);
  const ofUpdate = unforced ? sql`case when ${stays} then ${isNow} else ${before} end` : before;
  const lost = inverse.lost === undefined ? sql`null` : was(inverse.lost, 'l', cell.name);
  return sql`case when not u.was then null
  when ${deleted} then ${before}
  when not ${here} then case when ${cell.told} then ${before} else ${lost} end
  when ${cell.told} then ${ofUpdate} else ${isNow} end`;
};

export const fillInverse = (inverse: Inverse): Fragment => {
  const { dialect, images, pairs, lost } = inverse;
  const cells = cellsOf(inverse);
  const keys = images.key.map(({ name }) => keyName(images, name));
  const before = cells.map(({ name, isNow }) => sql`${isNow} as ${id(beforeName(images, name))}`);
  const after = cells.map((cell) => sql`${valueAfter(inverse, cell)} as ${id(afterName(images, cell.name))}`);
  const lostJoin =
    lost === undefined
      ? verbatim('')
      : sql`\n  left join ${table(lost.table)} as l on ${match(inverse, 'l', 'u')}`;
  const differing = images.columns.map(({ name, type }) =>
    dialect.differs(id('x', beforeName(images, name)), id('x', afterName(images, name)), type),
  );
  const shown = [
    ...keys.map((name) => id('x', name)),
    ...images.columns.map(({ name }) => id('x', beforeName(images, name))),
    ...images.columns.map(({ name }) => id('x', afterName(images, name))),
  ];
  return insertImages(
    images,
    sql`select row_number() over (), x.op, null, ${commas(shown)}
from (select ${operation(inverse, cells)} as op, ${commas([...keys.map((name) => id('u', name)), ...before, ...after])}
  from ${undoneRows(inverse)}
  join ${table(pairs)} as p on ${match(inverse, 'p', 'u')}${lostJoin}) as x
where x.op is not null and (x.op <> 'U' or ${ors(differing)})`,
  );
};

/** Updated rows that are not there any more. */
export const countGone = (inverse: Inverse): Fragment =>
  sql`select count(*) as gone from ${table(inverse.undone.table)} as u join ${table(inverse.pairs)} as p on ${match(inverse, 'p', 'u')} where ${updated} and not ${here}`;

/** `column` is NULL where the row as a whole is in conflict: it is gone, or back. Values are canonical JSON. */
export const conflictColumns: readonly ScratchColumn[] = [
  { name: 'key', type: 'varchar' },
  { name: 'column', type: 'varchar' },
  { name: 'expected', type: 'varchar' },
  { name: 'found', type: 'varchar' },
];

export const fillConflicts = (inverse: Inverse, into: TableName): Fragment => {
  const { dialect, images, pairs } = inverse;
  const cells = cellsOf(inverse);
  const types = new Map(images.columns.map((column) => [column.name, recordedType(column)]));
  const json = (value: Fragment, name: string): Fragment =>
    dialect.jsonValue(value, types.get(name) ?? 'varchar');
  const key = jsonObject(
    images.key.map(({ name, type }) => ({
      name,
      value: dialect.jsonValue(id('u', keyName(images, name)), type),
    })),
  );
  const from = sql`from ${undoneRows(inverse)} join ${table(pairs)} as p on ${match(inverse, 'p', 'u')}`;
  const rowOf = (value: (cell: Cell) => Fragment, all: boolean): Fragment =>
    jsonObject(
      cells.map((cell) => ({
        name: cell.name,
        value: json(value(cell), cell.name),
        when: all ? undefined : cell.told,
      })),
    );
  const ofCells = counting(cells).map(
    (
      cell,
    ) => sql`select ${key}, ${sql.lit(cell.name)}, ${json(cell.after, cell.name)}, ${json(cell.nowRecorded, cell.name)} ${from}
where ${here} and ((${updated} and ${changedSince(cell)}) or (not u.was and u."is" and ${cell.told} and ${isOthers(cell)}))`,
  );
  const gone = sql`select ${key}, cast(null as varchar), ${rowOf(({ after }) => after, false)}, cast(null as varchar) ${from}
where ${updated} and not ${here}`;
  const back = sql`select ${key}, cast(null as varchar), cast(null as varchar), ${rowOf(({ nowRecorded }) => nowRecorded, true)} ${from}
where ${here} and not u."is" and ${ands([sql`(not u.was or ${backOtherwise(cells)})`])}`;
  const goneAgain = sql`select ${key}, cast(null as varchar), cast(null as varchar), cast(null as varchar) ${from}
where ${deleted} and not ${here} and ${changedLater(inverse)}`;
  const lacking = cells.filter(isRedacted).map(
    ({
      name,
      before,
    }) => sql`select ${key}, ${sql.lit(name)}, ${json(before, name)}, cast(null as varchar) ${from}
where ${deleted} and not ${here} and ${before} is not null`,
  );
  return sql`insert into ${table(into)} (${commas(conflictColumns.map(({ name }) => id(name)))})
${sql.join([...ofCells, gone, back, ...(inverse.later === undefined ? [] : [goneAgain]), ...lacking], sql`\nunion all\n`)}`;
};
