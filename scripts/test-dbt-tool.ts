// dbt itself, in a private virtual environment beside the project: installed when missing, then run.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const NEWEST = join(ROOT, '.venv-dbt');
const OLDEST = join(ROOT, '.venv-dbt-oldest');
const PROJECT = join(ROOT, 'dbt_project');

export const dbtProgram = join(NEWEST, 'bin', 'dbt');

/** The oldest whose manifest we read. */
export const oldestDbtProgram = join(OLDEST, 'bin', 'dbt');

/** The sample project is our dbt package as well. */
export const packageFolder = PROJECT;

export const quietly: NodeJS.ProcessEnv = {
  DBT_SEND_ANONYMOUS_USAGE_STATS: 'false',
  DBT_USE_COLORS: 'false',
};

const OLDEST_PACKAGES = ['dbt-core~=1.8.0', 'dbt-duckdb~=1.8.0', 'duckdb<2'];

/** Without the wheels-only flag the parser's source package tries to download a wheel from elsewhere. */
const PACKAGES = [
  '--only-binary',
  'dbt-core-experimental-parser,dbt-core',
  'dbt-core~=1.12.0',
  'dbt-duckdb~=1.11.0',
  'dbt-postgres~=1.11.0',
];

export interface Said {
  readonly status: number | null;
  readonly text: string;
}

export const ask = (
  command: string,
  args: readonly string[],
  options: { readonly environment?: NodeJS.ProcessEnv; readonly folder?: string } = {},
): Promise<Said> =>
  new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      env: { ...process.env, ...options.environment },
      cwd: options.folder,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const output: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => output.push(chunk));
    child.on('error', reject);
    child.on('close', (status) => resolve({ status, text: Buffer.concat(output).toString('utf8') }));
  });

const run = async (
  command: string,
  args: readonly string[],
  environment: NodeJS.ProcessEnv = {},
): Promise<void> => {
  const { status, text } = await ask(command, args, { environment });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status}\n${text}`);
};

const install = async (folder: string, packages: readonly string[]): Promise<void> => {
  if (existsSync(join(folder, 'bin', 'dbt'))) return;
  await run('python3', ['-m', 'venv', folder]);
  await run(join(folder, 'bin', 'pip'), ['install', '-q', '--disable-pip-version-check', ...packages]);
};

/** Makes the virtual environment on first use. */
export const installDbt = (): Promise<void> => install(NEWEST, PACKAGES);

export const installOldestDbt = (): Promise<void> => install(OLDEST, OLDEST_PACKAGES);

export interface DbtRun {
  readonly target: 'duckdb' | 'postgres';
  /** Folder for dbt's own artifacts and logs. */
  readonly folder: string;
  readonly environment: NodeJS.ProcessEnv;
  /** Another project than the sample shop, with its own profile. */
  readonly project?: string;
  /** Another dbt than the newest. */
  readonly program?: string | undefined;
}

/** Runs one dbt command; answers where its manifest lies. */
export const dbt = async (command: 'compile' | 'build' | 'snapshot', options: DbtRun): Promise<string> => {
  const { project = PROJECT, program = dbtProgram } = options;
  const args = [
    command,
    '--project-dir',
    project,
    '--profiles-dir',
    PROJECT,
    '--target',
    options.target,
    '--target-path',
    options.folder,
    '--log-path',
    options.folder,
  ];
  await run(program, args, {
    ...quietly,
    ...options.environment,
  });
  return join(options.folder, 'manifest.json');
};
