// What batches wrote into targets for no source change: a backfill, an adoption, a repair. The audit names no cause.
import type { SchemaName } from '../project/project.ts';
import type { UndoneEvents } from '../reconcile/history/history-work.ts';
import { isGivenBack } from '../reconcile/history/set-aside.ts';
import type { TableName } from '../sql/table-name.ts';
import { commas, sql, table } from '../sql/fragment.ts';
import type { Session } from '../warehouse/port.ts';
import { state } from './state.ts';

/** Targets by name, with how many of their rows. */
export const uncausedWrites = async (
  session: Session,
  schema: SchemaName,
  batches: readonly number[],
): Promise<ReadonlyMap<string, number>> => {
  const numbers = commas(batches.map((batch) => sql.lit(batch)));
  const rows = await session.rows<{ target: string; rows: string }>(
    sql`select r.target, count(*) as rows from ${state(schema, 'audit')} as r where r.batch in (${numbers}) and r.causes is null group by r.target order by r.target`,
  );
  return new Map(rows.map((row) => [row.target, Number(row.rows)]));
};

/** The events of a history say something of these batches: brought by one, or set aside by one. What the history was
 *  first filled with is not told by a batch. */
export const tellsOf = async (
  session: Session,
  events: TableName,
  undone: UndoneEvents,
): Promise<boolean> => {
  const numbers = commas(undone.batches.map((batch) => sql.lit(batch)));
  const rows = await session.rows(
    sql`select 1 as found from ${table(events)} as e where (e.batch in (${numbers}) and e.op <> 'S' and e.batch > (select min(f.batch) from ${table(events)} as f)) or ${isGivenBack(undone)} limit 1`,
  );
  return rows.length > 0;
};
