// A condition of a source (`where`, `deleted`) failed inside the engine, which does not say for which row: the rows are
// halved until one is left, so that the message names its key and the line of the mapping.
import { isMirrored, type Expression, type Source } from '../../dictionary/dictionary.ts';
import { isTidemarkError, TidemarkError } from '../../errors/tidemark-error.ts';
import { renderExpression } from '../../sql/expression.ts';
import { commas, id, sql, table, type Fragment } from '../../sql/fragment.ts';
import type { Row, Session } from '../../warehouse/port.ts';
import { quietly } from '../quiet.ts';
import { showRows } from '../compute/refuse-rows.ts';

const place = 'tidemark.n';

const isValueError = (error: unknown): error is TidemarkError =>
  isTidemarkError(error) && error.details['kind'] === 'value';

/** Staging's rows by number, under the name by which conditions call them. */
const numbered = (source: Source): Fragment => {
  const key = commas(source.key.map(({ name }) => id('s', name)));
  return sql`(select s.*, row_number() over (order by ${key}) as ${id(place)} from ${table(source.table)} as s) as ${id(source.name)}`;
};

const fails = async (
  session: Session,
  source: Source,
  condition: Expression,
  [first, last]: readonly [number, number],
): Promise<TidemarkError | undefined> => {
  const at = id(source.name, place);
  // A `case` keeps the engine from asking rows that are not meant.
  const asked = sql`case when ${at} between ${sql.lit(first)} and ${sql.lit(last)} then (${renderExpression(condition)}) end`;
  try {
    await session.rows(sql`select count(*) as n from ${numbered(source)} where ${asked}`);
    return undefined;
  } catch (error) {
    if (isValueError(error)) return error;
    throw error;
  }
};

interface Failing {
  readonly error: TidemarkError;
  readonly rows: readonly Row[];
}

const findRow = async (
  session: Session,
  source: Source,
  condition: Expression,
): Promise<Failing | undefined> => {
  const [count] = await session.rows<{ n: string }>(
    sql`select count(*) as n from ${table(source.table)} as s`,
  );
  let [first, last] = [1, Number(count?.n ?? 0)];
  let error = await fails(session, source, condition, [first, last]);
  while (error !== undefined && first < last) {
    const middle = Math.floor((first + last) / 2);
    const left = await fails(session, source, condition, [first, middle]);
    if (left === undefined) first = middle + 1;
    else [last, error] = [middle, left];
  }
  if (error === undefined) return undefined;
  const key = commas(source.key.map(({ name }) => id(source.name, name)));
  const rows = await session.rows(
    sql`select ${key} from ${numbered(source)} where ${id(source.name, place)} = ${sql.lit(first)}`,
  );
  return { error, rows };
};

/** The error that people should see for a source that could not be read; the same one where no row is to blame. */
export const explainCondition = async (
  session: Session,
  source: Source,
  error: unknown,
): Promise<unknown> => {
  if (!isValueError(error) || !isMirrored(source)) return error;
  for (const name of ['where', 'deleted'] as const) {
    const condition = source[name];
    if (condition === undefined) continue;
    const found = await findRow(session, source, condition);
    if (found === undefined) continue;
    const words = quietly(source, found.error);
    return new TidemarkError('expression_failed', {
      message: `source \`${source.name}\`: \`${name}\` cannot be computed for ${showRows(found.rows)}: ${words.message}; it was left out`,
      hint: 'make the condition total, for example with `case`, `nullif` or a safe cast',
      at: condition.at,
      cause: words,
      details: { source: source.name, keys: found.rows, engine: words.message },
    });
  }
  return error;
};
