// The life of a schedule under a clock of our own: ticks, overlaps, retries, the circuit, ten thousand ticks.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { ticksOf } from '../../src/batch/schedule/cadence.ts';
import { retryDelayMs } from '../../src/batch/schedule/patience.ts';
import { runSchedule, type Surroundings, type Ticked } from '../../src/batch/schedule/loop.ts';
import { TidemarkError } from '../../src/errors/tidemark-error.ts';
import type { Cadence } from '../../src/project/project.ts';

const minute = 60_000;
const start = Date.UTC(2026, 2, 1, 10, 7);

class FakeClock implements Surroundings {
  time: number;
  constructor(time = start) {
    this.time = time;
  }
  now(): number {
    return this.time;
  }
  chance(): number {
    return 0;
  }
  async sleepUntil(ms: number): Promise<void> {
    this.time = Math.max(this.time, ms);
  }
}

const failure = new TidemarkError('connection_failed', { message: 'the server does not answer' });
const mistake = new TidemarkError('dictionary_invalid', { message: 'a typo' });
const busy = new TidemarkError('lease_held', { message: 'somebody else is at work' });

/** What is garbage is no memory that grows. */
const collect = (): void => {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
};

interface Lived {
  readonly lines: readonly string[];
  readonly clock: FakeClock;
}

const shown = (ms: number): string => new Date(ms).toISOString().slice(11, 16);

/** `does` is what happens in each try, with the clock at hand. */
const liveThrough = async (
  does: (attempt: number, clock: FakeClock, tick: number) => string | undefined,
  {
    cadence = { kind: 'every', ms: 30 * minute },
    atMost = 3,
    clock = new FakeClock(),
    failures = 3,
  }: { cadence?: Cadence; atMost?: number; clock?: FakeClock; failures?: number } = {},
): Promise<Lived> => {
  const lines: string[] = [];
  let attempt = 0;
  const word = (outcome: Ticked<string>): string => (outcome.kind === 'done' ? outcome.result : outcome.kind);
  await runSchedule({
    ticks: ticksOf(cadence),
    patience: { retries: 2, failures },
    around: clock,
    work: async (tick) => does((attempt += 1), clock, tick),
    told: {
      ticked: (tick, outcome, missed) =>
        void lines.push(`${shown(tick)} ${word(outcome)}${missed > 0 ? ` missed ${missed}` : ''}`),
      retrying: (_tick, _error, delayMs) => void lines.push(`retry in ${delayMs / 1000} s`),
      opened: (failed, nextAt) => void lines.push(`open after ${failed}, next ${shown(nextAt)}`),
      recovered: (failed) => void lines.push(`recovered after ${failed}`),
    },
    signal: new AbortController().signal,
    atMost,
  });
  return { lines, clock };
};

const fail = (error: Error): never => {
  throw error;
};

