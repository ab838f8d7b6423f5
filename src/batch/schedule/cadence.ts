// When batches are due: every so often, on the clock's own marks so that two hosts mean the same tick, or by a
// cron expression in a time zone.
import { Cron } from 'croner';
import { isTidemarkError, TidemarkError, type Problem } from '../../errors/tidemark-error.ts';
import type { Cadence } from '../../project/project.ts';

export interface Ticks {
  /** The first tick after a moment, in milliseconds since the epoch. */
  after(ms: number): number;
  /** The tick whose turn it is at a moment, where a cadence has one before it. */
  current(ms: number): number | undefined;
  /** Between two ticks at this time. */
  readonly intervalMs: number;
}

const least = 1000;

const refused = (message: string, hint?: string): TidemarkError =>
  new TidemarkError('usage', { message, hint });

const every = (ms: number): Ticks => {
  if (ms < least) throw refused('a schedule runs every second at the most', 'such as `--every 30m`');
  return {
    after: (now) => (Math.floor(now / ms) + 1) * ms,
    current: (now) => Math.floor(now / ms) * ms,
    intervalMs: ms,
  };
};

const cron = (expression: string, timezone: string | undefined): Ticks => {
  let parsed: Cron;
  try {
    parsed = new Cron(expression, { paused: true, ...(timezone === undefined ? {} : { timezone }) });
    // A zone that there is not shows itself when a time is asked for.
    parsed.nextRun(new Date(0));
  } catch (error) {
    throw refused(
      `\`${expression}\` is no cron expression${timezone === undefined ? '' : ` in \`${timezone}\``}: ${error instanceof Error ? error.message : String(error)}`,
      "such as `--cron '*/30 * * * *' --timezone Europe/Berlin`",
    );
  }
  const after = (now: number): number => {
    const next = parsed.nextRun(new Date(now));
    if (next === null) throw refused(`\`${expression}\` has no time to come`);
    return next.getTime();
  };
  const first = after(Date.UTC(2026, 0, 1));
  return { after, current: () => undefined, intervalMs: after(first) - first };
};

/** What is wrong with it, before anything is scheduled. */
export const problemsOf = (cadence: Cadence): readonly Problem[] => {
  try {
    ticksOf(cadence);
    return [];
  } catch (error) {
    if (!isTidemarkError(error)) throw error;
    const { message, hint } = error;
    return [{ code: 'wrong_type', severity: 'error', message: `\`schedule\`: ${message}`, hint }];
  }
};

export const ticksOf = (cadence: Cadence): Ticks =>
  cadence.kind === 'every' ? every(cadence.ms) : cron(cadence.expression, cadence.timezone);
