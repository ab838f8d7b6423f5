// An undo takes events back without forgetting them: they are set aside, and count again when the undo is undone.
import { ands, commas, id, sql, table, verbatim, type Fragment } from '../../sql/fragment.ts';
import { rootKeyName } from '../target-work.ts';
import { takenBack } from './all-events.ts';
import { eventKeyName } from './event-store.ts';
import type { HistoryWork } from './history-work.ts';

/** `batch` is the undo; none where nothing is undone. */
export const setAside = ({ work, store, undone }: HistoryWork, batch: number): Fragment | undefined => {
  if (undone === undefined || store.stored === undefined) return undefined;
  const match = ands(
    store.key.map(({ name, nullable }, place) =>
      work.dialect.sameKey(id('e', eventKeyName(name)), id('a', rootKeyName(place)), nullable),
    ),
  );
  const reached =
    work.scope === 'all'
      ? verbatim('')
      : sql` and exists (select 1 from ${table(work.scratch.affected)} as a where ${match})`;
  const batches = commas(undone.map((each) => sql.lit(each)));
  return sql`update ${table(store.table)} as e set set_aside = case when ${takenBack(undone)} then ${sql.lit(batch)} end
where (${takenBack(undone)} or e.set_aside in (${batches}))${reached}`;
};
