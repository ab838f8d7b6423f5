// What a table that we maintain holds, as one order-free text: rows and sum of their hashes. Our own writes move
// it by the sums of their images, so that a table read once need not be read again to be known.
import type { Column, Dialect, KeyColumn } from '../sql/dialect.ts';
import { id, sql, table, type Fragment } from '../sql/fragment.ts';
import { afterName, beforeName, keyName, type ImageTable } from '../sql/images.ts';
import type { TableName } from '../sql/table-name.ts';
import { imageRows } from './image-rows.ts';
import type { RelationImages, RelationView } from './relation-view.ts';

export interface FingerprintShape {
  readonly table: TableName;
  readonly key: readonly KeyColumn[];
  /** The columns that our images carry. */
  readonly columns: readonly Column[];
  /** Further columns whose change by others concerns us: those that mappings read and no image carries. */
  readonly reads: readonly string[];
  /** Of the engine, where a fingerprint of another release must not be held against this one's. */
  readonly release?: string | undefined;
}

/** One row: `cells` over key and image columns, `reads` over key and further columns. */
export const readFingerprint = (dialect: Dialect, shape: FingerprintShape): Fragment => {
  const key = shape.key.map((column) => id('t', column.name));
  const cells = dialect.digest([...key, ...shape.columns.map((column) => id('t', column.name))]);
  const reads =
    shape.reads.length === 0
      ? sql`''`
      : dialect.digest([...key, ...shape.reads.map((name) => id('t', name))]);
  return sql`select ${cells} as cells, ${reads} as reads from ${table(shape.table)} as t`;
};

/** What the images take away from the fingerprint, and what they add to it. */
export const readMoves = (dialect: Dialect, images: ImageTable): Fragment => {
  const key = images.key.map((column) => id('i', keyName(images, column.name)));
  const side = (name: (shape: ImageTable, column: string) => string, other: string): Fragment => {
    const digest = dialect.digest([
      ...key,
      ...images.columns.map((column) => id('i', name(images, column.name))),
    ]);
    return sql`(select ${digest} from ${table(images.table)} as i where i.op <> ${sql.lit(other)})`;
  };
  return sql`select ${side(beforeName, 'I')} as taken, ${side(afterName, 'D')} as added`;
};

/** The same of the further columns: only rows that come or go move them. */
export const readMovesBesides = (
  dialect: Dialect,
  view: RelationView & { readonly images: RelationImages },
  reads: readonly string[],
): Fragment => {
  const images = view.images.table;
  const key = images.key.map((column) => id('i', keyName(images, column.name)));
  const side = (name: 'before' | 'after', operation: string): Fragment => {
    const rows = imageRows(dialect, view, name, reads);
    const digest = dialect.digest([...key, ...reads.map((column) => rows.value(column))]);
    return sql`(select ${digest} from ${rows.from} where i.op = ${sql.lit(operation)})`;
  };
  return sql`select ${side('before', 'D')} as taken, ${side('after', 'I')} as added`;
};

interface Sum {
  readonly rows: bigint;
  readonly hashes: bigint;
}

const parse = (digest: string): Sum => {
  const [rows, hashes] = digest.split(':');
  return { rows: BigInt(rows ?? '0'), hashes: BigInt(hashes ?? '0') };
};

export const moved = (cells: string, moves: { readonly taken: string; readonly added: string }): string => {
  const [from, taken, added] = [parse(cells), parse(moves.taken), parse(moves.added)];
  return `${from.rows - taken.rows + added.rows}:${from.hashes - taken.hashes + added.hashes}`;
};

export const rowsIn = (cells: string): number => Number(parse(cells).rows);
