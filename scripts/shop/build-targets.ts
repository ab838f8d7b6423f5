// Builds the targets of the sample shop as dbt would, from the SQL that dbt compiled and the project keeps.
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Execute } from './schema.ts';

export type ShopEngine = 'duckdb' | 'postgres';

/** One model as it stands in `build.json`, in an order in which every node follows what it reads. */
interface CompiledNode {
  readonly name: string;
  readonly schema: string;
  readonly kind: 'table';
  readonly file: string;
}

export interface CompiledBuild {
  readonly nodes: readonly CompiledNode[];
}

export const compiledFolder = (engine: ShopEngine): URL =>
  new URL(`../../dbt_project/compiled/${engine}/`, import.meta.url);

export const readBuild = async (engine: ShopEngine): Promise<CompiledBuild> => {
  const file = fileURLToPath(new URL('build.json', compiledFolder(engine)));
  return JSON.parse(await readFile(file, 'utf8')) as CompiledBuild;
};

export interface BuildTargetsOptions {
  readonly engine: ShopEngine;
  /** Where the models read instead of `staging`: the mirrors, say. */
  readonly readFrom?: string;
  /** Where the tables are built instead of `marts`. */
  readonly buildInto?: string;
  /** Only these models. */
  readonly only?: readonly string[];
}

const inSchemas = (sql: string, readFrom: string, buildInto: string): string =>
  sql.replaceAll('"staging".', `"${readFrom}".`).replaceAll('"marts".', `"${buildInto}".`);

/** Makes every target anew. Answers their names, in the order in which they were built. */
export const buildTargets = async (
  execute: Execute,
  options: BuildTargetsOptions,
): Promise<readonly string[]> => {
  const { engine, readFrom = 'staging', buildInto = 'marts' } = options;
  const { nodes } = await readBuild(engine);
  const chosen = nodes.filter((node) => options.only === undefined || options.only.includes(node.name));
  await execute(`create schema if not exists "${buildInto}"`);
  for (const node of chosen) {
    const compiled = await readFile(new URL(node.file, compiledFolder(engine)), 'utf8');
    const target = `"${buildInto}"."${node.name}"`;
    await execute(`drop table if exists ${target}`);
    await execute(`create table ${target} as\n${inSchemas(compiled, readFrom, buildInto)}`);
  }
  return chosen.map((node) => node.name);
};
