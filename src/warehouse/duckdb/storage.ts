// Where the content of tables lies in a DuckDB file, as one text for each: another one where anything was written
// since. DuckDB never writes over a place that the last checkpoint names, so that within one checkpoint equal places
// hold equal content.
import { sql, table, unionAll, type Fragment } from '../../sql/fragment.ts';
import { showTable, type TableName } from '../../sql/table-name.ts';
import type { Session } from '../port.ts';

/** The function takes a name apart at its quotes, but not those within a part. */
const canBeAsked = ({ database, schema, name }: TableName): boolean =>
  database === undefined && !`${schema}${name}`.includes('"');

const storageOf = (name: TableName, n: number): Fragment => {
  const quoted = `"${name.schema}"."${name.name}"`;
  // Constant segments have no place: their value stands among the statistics. Deleted rows keep theirs, so that rows
  // are counted too.
  return sql`select ${sql.lit(n)} as n, case when coalesce(bool_and(s.persistent and not s.has_updates), true)
  then concat_ws(':', count(*), sum(cast(hash(s) as hugeint)), (select count(*) from ${table(name)})) end as said
from pragma_storage_info(${sql.lit(quoted)}) as s`;
};

/** What is asked of each, by shown name; tables of which it cannot be said are left out. */
const askEach = async <T>(
  session: Session,
  tables: readonly TableName[],
  question: (name: TableName, n: number) => Fragment,
): Promise<ReadonlyMap<string, T>> => {
  const asked = tables.filter(canBeAsked);
  if (asked.length === 0) return new Map();
  const rows = await session.rows<{ n: number; said: T | null }>(unionAll(asked.map(question)));
  return new Map(
    rows.flatMap(({ n, said }) => {
      const name = asked[n];
      return name === undefined || said === null ? [] : [[showTable(name), said] as const];
    }),
  );
};

export const readStorage = (
  session: Session,
  tables: readonly TableName[],
): Promise<ReadonlyMap<string, string>> => askEach<string>(session, tables, storageOf);

const sizeOf = (name: TableName, n: number): Fragment =>
  sql`select ${sql.lit(n)} as n, count(distinct s.block_id) * (select block_size from pragma_database_size() where database_name = current_database()) as said
from pragma_storage_info(${sql.lit(`"${name.schema}"."${name.name}"`)}) as s where s.persistent`;

/** In whole blocks, some of which tables share. */
export const readSizes = async (
  session: Session,
  tables: readonly TableName[],
): Promise<ReadonlyMap<string, number>> => {
  const sizes = await askEach<string | number>(session, tables, sizeOf);
  return new Map([...sizes].map(([name, bytes]) => [name, Number(bytes)]));
};
