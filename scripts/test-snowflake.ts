// npm run test:snowflake: every statement in our golden files of Snowflake, and our own tables there, parse under the
// Snowflake grammar of sqlfluff, which is strict where we could be wrong (RETURNING, ON CONFLICT). Needs Python; installs
// sqlfluff from PyPI into .venv-sqlfluff.
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ask } from './test-dbt-tool.ts';

const root = fileURLToPath(new URL('../', import.meta.url));
const environment = join(root, '.venv-sqlfluff');
const golden = join(root, 'tests', 'golden');
const own = join(root, 'sql', 'snowflake');
const program = join(environment, 'bin', 'sqlfluff');

/** What is bound is written `?`. */
const configuration = `[sqlfluff]
dialect = snowflake
templater = placeholder
large_file_skip_byte_limit = 0

[sqlfluff:templater:placeholder]
param_style = question_mark
`;

/** Statements that must not parse, or this witness sees nothing. */
const wrong = [
  'insert into "t" values (1) returning "a";',
  'insert into "t" values (1) on conflict do nothing;',
  'select 1 from "t" for update;',
  'merge into "t" using "s" on "t"."a" = "s"."a" when not matched by source then delete;',
];

const must = async (command: string, args: readonly string[]): Promise<void> => {
  const { status, text } = await ask(command, args);
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status}\n${text}`);
};

const install = async (): Promise<void> => {
  if (existsSync(program)) return;
  await must('python3', ['-m', 'venv', environment]);
  await must(join(environment, 'bin', 'pip'), [
    'install',
    '-q',
    '--disable-pip-version-check',
    'sqlfluff==4.5.0',
  ]);
};

await install();
const folder = await mkdtemp(join(tmpdir(), 'tidemark-sqlfluff-'));
try {
  const settings = join(folder, 'settings');
  await writeFile(settings, configuration);
  const parse = (file: string) => ask(program, ['parse', '--format', 'none', '--config', settings, file]);
  const problems: string[] = [];
  for (const [place, statement] of wrong.entries()) {
    const file = join(folder, `wrong-${place}.sql`);
    await writeFile(file, `${statement}\n`);
    if ((await parse(file)).status === 0)
      problems.push(`sqlfluff takes what Snowflake does not: ${statement}`);
  }
  const files = (await readdir(golden)).filter(
    (name) => name.startsWith('snowflake-') && name.endsWith('.sql'),
  );
  if (files.length === 0) problems.push('there are no golden files of Snowflake');
  for (const name of files) {
    const { status, text } = await parse(join(golden, name));
    if (status !== 0) problems.push(`${name} does not parse:\n${text}`);
  }
  const migrations = (await readdir(own)).filter((name) => name.endsWith('.sql'));
  if (migrations.length === 0) problems.push('there are no migrations for Snowflake');
  for (const name of migrations) {
    const file = join(folder, name);
    await writeFile(file, (await readFile(join(own, name), 'utf8')).replaceAll('{state}', '"tidemark"'));
    const { status, text } = await parse(file);
    if (status !== 0) problems.push(`${name} does not parse:\n${text}`);
  }
  for (const problem of problems) console.error(`error: ${problem}`);
  console.log(
    `snowflake: ${files.length} golden files, ${migrations.length} migrations, ${problems.length} problems`,
  );
  process.exitCode = problems.length === 0 ? 0 : 1;
} finally {
  await rm(folder, { recursive: true });
}
