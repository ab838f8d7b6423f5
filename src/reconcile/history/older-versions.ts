// Versions from before the history knows anything, as somebody hands them in: rows of texts made typed, what is wrong
// with them, and which of them the history can take.
import { jsonObject } from '../../sql/json.ts';
import type { Column, ScratchColumn } from '../../sql/dialect.ts';
import { commas, id, sql, table, unionAll, verbatim, type Fragment } from '../../sql/fragment.ts';
import type { TableName } from '../../sql/table-name.ts';
import { asInstant, entityKey, neededColumn, roleColumn, type HistoryWork } from './history-work.ts';

export interface OlderColumn extends Column {
  readonly role: 'key' | 'value' | 'from' | 'to' | 'deleted';
  /** Its name in what was handed in; none where that has no such column. */
  readonly member: string | undefined;
}

export interface OlderVersions {
  /** Rows as they were handed in: their line, and an object of texts. */
  readonly raw: TableName;
  readonly typed: TableName;
  readonly judged: TableName;
  readonly columns: readonly OlderColumn[];
}

const lineName = 'tidemark.line';
/** The whole row as text: what makes a version the same as another. */
export const rowName = 'tidemark.row';
export const startName = 'tidemark.start';
export const endName = 'tidemark.end';
/** When the next one begins. */
export const nextName = 'tidemark.next';

const textName = (place: number): string => `tidemark.text#${place}`;

/** The columns of a history that older versions may have. */
export const olderColumnsOf = (history: HistoryWork): readonly Omit<OlderColumn, 'member'>[] => {
  const { target } = history.work;
  const keys = new Set(entityKey(history.work).map(({ name }) => name));
  const role = (name: string): OlderColumn['role'] => (keys.has(name) ? 'key' : 'value');
  const nullable = (name: string): boolean =>
    entityKey(history.work).find((key) => key.name === name)?.nullable ?? true;
  const deleted = roleColumn(history.history, 'deleted');
  return [
    ...target.columns.map(({ name, type }) => ({ name, type, nullable: nullable(name), role: role(name) })),
    { ...neededColumn(history.history, 'valid_from'), nullable: false, role: 'from' },
    { ...neededColumn(history.history, 'valid_to'), nullable: true, role: 'to' },
    ...(deleted === undefined ? [] : [{ ...deleted, nullable: true, role: 'deleted' as const }]),
  ];
};

export const rawColumns = (jsonType: string): readonly ScratchColumn[] => [
  { name: 'line', type: 'bigint' },
  { name: 'data', type: jsonType },
];

export const typedColumns = ({ columns }: OlderVersions): readonly ScratchColumn[] => [
  { name: lineName, type: 'bigint' },
  { name: rowName, type: 'varchar' },
  ...columns.map((_, place) => ({ name: textName(place), type: 'varchar' })),
  ...columns.map(({ name, type }) => ({ name, type })),
];

const nameOf = (older: OlderVersions, role: OlderColumn['role']): string => {
  const column = older.columns.find((each) => each.role === role);
  if (column === undefined) throw new RangeError(`older versions without ${role}`);
  return column.name;
};

const keysOf = ({ columns }: OlderVersions, alias: string): Fragment =>
  commas(columns.filter(({ role }) => role === 'key').map(({ name }) => id(alias, name)));

export const fillTyped = (history: HistoryWork, older: OlderVersions): Fragment => {
  const { dialect } = history.work;
  const { json, jsonType, fence } = dialect;
  const members = older.columns.flatMap(({ member }) => (member === undefined ? [] : [member]));
  const texts = older.columns.map(({ member }, place) => {
    const text =
      member === undefined
        ? sql`cast(null as varchar)`
        : json.text(
            id('o', 'opened'),
            { name: member, place: members.indexOf(member) },
            { column: id('o', 'data'), type: 'varchar' },
          );
    return sql`${text} as ${id(textName(place))}`;
  });
  const opened = sql`select r.line, r.data, ${json.open(id('r', 'data'), jsonType, members)} as opened from ${table(older.raw)} as r ${fence}`;
  const read = sql`select o.line, ${commas(texts)} from (${opened}) as o ${fence}`;
  const values = older.columns.map(
    (column, place) =>
      sql`cast(${dialect.tryConvert(id('t', textName(place)), column.type)} as ${verbatim(column.type)}) as ${id(column.name)}`,
  );
  const kept = older.columns.map((_, place) => id('t', textName(place)));
  const typed = sql`select t.line, ${commas([...kept, ...values])} from (${read}) as t ${fence}`;
  const row = jsonObject(
    older.columns.map(({ name, type }) => ({ name, value: dialect.jsonValue(id('v', name), type) })),
  );
  const all = [
    ...kept.map((_, place) => id('v', textName(place))),
    ...older.columns.map(({ name }) => id('v', name)),
  ];
  // opened: each object made ready to be read; read: its texts; typed: their values, NULL where a text is none.
  return sql`insert into ${table(older.typed)} (${commas(typedColumns(older).map(({ name }) => id(name)))})
select v.line, ${row}, ${commas(all)} from (${typed}) as v`;
};

