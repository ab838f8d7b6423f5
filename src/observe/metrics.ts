// Figures for Prometheus: declared once, counted in memory, written in its text format. A file of an earlier process
// can be taken up, so that counters go on over the runs of a cron job.

interface Declared {
  readonly kind: 'counter' | 'gauge';
  readonly help: string;
  readonly labels: readonly string[];
  /** Of a gauge: the next process takes it up from the file, as it does counters. */
  readonly lasts?: boolean;
}

export const metricTable = {
  tidemark_runs_total: {
    kind: 'counter',
    help: 'Runs by outcome: done, busy, taken, failed.',
    labels: ['outcome'],
  },
  tidemark_batches_total: {
    kind: 'counter',
    help: 'Committed batches by kind and status.',
    labels: ['kind', 'status'],
  },
  tidemark_rows_total: {
    kind: 'counter',
    help: 'Rows written into targets.',
    labels: ['target', 'operation'],
  },
  tidemark_cells_total: {
    kind: 'counter',
    help: 'Cells changed in updated rows of targets.',
    labels: ['target'],
  },
  tidemark_source_changes_total: {
    kind: 'counter',
    help: 'Changed rows found in sources.',
    labels: ['source', 'operation'],
  },
  tidemark_refusals_total: {
    kind: 'counter',
    help: 'What guards and checks left out, by code.',
    labels: ['code'],
  },
  tidemark_errors_total: { kind: 'counter', help: 'Runs that failed whole, by code.', labels: ['code'] },
  tidemark_retries_total: { kind: 'counter', help: 'Tries of a scheduled run after the first.', labels: [] },
  tidemark_missed_ticks_total: {
    kind: 'counter',
    help: 'Ticks that went by while a run was at work.',
    labels: [],
  },
  tidemark_run_seconds_sum: { kind: 'counter', help: 'Time that runs took.', labels: [] },
  tidemark_run_seconds_count: { kind: 'counter', help: 'Runs that took it.', labels: [] },
  tidemark_phase_seconds: {
    kind: 'gauge',
    help: 'Time that each phase of the last run took.',
    labels: ['phase'],
  },
  tidemark_last_run_timestamp_seconds: { kind: 'gauge', help: 'When the last run ended.', labels: [] },
  tidemark_last_success_timestamp_seconds: {
    kind: 'gauge',
    help: 'When the last run that went well ended.',
    labels: [],
  },
  tidemark_last_batch: { kind: 'gauge', help: 'Number of the last committed batch.', labels: [] },
  tidemark_data_timestamp_seconds: {
    kind: 'gauge',
    help: 'The moment whose staging data a source or target shows; its lag is time() minus this.',
    labels: ['relation', 'kind'],
  },
  tidemark_change_lag_seconds: {
    kind: 'gauge',
    help: 'How long the changes of the last batch that had some took from source to commit.',
    labels: ['relation', 'kind', 'quantile'],
  },
  tidemark_lag_target_seconds: {
    kind: 'gauge',
    help: 'How long a change may take until it is in this target.',
    labels: ['relation'],
  },
  tidemark_behind: {
    kind: 'gauge',
    help: '1 for each source or target that is left out.',
    labels: ['relation', 'kind', 'code'],
  },
  tidemark_rejected_events: {
    kind: 'gauge',
    help: 'Events of a log that are set aside.',
    labels: ['source'],
  },
  tidemark_held_columns: {
    kind: 'gauge',
    help: 'Columns of a target that are left as they are until somebody decides.',
    labels: ['target'],
  },
  tidemark_held_changes: {
    kind: 'gauge',
    help: 'Rows of a source that an undo holds, as the last run found them.',
    labels: ['source'],
  },
  tidemark_verify_differences: {
    kind: 'gauge',
    help: 'Rows of a target, or versions of a history, that the last verify found wrong.',
    labels: ['target'],
    lasts: true,
  },
  tidemark_verify_missed_rows: {
    kind: 'gauge',
    help: 'Rows of a source that the last verify of its mirror found passed over.',
    labels: ['source'],
    lasts: true,
  },
  tidemark_verified_timestamp_seconds: {
    kind: 'gauge',
    help: 'When a target was last compared with its mapping from one end to the other.',
    labels: ['target'],
    lasts: true,
  },
  tidemark_statements_total: {
    kind: 'counter',
    help: 'Statements that the warehouse was asked for.',
    labels: ['command'],
  },
  tidemark_statement_seconds_sum: {
    kind: 'counter',
    help: 'Time that the warehouse took for them, of statements side by side added up.',
    labels: ['command'],
  },
  tidemark_lease_wait_seconds_sum: {
    kind: 'counter',
    help: 'Time that runs waited for the lease.',
    labels: [],
  },
  tidemark_circuit_open: {
    kind: 'gauge',
    help: '1 while a schedule tries less often after many failures.',
    labels: [],
  },
} as const satisfies Readonly<Record<string, Declared>>;

