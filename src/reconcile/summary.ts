// What an image table holds, in figures: one row of counts, changed cells per column, and a digest.
import type { Dialect } from '../sql/dialect.ts';
import { commas, id, sql, table, type Fragment, type Statement } from '../sql/fragment.ts';
import { afterName, beforeName, keyName, type ImageTable } from '../sql/images.ts';
import type { ImageSummary } from './relation-view.ts';

export type SummaryRow = Readonly<Record<string, string | number | null>>;

/** `extra` are further aggregates over the images (alias `i`), read back by their names. */
export const summarize = (
  dialect: Dialect,
  images: ImageTable,
  extra: readonly Fragment[] = [],
): Statement<SummaryRow> => {
  const cells = images.columns.map((column, place) => {
    const differs = dialect.differs(
      id('i', beforeName(images, column.name)),
      id('i', afterName(images, column.name)),
      column.type,
    );
    return sql`count(*) filter (where i.op = 'U' and ${differs}) as ${id(`c${place}`)}`;
  });
  const values = [
    id('i', 'op'),
    ...images.key.map((column) => id('i', keyName(images, column.name))),
    ...images.columns.map((column) => id('i', beforeName(images, column.name))),
    ...images.columns.map((column) => id('i', afterName(images, column.name))),
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
