// The typed dictionary: what the YAML says after names, types and positions were resolved against a catalog.
// Everything below this layer trusts it.
import type { ModelQuery } from '../dbt/model/model-query.ts';
import type { Column, KeyColumn } from '../sql/dialect.ts';
import type { Position } from '../errors/tidemark-error.ts';
import type { Limits } from '../project/project.ts';
import type { TableName } from '../sql/table-name.ts';
import type { Detection, LogDetection, MirrorDetection } from './detection.ts';

export interface ColumnRef {
  readonly alias: string;
  readonly column: string;
}

/** A SQL expression of the user, cut at the columns that it reads; the strings between are SQL verbatim. */
export interface Expression {
  readonly text: string;
  readonly parts: readonly (string | ColumnRef)[];
  readonly at: Position;
}

/** A call of an aggregate function, with its filter and order. */
export interface AggregateCall {
  readonly call: Expression;
}

/** A part of an expression that is cut at its aggregate calls. */
export type AggregatedPart = string | ColumnRef | AggregateCall;

export interface Source {
  readonly name: string;
  readonly at: Position;
  readonly table: TableName;
  readonly mirror: TableName;
  readonly key: readonly KeyColumn[];
  /** The columns we mirror, as stored, in the table's order. */
  readonly columns: readonly Column[];
  readonly updatedAt?: string | undefined;
  /** The column that says who changed the row. */
  readonly actor?: string | undefined;
  /** Columns whose values stay out of our records; marked among the columns, as far as those are known. */
  readonly redact?: readonly string[] | undefined;
  /** How its changes are found. */
  readonly detect: Detection;
  /** How long a run may go without reading everything. */
  readonly fullCompareMs: number;
  /** Only rows for which this is true are rows of the source; reads the alias that is the source's own name. */
  readonly where?: Expression | undefined;
  /** Rows for which this is true are deleted rows. */
  readonly deleted?: Expression | undefined;
  readonly ready?: string | undefined;
  /** The names that columns had before, by those they have now. */
  readonly renamed?: ReadonlyMap<string, string> | undefined;
  readonly isView: boolean;
  /** The warehouse itself keeps the key unique. */
  readonly keyIsEnforced: boolean;
}

/** Its table holds its rows. */
export type MirrorSource = Source & { readonly detect: MirrorDetection };

/** Its table holds its events. */
export type LogSource = Source & { readonly detect: LogDetection };

export const isLog = (source: Source): source is LogSource => source.detect.kind === 'log';

export const isMirrored = (source: Source): source is MirrorSource => source.detect.kind === 'mirror';

/** The column by which a run finds what came since the last one. */
export const positionColumn = ({ detect }: Source): string | undefined =>
  detect.kind === 'log' ? detect.arrival?.name : detect.watermark;

export interface Join {
  readonly alias: string;
  /** The source or target it reads. */
  readonly relation: string;
  readonly type: 'left' | 'inner';
  readonly on: Expression;
  /** Any number of rows may match: only aggregates read them. */
  readonly many: boolean;
  /** The conjuncts `alias.own = other` of the condition: what a look-up can be limited by. */
  readonly equalities: readonly JoinEquality[];
  readonly at: Position;
}

export interface JoinEquality {
  /** A column of the joined alias. */
  readonly own: string;
  /** What it equals: an expression that reads other aliases only. */
  readonly other: Expression;
}

export interface MappedColumn {
  readonly name: string;
  /** The declared type in the target, or that of the expression where the target is yet to be created. */
  readonly type: string;
  readonly nullable: boolean;
  /** Made of a column that its source redacts. */
  readonly redacted?: true;
  readonly expression: Expression;
  /** The same, cut at its aggregate calls; none where it has none. */
  readonly aggregated?: readonly AggregatedPart[] | undefined;
}

/** What one row of a target stands for. */
export type Root =
  | { readonly kind: 'grain'; readonly alias: string; readonly relation: string }
  | { readonly kind: 'this'; readonly alias: 'this' }
  /** A row of what a dbt model's own SQL yields; `relation` is no name that mappings can use. */
  | {
      readonly kind: 'query';
      readonly alias: 'model';
      readonly relation: string;
      readonly query: ModelQuery;
    };

/** What the rows of a model's SQL are called beside the table that holds them. */
export const modelRelation = (target: string): string => `model ${target}`;

