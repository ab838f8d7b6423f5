// The nodes that a word of `--select` means, as dbt reads it: `fct_orders`, `+fct_orders`, `fct_orders+`, `tag:nightly`.
import type { DbtManifest, DbtNode } from './manifest.ts';
import type { NodeHints } from './node-hints.ts';
import { nodeName } from './nodes.ts';

interface Selected {
  readonly ids: ReadonlySet<string>;
  /** Words that mean nothing here. */
  readonly unknown: readonly string[];
}

type Neighbours = ReadonlyMap<string, readonly string[]>;

const readersOf = ({ nodes }: DbtManifest): Neighbours => {
  const readers = new Map<string, string[]>();
  for (const node of nodes)
    for (const id of node.reads) readers.set(id, [...(readers.get(id) ?? []), node.id]);
  return readers;
};

const spread = (start: readonly string[], next: Neighbours): ReadonlySet<string> => {
  const found = new Set(start);
  const waiting = [...start];
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    for (const other of next.get(id) ?? []) {
      if (found.has(other)) continue;
      found.add(other);
      waiting.push(other);
    }
  }
  return found;
};

const isCalled = (node: DbtNode, name: string): boolean =>
  node.kind !== 'test' &&
  (node.name === name ||
    nodeName(node) === name ||
    `${node.package}.${node.name}` === name ||
    `${node.group ?? ''}.${node.name}` === name);

export const selectNodes = (
  manifest: DbtManifest,
  hints: ReadonlyMap<string, NodeHints>,
  words: readonly string[],
): Selected => {
  const readers = readersOf(manifest);
  const reads: Neighbours = new Map(manifest.nodes.map((node) => [node.id, node.reads]));
  const unknown: string[] = [];
  const ids = words.flatMap((word) => {
    const [, before, middle = '', after] = /^(\+?)(.*?)(\+?)$/s.exec(word) ?? [];
    const tag = /^tag:(.+)$/.exec(middle)?.[1];
    const start = manifest.nodes
      .filter((node) => (tag === undefined ? isCalled(node, middle) : hints.get(node.id)?.tags.includes(tag)))
      .map(({ id }) => id);
    if (start.length === 0) unknown.push(word);
    return [
      ...start,
      ...(before === '+' ? spread(start, reads) : []),
      ...(after === '+' ? spread(start, readers) : []),
    ];
  });
  return { ids: new Set(ids), unknown };
};
