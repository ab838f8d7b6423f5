// What we keep of each source and target between runs: its mapping, and whether it was left behind and why.
import type { ErrorCode } from '../errors/policy.ts';
import type { SchemaName } from '../project/project.ts';
import { commas, sql, type Fragment } from '../sql/fragment.ts';
import type { Session } from '../warehouse/port.ts';
import { instant, instantIso, state } from './state.ts';

interface Behind {
  /** The last batch that it was part of; none when it never was. */
  readonly since: number | undefined;
  readonly at: string;
  readonly code: ErrorCode;
  readonly reason: string;
  readonly retryable: boolean;
}

export interface KnownRelation {
  readonly name: string;
  readonly kind: 'source' | 'target';
  readonly table: string;
  /** Of a source. */
  readonly mirror: string | undefined;
  /** Hash of the mapping that the table was last brought in step with. */
  readonly mapping: string;
  readonly firstBatch: number | undefined;
  /** We made its table (of a source: its mirror). */
  readonly madeByUs: boolean;
  readonly held: readonly HeldColumn[];
  readonly behind: Behind | undefined;
  /** Why a person left it out. */
  readonly paused: string | undefined;
}

/** One mapped column of a target that is left as it is. */
export interface HeldColumn {
  readonly column: string;
  /** The last batch that it was part of. */
  readonly since: number;
  readonly reason: string;
  /** Hash of the expression that was not applied: another one is decided anew. */
  readonly mapping: string;
  /** Hash of the expression whose values it holds, where it was in step before. */
  readonly was?: string | undefined;
  /** The batch that set its values back to what the audit has, and those that it undid by that. */
  readonly by?: number | undefined;
  readonly undone?: readonly number[] | undefined;
  /** Somebody let go of it: the next batch takes it in again, whatever that changes. */
  readonly released?: true | undefined;
}

/** In the place of a column: the target as a whole, whose rows were set back. */
export const allColumns = '';

interface RelationRow {
  readonly name: string;
  readonly kind: 'source' | 'target';
  readonly table_name: string;
  readonly mirror_name: string | null;
  readonly mapping: string;
  readonly first_batch: string | null;
  readonly made_by_us: boolean;
  readonly held: string | null;
  readonly behind_since: string | null;
  readonly behind_at: string | null;
  readonly behind_code: string | null;
  readonly behind_reason: string | null;
  readonly behind_retryable: boolean | null;
  readonly paused_reason: string | null;
}

const behindOf = (row: RelationRow): Behind | undefined =>
  row.behind_code === null || row.behind_at === null
    ? undefined
    : {
        since: row.behind_since === null ? undefined : Number(row.behind_since),
        at: instantIso(row.behind_at),
        code: row.behind_code as ErrorCode,
        reason: row.behind_reason ?? '',
        retryable: row.behind_retryable ?? false,
      };

export const readRelations = async (
  session: Session,
  schema: SchemaName,
): Promise<ReadonlyMap<string, KnownRelation>> => {
  const rows = await session.rows<RelationRow>(
    sql`select name, kind, table_name, mirror_name, mapping, first_batch, made_by_us, held, behind_since, behind_at, behind_code, behind_reason, behind_retryable, paused_reason
from ${state(schema, 'relations')}`,
  );
  return new Map(
    rows.map((row) => [
      row.name,
      {
        name: row.name,
        kind: row.kind,
        table: row.table_name,
        mirror: row.mirror_name ?? undefined,
        mapping: row.mapping,
        firstBatch: row.first_batch === null ? undefined : Number(row.first_batch),
        madeByUs: row.made_by_us,
        held: row.held === null ? [] : (JSON.parse(row.held) as readonly HeldColumn[]),
        behind: behindOf(row),
        paused: row.paused_reason ?? undefined,
      },
    ]),
  );
};

export interface RelationNow {
  readonly name: string;
  readonly kind: 'source' | 'target';
  readonly table: string;
  readonly mirror?: string | undefined;
  readonly mapping: string;
  readonly batch: number | undefined;
  /** This batch made its table. */
  readonly madeNow?: boolean | undefined;
  readonly held?: readonly HeldColumn[] | undefined;
  readonly behind?:
    | { readonly code: ErrorCode; readonly reason: string; readonly retryable: boolean; readonly at: string }
    | undefined;
}

const rowOf = (now: RelationNow): Fragment => {
  const { behind } = now;
  const mark =
    behind === undefined
      ? sql`null, null, null, null, null`
      : sql`${now.batch ?? null}, ${instant(behind.at)}, ${behind.code}, ${behind.reason}, ${behind.retryable}`;
  const held = now.held === undefined || now.held.length === 0 ? null : JSON.stringify(now.held);
  const first = behind === undefined ? (now.batch ?? null) : null;
  return sql`(${now.name}, ${now.kind}, ${now.table}, ${now.mirror ?? null}, ${now.mapping}, ${first}, ${now.madeNow === true}, ${held}, ${mark})`;
};

