// Tables of ours that hold more dead rows than living ones: autovacuum does not keep up, or is kept from it.
import { sql } from '../../../sql/fragment.ts';
import { showTable, tableName } from '../../../sql/table-name.ts';
import type { Finding, HealthQuestion } from '../../health.ts';
import type { Session } from '../../port.ts';
import { quotedTable } from './names.ts';

const least = 10_000;

interface Dead {
  readonly schema: string;
  readonly name: string;
  readonly living: string;
  readonly dead: string;
  readonly size: string;
  readonly last: string | null;
}

export const bloat = async (
  session: Session,
  { tables, state }: HealthQuestion,
): Promise<readonly Finding[]> => {
  const ours = tables
    .filter((use) => use.ours === true)
    .map(({ table }) => ({ sch: table.schema, tab: table.name }));
  const rows =
    await session.rows<Dead>(sql`select t.schemaname as schema, t.relname as name, t.n_live_tup as living, t.n_dead_tup as dead,
  pg_size_pretty(pg_total_relation_size(t.relid)) as size, cast(greatest(t.last_vacuum, t.last_autovacuum) as varchar) as last
from pg_stat_user_tables t
where t.n_dead_tup > greatest(t.n_live_tup, ${least})
  and (t.schemaname = ${state} or exists (select 1 from json_to_recordset(cast(${JSON.stringify(ours)} as json)) as w(sch text, tab text)
    where w.sch = t.schemaname and w.tab = t.relname)) order by 1, 2`);
  return rows.map(({ schema, name, living, dead, size, last }) => {
    const table = tableName(schema, name);
    const statement = `vacuum (analyze) ${quotedTable(table)}`;
    const count = (text: string): string => Number(text).toLocaleString('en-US');
    return {
      check: 'bloat',
      severity: 'warning',
      message: `\`${showTable(table)}\` holds ${count(dead)} dead rows beside ${count(living)} living ones (${size})`,
      evidence: last === null ? 'it was never vacuumed' : `last vacuumed at ${last}`,
      fix: `${statement};`,
      repair: { kind: 'sql', statement },
    };
  });
};
