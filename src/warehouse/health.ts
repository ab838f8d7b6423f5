// What a warehouse is asked about its own condition, and what it answers: each finding with what it rests on and
// with the statement or command that mends it.
import type { TableName } from '../sql/table-name.ts';

type Severity = 'fine' | 'notice' | 'warning' | 'error';

export interface Finding {
  readonly check: string;
  readonly severity: Severity;
  readonly message: string;
  /** What it rests on: a figure, a setting, a row of a catalog. */
  readonly evidence?: string | undefined;
  /** The exact statement or command. */
  readonly fix?: string | undefined;
}

export interface TableUse {
  readonly table: TableName;
  readonly what: string;
  readonly writes: boolean;
  /** Column lists by which its rows are looked up: an index should lead with each. */
  readonly lookups: readonly { readonly columns: readonly string[]; readonly why: string }[];
}

export interface HealthQuestion {
  readonly tables: readonly TableUse[];
  /** Locks that are held for longer are told of. */
  readonly lockedForMs: number;
  /** Where we make tables of our own. */
  readonly schemas: readonly string[];
}
