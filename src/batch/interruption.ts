// Ctrl-C while a batch reads and computes stops the statement that runs; from the commit on it is too late to
// stop, and the batch is finished or rolled back as a whole.
import { isTidemarkError, TidemarkError } from '../errors/tidemark-error.ts';
import type { Warehouse } from '../warehouse/port.ts';

export const interrupted = (cause?: unknown): TidemarkError =>
  new TidemarkError('interrupted', { message: 'interrupted before the commit, nothing was written', cause });

/** Runs work that may be stopped at any moment without harm. */
export const stoppable = async <T>(
  warehouse: Warehouse,
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
): Promise<T> => {
  if (signal === undefined) return work();
  if (signal.aborted) throw interrupted();
  // A cancel that finds nothing to cancel, or a connection that is gone, changes nothing: the work ends by itself.
  const stop = (): void => void warehouse.cancel().catch(() => undefined);
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await work();
  } catch (error) {
    throw signal.aborted && isTidemarkError(error) ? interrupted(error) : error;
  } finally {
    signal.removeEventListener('abort', stop);
  }
};
