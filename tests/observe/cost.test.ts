// What watching costs a run: figures, statements counted, an event of lineage, for the sample shop's twelve sources and
// twelve targets. Processor time of this thread's work, the best of several rounds: a busy machine makes it longer only.
import { channel } from 'node:diagnostics_channel';
import { expect, it } from 'vitest';
import { measureRun } from '../../src/batch/measure-run.ts';
import type { RunResult } from '../../src/batch/run.ts';
import { openMetrics } from '../../src/observe/metrics.ts';
import { runEvent, type InputFacts, type OutputFacts } from '../../src/observe/openlineage/events.ts';
import { tallyStatements } from '../../src/observe/statement-tally.ts';
import { statementChannel, type StatementEvent } from '../../src/warehouse/statement-channel.ts';

const names = Array.from({ length: 12 }, (_each, place) => `relation_${place}`);
const columns = Array.from({ length: 15 }, (_each, place) => ({ name: `column_${place}`, type: 'varchar' }));

const figures = { inserted: 3, updated: 4, deleted: 1, cells: 9, columns: { column_1: 4 } };

const result: RunResult = {
  report: {
    schema: 'tidemark/batch/1',
    command: 'run',
    project: 'shop',
    environment: 'default',
    batch: 42,
    kind: 'run',
    status: 'applied',
    digest: '',
    started_at: '2026-01-01T00:00:00.000Z',
    duration_ms: 500,
    sources: names.map((name) => ({ ...figures, name })),
    targets: names.map((name) => ({ ...figures, name })),
    adopted: [],
    behind: [],
    guards: [],
    warnings: [],
    errors: [],
  },
  exit: 0,
  phases: { freeze: 100, compute: 200, commit: 50 },
  relations: names.flatMap((name) =>
    (['source', 'target'] as const).map((kind) => ({
      name,
      kind,
      dataAt: '2026-01-01T00:00:00.000Z',
      behind: undefined,
    })),
  ),
};

const input = (name: string): InputFacts => ({
  dataset: { namespace: 'postgres://host:5432', name },
  fields: columns,
  rows: 1,
});

const output = (name: string): OutputFacts => ({
  ...input(name),
  lineage: new Map(
    columns.map(({ name: column }) => [
      column,
      [{ dataset: { namespace: 'postgres://host:5432', name }, field: column, how: 'IDENTITY' as const }],
    ]),
  ),
  wholeRows: [],
});

const event = (type: 'START' | 'COMPLETE'): string =>
  JSON.stringify(
    runEvent({
      type,
      at: '2026-01-01T00:00:00.000Z',
      runId: '01909f7c-0c5f-7bbb-9d3b-1b0a7e5b1c11',
      job: { namespace: 'shop', name: 'shop.run', kind: 'RUN' },
      engine: { name: 'tidemark', version: '1' },
      version: '1',
      uri: 'postgres://host:5432/shop',
      inputs: names.map(input),
      outputs: names.map(output),
    }),
  );

/** More than a run of the shop sends. */
const statements = 300;

const watchOnce = (): number => {
  const begun = process.cpuUsage();
  const tally = tallyStatements();
  const sent = channel(statementChannel);
  for (let ordinal = 1; ordinal <= statements; ordinal += 1) {
    const facts = { ordinal, session: 'postgres#1', sql: 'select 1' };
    const before: StatementEvent = { ...facts, phase: 'before' };
    const after: StatementEvent = { ...facts, phase: 'after', durationMs: 1, rows: 1 };
    sent.publish(before);
    sent.publish(after);
  }
  tally.stop();
  const metrics = openMetrics();
  measureRun(metrics, result, Date.UTC(2026, 0, 1));
  tally.addTo(metrics, 'run');
  const written =
    openMetrics(metrics.text()).text().length + event('START').length + event('COMPLETE').length;
  const { user, system } = process.cpuUsage(begun);
  expect(written).toBeGreaterThan(50_000);
  return (user + system) / 1000;
};

it('watching costs under 2 % of the quickest run, half a second of an idle shop', () => {
  const best = Math.min(...Array.from({ length: 20 }, watchOnce));
  expect(best).toBeLessThan(500 * 0.02);
});
