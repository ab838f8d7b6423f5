// Waiting for a DuckDB file that another process holds: in short tries, so that we can say who holds it and so
// that Ctrl-C is heard. Nothing has happened before the file is open, so a try costs nothing.
import { isTidemarkError, TidemarkError } from '../errors/tidemark-error.ts';
import type { Project } from '../project/project.ts';
import type { Invocation } from './invocation.ts';

const tryMs = 300;

export const readersWaitMs = 10_000;

const interrupted = (): TidemarkError =>
  new TidemarkError('interrupted', {
    message: 'interrupted while waiting for the database file, nothing was written',
  });

/** Tries until the file is free. */
export const untilFree = async <T>(
  { log, signal }: Invocation,
  waitMs: number,
  work: (waitMs: number) => Promise<T>,
): Promise<T> => {
  const until = performance.now() + waitMs;
  let told = false;
  for (;;) {
    const left = Math.max(0, until - performance.now());
    try {
      return await work(Math.min(tryMs, left));
    } catch (error) {
      if (!isTidemarkError(error) || error.code !== 'file_locked' || left === 0) throw error;
      if (signal.aborted) throw interrupted();
      if (!told)
        log.info(`waiting up to ${Math.ceil(waitMs / 1000)} s: ${error.message}`, { code: error.code });
      told = true;
    }
  }
};

export const waitingFor = <T>(
  project: Project,
  invocation: Invocation,
  waitMs: number,
  work: (waitMs: number) => Promise<T>,
): Promise<T> => (project.connection.type === 'duckdb' ? untilFree(invocation, waitMs, work) : work(waitMs));
