// The file that remembers what was said, from one process to the next. Nobody else reads it; a process that finds
// it held waits a moment.
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { nothingTold, type Memory } from './incidents.ts';

/** Whose memory: environments of a project share the file. */
export interface Whose {
  readonly path: string;
  readonly project: string;
  readonly environment: string;
}

interface Stored {
  readonly version: 1;
  readonly of: readonly { readonly project: string; readonly environment: string; readonly memory: Memory }[];
}

const isStored = (value: unknown): value is Stored =>
  typeof value === 'object' && value !== null && 'of' in value && Array.isArray(value.of);

/** What cannot be read was never said: better twice than not at all. */
const read = (path: string): Stored => {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    if (isStored(value)) return value;
  } catch {
    // Not there yet, or broken off.
  }
  return { version: 1, of: [] };
};

const isOf =
  ({ project, environment }: Whose) =>
  (each: Stored['of'][number]): boolean =>
    each.project === project && each.environment === environment;

export const readMemory = (whose: Whose): Memory =>
  read(whose.path).of.find(isOf(whose))?.memory ?? nothingTold;

const makeFolder = (folder: string): void => {
  if (existsSync(folder)) return;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (basename(folder) === '.tidemark') writeFileSync(join(folder, '.gitignore'), '*\n', { mode: 0o600 });
};

const write = (whose: Whose, memory: Memory): void => {
  const { path, project, environment } = whose;
  const others = read(path).of.filter((each) => !isOf(whose)(each));
  const draft = `${path}.${process.pid}.tmp`;
  try {
    writeFileSync(draft, JSON.stringify({ version: 1, of: [...others, { project, environment, memory }] }), {
      mode: 0o600,
    });
    chmodSync(draft, 0o600);
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
};

const staleMs = 30_000;
const patienceMs = 2_000;

const isStale = (lock: string): boolean => {
  try {
    return Date.now() - statSync(lock).mtimeMs > staleMs;
  } catch {
    return false;
  }
};

/** Held for the time of reading and writing a small file; whoever died with it is passed over. */
const locked = async <T>(path: string, work: () => T): Promise<T> => {
  const lock = `${path}.lock`;
  const until = performance.now() + patienceMs;
  for (;;) {
    try {
      closeSync(openSync(lock, 'wx', 0o600));
      break;
    } catch (error) {
      const taken = error instanceof Error && 'code' in error && error.code === 'EEXIST';
      if (!taken) throw error;
      if (isStale(lock) || performance.now() > until) rmSync(lock, { force: true });
      else await pause(20);
    }
  }
  try {
    return work();
  } finally {
    rmSync(lock, { force: true });
  }
};

export const changeMemory = async <T>(
  whose: Whose,
  change: (memory: Memory) => { readonly memory: Memory; readonly result: T },
): Promise<T> => {
  makeFolder(dirname(whose.path));
  return locked(whose.path, () => {
    const { memory, result } = change(readMemory(whose));
    write(whose, memory);
    return result;
  });
};
