// tidemark status
import { status as readStatus, type RelationStatus, type StatusReport } from '../../batch/status.ts';
import type { Command, Invocation, Outcome } from '../invocation.ts';
import { durationOf } from '../read-options.ts';
import { holderJson } from '../render/json.ts';
import { projectLine, type ProjectLine } from '../render/project-line.ts';
import { plainStyle, type Style } from '../render/style.ts';
import { renderTable, type TableColumn } from '../render/table.ts';
import { count, duration, instantUtc, pairs } from '../render/text.ts';
import { readersWaitMs, waitingFor } from '../waiting.ts';

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
  const further = [...always, ...(behind ? behindColumns : [])];
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
const reasons = (report: StatusReport, style: Style): readonly string[] =>
  [...report.sources, ...report.targets].flatMap(({ name, reason, retryable }) =>
    reason === undefined
      ? []
      : [
          `${style.colors.red(name)}: ${reason}; ${retryable === true ? 'the next run tries again' : 'needs a person'}`,
        ],
  );

/** A person has to mend them; the rest goes on without them. */
const setAside = (report: StatusReport, style: Style): readonly string[] =>
  report.sources.flatMap(({ name, rejected = [] }) =>
    rejected.map(({ events, keys, reason, key, since }) => {
      const example = key === null ? reason : `${reason} (key ${JSON.stringify(key)})`;
      const which = events === 1 ? '' : `, of ${count(keys, 'key')}; one of them`;
      return `${style.colors.yellow(name)}: ${count(events, 'event')} set aside since ${instantUtc(since)}${which}: ${example}`;
    }),
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

const render = (report: StatusReport, line: ProjectLine, style: Style): string => {
  const why = reasons(report, style);
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

const statusJson = (report: StatusReport): object => {
  const { lease, last_run: run } = report;
  return {
    ...report,
    lease: holderJson(lease),
    last_run:
      run === null
        ? null
        : {
            run_id: run.runId,
            command: run.command,
            status: run.status,
            started_at: run.startedAt,
            finished_at: run.finishedAt ?? null,
            batch: run.batch ?? null,
            error_code: run.errorCode ?? null,
            error: run.error ?? null,
            repeats: run.repeats,
          },
  };
};

const execute = async (invocation: Invocation): Promise<Outcome> => {
  const { options } = invocation;
  const failIfLagMs = durationOf(options, 'failIfLag');
  const waitMs = durationOf(options, 'wait') ?? readersWaitMs;
  const project = await invocation.project();
  const { report, exit } = await waitingFor(project, invocation, waitMs, (ms) =>
    readStatus({ project, failIfLagMs, waitMs: ms }),
  );
  const line = await projectLine(project);
  const lag = report.lag_ms === null ? 'there is no data yet' : `the data is ${duration(report.lag_ms)} old`;
  return {
    exit,
    json: statusJson(report),
    text: (style) => render(report, line, style),
    closing: exit === 3 ? `${lag}, older than --fail-if-lag allows` : undefined,
    inShort: [...reasons(report, plainStyle), ...setAside(report, plainStyle)].join('\n'),
  };
};

export const status: Command = { endsOnSignal: false, execute };
