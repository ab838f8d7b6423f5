// The trail of one target row: every batch that wrote it, newest first, and the source changes behind each.
import type { SchemaName } from '../project/project.ts';
import type { Dialect } from '../sql/dialect.ts';
import { commas, sql } from '../sql/fragment.ts';
import type { Values } from '../sql/readable.ts';
import type { Session } from '../warehouse/port.ts';
import { sinceWhen, type Since } from './batches.ts';
import { keyIs, type KeyPart } from './key-condition.ts';
import { instantIso, state } from './state.ts';

export interface TrailEntry {
  readonly batch: number;
  readonly kind: string;
  readonly operation: string;
  readonly before: Values | null;
  readonly after: Values | null;
  readonly causes: readonly number[];
  readonly moment: string;
  readonly committedAt: string;
  readonly actor: string | null;
  readonly host: string | null;
  readonly meta: Readonly<Record<string, string>>;
  readonly mapping: string;
  readonly undoneBy: number | null;
}

interface StoredEntry {
  readonly batch: string;
  readonly kind: string;
  readonly operation: string;
  readonly before: string | null;
  readonly after: string | null;
  readonly causes: string | null;
  readonly moment: string;
  readonly committed_at: string;
  readonly actor: string | null;
  readonly host: string | null;
  readonly meta: string;
  readonly mapping: string;
  readonly undone_by: string | null;
}

const values = (text: string | null): Values | null => (text === null ? null : (JSON.parse(text) as Values));

export interface TrailQuery {
  readonly target: string;
  readonly key: readonly KeyPart[];
  /** Only batches that wrote this column, or the whole row. */
  readonly column?: string | undefined;
  readonly since?: Since | undefined;
  readonly limit: number;
}

export const readTrail = async (
  session: Session,
  schema: SchemaName,
  dialect: Dialect,
  { target, key, column, since, limit }: TrailQuery,
): Promise<readonly TrailEntry[]> => {
  const written =
    column === undefined ? sql`` : sql` and (a.operation <> 'U' or ${dialect.jsonHas(sql`a.after`, column)})`;
  const recent = since === undefined ? sql`` : sql` and b.committed_at >= ${sinceWhen(dialect, since)}`;
  const rows =
    await session.rows<StoredEntry>(sql`select b.batch, b.kind, a.operation, a.before, a.after, a.causes, b.moment, b.committed_at, b.actor, b.host, b.meta, b.mapping, b.undone_by
from ${state(schema, 'audit')} as a join ${state(schema, 'batches')} as b on b.batch = a.batch
where a.target = ${target} and ${keyIs(dialect, sql`a.key`, key)}${written}${recent} order by a.batch desc limit ${sql.lit(limit)}`);
  return rows.map((row) => ({
    batch: Number(row.batch),
    kind: row.kind,
    operation: row.operation,
    before: values(row.before),
    after: values(row.after),
    causes: row.causes === null ? [] : (JSON.parse(row.causes) as readonly number[]),
    moment: instantIso(row.moment),
    committedAt: instantIso(row.committed_at),
    actor: row.actor,
    host: row.host,
    meta: JSON.parse(row.meta) as Readonly<Record<string, string>>,
    mapping: row.mapping,
    undoneBy: row.undone_by === null ? null : Number(row.undone_by),
  }));
};

export interface LedgerEntry {
  readonly change: number;
  readonly source: string;
  readonly operation: string;
  readonly declared: string | null;
  readonly key: Values;
  readonly before: Values | null;
  readonly after: Values | null;
}

export const readLedger = async (
  session: Session,
  schema: SchemaName,
  changes: readonly number[],
): Promise<ReadonlyMap<number, LedgerEntry>> => {
  if (changes.length === 0) return new Map();
  const rows = await session.rows<{
    change_id: string;
    source: string;
    operation: string;
    declared: string | null;
    key: string;
    before: string | null;
    after: string | null;
  }>(
    sql`select c.change_id, c.source, c.operation, c.declared, c.key, c.before, c.after from ${state(schema, 'changes')} as c where c.change_id in (${commas(changes.map((each) => sql.lit(each)))})`,
  );
  return new Map(
    rows.map((row) => [
      Number(row.change_id),
      {
        change: Number(row.change_id),
        source: row.source,
        operation: row.operation,
        declared: row.declared,
        key: values(row.key) ?? {},
        before: values(row.before),
        after: values(row.after),
      },
    ]),
  );
};