type MetricName = keyof typeof metricTable;

type Labels = Readonly<Record<string, string>>;

export interface Metrics {
  add(name: MetricName, labels: Labels, by: number): void;
  set(name: MetricName, labels: Labels, value: number): void;
  /** Takes all values of a gauge away. */
  clear(name: MetricName): void;
  /** What another process has measured since, from its file: gauges that last. */
  takeUp(text: string): void;
  /** In the text format of Prometheus. */
  text(): string;
}

const escaped = (text: string): string =>
  text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');

const isMetric = (name: string): name is MetricName => Object.hasOwn(metricTable, name);

const series = (name: MetricName, labels: Labels): string => {
  const { labels: known }: Declared = metricTable[name];
  const pairs = known.map((label) => `${label}="${escaped(labels[label] ?? '')}"`);
  return pairs.length === 0 ? name : `${name}{${pairs.join(',')}}`;
};

type Kind = 'counter' | 'lasting';

const kindOf = (name: MetricName): Kind | undefined => {
  const { kind, lasts }: Declared = metricTable[name];
  if (kind === 'counter') return 'counter';
  return lasts === true ? 'lasting' : undefined;
};

/** What an earlier process left behind for the next ones. */
const seriesIn = (text: string, kinds: readonly Kind[]): readonly (readonly [string, number])[] =>
  text.split('\n').flatMap((line): readonly (readonly [string, number])[] => {
    const match = /^([a-z_]+)((?:\{.*\})?) (\S+)$/.exec(line);
    const [, name = '', labels = '', value] = match ?? [];
    if (!isMetric(name) || !Number.isFinite(Number(value))) return [];
    const kind = kindOf(name);
    return kind !== undefined && kinds.includes(kind) ? [[`${name}${labels}`, Number(value)]] : [];
  });

export const openMetrics = (earlier = ''): Metrics => {
  const values = new Map(seriesIn(earlier, ['counter', 'lasting']));
  const nameOf = (key: string): string => key.replace(/\{.*$/s, '');
  return {
    add: (name, labels, by) => {
      if (by === 0) return;
      const key = series(name, labels);
      values.set(key, (values.get(key) ?? 0) + by);
    },
    set: (name, labels, value) => void values.set(series(name, labels), value),
    clear: (name) => {
      for (const key of values.keys()) if (nameOf(key) === name) values.delete(key);
    },
    takeUp: (text) => {
      for (const [key, value] of seriesIn(text, ['lasting'])) values.set(key, value);
    },
    text: () => {
      const lines = Object.entries(metricTable).flatMap(([name, { kind, help }]) => {
        const own = [...values].filter(([key]) => nameOf(key) === name);
        if (own.length === 0) return [];
        return [
          `# HELP ${name} ${help}`,
          `# TYPE ${name} ${kind}`,
          ...own.map(([key, value]) => `${key} ${value}`),
        ];
      });
      return `${lines.join('\n')}\n`;
    },
  };
};
