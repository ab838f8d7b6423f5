// What an image table holds, in figures: one row of counts, changed cells per column, and a digest.
import type { Dialect } from '../sql/dialect.ts';
import { commas, id, sql, table, type Fragment, type Statement } from '../sql/fragment.ts';
import { afterName, beforeName, keyName, type ImageTable } from '../sql/images.ts';
import type { ImageSummary } from './relation-view.ts';

export type SummaryRow = Readonly<Record<string, string | number | null>>;

/** What of a value the digest is to tell; nothing of it where that differs from run to run. */
export type DigestedValue = (value: Fragment, column: string) => Fragment | undefined;

export interface SummaryWish {
  /** Further aggregates over the images (alias `i`), read back by their names. */
  readonly extra?: readonly Fragment[];
  readonly digested?: DigestedValue | undefined;
}

const asIs: DigestedValue = (value) => value;

export const summarize = (
  dialect: Dialect,
  images: ImageTable,
  { extra = [], digested = asIs }: SummaryWish = {},
): Statement<SummaryRow> => {
  const cells = images.columns.map((column, place) => {
    const differs = dialect.differs(
      id('i', beforeName(images, column.name)),
      id('i', afterName(images, column.name)),
      column.type,
    );
    return sql`count(*) filter (where i.op = 'U' and ${differs}) as ${id(`c${place}`)}`;
  });
  const told = (columns: readonly { readonly name: string }[], name: typeof keyName): readonly Fragment[] =>
    columns.flatMap((column) => digested(id('i', name(images, column.name)), column.name) ?? []);
  const values = [
    id('i', 'op'),
    ...told(images.key, keyName),
    ...told(images.columns, beforeName),
    ...told(images.columns, afterName),
  ];
  return sql<SummaryRow>`select ${commas([
    sql`count(*) filter (where i.op = 'I') as inserted`,
    sql`count(*) filter (where i.op = 'U') as updated`,
    sql`count(*) filter (where i.op = 'D') as deleted`,
    ...cells,
    sql`${dialect.digest(values)} as digest`,
    ...extra,
  ])} from ${table(images.table)} as i`;
};

export const readSummary = (images: ImageTable, row: SummaryRow): ImageSummary => {
  const columns = new Map<string, number>();
  for (const [place, column] of images.columns.entries()) {
    const cells = Number(row[`c${place}`] ?? 0);
    if (cells > 0) columns.set(column.name, cells);
  }
  return {
    inserted: Number(row['inserted'] ?? 0),
    updated: Number(row['updated'] ?? 0),
    deleted: Number(row['deleted'] ?? 0),
    columns,
    digest: String(row['digest'] ?? ''),
  };
};
