// What the ticks of a schedule come to in figures: each of those that are declared, with its labels.
import { expect, it } from 'vitest';
import type { RunResult } from '../../src/batch/run.ts';
import { newTally, toldOf, type Watching } from '../../src/cli/schedule-told.ts';
import { TidemarkError, type Problem } from '../../src/errors/tidemark-error.ts';
import type { Log } from '../../src/observe/log.ts';
import { metricTable, openMetrics } from '../../src/observe/metrics.ts';

const silent: Log = {
  format: 'pretty',
  info: () => undefined,
  error: () => undefined,
  debug: () => undefined,
  bind: () => undefined,
};

const problem = (code: Problem['code'], details: Readonly<Record<string, unknown>>): Problem => ({
  code,
  message: code,
  severity: 'warning',
  details,
});

const result: RunResult = {
  exit: 5,
  phases: { lease: 1500, freeze: 200, commit: 40 },
  relations: [
    {
      name: 'orders',
      kind: 'source',
      dataAt: '2026-03-01T10:00:00.000Z',
      behind: undefined,
      held: 2,
      lag: { changes: 3, p50_ms: 1000, p95_ms: 2000, p99_ms: 3000 },
    },
    { name: 'fact_order', kind: 'target', dataAt: undefined, behind: 'guard_deletes', targetLagMs: 600_000 },
  ],
  report: {
    schema: 'tidemark/batch/1',
    command: 'run',
    project: 'shop',
    environment: 'dev',
    batch: 7,
    kind: 'run',
    status: 'partial',
    digest: '',
    started_at: '2026-03-01T10:00:00.000Z',
    duration_ms: 2500,
    sources: [{ name: 'orders', inserted: 1, updated: 2, deleted: 0, columns: {} }],
    targets: [{ name: 'fact_vendor', inserted: 0, updated: 4, deleted: 1, cells: 5, columns: {} }],
    adopted: [],
    behind: [],
    guards: [problem('guard_deletes', {}), problem('column_held', { relation: 'fact_vendor' })],
    warnings: [problem('events_set_aside', { source: 'orders', open: 9 })],
    errors: [],
  },
};

const watched = (): { readonly watching: Watching; readonly shown: (name: string) => readonly string[] } => {
  const metrics = openMetrics();
  const watching: Watching = {
    log: silent,
    metrics,
    tally: newTally(),
    statements: {
      addTo: (to, command) => {
        to.add('tidemark_statements_total', { command }, 3);
        to.add('tidemark_statement_seconds_sum', { command }, 0.5);
      },
      stop: () => undefined,
    },
    save: () => undefined,
    hear: () => undefined,
    hearRetry: () => undefined,
    trouble: undefined,
  };
  const shown = (name: string): readonly string[] =>
    metrics
      .text()
      .split('\n')
      .filter((line) => line.startsWith(`tidemark_${name}`))
      .map((line) => line.slice('tidemark_'.length));
  return { watching, shown };
};

const error = new TidemarkError('connection_failed', { message: 'the server does not answer' });

it('a tick that was done is counted by table, phase, code and quantile', () => {
  const { watching, shown } = watched();
  toldOf(watching).ticked(0, { kind: 'done', result }, 2);
  expect(shown('source_changes_total')).toEqual([
    'source_changes_total{source="orders",operation="inserted"} 1',
    'source_changes_total{source="orders",operation="updated"} 2',
  ]);
  expect(shown('rows_total')).toEqual([
    'rows_total{target="fact_vendor",operation="updated"} 4',
    'rows_total{target="fact_vendor",operation="deleted"} 1',
  ]);
  expect(shown('cells_total')).toEqual(['cells_total{target="fact_vendor"} 5']);
  expect(shown('refusals_total')).toEqual([
    'refusals_total{code="guard_deletes"} 1',
    'refusals_total{code="column_held"} 1',
  ]);
  expect(shown('batches_total')).toEqual(['batches_total{kind="run",status="partial"} 1']);
  expect([...shown('run_seconds'), ...shown('lease_wait'), ...shown('missed_ticks')]).toEqual([
    'run_seconds_sum 2.5',
    'run_seconds_count 1',
    'lease_wait_seconds_sum 1.5',
    'missed_ticks_total 2',
  ]);
  expect(shown('phase_seconds')).toEqual([
    'phase_seconds{phase="lease"} 1.5',
    'phase_seconds{phase="freeze"} 0.2',
    'phase_seconds{phase="commit"} 0.04',
  ]);
  expect(shown('change_lag_seconds')).toEqual([
    'change_lag_seconds{relation="orders",kind="source",quantile="0.5"} 1',
    'change_lag_seconds{relation="orders",kind="source",quantile="0.95"} 2',
    'change_lag_seconds{relation="orders",kind="source",quantile="0.99"} 3',
  ]);
  expect([...shown('lag_target'), ...shown('behind'), ...shown('held'), ...shown('rejected')]).toEqual([
    'lag_target_seconds{relation="fact_order"} 600',
    'behind{relation="fact_order",kind="target",code="guard_deletes"} 1',
    'held_columns{target="fact_vendor"} 1',
    'held_changes{source="orders"} 2',
    'rejected_events{source="orders"} 9',
  ]);
  expect(shown('last_success')).toEqual([]);
  toldOf(watching).ticked(1, { kind: 'done', result: { ...result, exit: 0, relations: [] } }, 0);
  expect(shown('last_success')).toHaveLength(1);
  // What is over is no longer shown.
  expect([...shown('behind'), ...shown('held_changes'), ...shown('lag_target')]).toEqual([]);
});

it('ticks that fail, are tried again, or are left to others are counted, and an open circuit is shown', () => {
  const { watching, shown } = watched();
  const told = toldOf(watching);
  told.retrying(0, error, 1000);
  told.ticked(0, { kind: 'failed', error }, 0);
  told.ticked(1, { kind: 'busy', error }, 0);
  told.ticked(2, { kind: 'taken' }, 0);
  told.opened(5, 3_600_000);
  expect([...shown('runs_total'), ...shown('errors'), ...shown('retries'), ...shown('circuit')]).toEqual([
    'runs_total{outcome="failed"} 1',
    'runs_total{outcome="busy"} 1',
    'runs_total{outcome="taken"} 1',
    'errors_total{code="connection_failed"} 1',
    'retries_total 1',
    'circuit_open 1',
  ]);
  expect(watching.trouble).toContain('5 ticks in a row failed');
  told.recovered(5);
  expect([shown('circuit'), watching.trouble]).toEqual([['circuit_open 0'], undefined]);
  expect(watching.tally).toEqual({ done: 0, taken: 1, busy: 1, failed: 1, missed: 0, retries: 1 });
});

it('no figure is declared that nothing counts', () => {
  const { watching, shown } = watched();
  const told = toldOf(watching);
  told.ticked(0, { kind: 'done', result: { ...result, exit: 0 } }, 1);
  told.ticked(1, { kind: 'failed', error }, 0);
  told.retrying(1, error, 1000);
  told.opened(5, 0);
  // Those of verify, which is another command.
  const others = Object.keys(metricTable).filter((name) => !name.startsWith('tidemark_verif'));
  expect(others.filter((name) => shown(name.slice('tidemark_'.length)).length === 0)).toEqual([]);
});
