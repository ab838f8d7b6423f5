// Conflicts of an undo as people are told of them: the cell, what the undone batch left there, what is there now, and
// which batch wrote that.
import type { TidemarkError } from '../../errors/tidemark-error.ts';
import type { ImageShape } from '../../sql/images.ts';
import { call } from '../../sql/call.ts';
import { commas, sql, table, verbatim } from '../../sql/fragment.ts';
import { readable, type Values } from '../../sql/readable.ts';
import type { TableName } from '../../sql/table-name.ts';
import { stateTable } from '../../store/state.ts';
import type { Session } from '../../warehouse/port.ts';
import type { BatchContext } from '../context.ts';
import { notUndoable } from './refusals.ts';
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
  /** Its value from before is not kept. */
  readonly redacted?: true;
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

const notForced = (name: string, columns: readonly string[]): TidemarkError =>
  notUndoable(
    `${columns.map((column) => `\`${name}.${column}\``).join(', ')}: redacted, so that the values from before are not kept and cannot be written`,
    '`--on-conflict skip` leaves these cells and rows as they are and takes everything else back',
  );

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
  const hidden = shape.columns.filter(({ redacted }) => redacted === true).map((column) => column.name);
  const isHidden =
    hidden.length === 0 ? sql`false` : sql`x."column" in (${commas(hidden.map((each) => sql.lit(each)))})`;
  const [counted] = await session.rows<{ count: string; hidden: string }>(
    sql`select count(*) as count, count(*) filter (where ${isHidden}) as hidden from ${table(listed)} as x`,
  );
  const conflictCount = Number(counted?.count ?? 0);
  if (scope.wish.onConflict === 'force' && Number(counted?.hidden ?? 0) > 0) throw notForced(name, hidden);
  if (conflictCount === 0) return { conflicts: [], conflictCount };
  const { records, relation, told } = recordsOf(kind);
  const changes = table(stateTable(context.project.schemas.state, records));
  const last = sql.lit(scope.batches.at(-1)?.batch ?? 0);
  const rows = await session.rows<ConflictRow>(sql`select c.*, (select max(l.batch) from ${changes} as l
  where ${relation} = ${name} and l.batch > ${last} and cast(l.key as varchar) = cast(cast(c.key as ${verbatim(dialect.jsonType)}) as varchar)
    and (l.operation <> 'U' or c."column" is null or ${call('strpos', [sql`cast(${told} as varchar)`, sql`c.quoted`])} > 0)) as batch
from (select x.key, x."column", x.expected, x.found, ${dialect.jsonValue(sql`x."column"`, 'varchar')} as quoted from ${table(listed)} as x order by x.key, x."column" limit ${sql.lit(listedAtMost)}) as c
order by c.key, c."column"`);
  const conflicts = rows.map((row): Conflict => ({
    source: name,
    in: kind,
    key: readable(JSON.parse(row.key) as Values, shape.key),
    column: row.column,
    expected: valueOf(row.expected, row.column, shape),
    found: valueOf(row.found, row.column, shape),
    batch: row.batch === null ? null : Number(row.batch),
    ...(row.column !== null && hidden.includes(row.column) ? { redacted: true as const } : {}),
  }));
  return { conflicts, conflictCount };
};
