// What `init` has in mind before it is written: sources with their keys, and targets with how they would be computed.
import type { DbtNode } from '../../dbt/manifest.ts';
import type { CatalogTable } from '../../dictionary/catalog.ts';
import type { TableName } from '../../sql/table-name.ts';

export interface ProvenKey {
  readonly columns: readonly { readonly name: string; readonly nullable: boolean }[];
  /** Who says that it is one; the rows do, too. */
  readonly why: string;
  /** Nobody says so but the rows as they are now. */
  readonly guessed: boolean;
}

export interface SourceProposal {
  readonly name: string;
  readonly table: TableName;
  /** None: dbt knows nothing of the table. */
  readonly node: DbtNode | undefined;
  readonly key: ProvenKey;
  /** What may say when a row changed, for people to decide. */
  readonly times: readonly { readonly column: string; readonly key: 'updated_at' | 'watermark' }[];
  /** dbt's own snapshots rely on it. */
  readonly updatedAt: string | undefined;
}

interface PassedColumn {
  readonly name: string;
  readonly source: string;
  readonly column: string;
}

export interface ThisJoin {
  readonly source: string;
  readonly on: readonly { readonly own: string; readonly key: string }[];
}

export interface HistoryForm {
  readonly kind: 'history';
  readonly from: string;
  readonly columns: readonly PassedColumn[];
  readonly hardDeletes: string | undefined;
  /** Of the strategy `check`. */
  readonly track: readonly string[] | undefined;
}

export interface ThisForm {
  readonly kind: 'this';
  readonly joins: readonly ThisJoin[];
  readonly columns: readonly PassedColumn[];
}

export type Form = { readonly kind: 'model' } | ThisForm | HistoryForm;

/** A table that somebody builds and that we may keep in step. */
export interface Candidate {
  readonly name: string;
  /** As the mapping calls it. */
  readonly written: string;
  readonly node: DbtNode | undefined;
  readonly info: CatalogTable;
  readonly key: ProvenKey;
}

export interface Match {
  /** Rows that the mapping yields. */
  readonly rows: number;
  readonly different: number;
  readonly missing: number;
  readonly extra: number;
  /** Percent of the rows on either side that are equal; null where there are none. */
  readonly percent: number | null;
}

/** One that was tried and looked at. */
export interface Tried {
  readonly candidate: Candidate;
  readonly form: Form;
  readonly match: Match | undefined;
  /** Said beside it, such as what is compared in full. */
  readonly notices: readonly string[];
  readonly refused: string | undefined;
}
