// What a warehouse is asked about its own condition, and what it answers: each finding with what it rests on and
// with the statement or command that mends it.
import type { TableName } from '../sql/table-name.ts';

type Severity = 'fine' | 'notice' | 'warning' | 'error';

export type Repair =
  /** A statement on a table of ours. */
  | { readonly kind: 'sql'; readonly statement: string }
  /** The lease of somebody who is gone. */
  | { readonly kind: 'unlock' }
  /** A file of ours that others may read. */
  | { readonly kind: 'mode'; readonly path: string; readonly mode: number };

export interface Finding {
  readonly check: string;
  readonly severity: Severity;
  readonly message: string;
  /** What it rests on: a figure, a setting, a row of a catalog. */
  readonly evidence?: string | undefined;
  /** The exact statement or command. */
  readonly fix?: string | undefined;
  /** What mends it harms nobody, and touches what is ours alone. */
  readonly repair?: Repair | undefined;
  /** It was mended just now. */
  readonly fixed?: boolean | undefined;
}

export interface TableUse {
  readonly table: TableName;
  readonly what: string;
  readonly writes: boolean;
  /** We made it, and nobody else writes it. */
  readonly ours?: boolean | undefined;
  /** Column lists by which its rows are looked up: an index should lead with each. */
  readonly lookups: readonly { readonly columns: readonly string[]; readonly why: string }[];
}

export interface HealthQuestion {
  readonly tables: readonly TableUse[];
  /** Locks that are held for longer are told of. */
  readonly lockedForMs: number;
  /** The schema of our own tables. */
  readonly state: string;
  /** Where we make tables of our own. */
  readonly schemas: readonly string[];
}
