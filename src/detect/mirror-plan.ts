// How a source's mirror stands to its staging table: how it is read meanwhile, and what the commit does to it.
import type { Source } from '../dictionary/dictionary.ts';
import type { Column } from '../sql/dialect.ts';
import { commas, id, sql, table, verbatim, type Fragment } from '../sql/fragment.ts';

/** What the commit does to the mirror before it is written. */
export type MirrorChange =
  | { readonly kind: 'add'; readonly column: Column }
  | { readonly kind: 'rename'; readonly from: string; readonly column: Column }
  /** What it holds is kept, as values of the other type. */
  | { readonly kind: 'convert'; readonly column: Column }
  /** Dropped and added: nothing of what it held is kept. */
  | { readonly kind: 'replace'; readonly column: Column };

/** The mirror may hold rows that staging has no more: nothing but the mirror knows them. */
export const isArchive = ({ detect }: Source): boolean =>
  detect.kind === 'mirror' && detect.deletes.kind === 'never';

/** What a source was when it was last in step; part of what is stored of its mapping. */
export interface SourceMemory {
  /** Hash of what else decides which rows there are. */
  readonly base: string;
  /** Of a view: hash of its definition. */
  readonly definition: string | null;
  readonly table: string;
  readonly key: readonly string[];
  /** Of a log its arrival. */
  readonly watermark: string | null;
  /** Of a log: hash of what decides the values of its events. */
  readonly events?: string | undefined;
  /** Names and types of the columns that are compared, in the order of the images. */
  readonly columns: readonly (readonly [name: string, type: string])[];
  /** Of a log: the columns of its table by which it is read. */
  readonly own?: readonly (readonly [name: string, type: string])[];
  /** Columns that staging no longer yields as the targets that read them want them: the mirror keeps its own, or
   *  kept it while it was there. */
  readonly kept: readonly (readonly [name: string, type: string])[];
}

export interface MirrorPlan {
  /** The mirror's rows under the source's own columns; none where this batch makes the mirror. */
  readonly rows?: Fragment | undefined;
  /** The mirror is dropped first. */
  readonly remake: boolean;
  readonly changes: readonly MirrorChange[];
  /** Columns of the mirror that are not compared, but read by targets. */
  readonly kept: readonly Column[];
  /** The mirror has columns that no image carries. */
  readonly hasMore: boolean;
  readonly readInFull: boolean;
  /** The watermark that was stored is that of other rows. */
  readonly restart: boolean;
}

/** What this column is called in the mirror, and what it reads like before the mirror is changed. */
const stored = (column: Column, changes: readonly MirrorChange[]): Fragment | undefined => {
  let value: Fragment | undefined;
  let name = column.name;
  for (const change of changes) {
    if (change.column.name !== column.name) continue;
    if (change.kind === 'rename') name = change.from;
    value =
      change.kind === 'add' || change.kind === 'replace'
        ? sql`cast(null as ${verbatim(column.type)})`
        : change.kind === 'convert'
          ? sql`cast(${id('x', name)} as ${verbatim(column.type)})`
          : id('x', name);
  }
  return value;
};

/** The mirror as it will be once it is changed, but with what it holds now. */
export const mirrorRowsOf = (
  source: Source,
  changes: readonly MirrorChange[],
  kept: readonly Column[],
): Fragment => {
  if (changes.length === 0) return table(source.mirror);
  const values = [...source.columns, ...kept].map((column) => {
    const value = stored(column, changes);
    return value === undefined ? id('x', column.name) : sql`${value} as ${id(column.name)}`;
  });
  return sql`(select ${commas(values)} from ${table(source.mirror)} as x)`;
};
