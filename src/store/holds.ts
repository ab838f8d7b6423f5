// Source rows whose change was undone, until staging says something else of them or they are released.
import type { SchemaName } from '../project/project.ts';
import { call } from '../sql/call.ts';
import { sql, table, type Fragment } from '../sql/fragment.ts';
import type { TableName } from '../sql/table-name.ts';
import type { Session } from '../warehouse/port.ts';
import { state } from './state.ts';

export interface HoldCount {
  readonly held: number;
  /** Released, and not read since. */
  readonly queued: number;
}

/** A reader does not migrate: our tables may be older than this program. */
const versionWithHolds = 2;

export const holdsIn = async (
  session: Session,
  schema: SchemaName,
  version: number,
): Promise<ReadonlyMap<string, HoldCount>> =>
  version < versionWithHolds ? new Map() : readHolds(session, schema);

/** Sources without any are left out. */
const readHolds = async (session: Session, schema: SchemaName): Promise<ReadonlyMap<string, HoldCount>> => {
  const rows = await session.rows<{ source: string; held: string; queued: string }>(
    sql`select source, count(*) filter (where not queued) as held, count(*) filter (where queued) as queued from ${state(schema, 'holds')} group by source`,
  );
  return new Map(
    rows.map(({ source, held, queued }) => [source, { held: Number(held), queued: Number(queued) }]),
  );
};

export interface HoldsNow {
  readonly source: string;
  /** Scratch: the rows that this batch takes back (`key`, `staging`, `mirror`, `batches`). */
  readonly rows: TableName;
  readonly batch: number;
  readonly queued: boolean;
  /** Of a log: its events come once, so that no run can read them again. */
  readonly isLog: boolean;
}

/** The numbers of the batches stand between these; what is held of a log is counted and not queued. */
export const separator = (isLog: boolean): string => (isLog ? ';' : ',');

export const saveHolds = async (session: Session, schema: SchemaName, now: HoldsNow): Promise<void> => {
  const holds = state(schema, 'holds');
  await session.execute(
    sql`delete from ${holds} as h where h.source = ${now.source} and exists (select 1 from ${table(now.rows)} as n where n.key = h.key)`,
  );
  // Where the mirror says the same as staging again, there is nothing to hold: an undo was undone.
  await session.execute(sql`insert into ${holds} (source, key, staging, mirror, batches, queued)
select cast(${now.source} as varchar), n.key, n.staging, n.mirror, n.batches || cast(${`${now.batch}${separator(now.isLog)}`} as varchar), ${now.queued}
from ${table(now.rows)} as n where n.staging is distinct from n.mirror`);
};

export interface EndedHolds {
  readonly source: string;
  /** Scratch: their keys (`key`). */
  readonly ended: TableName;
}

export const endHolds = async (session: Session, schema: SchemaName, now: EndedHolds): Promise<void> => {
  await session.execute(
    sql`delete from ${state(schema, 'holds')} as h where h.source = ${now.source} and exists (select 1 from ${table(now.ended)} as e where e.key = h.key)`,
  );
};

const ofBatch = (batch: number, mark: string): Fragment =>
  sql`${call('strpos', [sql`batches`, sql`${`${mark}${batch}${mark}`}`])} > 0`;

/** Queues the rows that a batch, or its rollback, holds; answers how many. */
export const releaseHolds = (session: Session, schema: SchemaName, batch: number): Promise<number> =>
  session.execute(
    sql`update ${state(schema, 'holds')} set queued = true where not queued and ${ofBatch(batch, separator(false))}`,
  );

/** Rows of logs that a batch, or its rollback, holds, by source. */
export const heldOfLogs = async (
  session: Session,
  schema: SchemaName,
  batch: number,
): Promise<ReadonlyMap<string, number>> => {
  const rows = await session.rows<{ source: string; rows: string }>(
    sql`select source, count(*) as rows from ${state(schema, 'holds')} where ${ofBatch(batch, separator(true))} group by source order by source`,
  );
  return new Map(rows.map(({ source, rows: count }) => [source, Number(count)]));
};
