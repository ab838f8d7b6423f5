// The rows of a log as texts: what each says of the operation, and of every column of the source, before anything is
// converted. Two layers, so that an image is parsed once and a text is taken out of it once.
import { operationKinds, type LogOperations, type OperationKind } from '../../dictionary/detection.ts';
import type { LogSource } from '../../dictionary/dictionary.ts';
import type { Column, Dialect, JsonMemberPlace } from '../../sql/dialect.ts';
import { renderExpression } from '../../sql/expression.ts';
import { ands, commas, id, ors, sql, table, type Fragment } from '../../sql/fragment.ts';
import { isPlaceholder } from './placeholder.ts';

export interface LogTable {
  readonly dialect: Dialect;
  readonly source: LogSource;
  /** The columns of the log's own table. */
  readonly columns: readonly Column[];
  /** Which rows are read, in columns of the alias that is the source's name; none: all. */
  readonly window?: Fragment | undefined;
}

/** The letters of operations in a row: an upsert that tells not whether it is an insert is an `S`. */
const letters: Readonly<Record<OperationKind, string>> = {
  insert: 'I',
  update: 'U',
  upsert: 'S',
  delete: 'D',
  truncate: 'T',
  ignore: '-',
};

export const isUpsert = (kind: Fragment): Fragment => sql`${kind} in ('I', 'U', 'S')`;

/** A column of the log's table, in the rows of a layer. */
export const logColumn = (columns: readonly Column[], name: string): Fragment => {
  const place = columns.findIndex((column) => column.name === name);
  if (place < 0) throw new RangeError(`the log has no column ${name}`);
  return id('r', `c#${place}`);
};

const isWord = (op: Fragment, { anyCase }: LogOperations, words: readonly (string | null)[]): Fragment => {
  const text = anyCase ? sql`upper(trim(cast(${op} as varchar)))` : sql`cast(${op} as varchar)`;
  const named = words.flatMap((word) => (word === null ? [] : [sql.lit(word)]));
  return ors([
    ...(named.length === 0 ? [] : [sql`${text} in (${commas(named)})`]),
    ...(words.includes(null) ? [sql`${op} is null`] : []),
  ]);
};

/** Kafka's tombstone of a deleted row: nothing but a key. The delete itself stands before it. */
const isTombstone = ({ source }: LogTable, op: Fragment): Fragment => {
  const { image } = source.detect;
  if (image.kind === 'typed') return sql`false`;
  const images = [image.before, image.after].flatMap((name) => (name === undefined ? [] : [name]));
  return ands([op, ...images.map((name) => id(source.name, name))].map((each) => sql`${each} is null`));
};

/** NULL: a word that nobody declared. */
const kindOf = (log: LogTable): Fragment => {
  const { source } = log;
  const { op } = source.detect;
  const gone = source.deleted === undefined ? undefined : sql`(${renderExpression(source.deleted)}) is true`;
  if (op === undefined) return sql`case when ${gone ?? sql`false`} then 'D' else 'S' end`;
  const column = id(source.name, op.column);
  const cases = operationKinds.flatMap((kind) => {
    const words = op.words.get(kind);
    if (words === undefined) return [];
    const mayBeGone = gone !== undefined && ['insert', 'update', 'upsert'].includes(kind);
    const letter = sql.lit(letters[kind]);
    return [
      sql`when ${isWord(column, op, words)} then ${mayBeGone ? sql`case when ${gone} then 'D' else ${letter} end` : letter}`,
    ];
  });
  return sql`case ${sql.join([...cases, sql`when ${isTombstone(log, column)} then '-'`], sql` `)} end`;
};

/** The members that are taken out of an image: every column, and the names that columns had before. */
const membersOf = ({ columns, renamed, detect }: LogSource): readonly string[] => {
  const beside = detect.image.kind === 'json' ? detect.image.beside : new Set<string>();
  const inside = columns.map(({ name }) => name).filter((name) => !beside.has(name));
  return [...inside, ...inside.flatMap((name) => renamed?.get(name) ?? [])];
};

const opened = (log: LogTable): readonly Fragment[] => {
  const { dialect, source, columns } = log;
  const { image } = source.detect;
  if (image.kind === 'typed') return [];
  const members = membersOf(source);
  return (['before', 'after'] as const).map((side) => {
    const name = image[side];
    if (name === undefined) return sql`null as ${id(side)}`;
    const type = columns.find((column) => column.name === name)?.type ?? '';
    return sql`${dialect.json.open(id(source.name, name), type, members)} as ${id(side)}`;
  });
};

