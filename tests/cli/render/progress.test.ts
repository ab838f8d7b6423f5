// The one line that a terminal shows while work goes on.
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { openProgressLine } from '../../../src/cli/render/progress.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
});

afterEach(() => {
  vi.useRealTimers();
});

it('shows nothing for two seconds, then phase, step and time; and is gone at the end', () => {
  const written: string[] = [];
  const line = openProgressLine({ width: 30, write: (text) => void written.push(text) });
  line.progress.step('freeze', 'companies');
  line.progress.step('compute', 'fact_vendor');
  line.progress.step('compute', 'fact_order_with_a_long_name');
  vi.advanceTimersByTime(1900);
  expect(written).toEqual([]);
  vi.advanceTimersByTime(1200);
  expect(written.at(-1)).toBe('\r\u001B[2Kcompute fact_order_with_a_lo…');
  line.progress.step('commit', 'x');
  vi.advanceTimersByTime(200);
  expect(written.at(-1)).toBe('\r\u001B[2Kcommit x (1)  3 s');
  line.stop();
  expect(written.at(-1)).toBe('\r\u001B[2K');
  const { length } = written;
  vi.advanceTimersByTime(5000);
  expect(written).toHaveLength(length);
});

it('says how many steps a phase has, and how long those that are left will take', () => {
  const written: string[] = [];
  const line = openProgressLine({ width: 80, write: (text) => void written.push(text) });
  line.progress.step('compute', 'fact_vendor', 4);
  vi.advanceTimersByTime(4000);
  expect(written.at(-1)).toBe('\r\u001B[2Kcompute fact_vendor (1 of 4)  4 s');
  line.progress.step('compute', 'fact_order', 4);
  vi.advanceTimersByTime(200);
  expect(written.at(-1)).toBe('\r\u001B[2Kcompute fact_order (2 of 4)  4 s, about 13 s left');
  line.progress.step('commit', 'fact_order');
  vi.advanceTimersByTime(200);
  expect(written.at(-1)).toBe('\r\u001B[2Kcommit fact_order (1)  4 s');
  line.stop();
});
