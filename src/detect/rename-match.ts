// A column that vanished and one that is new are perhaps the same under another name: how many rows agree.
import type { Source } from '../dictionary/dictionary.ts';
import type { Column, Dialect } from '../sql/dialect.ts';
import { commas, id, sql, table, type Fragment } from '../sql/fragment.ts';
import { keysMatch } from '../sql/keys.ts';

export interface Pair {
  readonly vanished: Column;
  readonly appeared: Column;
}

export const likelyPairs = (
  dialect: Dialect,
  vanished: readonly Column[],
  appeared: readonly Column[],
): readonly Pair[] =>
  vanished.flatMap((old) =>
    appeared
      .filter((column) => dialect.baseType(column.type) === dialect.baseType(old.type))
      .map((column) => ({ vanished: old, appeared: column })),
  );

/** One row: for each pair the rows that have a value in the mirror (`n0`), and those that agree (`e0`). */
export const countEqual = (dialect: Dialect, source: Source, pairs: readonly Pair[]): Fragment => {
  const figures = pairs.flatMap(({ vanished, appeared }, place) => {
    const [old, now] = [id('m', vanished.name), id('s', appeared.name)];
    return [
      sql`count(*) filter (where ${old} is not null) as ${id(`n${place}`)}`,
      sql`count(*) filter (where ${old} is not null and not ${dialect.differs(now, old, appeared.type)}) as ${id(`e${place}`)}`,
    ];
  });
  const match = keysMatch(
    dialect,
    source.key,
    (name) => id('s', name),
    (name) => id('m', name),
  );
  return sql`select ${commas(figures)} from ${table(source.table)} as s join ${table(source.mirror)} as m on ${match}`;
};
