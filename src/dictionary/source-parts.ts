// What sources have in common, whatever their table holds: rows or events.
import type { Problem } from '../errors/tidemark-error.ts';
import type { Scalar } from '../project/document.ts';
import type { Column } from '../sql/dialect.ts';
import { showTable } from '../sql/table-name.ts';
import type { Expression } from './dictionary.ts';
import { compileExpression } from './expression.ts';
import * as say from './problems.ts';
import type { TableColumns } from './problems.ts';
import type { RawRename } from './raw.ts';
import type { Context, DeclaredSource } from './relations.ts';

export const defaultFullCompareMs = 24 * 3_600_000;

export const namesOf = (columns: readonly Column[]): readonly string[] => columns.map(({ name }) => name);

/** A mirror's columns are plain: what staging computes is copied as a value. */
const plain = ({ name, type, nullable }: Column): Column => ({ name, type, nullable });

/** The columns that are mirrored; `aside` are left out unless they are listed. */
export const mirroredColumns = (
  { raw, name, table, info }: DeclaredSource,
  aside: ReadonlySet<string>,
  { report }: Context,
): readonly Column[] => {
  const { columns, exclude } = raw;
  if (columns !== undefined && exclude !== undefined && exclude[0] !== undefined) {
    report(say.columnsAndExclude(exclude[0].at, name));
  }
  if (info === undefined) return [];
  const names = namesOf(info.columns);
  for (const [key, listed] of [
    ['columns', columns],
    ['exclude', exclude],
  ] as const) {
    for (const item of listed ?? []) {
      if (names.includes(item.text)) continue;
      report(say.unknownOwnColumn(item.at, key, item.text, { table: showTable(table), columns: names }));
    }
  }
  const has = (listed: readonly Scalar[], column: string): boolean =>
    listed.some((item) => item.text === column);
  return info.columns
    .filter((column) =>
      columns === undefined
        ? !has(exclude ?? [], column.name) && !aside.has(column.name)
        : has(columns, column.name),
    )
    .map(plain);
};

/** Staging has the new name and no longer the old one. `around`: what has columns; none where it is not known. */
export const renamedColumns = (
  { raw }: DeclaredSource,
  around: TableColumns | undefined,
  { report }: Context,
): ReadonlyMap<string, string> | undefined => {
  const wrong = ({ column, from }: RawRename, { table, columns }: TableColumns): Problem | undefined => {
    if (!columns.includes(column.text))
      return say.unknownOwnColumn(column.at, 'renamed', column.text, { table, columns });
    return columns.includes(from.text) ? say.notRenamed(from.at, from.text, table) : undefined;
  };
  for (const rename of raw.renamed) {
    const problem = around && wrong(rename, around);
    if (problem !== undefined) report(problem);
  }
  return raw.renamed.length === 0
    ? undefined
    : new Map(raw.renamed.map(({ column, from }) => [column.text, from.text]));
};

/** `where` and `deleted` read staging itself, all its columns, under the source's own name; only one table can
 *  be meant, so the name may be left out. */
export const ownExpression = (
  text: Scalar | undefined,
  declared: DeclaredSource,
  context: Context,
): Expression | undefined => {
  if (text === undefined) return undefined;
  const { name, table, info } = declared;
  const relation = { name, shown: showTable(table), columns: info?.columns, leftOut: new Set<string>() };
  const scope = {
    aliases: new Map([[name, relation]]),
    relations: new Set<string>(),
    implicit: name,
    use: 'read' as const,
  };
  return compileExpression(text, scope, context.report)?.expression;
};
