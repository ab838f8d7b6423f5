// Which joins lie between an alias and the root, and which of them are joins of many rows.
import type { Join } from './dictionary.ts';
import { aliasesIn } from './references.ts';

/** The joins that some aliases need to reach the root, themselves among them: the closure of the aliases that
 *  conditions name, in join order. */
export const waysTo = (joins: readonly Join[], aliases: Iterable<string>): readonly Join[] => {
  const needed = new Set(aliases);
  const way: Join[] = [];
  for (const join of joins.toReversed()) {
    if (!needed.has(join.alias)) continue;
    way.unshift(join);
    for (const name of aliasesIn(join.on)) needed.add(name);
  }
  return way;
};

/** The many-joins on those ways: what one row of the root is multiplied by. */
export const manyOn = (joins: readonly Join[], aliases: Iterable<string>): ReadonlySet<string> =>
  new Set(
    waysTo(joins, aliases)
      .filter((join) => join.many)
      .map((join) => join.alias),
  );

export const isWithin = (some: ReadonlySet<string>, all: ReadonlySet<string>): boolean =>
  [...some].every((each) => all.has(each));

export const areApart = (some: ReadonlySet<string>, others: ReadonlySet<string>): boolean =>
  ![...some].some((each) => others.has(each));

/** Each of them hangs on the others before it, so that none multiplies the rows of another. */
export const isChain = (joins: readonly Join[], many: ReadonlySet<string>): boolean =>
  many.size === 0 || [...many].some((alias) => isWithin(many, manyOn(joins, [alias])));
