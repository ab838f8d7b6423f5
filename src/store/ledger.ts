// Reading the ledger: what changed in the sources, per batch.
import type { SchemaName } from '../project/project.ts';
import { commas, sql } from '../sql/fragment.ts';
import type { Session } from '../warehouse/port.ts';
import { state } from './state.ts';

/** The sources of which these batches list changes. */
export const ledgerSources = async (
  session: Session,
  schema: SchemaName,
  batches: readonly number[],
  change?: number,
): Promise<readonly string[]> => {
  const only = change === undefined ? sql`` : sql` and c.change_id = ${sql.lit(change)}`;
  const rows = await session.rows<{ source: string }>(
    sql`select distinct c.source from ${state(schema, 'changes')} as c where c.batch in (${commas(batches.map((batch) => sql.lit(batch)))})${only} order by c.source`,
  );
  return rows.map(({ source }) => source);
};
