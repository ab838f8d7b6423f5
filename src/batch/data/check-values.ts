// Do the values that a mapping yields from the rows that staging holds now fit the columns of its target? One query
// counts for all columns; where it fails, each column is asked by itself.
import type { MappedColumn } from '../../dictionary/dictionary.ts';
import { isTidemarkError, type Problem } from '../../errors/tidemark-error.ts';
import { problem } from '../../project/problems.ts';
import { desiredValues } from '../../reconcile/desired/desired.ts';
import { misfit } from '../../reconcile/desired/fits.ts';
import { rootRows } from '../../reconcile/desired/root.ts';
import { selectTypes } from '../../reconcile/desired/types.ts';
import type { TargetWork } from '../../reconcile/target-work.ts';
import { commas, id, sql, type Fragment } from '../../sql/fragment.ts';
import { quietly } from '../quiet.ts';
import type { Warehouse } from '../../warehouse/port.ts';

interface Question {
  readonly column: MappedColumn;
  readonly name: string;
  readonly kind: 'value' | 'null' | 'misfit';
  readonly from: string;
  readonly condition: Fragment;
}

const isCopy = ({ expression }: MappedColumn): boolean =>
  expression.parts.filter((part) => typeof part !== 'string' || part.trim() !== '').length === 1 &&
  expression.parts.some((part) => typeof part !== 'string');

/** Every column is asked something, so that each expression is computed for every row. */
const questionsOf = (work: TargetWork, types: ReadonlyMap<string, string>): readonly Question[] =>
  work.target.columns.flatMap((column, place): readonly Question[] => {
    const { target, dialect } = work;
    const value = id('d', `v${place}`);
    const from = types.get(column.name) ?? '';
    const wrong = target.exists ? misfit(dialect, value, from, column.type) : undefined;
    const isKey = target.key.some(({ name }) => name === column.name);
    const isStrict = target.exists && !column.nullable && !isKey;
    return [
      {
        column,
        name: `n${place}`,
        kind: isStrict ? 'null' : 'value',
        from,
        condition: sql`${value} is null`,
      },
      ...(wrong === undefined
        ? []
        : [{ column, name: `m${place}`, kind: 'misfit' as const, from, condition: wrong }]),
    ];
  });

const countsOf = async (
  warehouse: Warehouse,
  work: TargetWork,
  questions: readonly Question[],
): Promise<{ readonly rows: number; readonly counts: ReadonlyMap<string, number> }> => {
  const { target } = work;
  const shown = (column: MappedColumn, value: Fragment): Fragment =>
    sql`${value} as ${id(`v${target.columns.indexOf(column)}`)}`;
  const columns = target.columns.filter((column) => questions.some((each) => each.column === column));
  const values = desiredValues(work, rootRows(work), { columns, shown, filtered: true });
  const sums = questions.map(
    ({ name, condition }) => sql`coalesce(sum(case when ${condition} then 1 else 0 end), 0) as ${id(name)}`,
  );
  const [row] = await warehouse.session((session) =>
    session.rows<Readonly<Record<string, string | number>>>(
      sql`select count(*) as "rows", ${commas(sums)} from (${values}) as d`,
    ),
  );
  return {
    rows: Number(row?.['rows'] ?? 0),
    counts: new Map(questions.map(({ name }) => [name, Number(row?.[name] ?? 0)])),
  };
};

const rowsText = (count: number, rows: number): string =>
  `${count} of ${rows} ${rows === 1 ? 'row' : 'rows'}`;

const said = (work: TargetWork, question: Question, count: number, rows: number): Problem | undefined => {
  const { column, kind, from } = question;
  const where = `\`${column.name}\` of \`${work.target.name}\``;
  const { at } = column.expression;
  if (kind === 'value') return undefined;
  if (kind === 'null') {
    if (count === 0) return undefined;
    const message = `${where} takes no NULL, and would be NULL in ${rowsText(count, rows)}`;
    return problem(
      'value_does_not_fit',
      at,
      message,
      'give it a value with `coalesce(…, …)`, or leave such rows out with `where:`',
    );
  }
  if (count === 0 && !isCopy(column)) return undefined;
  const message = `${where} is \`${column.type}\` and is filled from \`${from}\`: ${count === 0 ? `all of ${rows} rows fit now` : `${rowsText(count, rows)} would not fit`}`;
  const hint =
    'widen the column, or shorten the value in the mapping: a run leaves the target out at the first that does not fit';
  return { ...problem('value_does_not_fit', at, message, hint), severity: 'warning' };
};

const listed = (found: Problem | undefined): readonly Problem[] => (found === undefined ? [] : [found]);

/** The warehouse cannot compute a value of some row. */
const failing = (work: TargetWork, column: MappedColumn, error: unknown): Problem => {
  if (!isTidemarkError(error) || error.details['kind'] === 'connection') throw error;
  return problem(
    'expression_failed',
    column.expression.at,
    `\`${column.name}\` of \`${work.target.name}\` cannot be computed for some row: ${quietly(work.target, error).message}`,
    'make the expression total, for example with `case`, `nullif` or a safe cast',
  );
};

/** A column that cannot be computed is told as that; a question that the engine does not understand is dropped. */
const askedSingly = async (
  warehouse: Warehouse,
  work: TargetWork,
  questions: readonly Question[],
): Promise<readonly Problem[]> => {
  const problems: Problem[] = [];
  for (const column of work.target.columns) {
    const [first, ...others] = questions.filter((each) => each.column === column);
    if (first === undefined) continue;
    try {
      const { rows, counts } = await countsOf(warehouse, work, [first]);
      problems.push(...listed(said(work, first, counts.get(first.name) ?? 0, rows)));
    } catch (error) {
      problems.push(failing(work, column, error));
      continue;
    }
    for (const question of others) {
      const counted = await countsOf(warehouse, work, [question]).catch(() => undefined);
      if (counted === undefined) continue;
      problems.push(...listed(said(work, question, counted.counts.get(question.name) ?? 0, counted.rows)));
    }
  }
  return problems;
};

export const checkValues = async (warehouse: Warehouse, work: TargetWork): Promise<readonly Problem[]> => {
  const types = await warehouse.describe(selectTypes(work));
  const questions = questionsOf(work, new Map(types.map(({ name, type }) => [name, type])));
  if (questions.length === 0) return [];
  try {
    const { rows, counts } = await countsOf(warehouse, work, questions);
    return questions.flatMap((question) =>
      listed(said(work, question, counts.get(question.name) ?? 0, rows)),
    );
  } catch (error) {
    if (!isTidemarkError(error) || error.details['kind'] === 'connection') throw error;
    return askedSingly(warehouse, work, questions);
  }
};
