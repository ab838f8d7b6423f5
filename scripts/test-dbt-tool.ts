// dbt itself, in a private virtual environment beside the project: installed when missing, then run.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const VENV = join(ROOT, '.venv-dbt');
const PROJECT = join(ROOT, 'dbt_project');

/** Without the wheels-only flag the parser's source package tries to download a wheel from elsewhere. */
const PACKAGES = [
  '--only-binary',
  'dbt-core-experimental-parser,dbt-core',
  'dbt-core~=1.12.0',
  'dbt-duckdb~=1.11.0',
  'dbt-postgres~=1.11.0',
];

const run = (command: string, args: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<void> =>
  new Promise((resolve, reject) => {
    const options = { env: { ...process.env, ...environment }, stdio: ['ignore', 'pipe', 'pipe'] as const };
    const child = spawn(command, args, { ...options, stdio: [...options.stdio] });
    const output: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => output.push(chunk));
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) return resolve();
      const text = Buffer.concat(output).toString('utf8');
      reject(new Error(`${command} ${args.join(' ')} ended with ${code}\n${text}`));
    });
  });

/** Makes the virtual environment on first use. */
export const installDbt = async (): Promise<void> => {
  if (existsSync(join(VENV, 'bin', 'dbt'))) return;
  await run('python3', ['-m', 'venv', VENV]);
  await run(join(VENV, 'bin', 'pip'), ['install', '-q', '--disable-pip-version-check', ...PACKAGES]);
};

export interface DbtRun {
  readonly target: 'duckdb' | 'postgres';
  /** Folder for dbt's own artifacts and logs. */
  readonly folder: string;
  readonly environment: NodeJS.ProcessEnv;
}

/** Runs one dbt command on the sample project; answers where its manifest lies. */
export const dbt = async (command: 'compile' | 'build', options: DbtRun): Promise<string> => {
  const args = [
    command,
    '--project-dir',
    PROJECT,
    '--profiles-dir',
    PROJECT,
    '--target',
    options.target,
    '--target-path',
    options.folder,
    '--log-path',
    options.folder,
  ];
  await run(join(VENV, 'bin', 'dbt'), args, {
    DBT_SEND_ANONYMOUS_USAGE_STATS: 'false',
    DBT_USE_COLORS: 'false',
    ...options.environment,
  });
  return join(options.folder, 'manifest.json');
};
