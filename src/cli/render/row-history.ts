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

const kindOf = (entry: HistoryEntry): string =>
  entry.undone_by === undefined ? entry.kind : `${entry.kind}, undone by ${entry.undone_by}`;

export const renderRowHistory = ({ batches }: HistoryReport, style: Style): string => {
  if (batches.length === 0) return 'no batch that is on record wrote this';
  return renderTable(
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
            ? [
                String(entry.batch),
                instant(entry.started_at),
                kindOf(entry),
                entry.row?.actor ?? '',
                column,
                change,
              ]
            : ['', '', '', '', column, change],
        ),
      ),
    },
    style,
  );
};
