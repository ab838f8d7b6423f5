// A batch in figures, planned or done: sources, targets, what was left out.
import type { BatchReport, BehindReport } from '../../batch/report.ts';
import type { Problem } from '../../errors/tidemark-error.ts';
import type { SourceFigures, TargetFigures } from '../../store/batches.ts';
import type { Style } from './style.ts';
import { counts, renderTable, type TableColumn } from './table.ts';
import { count, figures, number } from './text.ts';
import { whatNext } from './what-next.ts';

const orNothing = (value: number): string => (value === 0 ? '-' : number(value));

const operations: readonly TableColumn[] = [counts('inserted'), counts('updated'), counts('deleted')];

const operationCells = (each: SourceFigures): readonly string[] => [
  orNothing(each.inserted),
  orNothing(each.updated),
  orNothing(each.deleted),
];

const sourcesTable = (sources: readonly SourceFigures[], style: Style): string =>
  renderTable(
    {
      columns: [{ title: 'source' }, ...operations, { title: 'cells by column' }],
      rows: sources.map((each) => [each.name, ...operationCells(each), figures(each.columns)]),
    },
    style,
  );

const targetsTable = (targets: readonly TargetFigures[], style: Style): string =>
  renderTable(
    {
      columns: [{ title: 'target' }, ...operations, counts('cells'), { title: 'by column' }],
      rows: targets.map((each) => [
        each.name,
        ...operationCells(each),
        orNothing(each.cells),
        figures(each.columns),
      ]),
    },
    style,
  );

export const figuresTables = (
  of: Pick<BatchReport, 'sources' | 'targets'>,
  style: Style,
): readonly string[] => [
  ...(of.sources.length === 0 ? [] : [sourcesTable(of.sources, style)]),
  ...(of.targets.length === 0 ? [] : [targetsTable(of.targets, style)]),
];

const rowsOf = (each: SourceFigures): number => each.inserted + each.updated + each.deleted;

/** All that is said of a batch besides its figures; what was left out on purpose or with another is in the table. */
export const problemsOf = ({ guards, errors, warnings }: BatchReport): readonly Problem[] => [
  ...guards,
  ...errors,
  ...warnings,
];

export interface Totals {
  readonly changes: number;
  readonly rows: number;
  readonly cells: number;
  readonly targets: number;
}

export const totalsOf = ({ sources, targets }: Pick<BatchReport, 'sources' | 'targets'>): Totals => ({
  changes: sources.reduce((sum, each) => sum + rowsOf(each), 0),
  rows: targets.reduce((sum, each) => sum + rowsOf(each), 0),
  cells: targets.reduce((sum, each) => sum + each.cells, 0),
  targets: targets.length,
});

/** `5 source rows changed → 26 rows, 25 cells in 8 targets`: cells are those of updated rows. */
export const effect = (kind: string, { changes, rows, cells, targets }: Totals): string => {
  const sources = changes === 0 ? 'no source row' : count(changes, 'source row');
  const cause = `${sources} ${kind === 'bootstrap' ? 'taken in' : 'changed'}`;
  if (rows === 0) return `${cause}; no target differs`;
  return `${cause} → ${count(rows, 'row')}${cells === 0 ? '' : `, ${count(cells, 'cell')}`} in ${count(targets, 'target')}`;
};

export const behindTable = (behind: readonly BehindReport[], style: Style): string =>
  renderTable(
    {
      columns: [
        { title: 'left out', paint: (text, { colors }) => colors.yellow(text) },
        { title: 'since batch', align: 'right' },
        { title: 'code' },
        { title: 'what next' },
      ],
      rows: behind.map((each) => [
        each.name,
        each.since === null ? '-' : String(each.since),
        each.code,
        whatNext(each),
      ]),
    },
    style,
  );
