// The tables of a manifest under the names that mappings may use for them.
import type { DbtManifest, DbtNode } from './manifest.ts';

/** By the names under which a node may be written: the short one belongs to the project itself. */
export interface NodesByName {
  /** `stg_orders`, `package.stg_orders`, `stg_orders.v2`. */
  readonly models: ReadonlyMap<string, DbtNode>;
  /** `shop.orders`. */
  readonly sources: ReadonlyMap<string, DbtNode>;
}

const buildable = new Set<DbtNode['kind']>(['model', 'seed', 'snapshot']);

const namesOf = ({ name, package: owner, version }: DbtNode): readonly string[] =>
  version === undefined
    ? [name, `${owner}.${name}`]
    : [name, `${name}.v${version}`, `${owner}.${name}.v${version}`];

export const nodesByName = ({ project, nodes }: DbtManifest): NodesByName => {
  const models = new Map<string, DbtNode>();
  const sources = new Map<string, DbtNode>();
  for (const node of nodes) {
    if (node.kind === 'source') sources.set(`${node.group ?? ''}.${node.name}`, node);
    if (!buildable.has(node.kind)) continue;
    for (const name of namesOf(node))
      if (!models.has(name) || node.package === project) models.set(name, node);
  }
  return { models, sources };
};
