// How the server would look rows up, by its own EXPLAIN: an index that it does not use is none.
import { id, sql, table, verbatim } from '../../../sql/fragment.ts';
import { showTable } from '../../../sql/table-name.ts';
import type { Finding, TableUse } from '../../health.ts';
import type { Session } from '../../port.ts';
import { quotedTable } from './names.ts';

interface Known {
  readonly type: string;
  readonly value: string | null;
}

/** A value from the upper end of the column, as the statistics know it. */
const highValue = async (
  session: Session,
  { table: { schema, name } }: TableUse,
  column: string,
): Promise<Known | undefined> => {
  const [row] = await session.rows<Known>(sql`select format_type(a.atttypid, a.atttypmod) as type,
  (select (s.histogram_bounds::text::text[])[array_length(s.histogram_bounds::text::text[], 1)] from pg_stats s
    where s.schemaname = n.nspname and s.tablename = c.relname and s.attname = a.attname and not s.inherited) as value
from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
where n.nspname = ${schema} and c.relname = ${name} and a.attname = ${column}`);
  return row;
};

interface Plan {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly Plans?: readonly Plan[];
}

const scans = ({ 'Node Type': type, Plans: plans = [] }: Plan): boolean =>
  type === 'Seq Scan' || plans.some(scans);

const finding = (use: TableUse, facts: Pick<Finding, 'message' | 'evidence'>): Finding => ({
  check: 'plans',
  severity: 'warning',
  ...facts,
  message: `${use.what}: ${facts.message}`,
  fix: `analyze ${quotedTable(use.table)};`,
  ...(use.ours === true
    ? { repair: { kind: 'sql', statement: `analyze ${quotedTable(use.table)}` } as const }
    : {}),
});

/** Of a large table with an index that leads with this column. */
export const planFinding = async (
  session: Session,
  use: TableUse,
  column: string,
  rows: number,
): Promise<Finding | undefined> => {
  const known = await highValue(session, use, column);
  if (known === undefined) return undefined;
  const shown = `\`${column}\` of \`${showTable(use.table)}\``;
  if (known.value === null) {
    const [stats] = await session.rows<{ n: string }>(
      sql`select count(*) as n from pg_stats where schemaname = ${use.table.schema} and tablename = ${use.table.name} and attname = ${column}`,
    );
    if (Number(stats?.n ?? 0) > 0) return undefined;
    return finding(use, {
      message: `nothing is known of the values of ${shown}: the planner guesses`,
      evidence: 'no row in pg_stats',
    });
  }
  const [row] = await session.rows<{ 'QUERY PLAN': string | readonly { readonly Plan: Plan }[] }>(
    sql`explain (format json) select 1 from ${table(use.table)} where ${id(column)} >= cast(${sql.lit(known.value)} as ${verbatim(known.type)})`,
  );
  const text = row?.['QUERY PLAN'];
  const [plan] = (typeof text === 'string' ? JSON.parse(text) : text) as readonly { readonly Plan: Plan }[];
  if (plan === undefined || !scans(plan.Plan)) return undefined;
  return finding(use, {
    message: `looking up by ${shown} reads all ${rows.toLocaleString('en-US')} rows though there is an index`,
    evidence: 'EXPLAIN says Seq Scan',
  });
};
