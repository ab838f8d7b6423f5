// What the server does not show to our role: rows behind a policy, columns without a right, values behind a mask.
// A row that is hidden looks like one that was deleted.
import { sql } from '../../../sql/fragment.ts';
import { showTable } from '../../../sql/table-name.ts';
import type { Finding, TableUse } from '../../health.ts';
import type { Session } from '../../port.ts';
import { quotedName, quotedTable } from './names.ts';

interface Hidden {
  readonly n: number;
  readonly policies: boolean;
  readonly readable: boolean;
  readonly lacking: string | null;
  readonly masked: string | null;
  readonly me: string;
}

const hiddenIn = (session: Session, tables: readonly TableUse[]): Promise<readonly Hidden[]> => {
  const list = tables.map(({ table }, n) => ({ n, sch: table.schema, tab: table.name }));
  return session.rows<Hidden>(sql`select w.n, current_user as me,
  row_security_active(c.oid) as policies, has_table_privilege(c.oid, 'SELECT') as readable,
  (select json_agg(a.attname order by a.attnum) from pg_attribute a
    where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and not has_column_privilege(c.oid, a.attnum, 'SELECT')) as lacking,
  (select json_agg(a.attname order by a.attnum) from pg_attribute a join pg_seclabel l on l.objoid = c.oid and l.objsubid = a.attnum
    where a.attrelid = c.oid and l.classoid = 'pg_class'::regclass and l.label ilike 'MASKED%') as masked
from json_to_recordset(cast(${JSON.stringify(list)} as json)) as w(n int, sch text, tab text)
join pg_namespace s on s.nspname = w.sch join pg_class c on c.relnamespace = s.oid and c.relname = w.tab
where has_schema_privilege(s.oid, 'USAGE') order by w.n`);
};

const names = (json: string): readonly string[] => JSON.parse(json) as readonly string[];

const shown = (columns: readonly string[]): string => columns.map((name) => `\`${name}\``).join(', ');

const findingsOf = (
  use: TableUse,
  { policies, readable, lacking, masked, me }: Hidden,
): readonly Finding[] => {
  const found: Finding[] = [];
  const add = (severity: Finding['severity'], message: string, evidence: string, fix: string): void =>
    void found.push({ check: 'hidden', severity, message: `${use.what}: ${message}`, evidence, fix });
  if (policies)
    add(
      'error',
      `a row policy hides rows of \`${showTable(use.table)}\` from us: what is hidden counts as deleted`,
      `row level security applies to role \`${me}\``,
      `alter role ${quotedName(me)} bypassrls; -- or a policy: create policy tidemark on ${quotedTable(use.table)} to ${quotedName(me)} using (true);`,
    );
  // Where some columns may be read, those that may not are the finding; where none may, the whole table is.
  if (!readable && lacking !== null)
    add(
      'warning',
      `no right to read ${shown(names(lacking))} of \`${showTable(use.table)}\``,
      `role \`${me}\``,
      `grant select (${names(lacking).map(quotedName).join(', ')}) on ${quotedTable(use.table)} to ${quotedName(me)};`,
    );
  if (masked !== null)
    add(
      'warning',
      `${shown(names(masked))} of \`${showTable(use.table)}\` ${names(masked).length === 1 ? 'is' : 'are'} masked: were the mask on for us, it would be written into targets`,
      'a security label MASKED',
      `security label for anon on role ${quotedName(me)} is null; -- so that role reads what is there`,
    );
  return found;
};

export const hidden = async (session: Session, tables: readonly TableUse[]): Promise<readonly Finding[]> => {
  const rows = await hiddenIn(session, tables);
  return rows.flatMap((row) => {
    const use = tables[row.n];
    return use === undefined ? [] : findingsOf(use, row);
  });
};
