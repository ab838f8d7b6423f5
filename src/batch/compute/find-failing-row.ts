// An expression failed inside the engine, which does not say for which row: the rows are halved until one is
// left, then its columns are tried one by one, so that the message names the row and the line of the mapping.
import { isTidemarkError, TidemarkError } from '../../errors/tidemark-error.ts';
import { fillColumn, fillDesired } from '../../reconcile/desired/desired.ts';
import { rootRows, rootRowsBetween } from '../../reconcile/desired/root.ts';
import { rootView, type TargetWork } from '../../reconcile/target-work.ts';
import { commas, id, sql, type Fragment } from '../../sql/fragment.ts';
import type { Session } from '../../warehouse/port.ts';
import { quietly } from '../quiet.ts';
import { showRows } from './refuse-rows.ts';

const isValueError = (error: unknown): error is TidemarkError =>
  isTidemarkError(error) && error.details['kind'] === 'value';

const failure = async (session: Session, statement: Fragment): Promise<TidemarkError | undefined> => {
  try {
    await session.execute(statement);
    return undefined;
  } catch (error) {
    if (isValueError(error)) return error;
    throw error;
  }
};

const countRows = async (session: Session, work: TargetWork): Promise<number> => {
  const rows = await session.rows<{ rows: string }>(
    sql`select count(*) as rows from (${rootRows(work)}) as r`,
  );
  return Number(rows[0]?.rows ?? 0);
};

/** The place of the first failing row, by halving. */
const findPlace = async (session: Session, work: TargetWork, count: number): Promise<number | undefined> => {
  let first = 1;
  let last = count;
  while (first < last) {
    const middle = Math.floor((first + last) / 2);
    const failed = await failure(session, fillDesired(work, rootRowsBetween(work, first, middle)));
    if (failed === undefined) first = middle + 1;
    else last = middle;
  }
  const failed = await failure(session, fillDesired(work, rootRowsBetween(work, first, first)));
  return failed === undefined ? undefined : first;
};

/** The error that people should see for a value that could not be computed or does not fit. */
export const explainFailure = async (
  session: Session,
  work: TargetWork,
  error: unknown,
): Promise<unknown> => {
  if (!isValueError(error)) return error;
  const { target } = work;
  const place = await findPlace(session, work, await countRows(session, work));
  // Many rows together may fail where none of them does: a sum that overflows.
  const row = place === undefined ? rootRows(work) : rootRowsBetween(work, place, place);
  const key = commas(rootView(work).key.map((column) => id('r', column.name)));
  const keys = place === undefined ? undefined : await session.rows(sql`select ${key} from (${row}) as r`);
  for (const column of target.columns) {
    const failed = await failure(session, fillColumn(work, row, column));
    if (failed !== undefined) return describeFailure(work, { error: failed, column, keys });
  }
  return describeFailure(work, { error, keys });
};

interface Findings {
  readonly error: TidemarkError;
  readonly column?: TargetWork['target']['columns'][number];
  readonly keys?: readonly Readonly<Record<string, unknown>>[] | undefined;
}

const describeFailure = (work: TargetWork, { error: failed, column, keys }: Findings): TidemarkError => {
  const { target } = work;
  const error = quietly(target, failed);
  const where =
    keys === undefined
      ? ''
      : ` for ${target.root.kind === 'this' ? 'row' : target.root.relation} ${showRows(keys)}`;
  const what = column === undefined ? '' : `: \`${column.name}\``;
  const fits = /length|too long|overflow|out of range|precision/i.test(failed.message);
  return new TidemarkError(fits ? 'value_does_not_fit' : 'expression_failed', {
    message: `target \`${target.name}\`${what} cannot be computed${where}: ${error.message}`,
    hint: fits
      ? `the column is \`${column?.type ?? 'narrower'}\`: widen it, or shorten the value in the mapping`
      : 'make the expression total, for example with `case`, `nullif` or a safe cast',
    at: column?.expression.at ?? target.at,
    cause: error,
    details: { target: target.name, column: column?.name, keys, engine: error.message },
  });
};
