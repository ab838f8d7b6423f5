// What `status` shows to people: once, or again and again.
import type { RelationStatus, StatusReport } from '../../batch/status.ts';
import type { ProjectLine } from './project-line.ts';
import type { Style } from './style.ts';
import { renderTable, type TableColumn } from './table.ts';
import { count, duration, instantUtc, pairs } from './text.ts';
import { whatNext } from './what-next.ts';

/** Of the largest unit that is reached: `12s`, `4m`, `3h`, `2d`. */
const short = (ms: number): string => {
  if (ms < 1000) return `${Math.round(ms)}ms`;
  if (ms < 120_000) return `${Math.round(ms / 1000)}s`;
  if (ms < 7_200_000) return `${Math.round(ms / 60_000)}m`;
  return ms < 172_800_000 ? `${Math.round(ms / 3_600_000)}h` : `${Math.round(ms / 86_400_000)}d`;
};

const ageLine = (report: StatusReport): string => {
  if (report.data_at === null || report.lag_ms === null)
    return 'no run has ended yet: `tidemark run` makes the mirrors';
  return `data as of ${instantUtc(report.data_at)}, ${duration(report.lag_ms)} ago`;
};

const batchLine = ({ last_batch: last }: StatusReport): string =>
  last === null
    ? 'no batch was committed yet'
    : `last batch ${last.batch} (${last.status}) at ${instantUtc(last.committed_at)}: ${count(last.rows, 'row')}, ${count(last.cells, 'cell')}`;

const runLine = ({ last_run: run }: StatusReport): readonly string[] => {
  if (run === null) return [];
  const repeats = run.repeats > 0 ? `, ${count(run.repeats + 1, 'time')} in a row` : '';
  const error = run.errorCode === undefined ? '' : `: ${run.error ?? run.errorCode}`;
  return [`last run ${run.status}${repeats}${error}, started ${instantUtc(run.startedAt)}`];
};

const leaseLine = ({ lease }: StatusReport): string =>
  lease === null
    ? 'lease free'
    : `lease held by \`tidemark ${lease.command}\` of ${lease.owner} (process ${lease.pid} on ${lease.host}) since ${instantUtc(lease.takenAt)}${lease.expired ? ', expired' : ''}`;

const statusColour = (text: string, { colors }: Style): string => {
  if (text.startsWith('in step')) return colors.green(text);
  return text.startsWith('behind') ? colors.red(text) : colors.yellow(text);
};

interface Further extends TableColumn {
  readonly of: (relation: RelationStatus) => string;
}

const watermark: Further = { title: 'watermark', of: (each) => each.watermark ?? '-' };

/** Only where changes told when they happened. */
const changeLag: Further = {
  title: 'p50 p95 p99 of 24 h',
  of: ({ change_lag: lag }) =>
    lag === undefined ? '' : [lag.p50_ms, lag.p95_ms, lag.p99_ms].map(short).join(' '),
};

const wanted: Further = {
  title: 'wanted',
  align: 'right',
  of: ({ target_lag_ms: ms, late }) =>
    ms === undefined ? '' : `${short(ms)}${late === true ? ', late' : ''}`,
};

/** Only where somebody is behind. */
const behindColumns: readonly Further[] = [
  {
    title: 'since batch',
    align: 'right',
    of: ({ since }) => (since === undefined || since === null ? '' : String(since)),
  },
  { title: 'why', of: ({ code }) => code ?? '' },
];

const table = (
  title: string,
  relations: readonly RelationStatus[],
  always: readonly Further[],
  style: Style,
): string => {
  const behind = relations.some(({ code }) => code !== undefined);
  const further = [
    ...(relations.some((each) => each.target_lag_ms !== undefined) ? [wanted] : []),
    ...(relations.some((each) => each.change_lag !== undefined) ? [changeLag] : []),
    ...always,
    ...(behind ? behindColumns : []),
  ];
  return renderTable(
    {
      columns: [
        { title },
        { title: 'status', paint: statusColour },
        { title: 'lag', align: 'right' },
        ...further,
      ],
      rows: relations.map((each) => [
        each.name,
        each.status,
        each.lag_ms === null ? '-' : duration(each.lag_ms),
        ...further.map(({ of }) => of(each)),
      ]),
    },
    style,
  );
};

