// How the changes of a source are found: its table holds rows, which are compared with the mirror, or events.
import type { Position } from '../errors/tidemark-error.ts';
import type { Column } from '../sql/dialect.ts';

export type DeleteChecks =
  | { readonly kind: 'every run' }
  | { readonly kind: 'every'; readonly ms: number }
  | { readonly kind: 'never' };

/** Staging is compared with the mirror, by key. */
export interface MirrorDetection {
  readonly kind: 'mirror';
  readonly createdAt?: string | undefined;
  /** What is filtered by; none: every run compares all rows. */
  readonly watermark?: string | undefined;
  readonly overlapMs: number;
  readonly deletes: DeleteChecks;
  readonly deleteAfterMs?: number | undefined;
}

/** What a word of a log's operation column means; a row of a snapshot is an upsert. */
export const operationKinds = ['insert', 'update', 'upsert', 'delete', 'truncate', 'ignore'] as const;

export type OperationKind = (typeof operationKinds)[number];

/** NULL is a word as well. */
export type OperationWords = ReadonlyMap<OperationKind, readonly (string | null)[]>;

export interface LogOperations {
  readonly column: string;
  /** Words of the user are compared as written, those that everybody uses in any case. */
  readonly anyCase: boolean;
  readonly words: OperationWords;
}

/** What a number counts, since 1970. */
export const epochUnits = ['days', 's', 'ms', 'us', 'ns'] as const;

export type EpochUnit = (typeof epochUnits)[number];

/** How far behind the position rows of a log are read again. */
export type LogOverlap =
  | { readonly kind: 'time'; readonly ms: number }
  | { readonly kind: 'rows'; readonly rows: number };

/** Where an event keeps the row. */
export type LogImage =
  /** As it became, in columns of the log's table under their own names. */
  | { readonly kind: 'typed' }
  /** As it was and as it became, in JSON objects. */
  | {
      readonly kind: 'json';
      readonly before?: string | undefined;
      readonly after: string;
      /** Columns of the source that are columns of the log's table, beside the images. */
      readonly beside: ReadonlySet<string>;
      /** Columns whose numbers count time. */
      readonly units: ReadonlyMap<string, EpochUnit>;
    };

export interface SequenceColumn {
  readonly name: string;
  readonly type: string;
  /** The table's column has another type: its values are converted. */
  readonly converted: boolean;
}

/** When an event happened: a moment, or a number or text that stands for one. */
export interface EventTime {
  readonly column: string;
  readonly kind: 'moment' | 'number' | 'text';
  readonly unit: EpochUnit;
  /** Of a time that names none; UTC where there is none. */
  readonly timezone?: string;
}

/** The rows of the table are events, and those of the source what became of them. */
export interface LogDetection {
  readonly kind: 'log';
  /** None: every event is an upsert, unless the source's `deleted` says otherwise. */
  readonly op?: LogOperations | undefined;
  readonly image: LogImage;
  /** What orders the events of a key. */
  readonly sequence: readonly SequenceColumn[];
  readonly time?: EventTime | undefined;
  /** What grows as rows are appended: the position; none: every run reads the whole log. */
  readonly arrival?: Column | undefined;
  readonly overlap: LogOverlap;
  /** What makes an event the same event; none: all of it. */
  readonly identity: readonly string[];
  /** By how much an event may lie in the future of whoever reads it. */
  readonly clockToleranceMs: number;
  /** What stands for a value that the event does not have. */
  readonly unavailable: string;
  /** Types that the mapping names, for the warehouse to check. */
  readonly types: readonly DeclaredType[];
}

export interface DeclaredType {
  readonly column: string;
  readonly type: string;
  readonly at: Position;
}

export type Detection = MirrorDetection | LogDetection;
