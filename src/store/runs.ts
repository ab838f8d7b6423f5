// One row per attempt, whatever came of it; idle attempts in a row are folded into one.
import type { SchemaName } from '../project/project.ts';
import type { Dialect } from '../sql/dialect.ts';
import { sql } from '../sql/fragment.ts';
import type { Session } from '../warehouse/port.ts';
import { instant, instantIso, json, state } from './state.ts';

export interface RunRecord {
  readonly runId: string;
  readonly command: string;
  readonly status: string;
  /** As text; now, where the attempt failed before it asked the warehouse for the time. */
  readonly startedAt?: string | undefined;
  readonly batch?: number | undefined;
  readonly errorCode?: string | undefined;
  readonly error?: string | undefined;
  readonly phases: Readonly<Record<string, number>>;
  readonly actor: string;
  readonly host: string;
  readonly meta: Readonly<Record<string, string>>;
}

export const recordRun = async (
  session: Session,
  schema: SchemaName,
  dialect: Dialect,
  run: RunRecord,
): Promise<void> => {
  const runs = state(schema, 'runs');
  if (run.status === 'idle') {
    const folded =
      await session.execute(sql`update ${runs} set repeats = repeats + 1, finished_at = ${dialect.clock()}
where status = 'idle' and command = ${run.command} and run_id = (select run_id from ${runs} order by started_at desc limit 1)`);
    if (folded > 0) return;
  }
  await session.execute(sql`insert into ${runs} (run_id, command, status, started_at, finished_at, batch, error_code, error, phases, actor, host, pid, meta, repeats)
values (${run.runId}, ${run.command}, ${run.status}, ${run.startedAt === undefined ? dialect.clock() : instant(run.startedAt)}, ${dialect.clock()}, ${run.batch ?? null},
  ${run.errorCode ?? null}, ${run.error ?? null}, ${json(run.phases, dialect.jsonType)}, ${run.actor}, ${run.host}, ${sql.lit(process.pid)}, ${json(run.meta, dialect.jsonType)}, 0)`);
};

export interface LastRun {
  readonly runId: string;
  readonly command: string;
  readonly status: string;
  readonly startedAt: string;
  readonly finishedAt: string | undefined;
  readonly batch: number | undefined;
  readonly errorCode: string | undefined;
  readonly error: string | undefined;
  readonly repeats: number;
}

interface RunRow {
  readonly run_id: string;
  readonly command: string;
  readonly status: string;
  readonly started_at: string;
  readonly finished_at: string | null;
  readonly batch: string | null;
  readonly error_code: string | null;
  readonly error: string | null;
  readonly repeats: string;
}

export const lastRuns = async (
  session: Session,
  schema: SchemaName,
  limit: number,
): Promise<readonly LastRun[]> => {
  const rows = await session.rows<RunRow>(
    sql`select run_id, command, status, started_at, finished_at, batch, error_code, error, repeats
from ${state(schema, 'runs')} order by started_at desc limit ${sql.lit(limit)}`,
  );
  return rows.map((row) => ({
    runId: row.run_id,
    command: row.command,
    status: row.status,
    startedAt: instantIso(row.started_at),
    finishedAt: row.finished_at === null ? undefined : instantIso(row.finished_at),
    batch: row.batch === null ? undefined : Number(row.batch),
    errorCode: row.error_code ?? undefined,
    error: row.error ?? undefined,
    repeats: Number(row.repeats),
  }));
};

export interface BatchRun {
  readonly command: string | undefined;
  /** In milliseconds. */
  readonly phases: Readonly<Record<string, number>>;
}

/** What started a batch, and how long it took in which phase. */
export const runOf = async (session: Session, schema: SchemaName, batch: number): Promise<BatchRun> => {
  const [run] = await session.rows<{ command: string; phases: string | null }>(
    sql`select command, phases from ${state(schema, 'runs')} where batch = ${sql.lit(batch)} limit 1`,
  );
  const text = run?.phases ?? null;
  const phases = text === null ? {} : (JSON.parse(text) as Readonly<Record<string, number>>);
  return { command: run?.command, phases };
};
