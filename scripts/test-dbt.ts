// Proves that the compiled SQL we keep is what dbt compiles today, and that dbt's own build gives the same tables.
// Needs Python; installs dbt from PyPI into .venv-dbt. `--update` writes the compiled SQL anew.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildTargets, readBuild } from './shop/build-targets.ts';
import { generateShop, SMALL } from './shop/generate.ts';
import { artifactsOf, staleArtifacts, writeArtifacts } from './test-dbt-artifacts.ts';
import { differences } from './test-dbt-compare.ts';
import { duckDbDatabase, withPostgres, type Database } from './test-dbt-databases.ts';
import { checkModels } from './test-dbt-models.ts';
import { checkPackage } from './test-dbt-package.ts';
import { checkSnapshots } from './test-dbt-snapshots.ts';
import { checkDocs } from './test-dbt-docs.ts';
import { dbt, installDbt, installOldestDbt, oldestDbtProgram } from './test-dbt-tool.ts';

const REBUILT = 'marts_rebuilt';

/** Compiles, builds and compares in one database; answers every problem in words. */
const check = async (database: Database, folder: string, update: boolean): Promise<readonly string[]> => {
  const { engine, environment } = database;
  const run = { target: engine, folder: join(folder, `target-${engine}`), environment };
  const compiled = await artifactsOf(await dbt('compile', run));
  if (update) await writeArtifacts(engine, compiled);
  const stale = await staleArtifacts(engine, compiled);
  console.log(`${engine}: dbt compile gives ${compiled.size} files, ${stale.length} of them unlike ours`);

  await database.use((execute) => generateShop(execute, { seed: 1, scale: SMALL }));
  await dbt('build', run);
  console.log(`${engine}: dbt build passed, models and tests`);

  const { nodes } = await readBuild(engine);
  const different = await database.use(async (execute) => {
    await buildTargets(execute, { engine, buildInto: REBUILT });
    const found: string[] = [];
    for (const node of nodes) {
      found.push(...(await differences(execute, node.name, { dbt: node.schema, rebuilt: REBUILT })));
    }
    return found;
  });
  console.log(`${engine}: ${nodes.length} tables compared with dbt's, ${different.length} differences`);
  return [
    ...stale.map((file) => `dbt_project/compiled/${engine}/${file} is not what dbt compiles`),
    ...different,
  ];
};

/** The oldest dbt that we support: it builds the shop, its manifest is read, and it takes our package and our docs. */
const checkOldest = async (parent: string): Promise<readonly string[]> => {
  await installOldestDbt();
  const folder = await mkdtemp(join(parent, 'oldest-'));
  const database = { ...duckDbDatabase(folder), dbt: oldestDbtProgram };
  await database.use((execute) => generateShop(execute, { seed: 1, scale: SMALL }));
  await dbt('build', {
    target: 'duckdb',
    folder: join(folder, 'target'),
    environment: database.environment,
    program: oldestDbtProgram,
  });
  const problems = [...(await checkPackage(database, folder)), ...(await checkDocs(database, folder))];
  console.log(`duckdb: the oldest dbt, ${problems.length} problems`);
  return problems.map((problem) => `oldest dbt: ${problem}`);
};

const main = async (update: boolean): Promise<void> => {
  await installDbt();
  const folder = await mkdtemp(join(tmpdir(), 'tidemark-dbt-'));
  try {
    const duckDb = duckDbDatabase(folder);
    const problems: string[] = [...(await check(duckDb, folder, update))];
    problems.push(...(await checkPackage(duckDb, folder)), ...(await checkSnapshots(duckDb, folder)));
    problems.push(...(await checkDocs(duckDb, folder)), ...(await checkModels(duckDb, folder)));
    problems.push(...(await checkOldest(folder)));
    await withPostgres(async (database) => {
      problems.push(...(await check(database, folder, update)));
      problems.push(...(await checkPackage(database, folder)), ...(await checkSnapshots(database, folder)));
      problems.push(...(await checkModels(database, folder)));
    });
    for (const problem of problems) console.error(problem);
    if (problems.length > 0) {
      console.error('`npm run test:dbt -- --update` writes the compiled SQL anew: review what changed');
      process.exitCode = 1;
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

await main(process.argv.includes('--update'));
