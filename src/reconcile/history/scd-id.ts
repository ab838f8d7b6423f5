// dbt's identifier of a version: a hash over its key and the time from which it holds, so that dbt goes on with the
// rows that we wrote.
import { id, sql, type Fragment } from '../../sql/fragment.ts';
import { entityKey, valueName, type HistoryWork } from './history-work.ts';

/** As dbt's `snapshot_hash_arguments`. */
const hashOf = (parts: readonly Fragment[]): Fragment =>
  sql`md5(${sql.join(
    parts.map((part) => sql`coalesce(cast(${part} as varchar), '')`),
    sql` || '|' || `,
  )})`;

/** Of a version under `x`, which carries the start of the one before it. dbt makes the id of a deletion from that
 *  of the version that it ended. */
export const versionHash = ({ work }: HistoryWork): Fragment => {
  const key = entityKey(work).map(({ name }) =>
    id('x', valueName(work.target.columns.findIndex((column) => column.name === name))),
  );
  const ended = hashOf([...key, sql`x.eff_before`]);
  return sql`case when x.kind = 'flagged' then ${hashOf([ended, sql`x.eff`])} else ${hashOf([...key, sql`x.eff`])} end`;
};
