// Relations as a graph: which target reads which relation, in an order in which what feeds comes first.
import type { Dictionary, Source, Target } from '../dictionary/dictionary.ts';

export interface Graph {
  readonly sources: ReadonlyMap<string, Source>;
  readonly targets: ReadonlyMap<string, Target>;
  /** Dependency order, then by name. */
  readonly order: readonly Target[];
  /** Targets that do not read one another, level by level. */
  readonly levels: readonly (readonly Target[])[];
}

/** Names of the sources and targets that a target reads, itself left out. */
export const relationsOf = (target: Target): readonly string[] => {
  const names = target.joins.map((join) => join.relation);
  if (target.root.kind === 'query') return [...target.root.query.relations.keys()];
  if (target.root.kind === 'grain') names.unshift(target.root.relation);
  return [...new Set(names)];
};

export const buildGraph = (dictionary: Dictionary): Graph => {
  const targets = new Map(dictionary.targets.map((target) => [target.name, target]));
  const depths = new Map<string, number>();
  const depthOf = (target: Target): number => {
    const known = depths.get(target.name);
    if (known !== undefined) return known;
    const feeding = relationsOf(target).flatMap((name) => targets.get(name) ?? []);
    const depth = Math.max(0, ...feeding.map((feeder) => depthOf(feeder) + 1));
    depths.set(target.name, depth);
    return depth;
  };
  const levels: Target[][] = [];
  for (const target of [...targets.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const depth = depthOf(target);
    while (levels.length <= depth) levels.push([]);
    levels[depth]?.push(target);
  }
  return {
    sources: new Map(dictionary.sources.map((source) => [source.name, source])),
    targets,
    order: levels.flat(),
    levels,
  };
};

/** The targets that a relation feeds, directly or through others, in dependency order. */
export const fedBy = (graph: Graph, relation: string): readonly Target[] => {
  const reached = new Set([relation]);
  return graph.order.filter((target) => {
    if (!relationsOf(target).some((name) => reached.has(name))) return false;
    reached.add(target.name);
    return true;
  });
};

/** The sources that a target reads, directly or through other targets. */
export const sourcesOf = (graph: Graph, target: Target): ReadonlySet<string> => {
  const found = new Set<string>();
  for (const name of relationsOf(target)) {
    const feeder = graph.targets.get(name);
    if (feeder === undefined) found.add(name);
    else for (const source of sourcesOf(graph, feeder)) found.add(source);
  }
  return found;
};
