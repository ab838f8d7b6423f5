// A batch in figures, in the shape that JSON output, history and the batches table share.
import { changedRows, type ImageSummary } from '../reconcile/relation-view.ts';
import type { SourceFigures, TargetFigures } from '../store/batches.ts';
import type { Computed } from './compute/compute.ts';
import type { ComputedTarget } from './compute/compute-target.ts';

export interface BatchFigures {
  readonly sources: readonly SourceFigures[];
  readonly targets: readonly TargetFigures[];
  /** Changed rows of sources, rows and cells written into targets. */
  readonly changes: number;
  readonly rows: number;
  readonly cells: number;
}

const sourceFigures = (name: string, summary: ImageSummary): SourceFigures => ({
  name,
  inserted: summary.inserted,
  updated: summary.updated,
  deleted: summary.deleted,
  columns: Object.fromEntries(summary.columns),
});

const cellsOf = (summary: ImageSummary): number =>
  [...summary.columns.values()].reduce((sum, cells) => sum + cells, 0);

const targetFigures = ({ target, summary, heals }: ComputedTarget): TargetFigures => {
  const { columns, ...rest } = sourceFigures(target.name, summary);
  return {
    ...rest,
    cells: cellsOf(summary),
    columns,
    ...(heals === undefined ? {} : { healed: heals.rows }),
  };
};

export const figuresOf = (computed: Computed): BatchFigures => {
  const changedSources = computed.frozen.sources.filter(({ summary }) => changedRows(summary) > 0);
  const sources = changedSources.map(({ source, summary }) => sourceFigures(source.name, summary));
  const changed = computed.targets.filter(({ summary }) => changedRows(summary) > 0);
  const targets = changed.map(targetFigures);
  return {
    sources,
    targets,
    changes: changedSources.reduce((sum, { summary }) => sum + changedRows(summary), 0),
    rows: changed.reduce((sum, { summary }) => sum + changedRows(summary), 0),
    cells: targets.reduce((sum, each) => sum + each.cells, 0),
  };
};
