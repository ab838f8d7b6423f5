// Conflicts of an undo as people are told of them: the cell, what the undone batch left there, what is there now, and
// which batch wrote that.
import type { ImageShape } from '../../sql/images.ts';
import { sql, table, verbatim } from '../../sql/fragment.ts';
import { readable, type Values } from '../../sql/readable.ts';
import type { TableName } from '../../sql/table-name.ts';
import { stateTable } from '../../store/state.ts';
import type { Session } from '../../warehouse/port.ts';
import type { BatchContext } from '../context.ts';
import type { UndoScope } from './scope.ts';

export interface Conflict {
  /** The source, or the target that was written for no source change. */
  readonly source: string;
  readonly in: 'source' | 'target';
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
  readonly in: Conflict['in'];
  readonly name: string;
  readonly shape: ImageShape;
  readonly scope: UndoScope;
  readonly listed: TableName;
}

const valueOf = (text: string | null, column: string | null, { columns }: ImageShape): unknown => {
  const value: unknown = text === null ? null : JSON.parse(text);
  if (column === null) return value === null ? null : readable(value as Values, columns);
  return readable({ [column]: value }, columns)[column];
};

/** Our records of the relation, and where in one of them it stands which columns were written. */
const recordsOf = (kind: Conflict['in']) =>
  kind === 'source'
    ? ({ records: 'changes', relation: sql`l.source`, told: sql`l.columns` } as const)
    : ({ records: 'audit', relation: sql`l.target`, told: sql`l.after` } as const);

export const readConflicts = async (
  context: BatchContext,
  session: Session,
  { in: kind, name, shape, scope, listed }: Listed,
): Promise<{ readonly conflicts: readonly Conflict[]; readonly conflictCount: number }> => {
  const { dialect } = context.warehouse;
  const [counted] = await session.rows<{ count: string }>(
    sql`select count(*) as count from ${table(listed)}`,
  );
  const conflictCount = Number(counted?.count ?? 0);
  if (conflictCount === 0) return { conflicts: [], conflictCount };
  const { records, relation, told } = recordsOf(kind);
  const changes = table(stateTable(context.project.schemas.state, records));
  const last = sql.lit(scope.batches.at(-1)?.batch ?? 0);
  const rows = await session.rows<ConflictRow>(sql`select c.*, (select max(l.batch) from ${changes} as l
  where ${relation} = ${name} and l.batch > ${last} and cast(l.key as varchar) = cast(cast(c.key as ${verbatim(dialect.jsonType)}) as varchar)
    and (l.operation <> 'U' or c."column" is null or strpos(cast(${told} as varchar), c.quoted) > 0)) as batch
from (select x.key, x."column", x.expected, x.found, cast(to_json(x."column") as varchar) as quoted from ${table(listed)} as x order by x.key, x."column" limit ${sql.lit(listedAtMost)}) as c
order by c.key, c."column"`);
  const conflicts = rows.map((row): Conflict => ({
    source: name,
    in: kind,
    key: readable(JSON.parse(row.key) as Values, shape.key),
    column: row.column,
    expected: valueOf(row.expected, row.column, shape),
    found: valueOf(row.found, row.column, shape),
    batch: row.batch === null ? null : Number(row.batch),
  }));
  return { conflicts, conflictCount };
};
