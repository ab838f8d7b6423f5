// Joins in an order in which every condition names earlier aliases only.
import { joinCycle } from './problems.ts';
import type { Report } from '../project/problems.ts';
import type { Join } from './dictionary.ts';

/** As written where that is possible; joins that wait for each other are reported. */
export const orderJoins = (joins: readonly Join[], root: string, report: Report): readonly Join[] => {
  const placed = new Set([root]);
  const ordered: Join[] = [];
  let waiting = joins;
  for (;;) {
    const ready = waiting.find((join) => missing(join, placed).length === 0);
    if (ready === undefined) break;
    placed.add(ready.alias);
    ordered.push(ready);
    waiting = waiting.filter((join) => join !== ready);
  }
  const names = new Set(waiting.map((join) => join.alias));
  // An alias that is not joined at all was reported where it stands.
  const stuck = waiting.find((join) => missing(join, placed).some((alias) => names.has(alias)));
  if (stuck !== undefined) report(joinCycle(stuck.on.at, stuck.alias, missing(stuck, placed)));
  return [...ordered, ...waiting];
};

const missing = (join: Join, placed: ReadonlySet<string>): readonly string[] => [
  ...new Set(
    join.on.parts.flatMap((part) =>
      typeof part === 'string' || part.alias === join.alias || placed.has(part.alias) ? [] : [part.alias],
    ),
  ),
];
