// The history of one row as lines: each cell that was written, before and after, with its batch and who ran it.
import type { HistoryEntry, HistoryReport } from '../../batch/history.ts';
import type { Style } from './style.ts';
import { renderTable } from './table.ts';
import { instant, value } from './text.ts';

const cellsOf = ({ row }: HistoryEntry): readonly (readonly [column: string, change: string])[] => {
  if (row === undefined) return [];
  const { before, after, operation } = row;
  return Object.keys(after ?? before ?? {}).map((name) => {
    const was = operation === 'insert' ? '(no row)' : value(before?.[name]);
    const is = operation === 'delete' ? '(no row)' : value(after?.[name]);
    return [name, `${was} → ${is}`];
  });
};

/** Who changed the source's row, where that is known; else who ran the batch. */
const whoOf = ({ row }: HistoryEntry): string =>
  row === undefined || row.changed_by.length === 0 ? (row?.actor ?? '') : row.changed_by.join(', ');

const kindOf = (entry: HistoryEntry): string =>
  entry.undone_by === undefined ? entry.kind : `${entry.kind}, undone by ${entry.undone_by}`;

/** What nobody can tell any more is not to be taken for nothing. */
export const prunedLine = (upTo: number | undefined, { colors }: Style): readonly string[] =>
  upTo === undefined
    ? []
    : [colors.yellow(`what batches up to ${upTo} wrote is not known any more: their records were pruned`)];

export const renderRowHistory = (report: HistoryReport, style: Style): string =>
  [
    report.batches.length === 0 ? 'no batch that is on record wrote this' : table(report, style),
    ...prunedLine(report.pruned_up_to, style),
  ].join('\n\n');

const table = ({ batches }: HistoryReport, style: Style): string =>
  renderTable(
    {
      columns: [
        { title: 'batch', align: 'right' },
        { title: 'started (UTC)' },
        { title: 'kind' },
        { title: 'by' },
        { title: 'column' },
        { title: 'before → after' },
      ],
      rows: batches.flatMap((entry) =>
        cellsOf(entry).map(([column, change], place) =>
          place === 0
            ? [String(entry.batch), instant(entry.started_at), kindOf(entry), whoOf(entry), column, change]
            : ['', '', '', '', column, change],
        ),
      ),
    },
    style,
  );
