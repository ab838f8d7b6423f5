#!/usr/bin/env node
// The edge of the process: arguments, streams, signals and the exit status. Nothing else ends the process.
import { constants } from 'node:os';
import { isatty } from 'node:tty';
import type { Stream } from './cli/manner.ts';
import { runProgram } from './cli/program.ts';

const interruption = new AbortController();
let caught: 'SIGINT' | 'SIGTERM' | undefined;

const statusOf = (signal: 'SIGINT' | 'SIGTERM'): number => 128 + constants.signals[signal];

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    // The first one lets the current transaction end; whoever asks twice means at once.
    if (caught !== undefined) process.exit(statusOf(signal));
    caught = signal;
    interruption.abort();
  });
}

/** A reader that went away (`tidemark history | head -1`) is no failure of ours. */
const ours = (stream: NodeJS.WriteStream, fd: number): Stream => {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
  // Not the stream's own `isTTY`: a pipe has none, and the colour library takes a missing answer for "as the
  // environment says", which colours whatever runs under CI.
  const isTTY = isatty(fd);
  return {
    isTTY,
    get columns() {
      return isTTY ? stream.columns : undefined;
    },
    get rows() {
      return isTTY ? stream.rows : undefined;
    },
    write: (text) => void stream.write(text),
  };
};

const flushed = (stream: NodeJS.WriteStream): Promise<void> =>
  new Promise((resolve) => {
    if (stream.destroyed || !stream.writable) resolve();
    else stream.write('', () => resolve());
  });

/** A question is no data: it goes where the log goes. */
const ask = async (question: string): Promise<string> => {
  const { createInterface } = await import('node:readline/promises');
  const reader = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await reader.question(question, { signal: interruption.signal });
  } finally {
    reader.close();
  }
};

const status = await runProgram(process.argv.slice(2), {
  stdout: ours(process.stdout, 1),
  stderr: ours(process.stderr, 2),
  variables: process.env,
  ask: isatty(0) && isatty(2) ? ask : undefined,
  signal: interruption.signal,
});
await Promise.all([flushed(process.stdout), flushed(process.stderr)]);
// Work that an interrupted command left behind, a query say, must not keep the process.
process.exit(caught === undefined ? status : statusOf(caught));
