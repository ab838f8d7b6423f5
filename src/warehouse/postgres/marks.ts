// What Postgres says of a table without reading it: its file, which every rewrite replaces, and its counters.
import { sql } from '../../sql/fragment.ts';
import type { TableName } from '../../sql/table-name.ts';
import type { Session, TableMark } from '../port.ts';

interface MarkRow {
  readonly n: number;
  readonly identity: string;
  readonly writes: string;
}

export const readMarks = async (
  session: Session,
  tables: readonly TableName[],
): Promise<readonly TableMark[]> => {
  if (tables.length === 0) return [];
  const list = tables.map(({ schema, name }, n) => ({ n, sch: schema, tab: name }));
  const rows = await session.rows<MarkRow>(sql`select w.n, c.oid || ':' || c.relfilenode as identity,
  coalesce(s.n_tup_ins + s.n_tup_upd + s.n_tup_del, 0) as writes
from json_to_recordset(cast(${JSON.stringify(list)} as json)) as w(n int, sch text, tab text)
join pg_namespace k on k.nspname = w.sch
join pg_class c on c.relnamespace = k.oid and c.relname = w.tab
left join pg_stat_all_tables s on s.relid = c.oid`);
  return rows.flatMap(({ n, identity, writes }) => {
    const table = tables[n];
    return table === undefined ? [] : [{ table, identity, writes: Number(writes) }];
  });
};
