// Two dbt projects as `dbt build` leaves them, with nothing of ours in their folders: the sample shop, which tests its
// keys, and the second project, which tests none.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildTargets, compiledFolder, readBuild } from '../../scripts/shop/build-targets.ts';
import { generateShop } from '../../scripts/shop/generate.ts';
import { seededRandom } from '../../scripts/shop/random.ts';
import { firstRows } from '../dbt/dimensional/changes.ts';
import { between, compiled, manifest, sources, targets } from '../dbt/dimensional/project.ts';
import type { Engine } from '../support/sandbox.ts';

interface Json {
  readonly [key: string]: Json | string | number | boolean | null | readonly (Json | string | number)[];
}

export interface DbtProject {
  readonly name: string;
  readonly tables: readonly string[];
  readonly fill: (query: (statement: string) => Promise<unknown>) => Promise<void>;
  readonly manifest: (database: string) => Promise<Json>;
}

const metadata = (project: string, engine: Engine): Json => ({
  dbt_schema_version: 'https://schemas.getdbt.com/dbt/manifest/v12.json',
  dbt_version: '1.12.0',
  project_name: project,
  adapter_type: engine,
});

const uniqueTest = (project: string, node: string, column: string): readonly [string, Json] => {
  const id = `test.${project}.unique_${node.split('.').at(-1) ?? ''}_${column}`;
  return [
    id,
    {
      resource_type: 'test',
      name: id,
      package_name: project,
      column_name: column,
      test_metadata: { name: 'unique', kwargs: { column_name: column } },
      depends_on: { nodes: [node] },
      config: {},
    },
  ];
};

export const shopProject = (engine: Engine): DbtProject => ({
  name: 'shop',
  tables: ['create schema staging'],
  fill: async (query) => {
    await generateShop(query, { seed: 3, scale: { companies: 12, sales: 30 }, schema: 'staging' });
    await buildTargets(query, { engine });
  },
  manifest: async (database) => {
    const { nodes } = await readBuild(engine);
    const yml = readFileSync(
      new URL('../../dbt_project/models/staging/sources.yml', import.meta.url),
      'utf8',
    );
    const tables = [...yml.matchAll(/^ {6}- name: (\w+)$/gm)].flatMap(([, name]) => name ?? []);
    const sourceId = (name: string): string => `source.shop.staging.${name}`;
    return {
      metadata: metadata('shop', engine),
      nodes: Object.fromEntries([
        ...nodes.map(({ name, file }): readonly [string, Json] => [
          `model.shop.${name}`,
          {
            resource_type: 'model',
            name,
            package_name: 'shop',
            database,
            schema: 'marts',
            config: { materialized: 'table' },
            depends_on: { nodes: tables.map(sourceId) },
            original_file_path: `models/${file}`,
            compiled_code: readFileSync(new URL(file, compiledFolder(engine)), 'utf8'),
          },
        ]),
        ...tables.map((name) => uniqueTest('shop', sourceId(name), 'id')),
      ]),
      sources: Object.fromEntries(
        tables.map((name) => [
          sourceId(name),
          {
            resource_type: 'source',
            name,
            source_name: 'staging',
            package_name: 'shop',
            database,
            schema: 'staging',
            identifier: name,
          },
        ]),
      ),
    };
  },
});

/** Its sources are no nodes of dbt, and nothing tests its keys: only the rows tell. */
export const dimensionalProject = (engine: Engine): DbtProject => ({
  name: 'dimensional',
  tables: [
    'create schema raw',
    'create schema marts',
    ...Object.entries(sources).map(([name, { ddl }]) => `create table raw.${name} (${ddl})`),
    ...firstRows(seededRandom(5)),
    ...between.map((name) => `create view marts.${name} as ${compiled(engine, name)}`),
    ...Object.keys(targets).map((name) => `create table marts.${name} as ${compiled(engine, name)}`),
  ],
  fill: () => Promise.resolve(),
  manifest: () => Promise.resolve(manifest(engine, (_, sql) => sql) as Json),
});

export interface Connection {
  readonly engine: Engine;
  /** Of a DuckDB file its path, of a Postgres database its url. */
  readonly place: string;
}

export const storageOption = 'config_options: { storage_compatibility_version: v1.5.0 }';

const profileOf = ({ engine, place }: Connection): string => {
  if (engine === 'duckdb')
    return `{ type: duckdb, path: ${JSON.stringify(place)}, schema: marts, ${storageOption} }`;
  const { hostname, port, username, pathname } = new URL(place);
  return `{ type: postgres, host: ${JSON.stringify(hostname)}, port: ${port}, user: ${username}, password: "{{ env_var('DBT_PASSWORD', '') }}", dbname: ${pathname.slice(1)}, schema: marts }`;
};

/** dbt's own files, as they stand after a build. */
export const writeDbtProject = async (
  folder: string,
  project: DbtProject,
  connection: Connection & { readonly database: string },
): Promise<void> => {
  const { name } = project;
  writeFileSync(join(folder, 'dbt_project.yml'), `name: ${name}\nprofile: ${name}\n`);
  writeFileSync(
    join(folder, 'profiles.yml'),
    `${name}:\n  target: dev\n  outputs:\n    dev: ${profileOf(connection)}\n`,
  );
  mkdirSync(join(folder, 'target'), { recursive: true });
  writeFileSync(
    join(folder, 'target/manifest.json'),
    JSON.stringify(await project.manifest(connection.database)),
  );
};
