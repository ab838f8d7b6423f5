// Ticks of schedules, claimed by a unique row: of two hosts with the same schedule one runs each.
import type { SchemaName } from '../project/project.ts';
import type { Dialect } from '../sql/dialect.ts';
import { sql } from '../sql/fragment.ts';
import type { Session } from '../warehouse/port.ts';
import { instant, state } from './state.ts';

/** Longer than any two hosts' clocks lie apart. */
const keptMs = 7 * 24 * 60 * 60 * 1000;

/** Clocks that lie further apart than this are wrong: who had the wrong one claimed ticks that were not due. */
const apartMs = 5 * 60 * 1000;

export interface TickClaim {
  /** ISO-8601. */
  readonly tick: string;
  readonly owner: string;
  readonly host: string;
}

/** False: somebody else has it. The same owner has it again: a run that failed is tried again. A claim from before its
 *  time, or from a time that is yet to come, was made by a clock that has been set right since, and holds nobody. */
export const claimTick = async (
  session: Session,
  schema: SchemaName,
  dialect: Dialect,
  { tick, owner, host }: TickClaim,
): Promise<boolean> => {
  const ticks = state(schema, 'ticks');
  const claimed =
    await session.execute(sql`insert into ${ticks} (tick, owner, host, claimed_at) values (${instant(tick)}, ${owner}, ${host}, ${dialect.clock()})
on conflict (tick) do update set owner = excluded.owner, host = excluded.host, claimed_at = excluded.claimed_at
where ticks.owner = excluded.owner
  or ticks.claimed_at < ${dialect.minus(sql`ticks.tick`, apartMs)}
  or ${dialect.minus(sql`ticks.claimed_at`, apartMs)} > excluded.claimed_at`);
  if (claimed === 0) return false;
  await session.execute(sql`delete from ${ticks} where tick < ${dialect.minus(instant(tick), keptMs)}`);
  return true;
};
