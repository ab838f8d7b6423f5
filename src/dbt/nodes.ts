// The tables of a manifest under the names that mappings may use for them.
import type { DbtManifest, DbtNode } from './manifest.ts';

/** By the names under which a node may be written: the short one belongs to the project itself. */
export interface NodesByName {
  /** `stg_orders`, `package.stg_orders`; of versions `stg_orders.v2`, and `stg_orders_v2` as dbt calls its table. */
  readonly models: ReadonlyMap<string, DbtNode>;
  /** `shop.orders`. */
  readonly sources: ReadonlyMap<string, DbtNode>;
}

const buildable = new Set<DbtNode['kind']>(['model', 'seed', 'snapshot']);

/** As a model of one version is written: the plain name is that of the latest. */
export const nodeName = ({ name, version }: DbtNode): string =>
  version === undefined ? name : `${name}.v${version}`;

/** A name without a dot, for what is called by one word: `orders_v1_5`, as dbt calls its table. */
export const nodeWord = ({ name, version }: DbtNode): string =>
  version === undefined ? name : `${name}_v${version.replaceAll('.', '_')}`;

const namesOf = (node: DbtNode): readonly string[] => {
  const { name, package: owner, version, isOlder } = node;
  const full = nodeName(node);
  if (version === undefined) return [name, `${owner}.${name}`];
  return [...(isOlder === true ? [] : [name]), full, `${owner}.${full}`];
};

export const nodesByName = ({ project, nodes }: DbtManifest): NodesByName => {
  const models = new Map<string, DbtNode>();
  const sources = new Map<string, DbtNode>();
  for (const node of nodes) {
    if (node.kind === 'source') sources.set(`${node.group ?? ''}.${node.name}`, node);
    if (!buildable.has(node.kind)) continue;
    for (const name of namesOf(node))
      if (!models.has(name) || node.package === project) models.set(name, node);
  }
  // Where no model is called so itself.
  for (const node of nodes)
    if (buildable.has(node.kind) && !models.has(nodeWord(node))) models.set(nodeWord(node), node);
  return { models, sources };
};
