// Surrogate keys of versions: a version keeps its number for as long as it is there; one that begins elsewhere takes
// over that of the old version which it covers most; a start that had a number gets it back; the rest are new.
import { commas, id, sql, table, verbatim, type Fragment } from '../../sql/fragment.ts';
import { keyName } from '../../sql/images.ts';
import { jsonObject } from '../../sql/json.ts';
import { keysMatch } from '../../sql/keys.ts';
import type { ScratchColumn } from '../../sql/dialect.ts';
import type { TableName } from '../../sql/table-name.ts';
import { afterName, beforeName } from '../../sql/images.ts';
import { imageShapeOf, type TargetWork } from '../target-work.ts';
import { asInstant, entityKey, neededColumn, roleColumn, type HistoryWork } from './history-work.ts';

export interface GivenNumbers {
  /** Numbers that were given before; none: our tables are yet to be made. */
  readonly given: TableName | undefined;
  /** The first that was never given. */
  readonly next: number;
}

const keyNames = ({ target }: TargetWork): readonly string[] => {
  const shape = imageShapeOf(target);
  return target.key.map(({ name }) => keyName(shape, name));
};

export const numbersColumns = ({ work, history }: HistoryWork): readonly ScratchColumn[] => [
  ...work.target.key.map(({ type }, place) => ({ name: keyNames(work)[place] ?? '', type })),
  { name: 'number', type: neededColumn(history, 'surrogate_key').type },
];

/** The rows that the table holds, of the affected keys where the work is limited to them. */
const currentRows = ({ target, scope, scratch }: TargetWork): Fragment | undefined =>
  target.exists ? table(scope === 'all' ? target.table : scratch.current) : undefined;

const insertNumbers = (history: HistoryWork, rows: Fragment): Fragment =>
  sql`insert into ${table(history.scratch.numbers)} (${commas(
    numbersColumns(history).map(({ name }) => id(name)),
  )})\n${rows}`;

const listed = (history: HistoryWork, alias: string): Fragment =>
  commas(keyNames(history.work).map((name) => id(alias, name)));

const sameVersion = ({ work }: HistoryWork, left: string, right: string): Fragment => {
  const shape = imageShapeOf(work.target);
  const named = (alias: string) => (name: string) => id(alias, keyName(shape, name));
  return keysMatch(work.dialect, work.target.key, named(left), named(right));
};

const unnumbered = (history: HistoryWork): Fragment =>
  sql`not exists (select 1 from ${table(history.scratch.numbers)} as x where ${sameVersion(history, 'x', 'd')})`;

const versionOfRow = ({ work }: HistoryWork, desired: string): Fragment => {
  const shape = imageShapeOf(work.target);
  return keysMatch(
    work.dialect,
    work.target.key,
    (name) => id(desired, keyName(shape, name)),
    (name) => id('t', name),
  );
};

const keepNumbers = (history: HistoryWork, current: Fragment): Fragment => {
  const number = id('t', neededColumn(history.history, 'surrogate_key').name);
  return insertNumbers(
    history,
    sql`select ${listed(history, 'd')}, ${number} from ${table(history.work.scratch.desired)} as d join ${current} as t on ${versionOfRow(history, 'd')} where ${number} is not null`,
  );
};

/** Versions that begin elsewhere than any old one, against old ones that are gone. */
const takeOverNumbers = (history: HistoryWork, current: Fragment): Fragment => {
  const { work } = history;
  const shape = imageShapeOf(work.target);
  const from = neededColumn(history.history, 'valid_from');
  const to = neededColumn(history.history, 'valid_to');
  const number = id('t', neededColumn(history.history, 'surrogate_key').name);
  const end = (value: Fragment): Fragment =>
    sql`coalesce(cast(${value} as ${verbatim(from.type)}), cast('9999-12-31' as ${verbatim(from.type)}))`;
  const starts = { new: id('d', keyName(shape, from.name)), old: id('t', from.name) };
  const ends = { new: end(id('d', afterName(shape, to.name))), old: end(id('t', to.name)) };
  const entity = keysMatch(
    work.dialect,
    entityKey(work),
    (name) => id('d', keyName(shape, name)),
    (name) => id('t', name),
  );
  const names = keyNames(work).map((name) => id(name));
  // pairs: old and new versions of a key that overlap; chosen: for each old one the new one that covers it most.
  return insertNumbers(
    history,
    sql`with pairs as (select ${listed(history, 'd')}, ${number} as number, ${starts.old} as old_start, ${starts.new} as new_start, least(${ends.new}, ${ends.old}) - greatest(${starts.new}, ${starts.old}) as covered
  from ${table(work.scratch.desired)} as d join ${current} as t on ${entity}
  where ${starts.new} < ${ends.old} and ${starts.old} < ${ends.new} and ${number} is not null and ${unnumbered(history)}
    and not exists (select 1 from ${table(work.scratch.desired)} as o where ${versionOfRow(history, 'o')})),
chosen as (select p.*, row_number() over (partition by p.number order by p.covered desc, p.new_start) as by_old from pairs as p),
best as (select c.*, row_number() over (partition by ${commas(names)} order by c.covered desc, c.old_start) as by_new from chosen as c where c.by_old = 1)
select ${commas([...names, sql`number`])} from best where by_new = 1`,
  );
};

