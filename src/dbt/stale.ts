// Which nodes of dbt have to be built again after some of the tables that they read were written beside dbt.
import type { TableName } from '../sql/table-name.ts';
import type { DbtManifest, DbtNode } from './manifest.ts';

/** Nodes that hold rows of their own; views read what is there whenever they are asked. */
const isBuilt = ({ kind, materialized }: DbtNode): boolean =>
  (kind === 'model' || kind === 'snapshot') && materialized !== 'view' && materialized !== 'ephemeral';

const isTable = (node: DbtNode, table: TableName, database: string | undefined): boolean => {
  const { relation } = node;
  if (relation === undefined || relation.schema !== table.schema || relation.name !== table.name)
    return false;
  const wanted = table.database ?? database;
  return relation.database === undefined || wanted === undefined || relation.database === wanted;
};

interface WrittenTables {
  readonly written: readonly TableName[];
  /** Kept in step by us, so that what they read does not make them stale. */
  readonly ours: readonly TableName[];
  /** Of tables that name none. */
  readonly database: string | undefined;
}

/** In the order of the manifest. */
export const staleBelow = ({ nodes }: DbtManifest, tables: WrittenTables): readonly DbtNode[] => {
  const { written, ours, database } = tables;
  const among = (node: DbtNode, some: readonly TableName[]): boolean =>
    some.some((table) => isTable(node, table, database));
  const readers = new Map<string, DbtNode[]>();
  for (const node of nodes) for (const id of node.reads) readers.set(id, [...(readers.get(id) ?? []), node]);
  const seen = new Set<string>();
  const waiting = nodes.filter((node) => among(node, written));
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    for (const reader of readers.get(node.id) ?? []) {
      if (seen.has(reader.id) || among(reader, ours)) continue;
      seen.add(reader.id);
      waiting.push(reader);
    }
  }
  return nodes.filter((node) => seen.has(node.id) && isBuilt(node));
};

/** What `--select` of dbt takes for a node. */
export const selectorOf = ({ name, version }: DbtNode): string =>
  version === undefined ? name : `${name}.v${version}`;