/** A relation that is in step again loses its mark; one that stays behind keeps since when, and the names of the
 *  tables that it was in step with. */
export const saveRelations = async (
  session: Session,
  schema: SchemaName,
  relations: readonly RelationNow[],
): Promise<void> => {
  if (relations.length === 0) return;
  await session.execute(sql`insert into ${state(schema, 'relations')}
  (name, kind, table_name, mirror_name, mapping, first_batch, made_by_us, held, behind_since, behind_at, behind_code, behind_reason, behind_retryable)
values ${commas(relations.map(rowOf))}
on conflict (name) do update set
  kind = excluded.kind,
  table_name = case when excluded.behind_code is null or relations.first_batch is null then excluded.table_name else relations.table_name end,
  mirror_name = case when excluded.behind_code is null or relations.first_batch is null then excluded.mirror_name else relations.mirror_name end,
  mapping = case when excluded.behind_code is null then excluded.mapping else relations.mapping end,
  first_batch = coalesce(relations.first_batch, excluded.first_batch),
  made_by_us = excluded.made_by_us or (relations.made_by_us and (excluded.behind_code is not null
    or coalesce(relations.mirror_name, relations.table_name) = coalesce(excluded.mirror_name, excluded.table_name))),
  held = case when excluded.behind_code is null then excluded.held else relations.held end,
  behind_since = case when excluded.behind_code is null then null else coalesce(relations.behind_since, excluded.behind_since) end,
  behind_at = case when excluded.behind_code is null then null else coalesce(relations.behind_at, excluded.behind_at) end,
  behind_code = excluded.behind_code,
  behind_reason = excluded.behind_reason,
  behind_retryable = excluded.behind_retryable`);
};

export interface AnnouncedTable {
  readonly name: string;
  readonly kind: 'source' | 'target';
  readonly table: string;
  readonly mirror?: string | undefined;
}

/** Tables that are about to be made outside of the batch's transaction: ours, whatever becomes of it. */
export const announceTables = async (
  session: Session,
  schema: SchemaName,
  tables: readonly AnnouncedTable[],
): Promise<void> => {
  if (tables.length === 0) return;
  const rows = tables.map(
    ({ name, kind, table, mirror }) => sql`(${name}, ${kind}, ${table}, ${mirror ?? null}, '', true)`,
  );
  await session.execute(sql`insert into ${state(schema, 'relations')} (name, kind, table_name, mirror_name, mapping, made_by_us)
values ${commas(rows)}
on conflict (name) do update set table_name = excluded.table_name, mirror_name = excluded.mirror_name, made_by_us = true`);
};

export interface SetBackNow {
  readonly name: string;
  readonly mapping: string;
  readonly held: readonly HeldColumn[];
  /** As a whole: it stays as it is from now on. */
  readonly behind?: {
    readonly code: ErrorCode;
    readonly reason: string;
    readonly at: string;
    readonly since: number;
  };
}

/** What the commit of an undo leaves of a target that it set back. */
export const saveSetBack = async (session: Session, schema: SchemaName, now: SetBackNow): Promise<void> => {
  const { behind } = now;
  const mark =
    behind === undefined
      ? sql``
      : sql`, behind_since = ${sql.lit(behind.since)}, behind_at = ${instant(behind.at)}, behind_code = ${behind.code}, behind_reason = ${behind.reason}, behind_retryable = false`;
  const held = now.held.length === 0 ? null : JSON.stringify(now.held);
  await session.execute(
    sql`update ${state(schema, 'relations')} set mapping = ${now.mapping}, held = ${held}${mark} where name = ${now.name}`,
  );
};

export const saveHeld = async (
  session: Session,
  schema: SchemaName,
  name: string,
  held: readonly HeldColumn[],
): Promise<void> => {
  await session.execute(
    sql`update ${state(schema, 'relations')} set held = ${JSON.stringify(held)} where name = ${name}`,
  );
};

export interface PauseChange {
  readonly name: string;
  readonly kind: 'source' | 'target';
  readonly table: string;
  /** NULL takes it in again. */
  readonly reason: string | null;
  readonly clock: Fragment;
}

export const setPaused = async (session: Session, schema: SchemaName, change: PauseChange): Promise<void> => {
  const at = change.reason === null ? sql`cast(null as timestamptz)` : change.clock;
  await session.execute(sql`insert into ${state(schema, 'relations')} (name, kind, table_name, mapping, paused_reason, paused_at)
select ${change.name}, ${change.kind}, ${change.table}, '', cast(${change.reason} as varchar), ${at}
on conflict (name) do update set paused_reason = excluded.paused_reason, paused_at = excluded.paused_at`);
};
