// Which joins of a random target multiply rows, worked out from the texts of its conditions: the oracle's own view.
import type { JoinSpec, TargetSpec } from './spec.ts';

type Joined = Pick<TargetSpec, 'joins'>;

export const readsOf = (sql: string, { joins }: Joined): readonly string[] =>
  joins.map(({ alias }) => alias).filter((alias) => new RegExp(`\\b${alias}\\.`).test(sql));

/** The joins that some aliases need, themselves among them. */
export const wayTo = (target: Joined, aliases: readonly string[]): readonly JoinSpec[] => {
  const needed = new Set(aliases);
  for (const join of target.joins.toReversed())
    if (needed.has(join.alias)) for (const alias of readsOf(join.on, target)) needed.add(alias);
  return target.joins.filter(({ alias }) => needed.has(alias));
};

/** Aliases of the many-joins among those. */
export const manyOf = (target: Joined, aliases: readonly string[]): readonly string[] =>
  wayTo(target, aliases)
    .filter(({ many }) => many)
    .map(({ alias }) => alias);

export const within = (some: readonly string[], all: readonly string[]): boolean =>
  some.every((each) => all.includes(each));

export const apart = (some: readonly string[], others: readonly string[]): boolean =>
  !some.some((each) => others.includes(each));
