// How failures are met: tried again within the tick while that may help, and after many failed ticks in a row less
// and less often, until one succeeds.
import { isTidemarkError } from '../../errors/tidemark-error.ts';

export interface Patience {
  /** Within one tick, after the first try. */
  readonly retries: number;
  /** Failed ticks in a row after which the circuit opens. */
  readonly failures: number;
}

const firstRetryMs = 2_000;
const longestRetryMs = 60_000;
const longestPauseMs = 60 * 60_000;

/** `chance` lies in [0, 1): two hosts that fail together must not come back together. */
export const retryDelayMs = (attempt: number, chance: number): number =>
  Math.min(longestRetryMs, firstRetryMs * 2 ** attempt) * (0.5 + chance / 2);

export const mayRetry = (error: unknown): boolean =>
  isTidemarkError(error) && error.retryable && error.exitCode === 1;

/** Somebody else is at work: no failure. */
export const isBusy = (error: unknown): boolean => isTidemarkError(error) && error.exitCode === 4;

/** How long an open circuit waits before it tries again, after so many failed ticks in a row. */
export const pauseMs = (failed: number, { failures }: Patience, intervalMs: number): number =>
  failed < failures
    ? 0
    : Math.min(Math.max(longestPauseMs, intervalMs), intervalMs * 2 ** Math.min(20, failed - failures + 1));
