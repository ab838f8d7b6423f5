// Conflicts of an undo as people are told of them: the cell, what the undone batch left there, what is there now, and
// which batch wrote that.
import type { Source } from '../../dictionary/dictionary.ts';
import { sql, table, verbatim } from '../../sql/fragment.ts';
import { readable, type Values } from '../../sql/readable.ts';
import type { TableName } from '../../sql/table-name.ts';
import { stateTable } from '../../store/state.ts';
import type { Session } from '../../warehouse/port.ts';
import type { BatchContext } from '../context.ts';
import type { UndoScope } from './scope.ts';

export interface Conflict {
  readonly source: string;
  readonly key: Values;
  /** Null: the row as a whole, gone since or back since. */
  readonly column: string | null;
  /** What the undone batch left there; null for a row that it deleted. */
  readonly expected: unknown;
  readonly found: unknown;
  /** Null: no batch wrote it, somebody else changed the mirror. */
  readonly batch: number | null;
}

/** More than a person reads, and few enough for any memory. */
const listedAtMost = 1000;

interface ConflictRow {
  readonly key: string;
  readonly column: string | null;
  readonly expected: string | null;
  readonly found: string | null;
  readonly batch: string | null;
}

interface Listed {
  readonly source: Source;
  readonly scope: UndoScope;
  readonly listed: TableName;
}

const valueOf = (text: string | null, column: string | null, source: Source): unknown => {
  const value: unknown = text === null ? null : JSON.parse(text);
  if (column === null) return value === null ? null : readable(value as Values, source.columns);
  return readable({ [column]: value }, source.columns)[column];
};

export const readConflicts = async (
  context: BatchContext,
  session: Session,
  { source, scope, listed }: Listed,
): Promise<{ readonly conflicts: readonly Conflict[]; readonly conflictCount: number }> => {
  const { dialect } = context.warehouse;
  const [counted] = await session.rows<{ count: string }>(
    sql`select count(*) as count from ${table(listed)}`,
  );
  const conflictCount = Number(counted?.count ?? 0);
  if (conflictCount === 0) return { conflicts: [], conflictCount };
  const changes = table(stateTable(context.project.schemas.state, 'changes'));
  const last = sql.lit(scope.batches.at(-1)?.batch ?? 0);
  const rows = await session.rows<ConflictRow>(sql`select c.*, (select max(l.batch) from ${changes} as l
  where l.source = ${source.name} and l.batch > ${last} and cast(l.key as varchar) = cast(cast(c.key as ${verbatim(dialect.jsonType)}) as varchar)
    and (l.operation <> 'U' or c."column" is null or strpos(cast(l.columns as varchar), c.quoted) > 0)) as batch
from (select x.key, x."column", x.expected, x.found, cast(to_json(x."column") as varchar) as quoted from ${table(listed)} as x order by x.key, x."column" limit ${sql.lit(listedAtMost)}) as c
order by c.key, c."column"`);
  const conflicts = rows.map((row): Conflict => ({
    source: source.name,
    key: readable(JSON.parse(row.key) as Values, source.key),
    column: row.column,
    expected: valueOf(row.expected, row.column, source),
    found: valueOf(row.found, row.column, source),
    batch: row.batch === null ? null : Number(row.batch),
  }));
  return { conflicts, conflictCount };
};
