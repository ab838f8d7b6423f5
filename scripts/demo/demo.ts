// npm start: the sample shop, real changes in staging, and the real program step by step; leaves a playground.
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createColors } from 'picocolors';
import { root, runNode } from '../setup/program.mjs';
import { makeShopFile, withDuckDb } from '../shop/shop-file.ts';
import { changesFor, renamed } from './changes.ts';

/** Undefined, where it is none, would let CI=true speak for colours. */
const isTerminal: boolean | undefined = process.stdout.isTTY;
const colors = createColors((isTerminal ?? false) && (process.env['NO_COLOR'] ?? '') === '');
const playground = join(root, 'playground');
const database = join(playground, 'shop.duckdb');

const say = (text = ''): void => {
  process.stdout.write(`${text}\n`);
};

const chapter = (title: string): void => {
  const line = '─'.repeat(Math.max(3, 76 - title.length));
  say(`${colors.cyan(`── ${colors.bold(title)} ${line}`)}\n`);
};

/** Runs the real program as a reader would from the root of the repository. */
const tidemark = async (args: readonly string[], expected = 0): Promise<void> => {
  say(colors.bold(`$ npx tidemark ${args.join(' ')}\n`));
  const status = await runNode('dist/main.js', args, {
    env: { ...process.env, TIDEMARK_PROJECT: undefined, TIDEMARK_ENV: undefined },
  });
  if (status !== expected)
    throw new Error(`\`tidemark ${args.join(' ')}\` ended with ${status}, not ${expected}`);
  say(status === 0 ? '' : `${colors.dim(`(exit status ${status})`)}\n`);
};

const projectFile = async (databasePath: string): Promise<string> => {
  const text = await readFile(join(root, 'tidemark.yml'), 'utf8');
  return text.replace('path: playground/shop.duckdb', `path: ${databasePath}`);
};

const makeProject = async (folder: string, databasePath: string): Promise<void> => {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'tidemark.yml'), await projectFile(databasePath));
  await cp(join(root, 'mappings'), join(folder, 'mappings'), { recursive: true });
};

/** A copy of the project with two slips that every analyst makes. */
const makeTypos = async (folder: string): Promise<void> => {
  await makeProject(folder, '../shop.duckdb');
  const file = join(folder, 'mappings', 'fact_vendor.yml');
  const text = await readFile(file, 'utf8');
  await writeFile(
    file,
    text.replace('companies.name', 'companies.nmae').replace('description:', 'descripton:'),
  );
};

const build = async (): Promise<void> => {
  await rm(playground, { recursive: true, force: true });
  const started = performance.now();
  await makeShopFile({ path: database });
  await makeProject(playground, 'shop.duckdb');
  await makeTypos(join(playground, 'typos'));
  const took = ((performance.now() - started) / 1000).toFixed(1);
  say(
    `built playground/shop.duckdb in ${took} s: 12 staging tables, and 12 targets from the SQL that dbt compiled`,
  );
  say('playground/tidemark.yml and playground/mappings/ are copies: edit them freely\n');
};

const changeStaging = async (): Promise<void> => {
  await withDuckDb(database, async (execute) => {
    for (const { told, statements } of await changesFor(execute)) {
      for (const statement of statements) await execute(statement);
      say(`  • ${told}`);
    }
  });
  say();
};

const next = (): void => {
  say('The shop stays in playground/. Three things to try, from this folder:\n');
  say('1. change staging yourself, then run:');
  say(
    colors.bold(
      `   node scripts/demo/sql.mjs "update staging.countries set name = 'Deutschland' where id = 'DE'"`,
    ),
  );
  say(colors.bold('   npx tidemark plan --project playground'));
  say(colors.bold('   npx tidemark run --project playground\n'));
  say('2. write into a target behind our back, and see it found and healed:');
  say(
    colors.bold(
      `   node scripts/demo/sql.mjs "update marts.fact_vendor set vendor_name = 'oops' where vendor_id < 20"`,
    ),
  );
  say(colors.bold('   npx tidemark verify -s fact_vendor --project playground'));
  say(colors.bold('   npx tidemark run --project playground\n'));
  say('3. mend the two slips in playground/typos/mappings/fact_vendor.yml:');
  say(colors.bold('   npx tidemark validate --project playground/typos\n'));
};

const demo = async (): Promise<void> => {
  const started = performance.now();
  say();
  chapter('the sample shop');
  await build();
  chapter('the first run: mirrors are made, the tables that dbt built are adopted');
  await tidemark(['run', '--project', 'playground']);
  chapter('which target columns hang on the name of a company?');
  await tidemark(['impact', 'companies.name', '--rows', '--project', 'playground']);
  chapter('something happens in staging');
  await changeStaging();
  chapter('what would a run write?');
  await tidemark(['plan', '--project', 'playground']);
  chapter('write it: one batch, one transaction, these cells only');
  await tidemark(['run', '--project', 'playground']);
  await tidemark(['history', '--project', 'playground']);
  chapter('what did that batch do?');
  await tidemark(['show', 'last', '--project', 'playground']);
  chapter('why does a vendor have this name?');
  await tidemark(['why', 'fact_vendor', '--where', `vendor_name = '${renamed}'`, '--project', 'playground']);
  chapter('that batch was a mistake: take it back, and see that the next run leaves it so');
  await tidemark(['rollback', 'last', '--project', 'playground']);
  await tidemark(['run', '--project', 'playground']);
  chapter('it was none: undo the undo');
  await tidemark(['rollback', 'last', '--project', 'playground']);
  chapter('is everything in step, and is it right?');
  await tidemark(['status', '--project', 'playground']);
  await tidemark(['verify', '--project', 'playground']);
  chapter('a mistake in a mapping is found before it does harm');
  await tidemark(['validate', '--project', 'playground/typos'], 2);
  chapter(`that was all, in ${((performance.now() - started) / 1000).toFixed(0)} s`);
  next();
};

try {
  await demo();
} catch (error) {
  process.stderr.write(`error: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
