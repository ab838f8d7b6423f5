// What an undo says beside the figures of its batch: conflicts, and of which targets nothing is proved.
import type { BatchReport } from '../../batch/report.ts';
import type { Conflict } from '../../batch/undo/conflicts.ts';
import type { Style } from './style.ts';
import { renderTable } from './table.ts';
import { count, pairs, value } from './text.ts';

const shownAtMost = 20;

const whatHappened = ({ column, expected, found, batch }: Conflict): string => {
  const since = batch === null ? 'outside tidemark' : `by batch ${batch}`;
  const again = value(expected) === value(found) ? 'again ' : '';
  if (column !== null) return `${value(expected)}, now ${again}${value(found)}, ${since}`;
  if (found !== null) return `row is back since, ${since}`;
  return expected === null ? `no row, deleted again since, ${since}` : `row deleted since, ${since}`;
};

const conflictsTable = (conflicts: readonly Conflict[], style: Style): string => {
  const rest = conflicts.length - shownAtMost;
  const shown = renderTable(
    {
      columns: [{ title: 'conflict in' }, { title: 'key' }, { title: 'column' }, { title: 'the batch left' }],
      rows: conflicts
        .slice(0, shownAtMost)
        .map((each) => [each.source, pairs(each.key), each.column ?? '-', whatHappened(each)]),
    },
    style,
  );
  return rest > 0 ? `${shown}\n${style.colors.dim(`… and ${count(rest, 'more conflict')}`)}` : shown;
};

export const undoTables = (
  { conflicts = [], not_proved: notProved = [] }: BatchReport,
  style: Style,
): readonly string[] => [
  ...(conflicts.length === 0 ? [] : [conflictsTable(conflicts, style)]),
  ...(notProved.length === 0
    ? []
    : [
        renderTable(
          {
            columns: [{ title: 'not proved' }, { title: 'because' }],
            rows: notProved.map(({ target, reason }) => [target, reason]),
          },
          style,
        ),
      ]),
];
