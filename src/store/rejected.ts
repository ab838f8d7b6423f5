// Events of logs that were set aside, until they can be taken or are gone from their log.
import type { SchemaName } from '../project/project.ts';
import { commas, id, sql, table, verbatim, type Fragment } from '../sql/fragment.ts';
import type { TableName } from '../sql/table-name.ts';
import type { Values } from '../sql/readable.ts';
import type { Session } from '../warehouse/port.ts';
import { instant, instantIso, state } from './state.ts';

/** The version of our tables that has this one. */
export const rejectedSince = 3;

export interface RejectedNow {
  readonly source: string;
  /** Scratch: the flawed events among those that were just read. */
  readonly flawed: TableName;
  /** Scratch: those that could be taken. */
  readonly events: TableName;
  /** Of those set aside (alias `r`): read again, and gone from the log. */
  readonly isGone: Fragment;
}

const names = ['identity', 'code', 'field', 'reason', 'key', 'arrival', 'event'] as const;

const isOpen = (source: string): Fragment => sql`r.source = ${source} and r.resolved_at is null`;

const isResolved = (now: RejectedNow): Fragment =>
  sql`not exists (select 1 from ${table(now.flawed)} as f where f.identity = r.identity)
  and (exists (select 1 from ${table(now.events)} as e where e.identity = r.identity) or ${now.isGone})`;

/** `fresh`: to be set aside now; `resolved`: no longer; `open`: how many there will be. */
export const countRejected = (schema: SchemaName, now: RejectedNow): Fragment => {
  const rejected = state(schema, 'rejected');
  return sql`select (select count(*) from ${table(now.flawed)} as f where not exists (
    select 1 from ${rejected} as r where ${isOpen(now.source)} and r.identity = f.identity)) as fresh,
  (select count(*) from ${rejected} as r where ${isOpen(now.source)} and ${isResolved(now)}) as resolved,
  (select count(*) from ${rejected} as r where ${isOpen(now.source)}) as open`;
};

export const saveRejected = async (
  session: Session,
  schema: SchemaName,
  {
    now,
    moment,
    jsonType,
  }: { readonly now: RejectedNow; readonly moment: string; readonly jsonType: string },
): Promise<void> => {
  const rejected = state(schema, 'rejected');
  const outcome = sql`case when exists (select 1 from ${table(now.events)} as e where e.identity = r.identity) then 'taken' else 'gone' end`;
  await session.execute(
    sql`update ${rejected} as r set resolved_at = ${instant(moment)}, outcome = ${outcome} where ${isOpen(now.source)} and ${isResolved(now)}`,
  );
  const values = names.map((name) =>
    name === 'key' || name === 'event' ? sql`cast(f.${id(name)} as ${verbatim(jsonType)})` : id('f', name),
  );
  await session.execute(sql`insert into ${rejected} (source, ${sql.join(names.map((name) => id(name)))}, rejected_at)
select cast(${now.source} as varchar), ${sql.join(values)}, ${instant(moment)} from ${table(now.flawed)} as f where true
on conflict (source, identity) do update set resolved_at = null, outcome = null, reason = excluded.reason, code = excluded.code, field = excluded.field`);
};

/** Where in the log the events stand that were set aside. */
export const arrivalsSetAside = (
  schema: SchemaName,
  source: string,
  typed: (arrival: Fragment) => Fragment,
): Fragment =>
  sql`select ${typed(id('r', 'arrival'))} from ${state(schema, 'rejected')} as r where ${isOpen(source)} and r.arrival is not null`;

export interface RejectedReason {
  readonly source: string;
  readonly code: string;
  readonly field: string;
  readonly events: number;
  /** Those of which the key is known. */
  readonly keys: number;
  readonly since: string;
  /** Of one of them. */
  readonly reason: string;
  readonly key: Values | null;
  readonly arrival: string | null;
}

interface ReasonRow extends Omit<RejectedReason, 'events' | 'keys' | 'key'> {
  readonly events: string;
  readonly keys: string;
  readonly key: string | null;
}

/** What is set aside, by source and reason, most first. */
export const readRejected = async (
  session: Session,
  schema: SchemaName,
  version: number,
): Promise<readonly RejectedReason[]> => {
  if (version < rejectedSince) return [];
  // The first of each stands for all.
  const placed = sql`select r.source, r.code, r.field, r.reason, cast(r.key as varchar) as key, r.arrival, r.rejected_at,
    row_number() over (partition by r.source, r.code, r.field order by r.rejected_at, r.identity) as place
  from ${state(schema, 'rejected')} as r where r.resolved_at is null`;
  const rows = await session.rows<ReasonRow>(sql`select r.source, r.code, r.field, count(*) as events,
  count(distinct r.key) as keys, cast(min(r.rejected_at) as varchar) as since,
  max(case when r.place = 1 then r.reason end) as reason,
  max(case when r.place = 1 then r.key end) as key,
  max(case when r.place = 1 then r.arrival end) as arrival
from (${placed}) as r group by r.source, r.code, r.field order by r.source, count(*) desc, r.code, r.field`);
  return rows.map((row) => ({
    ...row,
    events: Number(row.events),
    keys: Number(row.keys),
    key: row.key === null ? null : (JSON.parse(row.key) as Values),
    since: instantIso(row.since),
  }));
};

const ofSources = (sources: readonly string[]): Fragment =>
  sql`r.source in (${commas(sources.map((each) => sql`${each}`))}) and cast(r.event as varchar) <> '"(redacted)"'`;

/** Events that were set aside with what they hold, of sources that have something to hide by now. */
export const openRejected = async (
  session: Session,
  schema: SchemaName,
  sources: readonly string[],
): Promise<number> => {
  if (sources.length === 0) return 0;
  const [row] = await session.rows<{ rows: string }>(
    sql`select count(*) as rows from ${state(schema, 'rejected')} as r where ${ofSources(sources)}`,
  );
  return Number(row?.rows ?? 0);
};

export const hideRejected = async (
  session: Session,
  schema: SchemaName,
  sources: readonly string[],
  jsonType: string,
): Promise<void> => {
  if (sources.length === 0) return;
  await session.execute(sql`update ${state(schema, 'rejected')} as r
set event = cast('"(redacted)"' as ${verbatim(jsonType)}), reason = case when r.reason = '' then '' else '(redacted)' end where ${ofSources(sources)}`);
};