/** One row per row of the log: its columns, what it does, its images made ready. */
const rows = (log: LogTable): Fragment => {
  const { dialect, source, columns, window } = log;
  const own = columns.map(({ name }, place) => sql`${id(source.name, name)} as ${id(`c#${place}`)}`);
  const filter = ands([
    ...(window === undefined ? [] : [window]),
    ...(source.where === undefined ? [] : [sql`(${renderExpression(source.where)}) is true`]),
  ]);
  return sql`select ${commas([sql`${kindOf(log)} as kind`, ...opened(log), ...own])}
    from ${table(source.table)} as ${id(source.name)} where ${filter} ${dialect.fence}`;
};

interface Side {
  readonly opened: Fragment;
  readonly column: Fragment;
}

/** What an image says of one column, under the name that it has or the one before. */
interface Said {
  readonly has: Fragment;
  readonly text: Fragment;
  readonly isNumber: Fragment;
}

const said = ({ dialect, source }: LogTable, side: Side, column: Column): Said => {
  const members = membersOf(source);
  const { json } = dialect;
  const read = (name: string): Said => {
    const member: JsonMemberPlace = { name, place: members.indexOf(name) };
    return {
      has: json.has(side.opened, member),
      text: json.text(side.opened, member, { column: side.column, type: column.type }),
      isNumber: json.isNumber(side.opened, member),
    };
  };
  const now = read(column.name);
  const earlier = source.renamed?.get(column.name);
  if (earlier === undefined) return now;
  const before = read(earlier);
  const either = (of: (each: Said) => Fragment): Fragment =>
    sql`case when ${now.has} then ${of(now)} else ${of(before)} end`;
  return {
    has: sql`(${now.has} or ${before.has})`,
    text: either((each) => each.text),
    isNumber: either((each) => each.isNumber),
  };
};

const kind = id('r', 'kind');

/** A key column: of an upsert as it became, of a delete as it was, else on the other side. `o#`: as it was, where an
 *  update says both. */
const keyTexts = (log: LogTable, column: Column, place: number, sides: Sides): readonly Fragment[] => {
  const after = said(log, sides.after, column);
  if (sides.before === undefined) return [sql`${after.text} as ${id(`k#${place}`)}`];
  const before = said(log, sides.before, column);
  return [
    sql`case when ${kind} = 'D' then case when ${before.has} then ${before.text} else ${after.text} end
      else case when ${after.has} then ${after.text} else ${before.text} end end as ${id(`k#${place}`)}`,
    sql`case when ${isUpsert(kind)} and ${after.has} then ${before.text} end as ${id(`o#${place}`)}`,
  ];
};

interface Sides {
  readonly before: Side | undefined;
  readonly after: Side;
}

const sidesOf = ({ columns }: LogTable, image: { before?: string | undefined; after: string }): Sides => ({
  before:
    image.before === undefined
      ? undefined
      : { opened: id('r', 'before'), column: logColumn(columns, image.before) },
  after: { opened: id('r', 'after'), column: logColumn(columns, image.after) },
});

/** Layer two: `t#` the text of each column, `g#` whether the event says nothing of it, `u#` whether it is a number. */
export const textRows = (log: LogTable): Fragment => {
  const { dialect, source, columns } = log;
  const { image, unavailable } = source.detect;
  if (image.kind === 'typed') return rows(log);
  const sides = sidesOf(log, image);
  const keys = new Set(source.key.map(({ name }) => name));
  const texts = source.columns.flatMap((column, place): readonly Fragment[] => {
    if (image.beside.has(column.name)) return [];
    if (keys.has(column.name)) return keyTexts(log, column, place, sides);
    const { has, text, isNumber } = said(log, sides.after, column);
    const missing = isPlaceholder(dialect, text, { unavailable, type: column.type });
    return [
      sql`case when ${isUpsert(kind)} and not ${missing} then ${text} end as ${id(`t#${place}`)}`,
      sql`(${isUpsert(kind)} and (not ${has} or ${missing})) as ${id(`g#${place}`)}`,
      sql`${isNumber} as ${id(`u#${place}`)}`,
    ];
  });
  const own = columns.map((_, place) => id('r', `c#${place}`));
  const images = [id('r', 'before'), id('r', 'after')];
  return sql`select ${commas([kind, ...images, ...own, ...texts])}
  from (${rows(log)}) as r where ${kind} is distinct from '-' ${dialect.fence}`;
};
