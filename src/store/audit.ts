// Reading the audit: what a batch wrote, row by row.
import type { SchemaName } from '../project/project.ts';
import { sql } from '../sql/fragment.ts';
import type { Values } from '../sql/readable.ts';
import type { Session } from '../warehouse/port.ts';
import { state } from './state.ts';

export interface AuditRow {
  readonly target: string;
  readonly operation: 'insert' | 'update' | 'delete';
  readonly key: Values;
  readonly before: Values | null;
  readonly after: Values | null;
  /** Change ids of the ledger, as `c12`. */
  readonly causes: readonly string[];
}

export interface AuditQuery {
  readonly batch: number;
  readonly limit?: number;
  readonly offset?: number;
  /** So many rows of each target instead of a page. */
  readonly perTarget?: number;
}

interface StoredRow {
  readonly target: string;
  readonly operation: string;
  readonly key: string;
  readonly before: string | null;
  readonly after: string | null;
  readonly causes: string | null;
}

const operations: Readonly<Record<string, AuditRow['operation']>> = { I: 'insert', U: 'update', D: 'delete' };

const values = (text: string | null): Values | null => (text === null ? null : (JSON.parse(text) as Values));

const rowOf = (row: StoredRow): AuditRow => ({
  target: row.target,
  operation: operations[row.operation] ?? 'update',
  key: values(row.key) ?? {},
  before: values(row.before),
  after: values(row.after),
  causes:
    row.causes === null
      ? []
      : (JSON.parse(row.causes) as readonly number[]).toSorted((a, b) => a - b).map((change) => `c${change}`),
});

export const readAudit = async (
  session: Session,
  schema: SchemaName,
  query: AuditQuery,
): Promise<readonly AuditRow[]> => {
  const order = sql`a.target, case a.operation when 'U' then 0 when 'I' then 1 else 2 end, cast(a.key as varchar)`;
  const rows = sql`select a.target, a.operation, a.key, a.before, a.after, a.causes,
  row_number() over (partition by a.target order by ${order}) as place
from ${state(schema, 'audit')} as a where a.batch = ${sql.lit(query.batch)}`;
  const statement =
    query.perTarget === undefined
      ? sql`select a.target, a.operation, a.key, a.before, a.after, a.causes from ${state(schema, 'audit')} as a
where a.batch = ${sql.lit(query.batch)} order by ${order} limit ${sql.lit(query.limit ?? 100)} offset ${sql.lit(query.offset ?? 0)}`
      : sql`select p.* from (${rows}) as p where p.place <= ${sql.lit(query.perTarget)} order by p.target, p.place`;
  return (await session.rows<StoredRow>(statement)).map(rowOf);
};
