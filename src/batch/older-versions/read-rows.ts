// The rows that somebody hands in, put into scratch as objects. A file is read by the warehouse where it can do that,
// else by us, a few hundred rows at a time: no file or table is ever in memory as a whole.
import { createReadStream, existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { isTidemarkError, TidemarkError } from '../../errors/tidemark-error.ts';
import { nameParts } from '../../project/sql-name.ts';
import { commas, id, sql, table, verbatim } from '../../sql/fragment.ts';
import { jsonObject } from '../../sql/json.ts';
import { showTable, type TableName } from '../../sql/table-name.ts';
import type { Session, TableInfo } from '../../warehouse/port.ts';
import type { BatchContext } from '../context.ts';
import { csvObjects } from './csv-records.ts';
import { jsonObjects } from './json-objects.ts';
import { fileFormat, type OlderWish } from './wish.ts';

const rowsPerStatement = 500;

/** An engine gives advice for those who write SQL behind its first sentences. */
const said = (cause: unknown): string =>
  (cause instanceof Error ? cause.message : String(cause)).split('\n').slice(0, 2).join(' ');

const unreadable = (from: string, cause: unknown): TidemarkError =>
  new TidemarkError('older_versions_unreadable', {
    message: `\`${from}\` cannot be read: ${said(cause)}; nothing was written`,
    hint: 'a CSV file begins with a line of column names; a JSON file is an array of objects, or an object a line',
    cause,
  });

const insertRows = async (
  { warehouse: { dialect } }: BatchContext,
  session: Session,
  into: TableName,
  { rows, before }: { readonly rows: readonly string[]; readonly before: number },
): Promise<void> => {
  if (rows.length === 0) return;
  const type = verbatim(dialect.jsonType);
  const values = rows.map(
    (text, place) => sql`(${sql.lit(before + place + 1)}, cast(cast(${text} as varchar) as ${type}))`,
  );
  await session.execute(sql`insert into ${table(into)} (line, data) values ${commas(values)}`);
};

const readByUs = async (
  context: BatchContext,
  session: Session,
  into: TableName,
  wish: OlderWish,
): Promise<void> => {
  if (fileFormat(wish) === 'parquet')
    throw new TidemarkError('not_supported', {
      message: `\`${wish.from}\`: Parquet files are read by DuckDB alone`,
      hint: 'hand in CSV or JSON, or load it into a table and name that',
    });
  const pieces = createReadStream(wish.from, 'utf8') as AsyncIterable<string>;
  let rows: string[] = [];
  let before = 0;
  const flush = async (): Promise<void> => {
    await insertRows(context, session, into, { rows, before });
    before += rows.length;
    rows = [];
  };
  for await (const text of fileFormat(wish) === 'csv' ? csvObjects(pieces) : jsonObjects(pieces)) {
    rows.push(text);
    if (rows.length === rowsPerStatement) await flush();
  }
  await flush();
};

/** The table that is named, where no file is: the warehouse is asked before a session is open. */
export const tableNamed = async (
  { warehouse }: BatchContext,
  wish: OlderWish,
): Promise<TableInfo | undefined> => {
  if (fileFormat(wish) !== undefined) return undefined;
  const [first, second, third] = nameParts(wish.from) ?? [];
  const name: TableName | undefined =
    first === undefined || second === undefined
      ? undefined
      : third === undefined
        ? { schema: first, name: second }
        : { database: first, schema: second, name: third };
  const [info] = name === undefined ? [] : await warehouse.introspect([name]);
  if (info !== undefined) return info;
  throw new TidemarkError('unknown_table', {
    message: `there is no table \`${name === undefined ? wish.from : showTable(name)}\`, nor is that a file we read`,
    hint: 'name a table with its schema, or a file that ends in .csv, .json, .jsonl or .parquet',
  });
};

const readTable = async (
  { warehouse: { dialect } }: BatchContext,
  session: Session,
  into: TableName,
  { table: name, columns }: TableInfo,
): Promise<void> => {
  const members = columns.map((column) => ({
    name: column.name,
    value: dialect.jsonValue(id('t', column.name), column.type),
  }));
  await session.execute(
    sql`insert into ${table(into)} (line, data) select row_number() over (), cast(${jsonObject(members)} as ${verbatim(dialect.jsonType)}) from ${table(name)} as t`,
  );
};

export interface Handed {
  readonly wish: OlderWish;
  readonly table: TableInfo | undefined;
}

const readFile = async (
  context: BatchContext,
  session: Session,
  into: TableName,
  wish: OlderWish,
): Promise<void> => {
  if (!existsSync(wish.from))
    throw new TidemarkError('older_versions_unreadable', {
      message: `\`${wish.from}\` is not there; nothing was written`,
      hint: 'name a file, or a table with its schema',
    });
  const format = fileFormat(wish) ?? 'csv';
  const rows = context.warehouse.dialect.fileRows?.(resolve(wish.from), format);
  try {
    if (rows === undefined) await readByUs(context, session, into, wish);
    else await session.execute(sql`insert into ${table(into)} (line, data) ${rows}`);
  } catch (error) {
    const ours = isTidemarkError(error) && error.details['kind'] !== 'value' && error.code !== 'sql_failed';
    throw ours ? error : unreadable(wish.from, error);
  }
};

export const readRows = (
  context: BatchContext,
  session: Session,
  into: TableName,
  { wish, table: named }: Handed,
): Promise<void> =>
  named === undefined ? readFile(context, session, into, wish) : readTable(context, session, into, named);
