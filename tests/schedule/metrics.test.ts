// The text format of the metrics, and the file that goes on from run to run.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openMetrics } from '../../src/observe/metrics.ts';
import { saveMetrics, takeUpMetrics, takeUpSince } from '../../src/observe/metrics-file.ts';

it('are written as Prometheus reads them, labels escaped', () => {
  const metrics = openMetrics();
  metrics.add('tidemark_cells_total', { target: 'odd "name"\\' }, 2);
  metrics.set('tidemark_last_batch', {}, 42);
  metrics.add('tidemark_retries_total', {}, 0);
  expect(metrics.text()).toBe(
    [
      '# HELP tidemark_cells_total Cells changed in updated rows of targets.',
      '# TYPE tidemark_cells_total counter',
      'tidemark_cells_total{target="odd \\"name\\"\\\\"} 2',
      '# HELP tidemark_last_batch Number of the last committed batch.',
      '# TYPE tidemark_last_batch gauge',
      'tidemark_last_batch 42',
      '',
    ].join('\n'),
  );
});

it('count on where the run before ended; gauges are those of this run', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-metrics-'));
  try {
    const path = join(folder, 'tidemark.prom');
    for (const batch of [1, 2]) {
      const metrics = takeUpMetrics(path);
      metrics.add('tidemark_rows_total', { target: 'fact_vendor', operation: 'updated' }, 3);
      if (batch === 1)
        metrics.set('tidemark_behind', { relation: 'orders', kind: 'source', code: 'not_ready' }, 1);
      saveMetrics(path, metrics);
    }
    const text = readFileSync(path, 'utf8');
    expect(text).toContain('tidemark_rows_total{target="fact_vendor",operation="updated"} 6');
    expect(text).not.toContain('tidemark_behind');
  } finally {
    rmSync(folder, { recursive: true });
  }
});

it('what lasts is taken up by the next process, and by one that lives long', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-metrics-'));
  try {
    const path = join(folder, 'tidemark.prom');
    const schedule = takeUpMetrics(path);
    const verify = takeUpMetrics(path);
    verify.set('tidemark_verify_differences', { target: 'fact_vendor' }, 2);
    saveMetrics(path, verify);
    expect(takeUpMetrics(path).text()).toContain('tidemark_verify_differences{target="fact_vendor"} 2\n');
    takeUpSince(path, schedule);
    expect(schedule.text()).toContain('tidemark_verify_differences{target="fact_vendor"} 2\n');
  } finally {
    rmSync(folder, { recursive: true });
  }
});
