// Counts the rows of a target that bear marks, by the same joins that compute it, over tables as they stand.
import type { Target } from '../dictionary/dictionary.ts';
import type { MarkedTarget, MarkPart } from '../graph/marks.ts';
import { columnsRead, relationOf } from '../graph/reads.ts';
import type { Dialect } from '../sql/dialect.ts';
import { renderExpression } from '../sql/expression.ts';
import { commas, id, ors, sql, table, verbatim, type Fragment } from '../sql/fragment.ts';
import { keysMatch } from '../sql/keys.ts';
import { keyExpression } from './desired/root.ts';

/** Something to select the columns of a relation from. */
export interface MarkedBase {
  readonly rows: Fragment;
  /** How many marks its rows bear, as `mark#0`, `mark#1`, …: 1 or 0. */
  readonly marks: number;
}

const markName = (place: number): string => `mark#${place}`;
const keyPart = (place: number): string => `k#${place}`;

const namesOf = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, place) => markName(place));

const aliasRows = (target: Target, alias: string, base: MarkedBase): Fragment => {
  const names = [...columnsRead(target, alias), ...namesOf(base.marks)];
  const own = target.root.kind === 'this' && alias === 'this' ? target.key.map(({ name }) => name) : [];
  const columns = [...new Set([...own, ...names])].map((name) => id('m', name));
  return sql`(select ${commas([sql`true as "tidemark.present"`, ...columns])} from ${base.rows} as m) as ${id(alias)}`;
};

const holds = ({ alias, mark }: MarkPart): Fragment =>
  mark === undefined ? sql`${id(alias, 'tidemark.present')}` : sql`${id(alias, markName(mark))} = 1`;

/** What its rows are found by; of a history all versions of a key, since no mapping says when they start. */
const keyOfRows = (target: Target): Target['key'] =>
  target.root.kind === 'this'
    ? target.key
    : target.key.filter(({ name }) => target.columns.some((column) => column.name === name));

type Bases = ReadonlyMap<string, MarkedBase>;

/** The keys of the target, each once, with the marks of its rows. */
const markedKeys = (dialect: Dialect, { target, marks }: MarkedTarget, bases: Bases): Fragment => {
  const rowsOf = (alias: string): Fragment => {
    const base = bases.get(relationOf(target, alias));
    if (base === undefined) throw new RangeError(`${target.name}: nothing to read ${alias} from`);
    return aliasRows(target, alias, base);
  };
  const joins = target.joins.map(
    (join) =>
      sql`\n${verbatim(join.type === 'inner' ? 'inner join' : 'left join')} ${rowsOf(join.alias)} on ${renderExpression(join.on)}`,
  );
  const filter = target.where === undefined ? verbatim('') : sql`\nwhere ${renderExpression(target.where)}`;
  const keys = keyOfRows(target).map(({ name }) => keyExpression({ dialect, target }, name));
  const borne = marks.map(
    (parts, place) =>
      sql`max(case when ${ors(parts.map(holds))} then 1 else 0 end) as ${id(markName(place))}`,
  );
  const named = keys.map((key, place) => sql`${key} as ${id(keyPart(place))}`);
  return sql`select ${commas([...named, ...borne])}
from ${rowsOf(target.root.alias)}${sql.join(joins, verbatim(''))}${filter}
group by ${commas(keys)}`;
};

const withMarks = (dialect: Dialect, marked: MarkedTarget, bases: Bases): Fragment => {
  const { target } = marked;
  const key = keyOfRows(target);
  const match = keysMatch(
    dialect,
    key,
    (name) => id('t', name),
    (name) => id('f', keyPart(key.findIndex((column) => column.name === name))),
  );
  return sql`${table(target.table)} as t left join (${markedKeys(dialect, marked, bases)}) as f on ${match}`;
};

/** The target's rows with their marks, for the targets that read it. */
export const markedBase = (dialect: Dialect, marked: MarkedTarget, bases: Bases): MarkedBase => {
  const marks = namesOf(marked.marks.length).map((name) => sql`coalesce(${id('f', name)}, 0) as ${id(name)}`);
  return {
    rows: sql`(select ${commas([sql`t.*`, ...marks])} from ${withMarks(dialect, marked, bases)})`,
    marks: marked.marks.length,
  };
};

/** One row: all rows of the target, and how many bear each mark. */
export const countMarked = (dialect: Dialect, marked: MarkedTarget, bases: Bases): Fragment => {
  const counts = namesOf(marked.marks.length).map(
    (name) => sql`coalesce(sum(${id('f', name)}), 0) as ${id(name)}`,
  );
  return sql`select ${commas([sql`count(*) as total`, ...counts])} from ${withMarks(dialect, marked, bases)}`;
};

export const readMarked = (row: Readonly<Record<string, unknown>>, marked: MarkedTarget): MarkedCount => ({
  total: Number(row['total']),
  rows: namesOf(marked.marks.length).map((name) => Number(row[name])),
});

export interface MarkedCount {
  readonly total: number;
  /** By mark. */
  readonly rows: readonly number[];
}
