// The SQL that dbt compiled, of some nodes: it stands in the manifest after `dbt compile`, `build` or `run`.
import { readFileSync } from 'node:fs';
import { noManifest } from './manifest.ts';

export interface CompiledNode {
  /** None where dbt only parsed it. */
  readonly sql: string | undefined;
  /** `sql`, or `python`. */
  readonly language: string;
  /** The columns that its description names: few projects name all. */
  readonly columns: readonly string[];
}

type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const read = (path: string): unknown => {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw noManifest(path, error);
  }
};

/** By the id of the node. */
export const readCompiledSql = (
  path: string,
  ids: ReadonlySet<string>,
): ReadonlyMap<string, CompiledNode> => {
  const root = read(path);
  const nodes = isObject(root) && isObject(root['nodes']) ? root['nodes'] : {};
  return new Map(
    [...ids].flatMap((id): readonly (readonly [string, CompiledNode])[] => {
      const node = nodes[id];
      if (!isObject(node)) return [];
      const sql = node['compiled_code'];
      const columns = isObject(node['columns']) ? Object.keys(node['columns']) : [];
      return [
        [
          id,
          {
            sql: typeof sql === 'string' && sql.trim() !== '' ? sql : undefined,
            language: typeof node['language'] === 'string' ? node['language'] : 'sql',
            columns,
          },
        ],
      ];
    }),
  );
};
