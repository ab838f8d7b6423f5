// What Postgres says of a table without reading it: its file, which every rewrite replaces, its columns, which are others
// once they were dropped and made again, and its counters.
import { sql } from '../../sql/fragment.ts';
import type { TableName } from '../../sql/table-name.ts';
import type { Session, TableMark } from '../port.ts';

interface MarkRow {
  readonly n: number;
  readonly identity: string;
  readonly writes: string;
  readonly rewrites: boolean;
}

// Bits of pg_trigger.tgtype.
const [forEachRow, before, onInsert, onUpdate] = [1, 2, 4, 16];

export const readMarks = async (
  session: Session,
  tables: readonly TableName[],
): Promise<readonly TableMark[]> => {
  if (tables.length === 0) return [];
  const list = tables.map(({ schema, name }, n) => ({ n, sch: schema, tab: name }));
  const rows =
    await session.rows<MarkRow>(sql`select w.n, c.oid || ':' || c.relfilenode || ':' || (select md5(string_agg(a.attnum || a.attname, ',' order by a.attnum))
    from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) as identity,
  coalesce(s.n_tup_ins + s.n_tup_upd + s.n_tup_del, 0) as writes,
  exists (select 1 from pg_trigger g where g.tgrelid = c.oid and not g.tgisinternal and g.tgenabled <> 'D'
    and g.tgtype & ${sql.lit(forEachRow + before)} = ${sql.lit(forEachRow + before)} and g.tgtype & ${sql.lit(onInsert + onUpdate)} <> 0) as rewrites
from json_to_recordset(cast(${JSON.stringify(list)} as json)) as w(n int, sch text, tab text)
join pg_namespace k on k.nspname = w.sch
join pg_class c on c.relnamespace = k.oid and c.relname = w.tab
left join pg_stat_all_tables s on s.relid = c.oid`);
  return rows.flatMap(({ n, identity, writes, rewrites }) => {
    const table = tables[n];
    return table === undefined ? [] : [{ table, identity, writes: Number(writes), rewrites }];
  });
};
