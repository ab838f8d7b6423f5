// The chain behind a row: its values with their mapping lines, then every batch that wrote them and what caused it.
import type { WhyBatch, WhyChange, WhyColumn, WhyReport, WhyRow } from '../../batch/why-report.ts';
import { renderTargets } from './changed-rows.ts';
import { prunedLine } from './row-history.ts';
import type { Style } from './style.ts';
import { renderTable } from './table.ts';
import { instantUtc, pairs, value } from './text.ts';

const columnsTable = (columns: readonly WhyColumn[], style: Style): string =>
  renderTable(
    {
      columns: [{ title: 'column' }, { title: 'value' }, { title: 'mapping' }, { title: 'from' }],
      rows: columns.map(({ name, value: now, expression, at, reads }) => [
        name,
        value(now),
        `${expression}  ${at.file}:${at.line}`,
        reads.join(', '),
      ]),
    },
    style,
  );

const operations = { insert: 'inserted', update: 'updated', delete: 'deleted' } as const;

const changeLine = ({
  change,
  source,
  operation,
  key,
  before,
  after,
  changed_at: at,
  changed_by: by,
}: WhyChange): string => {
  const cells =
    operation === 'update'
      ? Object.keys(after ?? {})
          .map((name) => `${name} ${value(before?.[name])} → ${value(after?.[name])}`)
          .join(', ')
      : '';
  const when = at === null || at === undefined ? '' : `, changed at ${value(at)}`;
  const who = by === null ? '' : `${when === '' ? ', changed' : ''} by ${value(by)}`;
  return `    ${change} ${source} ${pairs(key)} ${operations[operation]}${cells === '' ? '' : `: ${cells}`}${when}${who}`;
};

const batchPart = (target: string, row: WhyRow, batch: WhyBatch, style: Style): string => {
  const who = [batch.actor, batch.host].filter((each) => each !== null).join(' on ');
  const meta = Object.entries(batch.meta).map(([name, text]) => `, ${name}=${value(text)}`);
  const undone = batch.undone_by === undefined ? '' : `; undone by batch ${batch.undone_by}`;
  const head = `batch ${batch.batch} (${batch.kind}): detected ${instantUtc(batch.detected_at)}, committed ${instantUtc(batch.committed_at)}${who === '' ? '' : ` by ${who}`}${meta.join('')}${undone}`;
  const { operation, before, after } = batch;
  const rows = renderTargets(
    [{ target, rows: [{ operation, key: row.key, before, after }], total: 1 }],
    style,
  );
  const causes =
    batch.changes.length === 0
      ? ['    no single source change is the reason']
      : batch.changes.map(changeLine);
  return [head, ...rows.split('\n').slice(1), ...causes].join('\n');
};

const outside = ({ columns }: WhyRow): readonly string[] =>
  columns.flatMap(({ name, outside_since: since }) =>
    since === undefined ? [] : [`${name}: written outside Tidemark since batch ${since}`],
  );

const rowPart = (report: WhyReport, row: WhyRow, style: Style): string => {
  const name = style.colors.bold(`${report.target} ${pairs(row.key)}`);
  if (!row.found && row.batches.length === 0) return `${name}: there is no such row, and no batch wrote one`;
  const never =
    row.batches.length === 0
      ? [
          report.pruned_up_to === undefined
            ? 'no batch wrote it: it was there when the table was taken over'
            : 'no batch that is on record wrote it',
        ]
      : row.batches.map((batch) => batchPart(report.target, row, batch, style));
  return [
    row.found ? `${name}\n${columnsTable(row.columns, style)}` : `${name}: the row is gone`,
    ...outside(row),
    ...never,
  ].join('\n\n');
};

export const renderWhy = (report: WhyReport, style: Style): string =>
  report.rows.length === 0
    ? `no row of ${report.target} is meant`
    : [
        report.rows.map((row) => rowPart(report, row, style)).join('\n\n\n'),
        ...prunedLine(report.pruned_up_to, style),
      ].join('\n\n');
