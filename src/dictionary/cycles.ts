// Targets that feed each other in a circle.
import type { ModelOutcome } from './resolve-model.ts';
import { targetCycle } from './problems.ts';
import type { Context, Declared, DeclaredTarget } from './relations.ts';

/** Reports each circle once; answers the targets that stand in one. */
export const findCycles = (
  declared: ReadonlyMap<string, Declared>,
  models: ReadonlyMap<string, ModelOutcome>,
  { report }: Context,
): ReadonlySet<string> => {
  const circular = new Set<string>();
  const done = new Set<string>();
  const visit = (target: DeclaredTarget, path: readonly string[]): void => {
    const start = path.indexOf(target.name);
    if (start !== -1) {
      const cycle = path.slice(start);
      if (!cycle.some((name) => circular.has(name)))
        report(targetCycle(target.raw.name.at, [...cycle, target.name]));
      for (const name of cycle) circular.add(name);
      return;
    }
    if (done.has(target.name)) return;
    for (const name of feedersOf(target, models)) {
      const feeder = declared.get(name);
      if (feeder?.kind === 'target') visit(feeder, [...path, target.name]);
    }
    done.add(target.name);
  };
  for (const one of declared.values()) if (one.kind === 'target') visit(one, []);
  return circular;
};

const feedersOf = (
  { raw, name }: DeclaredTarget,
  models: ReadonlyMap<string, ModelOutcome>,
): readonly string[] => {
  const model = models.get(name);
  if (model !== undefined && 'query' in model) return [...model.query.relations.keys()];
  return [...(raw.from === undefined ? [] : [raw.from.text]), ...raw.joins.map((join) => join.relation.text)];
};
