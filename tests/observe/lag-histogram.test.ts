// Quantiles of histograms are those of the numbers behind them, to 5 %.
import { array, assert, integer, property } from 'fast-check';
import { expect, it } from 'vitest';
import {
  addLags,
  lagGrowth,
  lagsJson,
  lagsOfJson,
  laterBy,
  summarizeLags,
} from '../../src/store/lag-histogram.ts';

const histogramOf = (times: readonly number[]): ReadonlyMap<number, number> =>
  addLags(times.map((ms) => new Map([[Math.floor(Math.log(Math.max(1, ms)) / Math.log(lagGrowth)), 1]])));

const exact = (times: readonly number[], share: number): number =>
  times.toSorted((left, right) => left - right)[Math.ceil(times.length * share) - 1] ?? 0;

it('quantiles', () => {
  assert(
    property(array(integer({ min: 1, max: 10 ** 9 }), { minLength: 1, maxLength: 200 }), (times) => {
      const summary = summarizeLags(histogramOf(times));
      expect(summary?.changes).toBe(times.length);
      for (const [share, found] of [
        [0.5, summary?.p50_ms],
        [0.95, summary?.p95_ms],
        [0.99, summary?.p99_ms],
      ] as const) {
        const wanted = exact(times, share);
        expect(Math.abs((found ?? 0) - wanted)).toBeLessThanOrEqual(wanted * 0.055 + 1);
      }
    }),
  );
});

it('sums, shifts and JSON keep every change', () => {
  const histogram = histogramOf([5, 70, 900]);
  expect(summarizeLags(addLags([histogram, histogram]))?.changes).toBe(6);
  expect(lagsOfJson(JSON.stringify(lagsJson(histogram)))).toEqual(histogram);
  const later = summarizeLags(laterBy(histogram, 3_600_000));
  expect(later?.changes).toBe(3);
  expect(Math.abs((later?.p50_ms ?? 0) - 3_600_070)).toBeLessThan(3_600_000 * 0.06);
  expect(summarizeLags(new Map())).toBeUndefined();
});
