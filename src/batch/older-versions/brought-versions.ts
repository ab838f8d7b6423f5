// Whether batches merged older versions into histories, or took such a merge back: those have no source changes, and can
// be undone all the same, because their events can be set aside.
import { isOlder } from '../../reconcile/history/set-aside.ts';
import { commas, sql, table } from '../../sql/fragment.ts';
import type { Session } from '../../warehouse/port.ts';
import type { BatchContext } from '../context.ts';

/** The histories. */
export const broughtVersions = async (
  session: Session,
  { known }: BatchContext,
  batches: readonly number[],
): Promise<ReadonlySet<string>> => {
  const numbers = commas(batches.map((batch) => sql.lit(batch)));
  const found = new Set<string>();
  for (const [name, { events }] of known.histories) {
    const rows = await session.rows(
      sql`select 1 as found from ${table(events)} as e where ${isOlder('e')} and (e.batch in (${numbers}) or e.set_aside in (${numbers})) limit 1`,
    );
    if (rows.length > 0) found.add(name);
  }
  return found;
};
