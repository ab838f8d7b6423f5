// What a YAML file says, apart from lines of ours: by it we know that nothing of its owners came to mean something else.
import { isAlias, isMap, isNode, isScalar, isSeq, parseDocument, type Alias, type Node } from 'yaml';
import { isOurs, linesOf } from './our-lines.ts';
import { lineStart } from './yaml-places.ts';

/** A key that stands twice is dbt's affair: it takes the last. */
export const parseText = (text: string) => parseDocument(text, { logLevel: 'silent', uniqueKeys: false });

/** Whether a key stands on a line of ours. */
type Ours = (key: unknown) => boolean;

const startsOfOurs = (text: string): ReadonlySet<number> => {
  const starts = new Set<number>();
  let from = 0;
  for (const line of linesOf(text)) {
    if (isOurs(line)) starts.add(from);
    from += line.length;
  }
  return starts;
};

const labelled = ({ tag, anchor }: Exclude<Node, Alias>, content: unknown): unknown => ({
  anchor,
  tag,
  content,
});

const contentIn = (node: unknown, ours: Ours): unknown => {
  if (isAlias(node)) return { alias: node.source };
  if (isScalar(node)) return node.value === null ? null : labelled(node, node.value);
  if (isMap(node)) {
    const pairs = node.items.filter(({ key }) => !ours(key));
    // What held nothing but ours holds nothing without them.
    if (pairs.length === 0) return null;
    return labelled(
      node,
      pairs.map(({ key, value }) => [contentIn(key, ours), contentIn(value, ours)]),
    );
  }
  if (isSeq(node)) {
    const items = node.items.filter((item) => !(isMap(item) && ours(item.items[0]?.key)));
    if (items.length === 0) return null;
    return labelled(
      node,
      items.map((item) => contentIn(item, ours)),
    );
  }
  return null;
};

/** To be compared; none where it is no YAML that can be read. */
export const contentOf = (text: string): string | undefined => {
  const { contents, errors } = parseText(text);
  if (errors.length > 0) return undefined;
  const starts = startsOfOurs(text);
  const ours: Ours = (key) => isNode(key) && starts.has(lineStart(text, key.range?.[0] ?? 0));
  return JSON.stringify(contentIn(contents, ours));
};
