// A random project as plain data: what the mapping files, the tables and the oracle are all written from.
import type { Random } from '../../../scripts/shop/random.ts';

export type Kind = 'int' | 'big' | 'text' | 'number' | 'double' | 'time' | 'date' | 'flag';

/** The type that a column is declared with; both engines take it. */
export const typeOf: Readonly<Record<Kind, string>> = {
  int: 'integer',
  big: 'bigint',
  text: 'varchar(200)',
  number: 'numeric(12, 4)',
  double: 'double precision',
  time: 'timestamp',
  date: 'date',
  flag: 'boolean',
};

export interface ColumnSpec {
  readonly name: string;
  readonly kind: Kind;
}

export interface KeySpec extends ColumnSpec {
  readonly nullable: boolean;
}

/** What joins and expressions may read: a source or a target. */
export interface RelationSpec {
  readonly name: string;
  readonly key: readonly KeySpec[];
  /** Keys among them. */
  readonly columns: readonly ColumnSpec[];
}

export interface SourceSpec extends RelationSpec {
  readonly primaryKey: boolean;
  readonly watermark: boolean;
  readonly keepsDeleted: boolean;
  /** SQL over the source's own columns. */
  readonly where: string | undefined;
  readonly deleted: string | undefined;
  /** Columns of the table that the mirror leaves out. */
  readonly excluded: readonly string[];
  /** The names that columns had before, by those they have now. */
  readonly renamed?: Readonly<Record<string, string>> | undefined;
}

export interface JoinSpec {
  readonly alias: string;
  readonly relation: RelationSpec;
  readonly type: 'left' | 'inner';
  readonly on: string;
  /** Any number of rows may match. */
  readonly many: boolean;
}

export interface MappedSpec extends ColumnSpec {
  readonly expression: string;
  /** Declared in the table that was built beforehand; none where the engine makes the table. */
  readonly type: string;
  /** The look-ups that the expression reads. */
  readonly aliases: readonly string[];
  /** The aggregate call within the expression, and the many-joins whose rows it sees. */
  readonly aggregate?: { readonly call: string; readonly many: readonly string[] } | undefined;
}

export interface TargetSpec extends RelationSpec {
  /** None: the target's own rows, as `this`. */
  readonly from: RelationSpec | undefined;
  readonly joins: readonly JoinSpec[];
  /** Several rows of the root may stand for one key. */
  readonly grouped: boolean;
  readonly where: string | undefined;
  readonly mapped: readonly MappedSpec[];
  readonly onDelete: 'delete' | 'keep' | 'set';
  readonly onMissing: 'keep' | 'null';
  readonly rows: 'manage' | 'update-only';
  readonly touch: boolean;
  /** How the table is found at first: built by somebody else, with other rows than the mapping's, empty, or not. */
  readonly begins: 'equal' | 'other' | 'empty' | 'absent';
  readonly primaryKey: boolean;
}

export interface ProjectSpec {
  readonly sources: readonly SourceSpec[];
  readonly targets: readonly TargetSpec[];
}

/** Columns of a prebuilt target that no mapping fills. */
export const ownColumns: readonly ColumnSpec[] = [
  { name: 'note', kind: 'text' },
  { name: 'state', kind: 'text' },
  { name: 'touched', kind: 'time' },
];

export const some = <T>(random: Random, items: readonly T[], every: number): readonly T[] =>
  items.filter(() => random.chance(every));
