// The list of committed batches.
import { TidemarkError } from '../errors/tidemark-error.ts';
import type { SchemaName } from '../project/project.ts';
import { call } from '../sql/call.ts';
import type { Dialect } from '../sql/dialect.ts';
import { sql, type Fragment } from '../sql/fragment.ts';
import type { Session } from '../warehouse/port.ts';
import { instant, instantIso, json, state } from './state.ts';

export interface SourceFigures {
  readonly name: string;
  readonly inserted: number;
  readonly updated: number;
  readonly deleted: number;
  readonly columns: Readonly<Record<string, number>>;
}

export interface TargetFigures extends SourceFigures {
  readonly cells: number;
  /** Rows among them that nothing explains but that somebody else wrote them; left out where there are none. */
  readonly healed?: number;
}

export interface NewBatch {
  readonly batch: number;
  readonly runId: string;
  readonly kind: string;
  readonly status: string;
  readonly startedAt: string;
  readonly moment: string;
  readonly digest: string;
  readonly changes: number;
  readonly rows: number;
  readonly cells: number;
  readonly sources: readonly SourceFigures[];
  readonly targets: readonly TargetFigures[];
  readonly mapping: string;
  readonly actor: string;
  readonly host: string;
  readonly meta: Readonly<Record<string, string>>;
}

export const insertBatch = async (
  session: Session,
  schema: SchemaName,
  dialect: Dialect,
  batch: NewBatch,
): Promise<void> => {
  const now = dialect.clock();
  const { jsonType } = dialect;
  await session.execute(sql`insert into ${state(schema, 'batches')} (batch, run_id, kind, status, started_at, moment,
  committed_at, duration_ms, digest, changes, rows, cells, sources, targets, mapping, actor, host, meta)
select ${sql.lit(batch.batch)}, ${batch.runId}, ${batch.kind}, ${batch.status}, ${instant(batch.startedAt)}, ${instant(batch.moment)},
  ${now}, cast(${dialect.elapsedMs(instant(batch.startedAt), now)} as bigint), ${batch.digest},
  ${sql.lit(batch.changes)}, ${sql.lit(batch.rows)}, ${sql.lit(batch.cells)},
  ${json(batch.sources, jsonType)}, ${json(batch.targets, jsonType)}, ${batch.mapping}, ${batch.actor}, ${batch.host}, ${json(batch.meta, jsonType)}`);
};

interface BatchRow {
  readonly batch: string;
  readonly run_id: string;
  readonly kind: string;
  readonly status: string;
  readonly started_at: string;
  readonly moment: string;
  readonly committed_at: string;
  readonly duration_ms: string;
  readonly digest: string;
  readonly changes: string;
  readonly rows: string;
  readonly cells: string;
  readonly sources: string;
  readonly targets: string;
  readonly mapping: string;
  readonly actor: string | null;
  readonly host: string | null;
  readonly meta: string;
  readonly undone_by: string | null;
  /** Not there before our tables are at version 2. */
  readonly pruned_at?: string | null;
}

export interface BatchRecord {
  readonly batch: number;
  readonly runId: string;
  readonly kind: string;
  readonly status: string;
  readonly startedAt: string;
  readonly moment: string;
  readonly committedAt: string;
  readonly durationMs: number;
  readonly digest: string;
  readonly changes: number;
  readonly rows: number;
  readonly cells: number;
  readonly sources: readonly SourceFigures[];
  readonly targets: readonly TargetFigures[];
  readonly mapping: string;
  readonly actor: string | undefined;
  readonly host: string | undefined;
  readonly meta: Readonly<Record<string, string>>;
  readonly undoneBy: number | undefined;
  /** Its ledger and audit were dropped. */
  readonly prunedAt: string | undefined;
}

