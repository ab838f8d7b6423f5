// Dropping the records of old batches: ledger and audit go, the batch itself stays listed, marked as pruned.
import type { SchemaName } from '../project/project.ts';
import type { Dialect } from '../sql/dialect.ts';
import { sql, type Fragment } from '../sql/fragment.ts';
import type { Session } from '../warehouse/port.ts';
import { state, type StateTable } from './state.ts';

export interface RecordSize {
  readonly changes: number;
  readonly audit: number;
  /** Of the records' JSON as text, and a little for each row: what both engines can be asked without their own words. */
  readonly bytes: number;
}

/** Numbers and names beside the JSON of a row. */
const bytesBeside = 32;

const lengthOf = (columns: readonly Fragment[]): Fragment =>
  sql.join(
    columns.map((column) => sql`coalesce(length(cast(${column} as varchar)), 0)`),
    sql` + `,
  );

const sizesIn = async (
  session: Session,
  schema: SchemaName,
  table: StateTable,
  columns: readonly Fragment[],
): Promise<ReadonlyMap<number, { readonly rows: number; readonly bytes: number }>> => {
  const found = await session.rows<{ batch: string; rows: string; bytes: string }>(
    sql`select r.batch, count(*) as rows, cast(sum(${lengthOf(columns)} + ${sql.lit(bytesBeside)}) as bigint) as bytes
from ${state(schema, table)} as r group by r.batch`,
  );
  return new Map(
    found.map(({ batch, rows, bytes }) => [Number(batch), { rows: Number(rows), bytes: Number(bytes) }]),
  );
};

/** By batch; those without any records are left out. Reads ledger and audit whole. */
export const recordSizes = async (
  session: Session,
  schema: SchemaName,
): Promise<ReadonlyMap<number, RecordSize>> => {
  const changes = await sizesIn(session, schema, 'changes', [
    sql`r.key`,
    sql`r.before`,
    sql`r.after`,
    sql`r.columns`,
  ]);
  const audit = await sizesIn(session, schema, 'audit', [
    sql`r.key`,
    sql`r.before`,
    sql`r.after`,
    sql`r.causes`,
  ]);
  return new Map(
    [...new Set([...changes.keys(), ...audit.keys()])].map((batch) => [
      batch,
      {
        changes: changes.get(batch)?.rows ?? 0,
        audit: audit.get(batch)?.rows ?? 0,
        bytes: (changes.get(batch)?.bytes ?? 0) + (audit.get(batch)?.bytes ?? 0),
      },
    ]),
  );
};

/** The batch of the last change that was numbered: numbers go on from there, so that its records have to stay. */
export const lastNumbered = async (session: Session, schema: SchemaName): Promise<number | undefined> => {
  const rows = await session.rows<{ batch: string }>(
    sql`select batch from ${state(schema, 'changes')} order by change_id desc limit 1`,
  );
  return rows[0] === undefined ? undefined : Number(rows[0].batch);
};

/** A reader does not migrate: our tables may be older than this program. */
const versionWithPruned = 2;

/** The last batch whose records are gone: what it and those before it wrote is not known any more. */
export const prunedUpTo = async (
  session: Session,
  schema: SchemaName,
  version: number,
): Promise<number | undefined> => {
  if (version < versionWithPruned) return undefined;
  const rows = await session.rows<{ batch: string | null }>(
    sql`select max(batch) as batch from ${state(schema, 'batches')} where pruned_at is not null`,
  );
  const batch = rows[0]?.batch ?? null;
  return batch === null ? undefined : Number(batch);
};

/** In one transaction: all batches up to this one lose their records. */
export const pruneUpTo = async (
  session: Session,
  schema: SchemaName,
  dialect: Dialect,
  batch: number,
): Promise<void> => {
  const last = sql.lit(batch);
  await session.execute(sql`delete from ${state(schema, 'audit')} where batch <= ${last}`);
  await session.execute(sql`delete from ${state(schema, 'changes')} where batch <= ${last}`);
  await session.execute(
    sql`update ${state(schema, 'batches')} set pruned_at = ${dialect.clock()} where batch <= ${last} and pruned_at is null`,
  );
};
