// What stands in a table once it is written, where a trigger of the table may have changed it on the way: such rows move
// no counter, so that nothing else would make the next run look.
import { afterName } from '../../sql/images.ts';
import { id, ors, sql, table, type Fragment } from '../../sql/fragment.ts';
import { rowOfImage } from '../../sql/keys.ts';
import type { Fingerprint } from '../../store/fingerprints.ts';
import type { Session } from '../../warehouse/port.ts';
import type { ComputedTarget } from '../compute/compute-target.ts';
import type { BatchContext } from '../context.ts';

/** One row where a written row is not there as it was written. */
const firstRewritten = (context: BatchContext, { target, work }: ComputedTarget): Fragment => {
  const { dialect } = context.warehouse;
  const { images } = work.scratch;
  const differs = images.columns.map((column) =>
    dialect.differs(id('t', column.name), id('i', afterName(images, column.name)), column.type),
  );
  const there = sql`select 1 from ${table(target.table)} as t where ${rowOfImage(dialect, images, 't', 'i')}`;
  const as = differs.length === 0 ? sql`` : sql` and not (${ors(differs)})`;
  return sql`select 1 as found from ${table(images.table)} as i where i.op <> 'D' and not exists (${there}${as}) limit 1`;
};

/** Fingerprints of such tables, as nothing that was ever there: the next run reads and mends them. */
export const rewrittenWhileWritten = async (
  context: BatchContext,
  session: Session,
  written: readonly ComputedTarget[],
): Promise<ReadonlyMap<string, Fingerprint>> => {
  const found = new Map<string, Fingerprint>();
  for (const each of written) {
    const observation = context.observed.get(each.target.name);
    if (observation?.rewrites !== true) continue;
    const rows = await session.rows(firstRewritten(context, each));
    if (rows.length > 0)
      found.set(each.target.name, { ...observation.fingerprint, cells: '', writes: undefined });
  }
  return found;
};