const recordOf = (row: BatchRow): BatchRecord => ({
  batch: Number(row.batch),
  runId: row.run_id,
  kind: row.kind,
  status: row.status,
  startedAt: instantIso(row.started_at),
  moment: instantIso(row.moment),
  committedAt: instantIso(row.committed_at),
  durationMs: Number(row.duration_ms),
  digest: row.digest,
  changes: Number(row.changes),
  rows: Number(row.rows),
  cells: Number(row.cells),
  sources: JSON.parse(row.sources) as readonly SourceFigures[],
  targets: JSON.parse(row.targets) as readonly TargetFigures[],
  mapping: row.mapping,
  actor: row.actor ?? undefined,
  host: row.host ?? undefined,
  meta: JSON.parse(row.meta) as Readonly<Record<string, string>>,
  undoneBy: row.undone_by === null ? undefined : Number(row.undone_by),
  prunedAt: typeof row.pruned_at === 'string' ? instantIso(row.pruned_at) : undefined,
});

/** A length of time back from the warehouse's now, or an instant. */
export type Since = { readonly ago: number } | { readonly at: string };

export const sinceWhen = (dialect: Dialect, since: Since): Fragment =>
  'ago' in since ? dialect.minus(dialect.clock(), since.ago) : instant(since.at);

export interface BatchQuery {
  readonly limit?: number | undefined;
  readonly batch?: number | undefined;
  readonly batches?: readonly number[] | undefined;
  /** Only batches committed at this moment or later. */
  readonly since?: Fragment | undefined;
  /** Only batches that wrote into this target. */
  readonly target?: string | undefined;
}

/** Asked of the figures, which stay when the audit was pruned. */
const tells = (target: string): Fragment =>
  sql`${call('strpos', [sql`replace(cast(b.targets as varchar), ': ', ':')`, sql`${`"name":${JSON.stringify(target)}`}`])} > 0`;

/** Newest first. */
export const readBatches = async (
  session: Session,
  schema: SchemaName,
  query: BatchQuery,
): Promise<readonly BatchRecord[]> => {
  const filters = [
    ...(query.batch === undefined ? [] : [sql`b.batch = ${sql.lit(query.batch)}`]),
    ...(query.batches === undefined
      ? []
      : query.batches.length === 0
        ? [sql`false`]
        : [sql`b.batch in (${sql.join(query.batches.map((each) => sql.lit(each)))})`]),
    ...(query.since === undefined ? [] : [sql`b.committed_at >= ${query.since}`]),
    ...(query.target === undefined ? [] : [tells(query.target)]),
  ];
  const where = filters.length === 0 ? sql`` : sql` where ${sql.join(filters, sql` and `)}`;
  const limit = query.limit === undefined ? sql`` : sql` limit ${sql.lit(query.limit)}`;
  const rows = await session.rows<BatchRow>(
    sql`select b.* from ${state(schema, 'batches')} as b${where} order by b.batch desc${limit}`,
  );
  return rows.map(recordOf);
};

export interface Counters {
  readonly lastBatch: number;
  readonly lastChange: number;
}

/** The highest numbers given out; read under the lease. */
export const readCounters = async (session: Session, schema: SchemaName): Promise<Counters> => {
  const rows = await session.rows<{ batch: string | null; change: string | null }>(
    sql`select (select max(batch) from ${state(schema, 'batches')}) as batch, (select max(change_id) from ${state(schema, 'changes')}) as change`,
  );
  return { lastBatch: Number(rows[0]?.batch ?? 0), lastChange: Number(rows[0]?.change ?? 0) };
};

/** The batch that a run committed, if it did: what settles an unknown outcome of COMMIT. */
export const batchOfRun = async (
  session: Session,
  schema: SchemaName,
  runId: string,
): Promise<number | undefined> => {
  const rows = await session.rows<{ batch: string }>(
    sql`select batch from ${state(schema, 'batches')} where run_id = ${runId}`,
  );
  return rows[0] === undefined ? undefined : Number(rows[0].batch);
};

export const unknownBatch = (batch: number, last: number): TidemarkError =>
  new TidemarkError('unknown_batch', {
    message:
      last === 0 ? 'no batch was committed yet' : `there is no batch ${batch}; the last one is ${last}`,
    hint: '`tidemark history` lists them',
  });
