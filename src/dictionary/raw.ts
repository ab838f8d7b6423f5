// The dictionary as written: shapes are checked, names are not looked up yet. Every text knows where it stands.
import type { Scalar } from '../project/document.ts';
import type { Limits } from '../project/project.ts';
import type { Position } from '../errors/tidemark-error.ts';
import type { DeleteChecks, EpochUnit, LogOverlap, OperationWords } from './detection.ts';
import type { HistoryRole } from './dictionary.ts';
import type { MappingTest } from './mapping-tests/mapping-test.ts';

export interface RawKeyColumn {
  readonly name: Scalar;
  readonly nullable: boolean;
}

export interface RawLogOperations {
  readonly column: Scalar;
  /** Words of its own; none: those that are understood everywhere. */
  readonly words?: OperationWords | undefined;
}

export interface RawLogColumn {
  readonly column: Scalar;
  readonly type?: Scalar | undefined;
  /** Numbers of it count this since 1970. */
  readonly unit?: EpochUnit | undefined;
}

/** What only a log of events has. */
export interface RawLog {
  readonly op?: RawLogOperations | undefined;
  readonly before?: Scalar | undefined;
  readonly after?: Scalar | undefined;
  /** Columns of the images, with their types. */
  readonly types: readonly RawLogColumn[];
  readonly typesAt?: Position | undefined;
  readonly sequence: readonly RawLogColumn[];
  readonly time?: RawLogColumn | undefined;
  readonly arrival?: Scalar | undefined;
  readonly overlap?: LogOverlap | undefined;
  readonly overlapAt?: Position | undefined;
  readonly identity: readonly Scalar[];
  readonly clockToleranceMs?: number | undefined;
  readonly unavailable?: string | undefined;
}

export interface RawSource {
  readonly name: Scalar;
  /** Uses a part of the language that does not work yet: its name is known, nothing else. */
  readonly unsupported: boolean;
  readonly table?: Scalar | undefined;
  /** The node of dbt that is its table. */
  readonly node?: RawNode | undefined;
  readonly mirror?: Scalar | undefined;
  readonly key: readonly RawKeyColumn[];
  readonly updatedAt?: Scalar | undefined;
  readonly createdAt?: Scalar | undefined;
  readonly watermark?: Scalar | undefined;
  readonly overlapMs?: number | undefined;
  readonly fullCompareMs?: number | undefined;
  readonly deletes?: DeleteChecks | undefined;
  readonly deleteAfterMs?: number | undefined;
  readonly where?: Scalar | undefined;
  readonly deleted?: Scalar | undefined;
  readonly ready?: Scalar | undefined;
  readonly columns?: readonly Scalar[] | undefined;
  readonly exclude?: readonly Scalar[] | undefined;
  readonly redact?: readonly Scalar[] | undefined;
  readonly renamed: readonly RawRename[];
  /** Of its times without one, for histories. */
  readonly timezone?: Scalar | undefined;
  /** The column that says who changed the row. */
  readonly actor?: Scalar | undefined;
  /** Its changes are the rows of its table; none: its rows are the rows of its table. */
  readonly log?: RawLog | undefined;
}

export interface RawNode {
  readonly kind: 'model' | 'dbt_source';
  readonly name: Scalar;
}

/** A column of a source, and the name that it had before. */
export interface RawRename {
  readonly column: Scalar;
  readonly from: Scalar;
}

export interface RawJoin {
  readonly alias: Scalar;
  readonly relation: Scalar;
  readonly type: 'left' | 'inner';
  readonly on: Scalar;
  readonly many: boolean;
}

export interface RawColumn {
  readonly name: Scalar;
  readonly expression: Scalar;
}

export interface RawSetting {
  readonly column: Scalar;
  readonly value: string | number | boolean | null;
}

export interface RawCheck {
  readonly name: Scalar;
  readonly sql: Scalar;
}

export type RawOnDelete =
  | { readonly kind: 'delete' }
  | { readonly kind: 'keep' }
  | { readonly kind: 'set'; readonly values: readonly RawSetting[] };

export interface RawHistory {
  readonly at: Position;
  readonly preset?: 'dbt_snapshot' | undefined;
  readonly track?: readonly Scalar[] | undefined;
  readonly overwrite: readonly Scalar[];
  readonly deletes?: 'close' | 'tombstone' | 'keep' | undefined;
  /** `at`: when an upsert happened. */
  readonly time?: Scalar | undefined;
  readonly timezone?: Scalar | undefined;
  readonly firstValidFrom?: 'at' | 'beginning' | undefined;
  readonly backwards?: 'sequence' | 'refuse' | undefined;
  /** Columns of validity by what they are, as far as the file names them. */
  readonly columns: ReadonlyMap<HistoryRole, Scalar>;
  readonly validToCurrent?: Scalar | undefined;
}

export interface RawTarget {
  readonly name: Scalar;
  readonly enabled: boolean;
  readonly key: readonly RawKeyColumn[];
  /** The dbt model whose own SQL is the mapping. */
  readonly model?: Scalar | undefined;
  readonly from?: Scalar | undefined;
  readonly joins: readonly RawJoin[];
  readonly history?: RawHistory | undefined;
  readonly where?: Scalar | undefined;
  readonly columns: readonly RawColumn[];
  readonly onDelete?: RawOnDelete | undefined;
  readonly onDeleteAt?: Position | undefined;
  readonly onMissingAt?: Position | undefined;
  readonly onMissing?: 'keep' | 'null' | undefined;
  readonly rows?: 'manage' | 'update-only' | undefined;
  readonly rowsAt?: Position | undefined;
  readonly touch: readonly RawSetting[];
  /** Columns that may lag behind what is mapped, until dbt builds them. */
  readonly acceptStale: readonly Scalar[];
  readonly changedAt?: Scalar | undefined;
  readonly pruneBy?: Scalar | undefined;
  readonly checks: readonly RawCheck[];
  readonly onMappingChangeAt?: Position | undefined;
  readonly onMappingChange?: 'backfill' | 'hold' | undefined;
  readonly limits: Partial<Limits>;
  readonly targetLagMs?: number | undefined;
  readonly description?: string | undefined;
  readonly owner?: string | undefined;
  /** Run by `validate`. */
  readonly tests: readonly MappingTest[];
}

export interface RawDictionary {
  readonly sources: readonly RawSource[];
  readonly targets: readonly RawTarget[];
  /** A file could not be read: a name that nobody declares may stand there. */
  readonly incomplete: boolean;
}
