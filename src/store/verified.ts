// How far verification within a budget has come, per target. No run reads it, and it needs no lease: of two at once the
// last one counts, and each tells what it proved.
import type { SchemaName } from '../project/project.ts';
import type { Dialect } from '../sql/dialect.ts';
import { sql } from '../sql/fragment.ts';
import type { Session } from '../warehouse/port.ts';
import { instantIso, state } from './state.ts';

/** A pass over all keys of a target that has not come to its end. */
export interface Pass {
  /** All keys up to this one, as the engine writes it; or so many parts of a table whose keys are not in one order. */
  readonly after: string | null;
  readonly parts: number;
  readonly rows: number;
  readonly startedAt: string;
  /** The last batch when it began. */
  readonly batch: number;
}

interface Proved {
  readonly rows: number;
  readonly startedAt: string;
  readonly at: string;
  /** The last batches when it began, and when it ended. */
  readonly fromBatch: number;
  readonly toBatch: number;
}

export interface Progress {
  /** Of another mapping it says nothing. */
  readonly mapping: string;
  /** The column that the keys are in order of. */
  readonly column: string | null;
  readonly pass: Pass | null;
  readonly proved: Proved | null;
}

/** A reader does not migrate: our tables may be older than this program. */
export const versionWithVerified = 2;

export interface KnownProgress extends Progress {
  readonly updatedAt: string;
}

export const readVerified = async (
  session: Session,
  schema: SchemaName,
  version: number,
): Promise<ReadonlyMap<string, KnownProgress>> => {
  if (version < versionWithVerified) return new Map();
  const rows = await session.rows<{ target: string; progress: string; updated_at: string }>(
    sql`select target, progress, updated_at from ${state(schema, 'verified')}`,
  );
  return new Map(
    rows.map(({ target, progress, updated_at: at }) => [
      target,
      { ...(JSON.parse(progress) as Progress), updatedAt: instantIso(at) },
    ]),
  );
};

export const saveVerified = async (
  session: Session,
  schema: SchemaName,
  dialect: Dialect,
  now: { readonly target: string; readonly progress: Progress },
): Promise<void> => {
  await session.execute(sql`insert into ${state(schema, 'verified')} (target, progress, updated_at)
values (${now.target}, ${JSON.stringify(now.progress)}, ${dialect.clock()})
on conflict (target) do update set progress = excluded.progress, updated_at = excluded.updated_at`);
};
