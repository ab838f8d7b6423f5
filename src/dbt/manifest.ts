// dbt's manifest.json → what we ask of it: which node is which table, and what is built from what.
import { TidemarkError } from '../errors/tidemark-error.ts';
import type { TableName } from '../sql/table-name.ts';
import { watermarksIn } from './watermarks.ts';

/** Those that others can be built from, and those that only read. */
type DbtKind = 'model' | 'seed' | 'snapshot' | 'source' | 'exposure' | 'metric' | 'test' | 'other';

export interface DbtNode {
  /** `model.shop.stg_orders`. */
  readonly id: string;
  readonly kind: DbtKind;
  readonly name: string;
  readonly package: string;
  /** Of a source: the group that it stands in. */
  readonly group?: string | undefined;
  readonly version?: string | undefined;
  /** Its plain name means another version. */
  readonly isOlder?: true | undefined;
  /** None where dbt makes no table of it: ephemeral models, tests, exposures. */
  readonly relation?: TableName | undefined;
  readonly materialized?: string | undefined;
  /** Ids of the nodes that it reads. */
  readonly reads: readonly string[];
  readonly file: string;
  /** The YAML file in which it is described, from the folder of its own project. */
  readonly patch?: string | undefined;
  /** Of models and snapshots: the SQL that dbt made of it; `dbt parse` makes none. */
  readonly compiled?: string | undefined;
  /** Of incremental models: the columns by which they tell how far they are. */
  readonly watermarks?: readonly string[] | undefined;
  /** What stands under `meta: {tidemark: …}`. */
  readonly mapping?: Readonly<Record<string, unknown>> | undefined;
  /** Only nodes of its own group may name it. */
  readonly isPrivate?: true | undefined;
  /** dbt refuses columns that are declared without a type. */
  readonly hasContract?: true | undefined;
}

export interface DbtManifest {
  /** The dbt project that it was made of. */
  readonly project: string;
  readonly adapter: string;
  /** Of the dbt that wrote it. */
  readonly version: string;
  readonly nodes: readonly DbtNode[];
  /** A hook of it takes our lease before models run. */
  readonly takesLease: boolean;
}

/** dbt 1.8 is the oldest that writes it. */
const oldestSchema = 12;

type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

const invalid = (path: string, why: string, hint: string, cause?: unknown): TidemarkError =>
  new TidemarkError('manifest_invalid', { message: `\`${path}\` ${why}`, hint, cause });

export const noManifest = (path: string, cause?: unknown): TidemarkError =>
  invalid(
    path,
    'does not exist',
    '`dbt parse` writes it; `manifest:` in the project file says where it is',
    cause,
  );

const kinds = new Set<string>(['model', 'seed', 'snapshot', 'source', 'exposure', 'metric', 'test']);

const kindOf = (node: Json): DbtKind => {
  const kind = text(node['resource_type']) ?? '';
  if (kind === 'unit_test') return 'test';
  return kinds.has(kind) ? (kind as DbtKind) : 'other';
};

const relationOf = (node: Json, kind: DbtKind): TableName | undefined => {
  const schema = text(node['schema']);
  const name = text(node['identifier']) ?? text(node['alias']) ?? text(node['name']);
  if (!['model', 'seed', 'snapshot', 'source'].includes(kind) || schema === undefined || name === undefined)
    return undefined;
  const database = text(node['database']);
  return database === undefined ? { schema, name } : { database, schema, name };
};

const readsOf = (node: Json): readonly string[] => {
  const depends = node['depends_on'];
  const ids = isObject(depends) ? depends['nodes'] : undefined;
  return Array.isArray(ids) ? ids.filter((id): id is string => typeof id === 'string') : [];
};

const mappingOf = (node: Json, config: Json): Json | undefined => {
  for (const { meta } of [config, node] as readonly { readonly meta?: unknown }[])
    if (isObject(meta) && isObject(meta['tidemark'])) return meta['tidemark'];
  return undefined;
};

const textOfVersion = (version: unknown): string | undefined =>
  typeof version === 'string' || typeof version === 'number' ? String(version) : undefined;

const nodeOf = (id: string, node: Json): DbtNode => {
  const kind = kindOf(node);
  const config = isObject(node['config']) ? node['config'] : {};
  const materialized = text(config['materialized']);
  const version = textOfVersion(node['version']);
  const latest = textOfVersion(node['latest_version']);
  return {
    id,
    kind,
    name: text(node['name']) ?? id,
    package: text(node['package_name']) ?? '',
    group: kind === 'source' ? text(node['source_name']) : undefined,
    version,
    isOlder: version !== undefined && latest !== undefined && version !== latest ? true : undefined,
    relation: materialized === 'ephemeral' ? undefined : relationOf(node, kind),
    materialized,
    reads: readsOf(node),
    file: text(node['original_file_path']) ?? '',
    patch: text(node['patch_path'])?.replace(/^[^:]*:\/\//, ''),
    compiled: kind === 'model' || kind === 'snapshot' ? text(node['compiled_code']) : undefined,
    mapping: mappingOf(node, config),
    isPrivate: node['access'] === 'private' ? true : undefined,
    hasContract: isObject(config['contract']) && config['contract']['enforced'] === true ? true : undefined,
    watermarks: materialized === 'incremental' ? watermarksIn(text(node['raw_code']) ?? '') : undefined,
  };
};

const parse = (path: string, json: string): Json => {
  let root: unknown;
  try {
    root = JSON.parse(json);
  } catch (error) {
    throw invalid(
      path,
      'is no JSON',
      'was dbt stopped while it wrote it? `dbt compile` writes it anew',
      error,
    );
  }
  if (isObject(root) && isObject(root['metadata'])) return root;
  throw invalid(
    path,
    "is no manifest of dbt's",
    '`manifest:` names the file `target/manifest.json` of a dbt project',
  );
};

const checkSchema = (path: string, metadata: Json): void => {
  const found = text(metadata['dbt_schema_version']) ?? '';
  const version = Number(/manifest\/v(\d+)/.exec(found)?.[1]);
  if (version >= oldestSchema) return;
  const by = text(metadata['dbt_version']) ?? 'an unknown version';
  throw invalid(
    path,
    `was written by dbt ${by} (\`metadata.dbt_schema_version\`: manifest ${Number.isNaN(version) ? `\`${found}\`` : `v${version}`})`,
    'tidemark reads the manifests of dbt 1.8 and newer: `dbt compile` of such a dbt writes one',
  );
};

/** Hooks are operations, with their code. */
const takesLease = (nodes: unknown): boolean =>
  isObject(nodes) &&
  Object.values(nodes).some(
    (node) =>
      isObject(node) &&
      node['resource_type'] === 'operation' &&
      /\btake_lease\b/.test(text(node['raw_code']) ?? ''),
  );

const groups = ['nodes', 'sources', 'exposures', 'metrics', 'unit_tests'] as const;

export const readManifestText = (path: string, json: string): DbtManifest => {
  const root = parse(path, json);
  const metadata = isObject(root['metadata']) ? root['metadata'] : {};
  checkSchema(path, metadata);
  const nodes = groups.flatMap((group) => {
    const members = root[group];
    return isObject(members)
      ? Object.entries(members).flatMap(([id, node]) => (isObject(node) ? [nodeOf(id, node)] : []))
      : [];
  });
  return {
    project: text(metadata['project_name']) ?? '',
    adapter: text(metadata['adapter_type']) ?? '',
    version: text(metadata['dbt_version']) ?? '',
    nodes,
    takesLease: takesLease(root['nodes']),
  };
};
