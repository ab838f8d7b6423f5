// What `impact` tells: `tidemark/impact/1`.
import type { Problem } from '../../errors/tidemark-error.ts';
import type { How } from '../../graph/influence.ts';
import type { BehindReport } from '../report.ts';
import type { SourceFigures, TargetFigures } from '../../store/batches.ts';

export interface AskedReport {
  readonly source: string;
  /** null: the table with all its columns. */
  readonly column: string | null;
}

interface PlaceReport {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

export interface ReachReport {
  /** What was asked about; of a table the column that is read, null where its rows as such count. */
  readonly source: string;
  readonly source_column: string | null;
  readonly target: string;
  readonly column: string;
  readonly how: How;
  /** row: whole rows come, go or are others; value: this value of theirs. */
  readonly scope: 'row' | 'value';
  /** The targets between; column null: their rows as such. */
  readonly via: readonly { readonly target: string; readonly column: string | null }[];
  readonly expression: string | null;
  readonly at: PlaceReport | null;
  /** Rows of the target now that this column of theirs hangs on it; with `--rows`. */
  readonly rows?: number;
}

export interface TargetRows {
  readonly target: string;
  /** Rows that hang on what was asked, in any column. */
  readonly rows: number;
  readonly of: number;
}

interface DownstreamReport {
  /** dbt's unique id. */
  readonly node: string;
  readonly kind: string;
  readonly name: string;
  /** proven: a mapping says so; by_name: its SQL names the column; unknown: it may read it. */
  readonly how: 'proven' | 'by_name' | 'unknown';
  readonly why: string;
  readonly columns: readonly string[];
  /** The nodes that lead there. */
  readonly via: readonly string[];
}

export interface PendingReport {
  readonly status: string;
  readonly sources: readonly SourceFigures[];
  readonly targets: readonly TargetFigures[];
  readonly behind: readonly BehindReport[];
}

export interface ChangeReport {
  readonly relation: string;
  readonly kind: 'source' | 'target';
  /** null: what decides its rows, so that all of it is compared. */
  readonly column: string | null;
  readonly change: 'added' | 'removed' | 'changed';
  readonly before: string | null;
  readonly after: string | null;
}

export interface ImpactReport {
  readonly schema: 'tidemark/impact/1';
  readonly project: string;
  readonly environment: string;
  readonly columns: readonly AskedReport[];
  readonly reaches: readonly ReachReport[];
  /** Models and exposures of dbt are not followed yet: that it is empty says nothing of them. */
  readonly downstream: readonly DownstreamReport[];
  /** With `--rows`. */
  readonly targets?: readonly TargetRows[];
  /** With `--pending`. */
  readonly pending?: PendingReport;
  /** With `--diff`. */
  readonly changes?: readonly ChangeReport[];
  readonly warnings: readonly Problem[];
}
