// The second dbt project, built by dbt itself: its tables are kept in step by their own SQL for a few rounds of changes, and
// a full build by dbt at the end finds them as they should be.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../src/batch/run.ts';
import { readProject } from '../src/project/read-project.ts';
import { changes, firstRows } from '../tests/dbt/dimensional/changes.ts';
import { between, compiled, sources, targets } from '../tests/dbt/dimensional/project.ts';
import { mappings } from '../tests/dbt/dimensional/mappings.ts';
import { seededRandom } from './shop/random.ts';
import { differences } from './test-dbt-compare.ts';
import type { Database } from './test-dbt-databases.ts';
import { dbt } from './test-dbt-tool.ts';

const built = 'dim_marts';
const kept = 'dim_kept';
const rounds = 4;

const models = [...between, ...Object.keys(targets)];

/** What was compiled, with the references that it was compiled from. */
const modelText = (database: Database, name: string): string => {
  const materialized = (between as readonly string[]).includes(name) ? 'view' : 'table';
  const body = compiled(database.engine, name)
    .replaceAll(/"marts"\."(\w+)"/g, `{{ ref('$1') }}`)
    .replaceAll(/"raw"\."(\w+)"/g, `{{ source('raw', '$1') }}`);
  return `{{ config(materialized='${materialized}', schema='${built}') }}\n\n${body}\n`;
};

const writeDbtProject = async (folder: string, database: Database): Promise<void> => {
  await mkdir(join(folder, 'models'), { recursive: true });
  await mkdir(join(folder, 'macros'));
  await writeFile(
    join(folder, 'dbt_project.yml'),
    'name: dimensional\nversion: 1.0.0\nconfig-version: 2\nprofile: shop\n',
  );
  await writeFile(
    join(folder, 'macros', 'schema.sql'),
    '{% macro generate_schema_name(name, node) -%}{{ target.schema if name is none else name | trim }}{%- endmacro %}\n',
  );
  await writeFile(
    join(folder, 'models', 'sources.yml'),
    `sources:\n  - name: raw\n    tables:\n${Object.keys(sources)
      .map((name) => `      - name: ${name}\n`)
      .join('')}`,
  );
  for (const name of models)
    await writeFile(join(folder, 'models', `${name}.sql`), modelText(database, name));
};

const writeOurProject = async (folder: string, { warehouse }: Database, manifest: string): Promise<void> => {
  await mkdir(join(folder, 'mappings'), { recursive: true });
  await writeFile(
    join(folder, 'tidemark.yml'),
    `version: 1\nname: dimensional\nwarehouse: ${JSON.stringify(warehouse)}\nschemas: { staging: raw, mirrors: raw_mirrors, targets: ${built}, state: dim_state }\nmanifest: ${JSON.stringify(manifest)}\nlimits: { deletes: 100%, touched: 100% }\nmappings: mappings\n`,
  );
  for (const [name, text] of Object.entries(mappings)) await writeFile(join(folder, 'mappings', name), text);
};

export const checkModels = async (database: Database, folder: string): Promise<readonly string[]> => {
  const { engine } = database;
  const [dbtFolder, ourFolder] = [join(folder, `dim-${engine}`), join(folder, `dim-ours-${engine}`)];
  const artifacts = join(folder, `target-dim-${engine}`);
  await writeDbtProject(dbtFolder, database);
  await writeOurProject(ourFolder, database, join(artifacts, 'manifest.json'));
  const execute = (statements: readonly string[]) =>
    database.use(async (send) => {
      for (const statement of statements) await send(statement);
    });
  const build = () =>
    dbt('build', {
      target: engine,
      folder: artifacts,
      environment: { ...database.environment, TZ: 'UTC' },
      project: dbtFolder,
    });
  const problems: string[] = [];
  const bring = async (what: string): Promise<void> => {
    const { exit, report } = await run({ project: readProject({ directory: ourFolder, variables: {} }) });
    if (exit !== 0) problems.push(...report.behind.map(({ name, reason }) => `${what}: ${name}: ${reason}`));
  };

  await execute([
    'create schema raw',
    ...Object.entries(sources).map(([name, { ddl }]) => `create table raw.${name} (${ddl})`),
    ...firstRows(seededRandom(11)),
  ]);
  await build();
  await bring('what dbt built is taken over');
  for (let round = 0; round < rounds; round += 1) {
    await execute(changes(seededRandom(11_000 + round)));
    await bring(`round ${round}`);
  }
  const names = Object.keys(targets);
  await execute([
    `create schema ${kept}`,
    ...names.map((name) => `create table ${kept}.${name} as select * from ${built}.${name}`),
  ]);
  await build();
  await database.use(async (send) => {
    for (const name of names)
      problems.push(...(await differences(send, name, { dbt: built, rebuilt: kept })));
  });
  console.log(
    `${engine}: ${names.length} models of the second project kept in step over ${rounds} rounds, ${problems.length} differences from dbt's build`,
  );
  return problems.map((problem) => `${engine}: ${problem}`);
};