const keyText = ({ work }: HistoryWork, value: (name: string) => Fragment): Fragment =>
  jsonObject(
    entityKey(work).map(({ name, type }) => ({ name, value: work.dialect.jsonValue(value(name), type) })),
  );

const returnNumbers = (history: HistoryWork, given: TableName): Fragment => {
  const { work } = history;
  const shape = imageShapeOf(work.target);
  const from = neededColumn(history.history, 'valid_from');
  const start = asInstant(history, id('d', keyName(shape, from.name)), from.type);
  const key = keyText(history, (name) => id('d', keyName(shape, name)));
  return insertNumbers(
    history,
    sql`select ${listed(history, 'd')}, g.number from ${table(work.scratch.desired)} as d join ${table(given)} as g on g.target = ${work.target.name} and g.key = ${key} and g.valid_from = ${start}
where ${unnumbered(history)} and not exists (select 1 from ${table(history.scratch.numbers)} as y where y.number = g.number)`,
  );
};

const newNumbers = (history: HistoryWork, next: number): Fragment =>
  insertNumbers(
    history,
    sql`select ${listed(history, 'd')}, ${sql.lit(next - 1)} + row_number() over (order by ${listed(history, 'd')}) from ${table(history.work.scratch.desired)} as d where ${unnumbered(history)}`,
  );

/** The statements in their order; the last but one gives the new numbers, one per row that it writes. */
export const numberVersions = (
  history: HistoryWork,
  { given, next }: GivenNumbers,
): { readonly old: readonly Fragment[]; readonly fresh: Fragment; readonly lay: Fragment } => {
  const { work } = history;
  const current = currentRows(work);
  const column = afterName(imageShapeOf(work.target), neededColumn(history.history, 'surrogate_key').name);
  return {
    old: [
      ...(current === undefined ? [] : [keepNumbers(history, current), takeOverNumbers(history, current)]),
      ...(given === undefined ? [] : [returnNumbers(history, given)]),
    ],
    fresh: newNumbers(history, next),
    lay: sql`update ${table(work.scratch.desired)} as d set ${id(column)} = x.number from ${table(history.scratch.numbers)} as x where ${sameVersion(history, 'x', 'd')}`,
  };
};

/** What a table that is taken over has given already. */
export const highestNumber = ({ history, work }: HistoryWork): Fragment | undefined => {
  const column = roleColumn(history, 'surrogate_key');
  if (column === undefined || !work.target.exists) return undefined;
  return sql`select cast(coalesce(max(t.${id(column.name)}), 0) as bigint) as highest from ${table(work.target.table)} as t`;
};

/** Remembers the numbers of versions that come and go. */
export const rememberNumbers = (history: HistoryWork, given: TableName): Fragment => {
  const { work } = history;
  const { images } = work.scratch;
  const number = neededColumn(history.history, 'surrogate_key').name;
  const from = neededColumn(history.history, 'valid_from');
  const [before, after] = [id('i', beforeName(images, number)), id('i', afterName(images, number))];
  const start = asInstant(history, id('i', keyName(images, from.name)), from.type);
  const key = keyText(history, (name) => id('i', keyName(images, name)));
  return sql`insert into ${table(given)} (target, key, valid_from, number)
select ${work.target.name}, ${key}, ${start}, case i.op when 'D' then ${before} else ${after} end from ${table(images.table)} as i
where case i.op when 'D' then ${before} is not null else ${after} is not null and ${before} is distinct from ${after} end
on conflict do nothing`;
};
