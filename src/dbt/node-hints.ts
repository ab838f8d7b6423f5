// What dbt says of its nodes beside their SQL: which columns its tests, constraints and snapshots take for a key, when a
// row changed, tags. Claims, all of them: whoever uses them asks the rows.
import { readFileSync } from 'node:fs';
import { noManifest } from './manifest.ts';

export interface ClaimedKey {
  readonly columns: readonly string[];
  /** Who says so, for people: `dbt tests it as unique`. */
  readonly why: string;
}

interface SnapshotSettings {
  readonly strategy: string;
  readonly updatedAt: string | undefined;
  readonly checked: readonly string[] | 'all';
  readonly hardDeletes: string | undefined;
}

export interface NodeHints {
  /** The surest first. */
  readonly keys: readonly ClaimedKey[];
  readonly tags: readonly string[];
  /** Of a source: what its freshness is told by. */
  readonly loadedAt: string | undefined;
  readonly snapshot: SnapshotSettings | undefined;
}

export const noHints: NodeHints = {
  keys: [],
  tags: [],
  loadedAt: undefined,
  snapshot: undefined,
};

type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const objectAt = (value: Json, key: string): Json => {
  const found = value[key];
  return isObject(found) ? found : {};
};

const textAt = (value: Json, key: string): string | undefined => {
  const found = value[key];
  return typeof found === 'string' && found !== '' ? found : undefined;
};

const texts = (value: unknown): readonly string[] =>
  typeof value === 'string'
    ? [value]
    : Array.isArray(value)
      ? value.filter((each): each is string => typeof each === 'string')
      : [];

/** A plain name; an expression is no column. */
const isName = (text: string): boolean => /^"?[\p{L}_][\p{L}\p{N}_$ ]*"?$/u.test(text);

const named = (columns: readonly string[], why: string): readonly ClaimedKey[] =>
  columns.length > 0 && columns.every(isName)
    ? [{ columns: columns.map((name) => name.replaceAll('"', '')), why }]
    : [];

/** Which node a generic test is about. */
const testedNode = (test: Json): string | undefined => {
  const attached = textAt(test, 'attached_node');
  if (attached !== undefined) return attached;
  const nodes = texts(objectAt(test, 'depends_on')['nodes']);
  return nodes.length === 1 ? nodes[0] : undefined;
};

const keyTested = (test: Json): readonly ClaimedKey[] => {
  // Such a test looks at some of the rows.
  if (textAt(objectAt(test, 'config'), 'where') !== undefined) return [];
  const metadata = objectAt(test, 'test_metadata');
  const given = objectAt(metadata, 'kwargs');
  const column = textAt(test, 'column_name') ?? textAt(given, 'column_name');
  switch (textAt(metadata, 'name')) {
    case 'unique':
      return named(texts(column), 'dbt tests it as unique');
    case 'unique_combination_of_columns':
      return named(texts(given['combination_of_columns']), 'dbt tests it as unique');
    case 'primary_key':
    case 'unique_key':
      return named([...texts(column), ...texts(given['column_names'])], 'dbt tests it as the key');
    default:
      return [];
  }
};

const constraintKeys = (node: Json): readonly ClaimedKey[] => {
  const why = 'a constraint of the dbt model';
  const isKey = (constraint: unknown): constraint is Json =>
    isObject(constraint) && ['primary_key', 'unique'].includes(textAt(constraint, 'type') ?? '');
  const own = Array.isArray(node['constraints']) ? node['constraints'].filter(isKey) : [];
  const ofColumns = Object.entries(objectAt(node, 'columns')).filter(
    ([, column]) =>
      isObject(column) && Array.isArray(column['constraints']) && column['constraints'].some(isKey),
  );
  return [
    ...own.flatMap((constraint) => named(texts(constraint['columns']), why)),
    ...ofColumns.flatMap(([name]) => named([name], why)),
  ];
};

const snapshotOf = (node: Json, config: Json): SnapshotSettings | undefined => {
  if (node['resource_type'] !== 'snapshot') return undefined;
  const invalidates = config['invalidate_hard_deletes'] === true ? 'invalidate' : undefined;
  return {
    strategy: textAt(config, 'strategy') ?? '',
    updatedAt: textAt(config, 'updated_at'),
    checked: config['check_cols'] === 'all' ? 'all' : texts(config['check_cols']),
    hardDeletes: textAt(config, 'hard_deletes') ?? invalidates,
  };
};

const hintsOf = (node: Json, tested: readonly ClaimedKey[]): NodeHints => {
  const config = objectAt(node, 'config');
  const isSnapshot = node['resource_type'] === 'snapshot';
  const declared = isSnapshot ? [] : texts(config['unique_key']);
  return {
    keys: [...constraintKeys(node), ...tested, ...named(declared, 'the `unique_key` of the dbt model')],
    tags: [...texts(node['tags']), ...texts(config['tags'])],
    loadedAt: textAt(node, 'loaded_at_field') ?? textAt(config, 'loaded_at_field'),
    snapshot: snapshotOf(node, config),
  };
};

const read = (path: string): Json => {
  try {
    const root: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return isObject(root) ? root : {};
  } catch (error) {
    throw noManifest(path, error);
  }
};

/** By the id of the node. */
export const readNodeHints = (path: string): ReadonlyMap<string, NodeHints> => {
  const root = read(path);
  const all = [...Object.entries(objectAt(root, 'nodes')), ...Object.entries(objectAt(root, 'sources'))];
  const tested = new Map<string, ClaimedKey[]>();
  for (const [, node] of all) {
    if (!isObject(node) || node['resource_type'] !== 'test') continue;
    const about = testedNode(node);
    if (about !== undefined) tested.set(about, [...(tested.get(about) ?? []), ...keyTested(node)]);
  }
  return new Map(
    all.flatMap(([id, node]): readonly (readonly [string, NodeHints])[] =>
      isObject(node) && node['resource_type'] !== 'test' ? [[id, hintsOf(node, tested.get(id) ?? [])]] : [],
    ),
  );
};