/** `why`: `missing`, `unfit`, `backwards`, `repeated`, `overlaps`. */
export interface OlderFlaw {
  readonly line: string;
  readonly column: string;
  readonly text: string | null;
  readonly why: 'missing' | 'unfit' | 'backwards' | 'repeated' | 'overlaps';
  readonly rows: string;
}

/** Where a version ends as it was handed in; a date that stands for no end is none. */
const givenEnd = ({ history }: HistoryWork, alias: string): Fragment => {
  const { validToCurrent } = history;
  const { name, type } = neededColumn(history, 'valid_to');
  return validToCurrent === undefined
    ? id(alias, name)
    : sql`nullif(${id(alias, name)}, cast(${validToCurrent} as ${verbatim(type)}))`;
};

type Flaw = (
  about: { readonly column: string; readonly text: Fragment; readonly why: OlderFlaw['why'] },
  when: Fragment,
) => Fragment;

const flaw: Flaw = ({ column, text, why }, when) =>
  sql`select ${id('v', lineName)} as line, cast(${column} as varchar) as "column", ${text} as text, cast(${why} as varchar) as why from versions as v where ${when}`;

export const findFlaws = (history: HistoryWork, older: OlderVersions, limit: number): Fragment => {
  const [from, to] = [nameOf(older, 'from'), nameOf(older, 'to')];
  const cells = older.columns.flatMap(({ name, nullable }, place) => {
    const text = id('v', textName(place));
    const unfit = flaw(
      { column: name, text, why: 'unfit' },
      sql`${text} is not null and ${id('v', name)} is null`,
    );
    return nullable ? [unfit] : [unfit, flaw({ column: name, text, why: 'missing' }, sql`${text} is null`)];
  });
  const shown = (name: string): Fragment => sql`cast(${id('v', name)} as varchar)`;
  const window = sql`(partition by ${keysOf(older, 'r')} order by ${id('r', from)}, ${id('r', rowName)})`;
  const next = (name: string): Fragment => sql`lead(${id('r', name)}) over ${window}`;
  const start = id('v', from);
  const other = sql`v.next_row <> ${id('v', rowName)}`;
  const among: readonly Fragment[] = [
    flaw({ column: to, text: shown(to), why: 'backwards' }, sql`v.given_end < ${start}`),
    flaw({ column: from, text: shown(from), why: 'repeated' }, sql`v.next_from = ${start} and ${other}`),
    flaw(
      { column: to, text: shown(to), why: 'overlaps' },
      sql`v.given_end > v.next_from and v.next_from > ${start} and ${other}`,
    ),
  ];
  // versions: each with the one that follows it.
  return sql`with versions as (select r.*, ${givenEnd(history, 'r')} as given_end, ${next(from)} as next_from, ${next(rowName)} as next_row from ${table(older.typed)} as r),
flaws as (${unionAll([...cells, ...among])})
select cast(f.line as varchar) as line, f."column", f.text, f.why, cast(count(*) over () as varchar) as rows from flaws as f order by f.line, f."column" limit ${sql.lit(limit)}`;
};

/** Each version once, its times as instants; it ends by itself, or where the next one begins. */
export const eachVersion = (history: HistoryWork, older: OlderVersions): Fragment => {
  const from = neededColumn(history.history, 'valid_from');
  const to = neededColumn(history.history, 'valid_to');
  const start = asInstant(history, id('r', from.name), from.type);
  const end = asInstant(history, givenEnd(history, 'r'), to.type);
  const names = older.columns.map(({ name }) => id('r', name));
  const next = sql`lead(${start}) over (partition by ${keysOf(older, 'r')} order by ${start})`;
  const distinct = sql`select distinct ${id('r', rowName)}, ${commas(names)} from ${table(older.typed)} as r where coalesce(${end} > ${start}, true)`;
  return sql`select r.*, ${start} as ${id(startName)}, ${end} as ${id(endName)}, ${next} as ${id(nextName)} from (${distinct}) as r`;
};