describe('a schedule', () => {
  it('runs at once for the tick whose turn it is, then on the marks of the clock', async () => {
    const { lines } = await liveThrough(() => 'done');
    expect(lines).toEqual(['10:00 done', '10:30 done', '11:00 done']);
  });

  it('waits for the first tick of a cron expression, in its zone', async () => {
    const cadence = { kind: 'cron', expression: '15 6 * * *', timezone: 'Europe/Berlin' } as const;
    const { lines } = await liveThrough(() => 'done', { cadence, atMost: 30 });
    // 15 past 6 in Berlin is 05:15 UTC, and 04:15 once the clocks went forward on 29 March.
    expect([lines[0], lines[26], lines[27], lines[28]]).toEqual([
      '05:15 done',
      '05:15 done',
      '04:15 done',
      '04:15 done',
    ]);
  });

  it('makes one of the ticks that went by while a batch was at work', async () => {
    const { lines } = await liveThrough((attempt, clock) => {
      if (attempt === 1) clock.time += 100 * minute;
      return 'done';
    });
    expect(lines).toEqual(['10:00 done missed 3', '11:30 done', '12:00 done']);
  });

  it('makes one of the ticks that a laptop slept through', async () => {
    const { lines } = await liveThrough((attempt, clock) => {
      if (attempt === 2) clock.time += 20 * 60 * minute;
      return 'done';
    });
    expect(lines).toEqual(['10:00 done', '10:30 done missed 40', '06:30 done']);
  });

  it('goes on from the time that it is where the clock is set back while a batch is at work', async () => {
    const { lines } = await liveThrough((attempt, clock) => {
      if (attempt === 2) clock.time -= 3 * 60 * minute;
      return 'done';
    });
    expect(lines).toEqual(['10:00 done', '10:30 done', '08:00 done']);
  });

  it.each([
    ['waits', undefined, ['10:00 done', '08:00 done', '08:30 done']],
    // It waits as long as it would have: an hour, and to the next mark.
    ['waits with an open circuit', mistake, ['10:00 failed', '09:00 failed']],
  ] as const)('and where that happens while it %s', async (_name, error, expected) => {
    const clock = new (class extends FakeClock {
      #looked = false;
      override async sleepUntil(ms: number): Promise<void> {
        if (this.#looked) return super.sleepUntil(ms);
        this.#looked = true;
        this.time += 8 * minute - 3 * 60 * minute;
      }
    })();
    const { lines } = await liveThrough(() => (error === undefined ? 'done' : fail(error)), {
      clock,
      atMost: expected.length,
      failures: 1,
    });
    expect(lines.filter((line) => !line.startsWith('open'))).toEqual(expected);
  });

  it.each<[string, string, number, readonly string[]]>([
    // Germany, 29 March: from 2 to 3. 25 October: from 3 to 2.
    [
      'a time that there is not comes after the gap',
      '30 2 * * *',
      Date.UTC(2026, 2, 28, 12),
      ['01:00', '00:30'],
    ],
    ['a time that comes twice is taken once', '30 2 * * *', Date.UTC(2026, 9, 24, 12), ['00:30', '01:30']],
    [
      'every half hour stays that where an hour is lost',
      '*/30 * * * *',
      Date.UTC(2026, 2, 29, 0, 10),
      ['00:30', '01:00', '01:30'],
    ],
    [
      'and where one comes twice',
      '*/30 * * * *',
      Date.UTC(2026, 9, 25, 0, 10),
      ['00:30', '01:00', '01:30', '02:00'],
    ],
  ])('when clocks change, %s', async (_name, expression, from, expected) => {
    const cadence = { kind: 'cron', expression, timezone: 'Europe/Berlin' } as const;
    const { lines } = await liveThrough(() => 'done', {
      cadence,
      atMost: expected.length,
      clock: new FakeClock(from),
    });
    expect(lines).toEqual(expected.map((time) => `${time} done`));
  });

  it('leaves a tick to the host that has it, and one to whoever is at work', async () => {
    const { lines } = await liveThrough((attempt) =>
      attempt === 1 ? undefined : attempt === 2 ? fail(busy) : 'done',
    );
    expect(lines).toEqual(['10:00 taken', '10:30 busy', '11:00 done']);
  });

  it('tries again what may pass, more and more patiently, and not what will not', async () => {
    const { lines } = await liveThrough((attempt) =>
      attempt < 3 ? fail(failure) : attempt === 4 ? fail(mistake) : 'done',
    );
    expect(lines).toEqual(['retry in 1 s', 'retry in 2 s', '10:00 done', '10:30 failed', '11:00 done']);
  });

  it('gives a tick up rather than run into the next one', async () => {
    const cadence = { kind: 'every', ms: 2_000 } as const;
    const { lines } = await liveThrough((attempt) => (attempt < 3 ? fail(failure) : 'done'), {
      cadence,
      atMost: 2,
    });
    expect(lines.filter((line) => line.startsWith('retry'))).toEqual(['retry in 1 s']);
  });

  it('opens after many failures in a row, says so, and closes with the first success', async () => {
    const { lines } = await liveThrough((attempt) => (attempt <= 4 ? fail(mistake) : 'done'), { atMost: 6 });
    expect(lines).toEqual([
      '10:00 failed',
      '10:30 failed',
      '11:00 failed',
      'open after 3, next 12:30',
      '12:30 failed',
      'open after 4, next 14:00',
      '14:00 done',
      'recovered after 4',
      '14:30 done',
    ]);
  });

  it('lives through ten thousand ticks without keeping anything', async () => {
    const drain = new AbortController();
    const clock = new FakeClock();
    let ticks = 0;
    const used: number[] = [];
    await runSchedule({
      ticks: ticksOf({ kind: 'every', ms: 30 * minute }),
      patience: { retries: 2, failures: 3 },
      around: clock,
      work: async () =>
        ticks % 7 === 0 ? fail(mistake) : { rows: Array.from({ length: 500 }, (_, n) => n) },
      told: {
        ticked: () => {
          ticks += 1;
          if (ticks % 2_000 === 0) {
            collect();
            used.push(process.memoryUsage().heapUsed);
          }
        },
        retrying: () => undefined,
        opened: () => undefined,
        recovered: () => undefined,
      },
      signal: drain.signal,
      atMost: 10_000,
    });
    expect(ticks).toBe(10_000);
    expect(Math.max(...used) - Math.min(...used)).toBeLessThan(10 * 2 ** 20);
  });

  it('begins no tick once it is told to stop', async () => {
    const drain = new AbortController();
    const lived: number[] = [];
    await runSchedule({
      ticks: ticksOf({ kind: 'every', ms: minute }),
      patience: { retries: 2, failures: 3 },
      around: new FakeClock(),
      work: async (tick) => {
        lived.push(tick);
        if (lived.length === 2) drain.abort();
        return 'done';
      },
      told: {
        ticked: () => undefined,
        retrying: () => undefined,
        opened: () => undefined,
        recovered: () => undefined,
      },
      signal: drain.signal,
    });
    expect(lived).toHaveLength(2);
  });
});

it('hosts that fail together come back one after another, a minute apart at the most', () => {
  expect([0, 1, 2, 9].map((attempt) => retryDelayMs(attempt, 0))).toEqual([1_000, 2_000, 4_000, 30_000]);
  expect([0, 1, 2, 9].map((attempt) => retryDelayMs(attempt, 0.5))).toEqual([1_500, 3_000, 6_000, 45_000]);
});

describe('a cadence that is none', () => {
  it.each<[string, Cadence, string]>([
    ['too often', { kind: 'every', ms: 10 }, 'a schedule runs every second at the most'],
    [
      'no expression',
      { kind: 'cron', expression: 'now and then', timezone: undefined },
      '`now and then` is no cron expression',
    ],
    [
      'no zone',
      { kind: 'cron', expression: '0 * * * *', timezone: 'Mars/Base' },
      '`0 * * * *` is no cron expression in `Mars/Base`',
    ],
    [
      'no time to come',
      { kind: 'cron', expression: '0 0 30 2 *', timezone: undefined },
      '`0 0 30 2 *` has no time to come',
    ],
  ])('%s', (_name, cadence, message) => {
    expect(() => ticksOf(cadence)).toThrow(message);
  });
});
