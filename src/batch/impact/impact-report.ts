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

/** What a mapping file says of its target for people. */
export interface TargetNote {
  readonly target: string;
  readonly owner: string | null;
  readonly description: string | null;
}

export interface DownstreamReport {
  /** dbt's unique id. */
  readonly node: string;
  readonly kind: string;
  readonly name: string;
  /** proven: its SQL or the manifest says so; by_name: its SQL names the column; unknown: it may read it. */
  readonly how: 'proven' | 'by_name' | 'unknown';
  readonly why: string;
  /** Its columns that hang on it, or, by name, the names that its SQL speaks of; in lower case. */
  readonly columns: readonly string[];
  /** The nodes that lead there. */
  readonly via: readonly string[];
}

export interface DownstreamCoverage {
  /** Models, exposures and other nodes that read what is reached, directly or through others. */
  readonly nodes: number;
  readonly proven: number;
  readonly by_name: number;
  readonly unknown: number;
  /** Proven to read nothing of what changes. */
  readonly untouched: number;
  /** Of the models: without SQL in the manifest. */
  readonly not_compiled: number;
  /** Sources and targets whose tables are no node of dbt: what is built of them is unknown. */
  readonly not_in_dbt: readonly string[];
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
  /** With `--dbt`; without it nothing of dbt was looked at, and empty says nothing. */
  readonly downstream: readonly DownstreamReport[];
  /** With `--dbt`. */
  readonly coverage?: DownstreamCoverage;
  /** With `--rows`. */
  readonly targets?: readonly TargetRows[];
  /** Of the targets that are reached: those that say whose they are, or what they are. */
  readonly owners?: readonly TargetNote[];
  /** With `--pending`. */
  readonly pending?: PendingReport;
  /** With `--diff`. */
  readonly changes?: readonly ChangeReport[];
  readonly warnings: readonly Problem[];
}
