// What `why` tells of a row.
import type { Values } from '../sql/readable.ts';

export interface WhyChange {
  readonly change: string;
  readonly source: string;
  readonly operation: 'insert' | 'update' | 'delete';
  readonly key: Values;
  readonly before: Values | null;
  readonly after: Values | null;
  /** When the source says that the row changed. */
  readonly changed_at: unknown;
  /** Who changed it, as the source's `actor` column says. */
  readonly changed_by: string | null;
}

export interface WhyBatch {
  readonly batch: number;
  readonly kind: string;
  readonly operation: 'insert' | 'update' | 'delete';
  readonly before: Values | null;
  readonly after: Values | null;
  readonly detected_at: string;
  readonly committed_at: string;
  readonly actor: string | null;
  readonly host: string | null;
  readonly meta: Readonly<Record<string, string>>;
  readonly changes: readonly WhyChange[];
  readonly undone_by?: number;
}

export interface WhyColumn {
  readonly name: string;
  readonly value: unknown;
  readonly expression: string;
  readonly at: { readonly file: string; readonly line: number; readonly column: number };
  /** The chain of relations and columns that it reads, down to the sources. */
  readonly reads: readonly string[];
  /** It is not what the last batch wrote that wrote it: somebody else did, after that batch. */
  readonly outside_since?: number;
}

export interface WhyRow {
  readonly key: Values;
  readonly found: boolean;
  readonly columns: readonly WhyColumn[];
  /** Newest first. */
  readonly batches: readonly WhyBatch[];
}

export interface WhyReport {
  readonly schema: 'tidemark/why/1';
  readonly project: string;
  readonly environment: string;
  readonly target: string;
  readonly rows: readonly WhyRow[];
  /** What batches up to this one wrote is not known any more. */
  readonly pruned_up_to?: number;
}