/** In full: the table has room for a code only. */
export const reasons = (report: StatusReport, style: Style): readonly string[] =>
  [...report.sources, ...report.targets].flatMap(({ name, reason, code, retryable }) =>
    reason === undefined
      ? []
      : [`${style.colors.red(name)}: ${reason}; ${whatNext({ name, code, retryable })}`],
  );

/** A person has to mend them; the rest goes on without them. */
export const setAside = (report: StatusReport, style: Style): readonly string[] =>
  report.sources.flatMap(({ name, rejected = [] }) =>
    rejected.map(({ events, keys, reason, key, since }) => {
      const example = key === null ? reason : `${reason} (key ${JSON.stringify(key)})`;
      const which = events === 1 ? '' : `, of ${count(keys, 'key')}; one of them`;
      return `${style.colors.yellow(name)}: ${count(events, 'event')} set aside since ${instantUtc(since)}${which}: ${example}`;
    }),
  );

/** Left as they are, while the rest of their target goes on. */
const heldColumns = (report: StatusReport, style: Style): readonly string[] =>
  report.targets.flatMap(({ name, held: columns = [] }) =>
    columns.map(
      ({ column, since, reason }) =>
        `${style.colors.yellow(name)}: column \`${column}\` held since batch ${since}: ${reason}`,
    ),
  );

/** Each run sets it right, and it never ends. */
const healedAgain = (report: StatusReport, style: Style): readonly string[] =>
  report.targets.flatMap(({ name, healed }) =>
    healed === undefined
      ? []
      : [
          `${style.colors.yellow(name)}: ${count(healed.rows, 'row')} written by somebody else and set right, ${count(healed.times, 'time')} in a row since batch ${healed.since}: look for a trigger of the table or another job`,
        ],
  );

const proofs = (report: StatusReport, style: Style): readonly string[] =>
  report.targets.flatMap(({ name, verified }) => {
    if (verified === undefined) return [];
    const last =
      verified.proved_at === null ? 'never proved whole' : `proved equal ${instantUtc(verified.proved_at)}`;
    const now =
      verified.complete || verified.rows === 0
        ? ''
        : `; a new pass is ${verified.up_to === null ? 'under way' : `at ${pairs(verified.up_to)}`} (${count(verified.rows, 'row')})`;
    return [
      style.colors.dim(`${name}: ${last}${verified.complete ? ` (${count(verified.rows, 'row')})` : now}`),
    ];
  });

/** A run passes over them as long as staging says what it said before the undo. */
const held = (report: StatusReport, style: Style): readonly string[] =>
  report.sources.flatMap(({ name, holds }) => {
    if (holds === undefined) return [];
    const rows = holds.rows === 0 ? [] : [`${count(holds.rows, 'row')} held since an undo`];
    const queued =
      holds.released === 0 ? [] : [`${count(holds.released, 'released row')} for the next run to read`];
    return [`${style.colors.yellow(name)}: ${[...rows, ...queued].join(', ')}`];
  });

const mending =
  'mend the events in the log or the mapping, then `tidemark reconcile --rejected` takes them up';

export const renderStatus = (report: StatusReport, line: ProjectLine, style: Style): string => {
  const why = [...reasons(report, style), ...heldColumns(report, style), ...healedAgain(report, style)];
  const aside = setAside(report, style);
  const holds = held(report, style);
  const proved = proofs(report, style);
  return [
    [line(style), ageLine(report), batchLine(report), ...runLine(report), leaseLine(report)].join('\n'),
    ...(report.sources.length === 0 ? [] : [table('source', report.sources, [watermark], style)]),
    ...(report.targets.length === 0 ? [] : [table('target', report.targets, [], style)]),
    ...(why.length === 0 ? [] : [why.join('\n')]),
    ...(proved.length === 0 ? [] : [proved.join('\n')]),
    ...(holds.length === 0
      ? []
      : [[...holds, style.colors.dim('`tidemark release BATCH` lets go of them')].join('\n')]),
    ...(aside.length === 0 ? [] : [[...aside, style.colors.dim(mending)].join('\n')]),
  ].join('\n\n');
};
