// Starts the built program as a user would, and, when asked, has it stopped at one of its statements.
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { owner } from './sandbox.ts';

const main = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
const preload = new URL('stop-at.mjs', import.meta.url).href;

export interface Stop {
  /** A file that gets the text of every statement. */
  readonly record?: string;
  /** Which statement: the how-manieth of all, or the nth (else the first) that holds this text. */
  readonly ordinal?: number;
  readonly text?: string;
  readonly nth?: number;
  readonly phase?: 'before' | 'sent' | 'after';
  readonly signal?: NodeJS.Signals;
}

export interface Ended {
  readonly exit: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Resolves once stderr holds the text. */
  readonly says: (text: string) => Promise<void>;
}

const collected = (stream: NodeJS.ReadableStream | null): (() => string) => {
  const chunks: string[] = [];
  stream?.setEncoding('utf8').on('data', (chunk: string) => chunks.push(chunk));
  return () => chunks.join('');
};

export interface StartOptions {
  readonly stop?: Stop;
  /** A shell before the program: `sh -c <this>`, which ends in `exec "$@"`. */
  readonly shell?: string;
}

export const start = (args: readonly string[], { stop, shell }: StartOptions = {}): Started => {
  if (!existsSync(main)) throw new Error(`${main} is missing: npm run build`);
  const command = [process.execPath, ...(stop === undefined ? [] : ['--import', preload]), main, ...args];
  const [file = '', ...rest] = shell === undefined ? command : ['sh', '-c', shell, 'sh', ...command];
  const { TIDEMARK_PROJECT: _project, TIDEMARK_ENV: _env, ...env } = process.env;
  const child = spawn(file, rest, {
    env: {
      ...env,
      NO_COLOR: '1',
      ...(stop === undefined ? {} : { TIDEMARK_TEST_STOP: JSON.stringify(stop) }),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [stdout, stderr] = [collected(child.stdout), collected(child.stderr)];
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (exit, signal) => {
      resolve({ exit, signal, stdout: stdout(), stderr: stderr() });
    });
  });
  const says = (text: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (stderr().includes(text)) resolve();
      };
      child.stderr.on('data', look);
      void ended.then((end) => reject(new Error(`ended without saying ${text}: ${JSON.stringify(end)}`)));
      look();
    });
  return { child, ended, says };
};

/** One batch of the project in this folder. */
export const startRun = (
  folder: string,
  options?: StartOptions & { readonly owner?: string; readonly wait?: string },
): Started =>
  start(
    [
      'run',
      '--project',
      folder,
      '--json',
      '--owner',
      options?.owner ?? owner,
      '--wait',
      options?.wait ?? '20s',
    ],
    options,
  );
