// What a run means in figures for those who watch: counted from the same report that is printed.
import { isTidemarkError } from '../errors/tidemark-error.ts';
import type { Metrics } from '../observe/metrics.ts';
import type { RunResult } from './attempt.ts';
import type { BatchReport } from './report.ts';

const seconds = (ms: number): number => ms / 1000;

const quantiles = [
  ['0.5', 'p50_ms'],
  ['0.95', 'p95_ms'],
  ['0.99', 'p99_ms'],
] as const;

const operations = ['inserted', 'updated', 'deleted'] as const;

/** What waits for a person. */
const measureWaiting = (metrics: Metrics, { guards, warnings }: BatchReport): void => {
  metrics.clear('tidemark_rejected_events');
  metrics.clear('tidemark_held_columns');
  const held = new Map<string, number>();
  for (const { code, details } of [...guards, ...warnings]) {
    if (code === 'events_set_aside')
      metrics.set(
        'tidemark_rejected_events',
        { source: String(details?.['source']) },
        Number(details?.['open']),
      );
    if (code !== 'column_held') continue;
    const target = String(details?.['relation']);
    held.set(target, (held.get(target) ?? 0) + 1);
  }
  for (const [target, columns] of held) metrics.set('tidemark_held_columns', { target }, columns);
};

export const measureRun = (
  metrics: Metrics,
  { report, exit, phases, relations }: RunResult,
  nowMs: number,
): void => {
  metrics.add('tidemark_runs_total', { outcome: 'done' }, 1);
  metrics.add('tidemark_run_seconds_sum', {}, seconds(report.duration_ms));
  metrics.add('tidemark_run_seconds_count', {}, 1);
  for (const source of report.sources)
    for (const operation of operations)
      metrics.add('tidemark_source_changes_total', { source: source.name, operation }, source[operation]);
  for (const target of report.targets) {
    for (const operation of operations)
      metrics.add('tidemark_rows_total', { target: target.name, operation }, target[operation]);
    metrics.add('tidemark_cells_total', { target: target.name }, target.cells);
  }
  for (const { code } of [...report.guards, ...report.errors])
    metrics.add('tidemark_refusals_total', { code }, 1);
  if (report.batch !== null) {
    metrics.add('tidemark_batches_total', { kind: report.kind, status: report.status }, 1);
    metrics.set('tidemark_last_batch', {}, report.batch);
  }
  metrics.add('tidemark_lease_wait_seconds_sum', {}, seconds(phases['lease'] ?? 0));
  measureWaiting(metrics, report);
  metrics.clear('tidemark_phase_seconds');
  for (const [phase, ms] of Object.entries(phases))
    metrics.set('tidemark_phase_seconds', { phase }, seconds(ms));
  metrics.set('tidemark_last_run_timestamp_seconds', {}, seconds(nowMs));
  if (exit === 0) metrics.set('tidemark_last_success_timestamp_seconds', {}, seconds(nowMs));
  metrics.clear('tidemark_data_timestamp_seconds');
  metrics.clear('tidemark_behind');
  metrics.clear('tidemark_lag_target_seconds');
  metrics.clear('tidemark_held_changes');
  for (const { name, kind, dataAt, behind, held = 0, lag, targetLagMs } of relations) {
    const labels = { relation: name, kind };
    if (held > 0) metrics.set('tidemark_held_changes', { source: name }, held);
    for (const [quantile, key] of quantiles)
      if (lag !== undefined)
        metrics.set('tidemark_change_lag_seconds', { ...labels, quantile }, seconds(lag[key]));
    if (targetLagMs !== undefined)
      metrics.set('tidemark_lag_target_seconds', { relation: name }, seconds(targetLagMs));
    if (dataAt !== undefined)
      metrics.set('tidemark_data_timestamp_seconds', labels, seconds(Date.parse(dataAt)));
    if (behind !== undefined) metrics.set('tidemark_behind', { ...labels, code: behind }, 1);
  }
};

export const measureFailure = (
  metrics: Metrics,
  outcome: 'failed' | 'busy' | 'taken',
  error: unknown,
  nowMs: number,
): void => {
  metrics.add('tidemark_runs_total', { outcome }, 1);
  if (outcome !== 'failed') return;
  metrics.add('tidemark_errors_total', { code: isTidemarkError(error) ? error.code : 'internal' }, 1);
  metrics.set('tidemark_last_run_timestamp_seconds', {}, seconds(nowMs));
};
