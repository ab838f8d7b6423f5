// The rows that a fact should hold: its grain (or its own rows) joined to the look-ups.
import type { MappedColumn } from '../../dictionary/dictionary.ts';
import { renderExpression } from '../../sql/expression.ts';
import { commas, id, ors, sql, verbatim, type Fragment } from '../../sql/fragment.ts';
import { rootView, type TargetWork } from '../target-work.ts';
import { joined } from './joins.ts';
import { keptWhenMissing } from './kept.ts';
import { keyValues } from './root.ts';

/** Some mapped columns, for questions about them. */
export interface ValuesWish {
  readonly columns: readonly MappedColumn[];
  /** The form in which a value is asked for: converted, or under its name. */
  readonly shown: (column: MappedColumn, value: Fragment) => Fragment;
  /** Whether the target's filter counts. */
  readonly filtered: boolean;
}

const fromRoot = (work: TargetWork, root: Fragment, filtered = true): Fragment => {
  const { where, joins } = work.target;
  const filter = where === undefined || !filtered ? verbatim('') : sql`\nwhere ${renderExpression(where)}`;
  return sql`from ${joined(work, root, joins, 'as declared')}${filter}`;
};

export const factRows = (work: TargetWork, root: Fragment): Fragment => {
  const { target, dialect } = work;
  const keeps = target.columns.flatMap((column) => {
    const aliases = keptWhenMissing(work, column);
    return aliases.length === 0
      ? []
      : [ors(aliases.map((alias) => sql`${id(alias, 'tidemark.present')} is null`))];
  });
  const values = target.columns.map((column) =>
    dialect.convert(renderExpression(column.expression), column.type),
  );
  const rootKey = rootView(work).key.map((column) => id(target.root.alias, column.name));
  const guards = (work.scratch.images.guards ?? []).map(({ name }) => id(target.root.alias, name));
  return sql`select ${commas([...keyValues(work), ...values, ...keeps, ...rootKey, ...guards])}
${fromRoot(work, root)}`;
};

export const factValues = (
  work: TargetWork,
  root: Fragment,
  { columns, shown, filtered }: ValuesWish,
): Fragment =>
  sql`select ${commas(columns.map((column) => shown(column, renderExpression(column.expression))))}
${fromRoot(work, root, filtered)}`;
