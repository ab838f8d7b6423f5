// Preloaded (`node --import`) into a run that is measured from inside: at its end the file named by
// TIDEMARK_BENCH_PROBE gets its peak memory and the time of every statement. Runs that are timed go without it.
import { subscribe } from 'node:diagnostics_channel';
import { readFileSync, writeFileSync } from 'node:fs';

const file = process.env['TIDEMARK_BENCH_PROBE'];

/** @type {{ sql: string, ms: number }[]} */
const statements = [];
let ownPeakBytes = 0;

/** What this process holds itself: an engine inside it allocates past V8. */
const sample = () => {
  const { heapTotal, external } = process.memoryUsage();
  ownPeakBytes = Math.max(ownPeakBytes, heapTotal + external);
};

subscribe('tidemark:statement', (message) => {
  const event = /** @type {{ phase: 'before' | 'after', sql: string, durationMs: number }} */ (message);
  sample();
  if (event.phase === 'after') statements.push({ sql: event.sql, ms: event.durationMs });
});

/** Not `maxRSS` of getrusage, which begins with what the parent held when it forked. */
const peakKilobytes = () => {
  try {
    return Number(/VmHWM:\s*(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? 0);
  } catch {
    return process.resourceUsage().maxRSS;
  }
};

process.on('exit', () => {
  sample();
  if (file === undefined) return;
  const found = { peakBytes: peakKilobytes() * 1024, ownPeakBytes, statements };
  writeFileSync(file, JSON.stringify(found));
});
