// Batches, ledger and audit as files of one JSON object a line, read page by page: what is kept when our tables go.
import { mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { TidemarkError } from '../../errors/tidemark-error.ts';
import type { SchemaName } from '../../project/project.ts';
import { sql, type Fragment } from '../../sql/fragment.ts';
import { state } from '../../store/state.ts';
import type { Row, Warehouse } from '../../warehouse/port.ts';

export interface ExportedFile {
  readonly file: string;
  readonly rows: number;
}

interface Page {
  readonly rows: readonly Row[];
  /** The next one, if there may be one. */
  readonly next: (() => Promise<Page>) | undefined;
}

const pageSize = 5_000;

const jsonColumns = ['key', 'before', 'after', 'columns', 'causes', 'sources', 'targets', 'meta'];
const numberColumns = ['batch', 'change_id', 'duration_ms', 'changes', 'rows', 'cells', 'undone_by'];

const lineOf = (row: Row): string =>
  `${JSON.stringify(
    Object.fromEntries(
      Object.entries(row).map(([name, value]): [string, unknown] => {
        if (typeof value !== 'string') return [name, value];
        if (jsonColumns.includes(name)) return [name, JSON.parse(value) as unknown];
        return [name, numberColumns.includes(name) ? Number(value) : value];
      }),
    ),
  )}\n`;

const unwritable = (path: string, error: unknown): TidemarkError =>
  new TidemarkError('usage', {
    message: `\`${path}\` cannot be written: ${error instanceof Error ? error.message : String(error)}; nothing was removed`,
    hint: '--export takes a folder that does not hold an earlier export',
  });

const writePages = async (path: string, first: Page): Promise<number> => {
  const file = await open(path, 'wx', 0o600);
  try {
    let written = 0;
    for (let page: Page | undefined = first; page !== undefined; page = await page.next?.()) {
      await file.write(page.rows.map(lineOf).join(''));
      written += page.rows.length;
    }
    // What it was read from is dropped next.
    await file.sync();
    return written;
  } finally {
    await file.close();
  }
};

/** Pages of a statement whose rows stand in one order. */
const paged = (warehouse: Warehouse, statement: Fragment): Promise<Page> => {
  const pageAt = async (offset: number): Promise<Page> => {
    const rows = await warehouse.session((session) =>
      session.rows(sql`${statement} limit ${sql.lit(pageSize)} offset ${sql.lit(offset)}`),
    );
    return { rows, next: rows.length < pageSize ? undefined : () => pageAt(offset + pageSize) };
  };
  return pageAt(0);
};

/** Batch by batch, so that no page is looked for among all rows. */
const ofEachBatch = (
  warehouse: Warehouse,
  batches: readonly number[],
  statement: (batch: Fragment) => Fragment,
): Promise<Page> => {
  const from = async (place: number): Promise<Page> => {
    const batch = batches[place];
    if (batch === undefined) return { rows: [], next: undefined };
    const chained = (page: Page): Page => {
      const { next } = page;
      return {
        ...page,
        next: next === undefined ? () => from(place + 1) : async () => chained(await next()),
      };
    };
    return chained(await paged(warehouse, statement(sql.lit(batch))));
  };
  return from(0);
};

export const exportRecords = async (
  warehouse: Warehouse,
  schema: SchemaName,
  directory: string,
): Promise<readonly ExportedFile[]> => {
  const numbers = await warehouse.session((session) =>
    session.rows<{ batch: string }>(sql`select batch from ${state(schema, 'batches')} order by batch`),
  );
  const batches = numbers.map(({ batch }) => Number(batch));
  const parts: readonly (readonly [name: string, first: () => Promise<Page>])[] = [
    [
      'batches.ndjson',
      () => paged(warehouse, sql`select b.* from ${state(schema, 'batches')} as b order by b.batch`),
    ],
    [
      'changes.ndjson',
      () =>
        ofEachBatch(
          warehouse,
          batches,
          (batch) =>
            sql`select c.* from ${state(schema, 'changes')} as c where c.batch = ${batch} order by c.change_id`,
        ),
    ],
    [
      'audit.ndjson',
      () =>
        ofEachBatch(
          warehouse,
          batches,
          (batch) =>
            sql`select a.* from ${state(schema, 'audit')} as a where a.batch = ${batch} order by a.target, cast(a.key as varchar), a.operation, cast(a.after as varchar)`,
        ),
    ],
  ];
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw unwritable(directory, error);
  }
  const files: ExportedFile[] = [];
  for (const [file, first] of parts) {
    const page = await first();
    const rows = await writePages(join(directory, file), page).catch((error: unknown) => {
      throw error instanceof TidemarkError ? error : unwritable(join(directory, file), error);
    });
    files.push({ file, rows });
  }
  return files;
};
