// Where in the text of a YAML file something stands, and whether lines can be put beside it.
import {
  isAlias,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  visit,
  type Node,
  type Pair,
  type YAMLMap,
} from 'yaml';

/** A mapping of which each key has a line of its own. */
export const isBlockMap = (node: unknown): node is YAMLMap =>
  isMap(node) && node.flow !== true && node.items.length > 0;

const keyOf = ({ key }: Pair): string => (isScalar(key) ? String(key.value) : '');

export const pairAt = (map: YAMLMap, key: string): Pair | undefined =>
  map.items.find((pair) => keyOf(pair) === key);

export const textOf = (map: YAMLMap, key: string): string | undefined => {
  const value = pairAt(map, key)?.value;
  return isScalar(value) && (typeof value.value === 'string' || typeof value.value === 'number')
    ? String(value.value)
    : undefined;
};

/** What is written once and meant twice must not be added to. */
export const isShared = (node: Node): boolean => {
  let found = false;
  visit(node, {
    Node: (_, each) => {
      if (!isAlias(each) && each.anchor === undefined) return undefined;
      found = true;
      return visit.BREAK;
    },
    Alias: () => {
      found = true;
      return visit.BREAK;
    },
  });
  return found;
};

const startOf = (node: unknown): number => (isNode(node) ? (node.range?.[0] ?? 0) : 0);

/** Just behind the last character that it is made of. */
export const endOf = (node: unknown, text: string): number => {
  if (isMap(node) || isSeq(node)) {
    const last = node.items.at(-1);
    if (node.flow !== true && last !== undefined) return endOf(last, text);
  }
  if (isPair(node)) {
    const hasValue = isNode(node.value) && (node.value.range?.[1] ?? 0) > (node.value.range?.[0] ?? 0);
    return endOf(hasValue ? node.value : node.key, text);
  }
  const end = isNode(node) ? (node.range?.[1] ?? 0) : 0;
  return text.slice(0, end).trimEnd().length;
};

export const lineStart = (text: string, offset: number): number => text.lastIndexOf('\n', offset - 1) + 1;

/** Where the next line begins. */
export const lineEnd = (text: string, offset: number): number => {
  const found = text.indexOf('\n', offset);
  return found === -1 ? text.length : found + 1;
};

export const firstKey = (map: YAMLMap): number => startOf(map.items[0]?.key);

/** By how much the keys of a mapping, or the dashes of a list, are set in. */
export const indentAt = (text: string, offset: number): string =>
  ' '.repeat(offset - lineStart(text, offset));

/** The dash before an item. */
export const dashBefore = (text: string, item: unknown): number => text.lastIndexOf('-', startOf(item) - 1);
