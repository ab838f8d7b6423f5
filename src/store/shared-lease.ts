// Runs of dbt that are at work, as its hooks say (dbt_project/macros/lease.sql): they do not exclude one another.
import type { SchemaName } from '../project/project.ts';
import { sql } from '../sql/fragment.ts';
import type { Session, Warehouse } from '../warehouse/port.ts';
import type { LeaseHolder } from './lease-holder.ts';
import { instantIso, state } from './state.ts';

interface SharedRow {
  readonly id: string;
  readonly command: string;
  readonly taken_at: string;
  readonly expires_at: string;
}

/** The longest at work. Whoever holds the file of an embedded warehouse is alone: there is nobody to look for. */
export const dbtAtWork = async (
  session: Session,
  { dialect }: Warehouse,
  schema: SchemaName,
): Promise<LeaseHolder | undefined> => {
  if (!dialect.capabilities.concurrentWriters) return undefined;
  const [row] = await session.rows<SharedRow>(
    sql`select id, command, taken_at, expires_at from ${state(schema, 'shared_lease')}
where expires_at > ${dialect.clock()} order by taken_at limit 1`,
  );
  return row === undefined
    ? undefined
    : {
        owner: row.id,
        host: 'unknown',
        pid: 0,
        command: row.command,
        takenAt: instantIso(row.taken_at),
        expiresAt: instantIso(row.expires_at),
        expired: false,
        program: 'dbt',
      };
};
