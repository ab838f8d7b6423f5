// Whether batches merged older versions into histories, or took such a merge back: those have no source changes, and can
// be undone all the same, because their events can be set aside.
import type { UndoneEvents } from '../../reconcile/history/history-work.ts';
import { isGivenBack, isOlder } from '../../reconcile/history/set-aside.ts';
import { commas, sql, table } from '../../sql/fragment.ts';
import type { Session } from '../../warehouse/port.ts';
import type { BatchContext } from '../context.ts';

/** The histories. */
export const broughtVersions = async (
  session: Session,
  { known }: BatchContext,
  undone: UndoneEvents,
): Promise<ReadonlySet<string>> => {
  const numbers = commas(undone.batches.map((batch) => sql.lit(batch)));
  const found = new Set<string>();
  for (const [name, { events }] of known.histories) {
    const rows = await session.rows(
      sql`select 1 as found from ${table(events)} as e where ${isOlder('e')} and (e.batch in (${numbers}) or ${isGivenBack(undone)}) limit 1`,
    );
    if (rows.length > 0) found.add(name);
  }
  return found;
};
