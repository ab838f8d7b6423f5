// The pipeline as values: which objects it has and what each step does. Files, tests and `deploy` all start from it.
import type { Source, Target } from '../dictionary/dictionary.ts';
import type { Column } from '../sql/dialect.ts';

/** What starts the task graph. */
export type Start =
  | { readonly kind: 'triggered' }
  | { readonly kind: 'every'; readonly interval: string }
  | { readonly kind: 'cron'; readonly expression: string };

export interface PipelineSettings {
  readonly project: string;
  readonly environment: string;
  /** Where our objects stand: `database.schema` or `schema`. */
  readonly place: { readonly database?: string | undefined; readonly schema: string };
  readonly warehouse: string;
  /** The database in which names without one stand. */
  readonly database?: string | undefined;
  readonly start: Start;
  /** Of dynamic tables: `5 minutes`. */
  readonly lag: string;
  readonly refreshMode: 'incremental' | 'full' | 'auto';
  /** When all rows of every target are compared: a cron expression with its zone. */
  readonly reconcileAt: string;
  /** The role that owns the pipeline. */
  readonly role: string;
  /** The notification integration that alerts send mail by, and to whom. */
  readonly notify?: { readonly integration: string; readonly to: string } | undefined;
}

/** One statement of a routine, or a question whose answer must be 0. */
export type Step =
  | { readonly about: string; readonly sql: string }
  | { readonly about: string; readonly counts: string; readonly refusal: string };

/** Steps of one transaction. */
export interface Routine {
  /** As stored: CAPTURE, PARSE_COMPANIES, APPLY_FACT_VENDOR. */
  readonly name: string;
  readonly about: string;
  readonly steps: readonly Step[];
}

export type NativeTarget =
  | { readonly kind: 'fact'; readonly target: Target; readonly sources: readonly Source[] }
  | { readonly kind: 'history'; readonly target: Target; readonly sources: readonly Source[] }
  | { readonly kind: 'dynamic table'; readonly target: Target; readonly sources: readonly Source[] };

/** A part of the dictionary that Snowflake itself is not asked to do, and why. */
export interface LeftOut {
  /** `fact_vendor`, `fact_vendor.checks.positive` */
  readonly name: string;
  readonly reason: string;
  /** The whole target is left out, or only this part of it. */
  readonly whole: boolean;
}

export interface Pipeline {
  readonly settings: PipelineSettings;
  readonly sources: readonly Source[];
  /** The columns of each log's own table, by the source's name. */
  readonly logColumns: ReadonlyMap<string, readonly Column[]>;
  readonly targets: readonly NativeTarget[];
  readonly leftOut: readonly LeftOut[];
}