/** How its rows are made of the root's: what each kind of target needs to know beside the root and the joins. */
export type TargetForm =
  /** One row per row of the root. */
  | { readonly kind: 'fact' }
  /** Aggregates over `many` joins, one row per row of the root; or over the rows of the root that share a key. */
  | { readonly kind: 'aggregate'; readonly per: 'row' | 'key' }
  /** Versions of each row of the root; the start of each is the last column of the target's key. */
  | { readonly kind: 'history'; readonly history: History };

export type OnDelete =
  | { readonly kind: 'delete' }
  | { readonly kind: 'keep' }
  | { readonly kind: 'set'; readonly values: Readonly<Record<string, string | number | boolean | null>> };

/** What a column of a history says of its version. */
export type HistoryRole =
  | 'surrogate_key'
  | 'valid_from'
  | 'valid_to'
  | 'is_current'
  | 'deleted'
  /** dbt's hash of key and time. */
  | 'scd_id'
  /** dbt's copy of the time from which the version holds. */
  | 'updated_at';

export interface HistoryColumn extends Column {
  readonly role: HistoryRole;
}

/** Rows are versions, each valid for a time; the columns here are filled beside the mapped ones. */
export interface History {
  /** In the order in which a new table gets them. */
  readonly columns: readonly HistoryColumn[];
  /** Mapped columns whose change opens a version. */
  readonly track: readonly string[];
  /** Mapped columns that show the last value in every version; the others keep what they were when it opened. */
  readonly overwrite: readonly string[];
  readonly deletes: 'close' | 'tombstone' | 'keep';
  /** When an upsert happened; reads the root alone. */
  readonly at?: Expression | undefined;
  /** Written by the user: goes before the time that a log gives its events. */
  readonly atIsWritten: boolean;
  /** Of times without a zone. */
  readonly timezone: string;
  readonly firstValidFrom: 'at' | 'beginning';
  /** What becomes of an event whose time is not after that of its predecessor. */
  readonly backwards: 'sequence' | 'refuse';
  /** The end of versions that have none yet, where that is not NULL. */
  readonly validToCurrent?: string | undefined;
}

export interface Target {
  readonly name: string;
  readonly at: Position;
  readonly table: TableName;
  readonly exists: boolean;
  /** All columns of the table, mapped or not, in its order; the mapped ones where it does not exist yet. */
  readonly tableColumns: readonly Column[];
  readonly key: readonly KeyColumn[];
  /** The warehouse itself keeps the key unique. */
  readonly keyIsEnforced: boolean;
  /** Whole rows must not be deleted and re-inserted: foreign keys, unique indexes, generated columns. */
  readonly updateInPlace: boolean;
  readonly root: Root;
  readonly form: TargetForm;
  /** In an order in which every condition names earlier aliases only. */
  readonly joins: readonly Join[];
  readonly where?: Expression | undefined;
  /** In dictionary order. */
  readonly columns: readonly MappedColumn[];
  readonly onDelete: OnDelete;
  readonly onMissing: 'keep' | 'null';
  /** What becomes of the rows that are there when the mapping of a column changes; none: they are written. */
  readonly onMappingChange?: 'backfill' | 'hold' | undefined;
  readonly rows: 'manage' | 'update-only';
  /** Columns that are set in rows written anyway. */
  readonly touch: readonly TouchColumn[];
  /** The project's limits with the target's own over them; none: the target says nothing of its own. */
  readonly limits?: Limits | undefined;
  /** How long a change of a source may take until it is committed here. */
  readonly targetLagMs?: number | undefined;
  readonly description?: string | undefined;
  readonly owner?: string | undefined;
  /** Of a `this` target: the column that says when its owner last changed a row. */
  readonly changedAt?: string | undefined;
  readonly checks: readonly Check[];
  /** The column that the warehouse clusters the table by. */
  readonly pruneBy?: string | undefined;
}

/** SQL of the user that returns bad rows; its target's name stands for the target as it will be. */
export interface Check {
  readonly name: string;
  readonly sql: string;
  readonly at: Position;
}

export interface TouchColumn {
  readonly name: string;
  readonly type: string;
  /** `now` is the batch's moment. */
  readonly value: 'now' | { readonly constant: string | number | boolean | null };
}

export interface Dictionary {
  readonly sources: readonly Source[];
  readonly targets: readonly Target[];
}
