// The life of a schedule: ticks one after another, never two at once, until it is told to stop. Time, chance and
// the work of a tick are handed in, so that ten thousand ticks can be lived through in a test.
import type { Ticks } from './cadence.ts';
import { isBusy, mayRetry, pauseMs, retryDelayMs, type Patience } from './patience.ts';

export interface Surroundings {
  now(): number;
  /** Returns early when the signal is given, and now and then, so that the clock is looked at again. */
  sleepUntil(ms: number, signal: AbortSignal): Promise<void>;
  /** In [0, 1). */
  chance(): number;
}

/** What came of a tick. */
export type Ticked<R> =
  | { readonly kind: 'done'; readonly result: R }
  /** Another host had it. */
  | { readonly kind: 'taken' }
  | { readonly kind: 'busy'; readonly error: unknown }
  | { readonly kind: 'failed'; readonly error: unknown };

export interface Told<R> {
  /** `missed` ticks went by while the one before was at work. */
  ticked(tick: number, outcome: Ticked<R>, missed: number): void;
  retrying(tick: number, error: unknown, delayMs: number): void;
  /** After so many failed ticks in a row; the next try is at this moment. */
  opened(failed: number, nextAt: number): void;
  recovered(failed: number): void;
}

export interface Schedule<R> {
  readonly ticks: Ticks;
  readonly patience: Patience;
  readonly around: Surroundings;
  /** Nothing where another host has claimed the tick. */
  readonly work: (tick: number) => Promise<R | undefined>;
  readonly told: Told<R>;
  readonly signal: AbortSignal;
  /** Ends by itself after so many ticks. */
  readonly atMost?: number | undefined;
}

const tryOnce = async <R>({ work }: Schedule<R>, tick: number): Promise<Ticked<R>> => {
  try {
    const result = await work(tick);
    return result === undefined ? { kind: 'taken' } : { kind: 'done', result };
  } catch (error) {
    return { kind: isBusy(error) ? 'busy' : 'failed', error };
  }
};

/** Tried again while it may help and the next tick is not due. */
const live = async <R>(schedule: Schedule<R>, tick: number): Promise<Ticked<R>> => {
  const { ticks, patience, around, told, signal } = schedule;
  for (let attempt = 0; ; attempt += 1) {
    const outcome = await tryOnce(schedule, tick);
    if (outcome.kind !== 'failed' || !mayRetry(outcome.error) || signal.aborted) return outcome;
    const delayMs = retryDelayMs(attempt, around.chance());
    const at = around.now() + delayMs;
    if (attempt >= patience.retries || at >= ticks.after(tick)) return outcome;
    told.retrying(tick, outcome.error, delayMs);
    await around.sleepUntil(at, signal);
    if (signal.aborted) return outcome;
  }
};

const mostPassed = 10_000;

/** The ticks that went by since one was begun, and the last of them. */
const passedSince = (ticks: Ticks, tick: number, now: number) => {
  let count = 0;
  let last: number | undefined;
  for (let next = ticks.after(tick); next <= now && count < mostPassed; next = ticks.after(next)) {
    count += 1;
    last = next;
  }
  return { count, last };
};

/** Answers the tick that it waited for: an earlier one where the clock was set back meanwhile. */
const waitFor = async <R>({ ticks, around, signal }: Schedule<R>, tick: number): Promise<number> => {
  let next = tick;
  for (let before = around.now(); before < next && !signal.aborted;) {
    await around.sleepUntil(next, signal);
    const now = around.now();
    // As long as there was to wait, an open circuit's pause too, and then the next mark.
    if (now < before) next = ticks.after(now + next - before - 1);
    before = now;
  }
  return next;
};

export const runSchedule = async <R>(schedule: Schedule<R>): Promise<void> => {
  const { ticks, patience, around, told, signal, atMost = Infinity } = schedule;
  let failed = 0;
  let next = ticks.current(around.now()) ?? ticks.after(around.now());
  for (let count = 0; count < atMost && !signal.aborted; count += 1) {
    const tick = await waitFor(schedule, next);
    if (signal.aborted) return;
    const outcome = await live(schedule, tick);
    const now = around.now();
    const passed = passedSince(ticks, tick, now);
    told.ticked(tick, outcome, passed.count);
    if (outcome.kind === 'failed') failed += 1;
    else {
      if (failed >= patience.failures) told.recovered(failed);
      failed = 0;
    }
    const pause = pauseMs(failed, patience, ticks.intervalMs);
    // Ticks that went by are one: what they would have found, the last of them finds.
    // Before its own tick lies a clock that was set back.
    next = pause > 0 ? ticks.after(now + pause) : (passed.last ?? ticks.after(Math.min(tick, now)));
    if (pause > 0) told.opened(failed, next);
  }
};
