// How many bytes tables take on the disk, their parts and long values included.
import { sql } from '../../sql/fragment.ts';
import { showTable, type TableName } from '../../sql/table-name.ts';
import type { Session } from '../port.ts';

export const readSizes = async (
  session: Session,
  tables: readonly TableName[],
): Promise<ReadonlyMap<string, number>> => {
  if (tables.length === 0) return new Map();
  const list = tables.map(({ schema, name }, n) => ({ n, sch: schema, tab: name }));
  const rows = await session.rows<{ n: number; bytes: string }>(sql`select w.n,
  coalesce((select sum(pg_table_size(p.relid)) from pg_partition_tree(c.oid) as p), pg_table_size(c.oid)) as bytes
from json_to_recordset(cast(${JSON.stringify(list)} as json)) as w(n int, sch text, tab text)
join pg_namespace k on k.nspname = w.sch
join pg_class c on c.relnamespace = k.oid and c.relname = w.tab and c.relkind in ('r', 'p')`);
  return new Map(
    rows.flatMap(({ n, bytes }) => {
      const name = tables[n];
      return name === undefined || bytes === null ? [] : [[showTable(name), Number(bytes)] as const];
    }),
  );
};
