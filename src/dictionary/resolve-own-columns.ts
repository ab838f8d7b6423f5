// Columns of its own table that a target names beside the mapped ones.
import { showTable } from '../sql/table-name.ts';
import * as say from './problems.ts';
import type { Context, DeclaredTarget } from './relations.ts';

/** Only where the rows are somebody else's is there a question when he changed them. */
export const changedAtOf = (
  { raw, name, table, info }: DeclaredTarget,
  { report }: Context,
): string | undefined => {
  const { changedAt } = raw;
  if (changedAt === undefined) return undefined;
  if (raw.from !== undefined) report(say.onlyForThis(changedAt.at, 'changed_at', name));
  if (info === undefined) return changedAt.text;
  const column = info.columns.find((candidate) => candidate.name === changedAt.text);
  if (column === undefined) {
    const columns = info.columns.map((candidate) => candidate.name);
    report(
      say.unknownOwnColumn(changedAt.at, 'changed_at', changedAt.text, { table: showTable(table), columns }),
    );
  } else if (!/^(timestamp|date)/i.test(column.type)) {
    report(say.noTime(changedAt.at, column.name, column.type));
  }
  return changedAt.text;
};

/** Engines that need no literal ranges to read a part of a table alone make no use of it. */
export const pruneByOf = ({ raw, table, info }: DeclaredTarget, { report }: Context): string | undefined => {
  const { pruneBy } = raw;
  const columns = info?.columns.map(({ name }) => name) ?? raw.columns.map(({ name }) => name.text);
  if (pruneBy !== undefined && !columns.includes(pruneBy.text) && (info !== undefined || columns.length > 0))
    report(say.unknownOwnColumn(pruneBy.at, 'prune_by', pruneBy.text, { table: showTable(table), columns }));
  return pruneBy?.text;
};
