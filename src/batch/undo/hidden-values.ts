// Values that were redacted when they were recorded, and are not any more: a hash must not be written where a value was.
import type { Records } from '../../reconcile/undo/compose.ts';
import { call } from '../../sql/call.ts';
import type { Column } from '../../sql/dialect.ts';
import { ors, sql, table } from '../../sql/fragment.ts';
import { redactedMark } from '../../sql/redacted.ts';
import type { Session } from '../../warehouse/port.ts';
import { notUndoable } from './refusals.ts';

export const refuseHidden = async (
  session: Session,
  { dialect, from, where }: Records,
  columns: readonly Column[],
): Promise<void> => {
  const open = columns.filter(({ redacted }) => redacted !== true);
  const isHidden = (side: 'before' | 'after', name: string) =>
    sql`coalesce(${call('strpos', [dialect.jsonText(sql.id('r', side), name), sql`${redactedMark}`])}, 0) = 1`;
  const named = sql.join(
    open.map(
      ({ name }) =>
        sql`case when ${ors([isHidden('before', name), isHidden('after', name)])} then cast(${name} as varchar) end`,
    ),
  );
  if (open.length === 0) return;
  const marked = (side: 'before' | 'after') =>
    sql`${call('strpos', [sql`cast(${sql.id('r', side)} as varchar)`, sql`${`"${redactedMark}`}`])} > 0`;
  const rows = await session.rows<{ column: string }>(
    sql`select h."column" from (select coalesce(${named}) as "column" from ${table(from)} as r
  where (${where}) and ${ors([marked('before'), marked('after')])}) as h where h."column" is not null limit 1`,
  );
  const [found] = rows;
  if (found === undefined) return;
  throw notUndoable(
    `\`${found.column}\` was redacted when this was recorded: its value is not kept`,
    'redact it again: everything else can then be undone with `--on-conflict skip`',
  );
};
