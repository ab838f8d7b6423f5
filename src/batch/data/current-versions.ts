// A history beside what staging holds now: its current versions are to staging what the rows of a fact are. They are
// laid into scratch, and compared as such.
import type { History, MappedColumn, Target } from '../../dictionary/dictionary.ts';
import { roleColumn } from '../../reconcile/history/history-work.ts';
import type { Dialect } from '../../sql/dialect.ts';
import { commas, id, sql, table, verbatim, type Fragment } from '../../sql/fragment.ts';
import type { Session } from '../../warehouse/port.ts';
import type { BatchContext } from '../context.ts';

/** A column that is neither tracked nor overwritten shows what was there when its version opened, not what is now. */
const followsNow = (target: Target, history: History, { name }: MappedColumn): boolean =>
  target.key.some((part) => part.name === name) ||
  history.track.includes(name) ||
  history.overwrite.includes(name);

/** Without an end, and not the mark of a deleted row. */
const isCurrent = (dialect: Dialect, history: History): Fragment => {
  const to = roleColumn(history, 'valid_to');
  const deleted = roleColumn(history, 'deleted');
  const { validToCurrent } = history;
  const open = to === undefined ? sql`true` : sql`${id('h', to.name)} is null`;
  const still =
    to === undefined || validToCurrent === undefined
      ? open
      : sql`(${open} or ${id('h', to.name)} = cast(${validToCurrent} as ${verbatim(to.type)}))`;
  if (deleted === undefined) return still;
  const flag = id('h', deleted.name);
  const alive =
    dialect.baseType(deleted.type) === 'boolean'
      ? sql`not coalesce(${flag}, false)`
      : sql`coalesce(lower(${flag}) <> 'true', true)`;
  return sql`${still} and ${alive}`;
};

/** The history as a fact over a table of its current versions. */
export const currentVersions = async (
  context: BatchContext,
  session: Session,
  target: Target,
  history: History,
): Promise<Target> => {
  const { dialect } = context.warehouse;
  const columns = target.columns.filter((column) => followsNow(target, history, column));
  const fact: Target = {
    ...target,
    form: { kind: 'fact' },
    key: target.key.filter(({ name }) => columns.some((column) => column.name === name)),
    columns,
    tableColumns: columns.map(({ name, type, nullable }) => ({ name, type, nullable })),
    onDelete: { kind: history.deletes === 'keep' ? 'keep' : 'delete' },
    touch: [],
    checks: [],
  };
  if (!target.exists) return fact;
  const now = context.scratch.name(`versions_${target.name}`);
  await session.execute(dialect.createScratch(now, fact.tableColumns));
  const names = columns.map(({ name }) => name);
  await session.execute(
    sql`insert into ${table(now)} (${commas(names.map((name) => id(name)))}) select ${commas(names.map((name) => id('h', name)))} from ${table(target.table)} as h where ${isCurrent(dialect, history)}`,
  );
  return { ...fact, table: now };
};
