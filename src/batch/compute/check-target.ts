// The user's checks of a target: SQL that returns bad rows, asked of the target as the batch will leave it, before
// anything is written.
import type { Check, Target } from '../../dictionary/dictionary.ts';
import { isTidemarkError, TidemarkError } from '../../errors/tidemark-error.ts';
import { checkRows, targetAfter } from '../../reconcile/target-after.ts';
import type { TargetWork } from '../../reconcile/target-work.ts';
import type { Fragment } from '../../sql/fragment.ts';
import type { Row, Session } from '../../warehouse/port.ts';
import { showRows } from './refuse-rows.ts';

/** How many bad rows a message names. */
const named = 5;

const failed = (
  target: Target,
  check: Check,
  facts: {
    readonly found: string;
    readonly details: Readonly<Record<string, unknown>>;
    readonly cause?: unknown;
  },
): TidemarkError =>
  new TidemarkError('check_failed', {
    message: `target \`${target.name}\`: check \`${check.name}\` ${facts.found}; the target was left out`,
    hint: `the check must return no row of \`${target.name}\` as it would be: mend the rows, the mapping or the check`,
    at: check.at,
    details: { target: target.name, check: check.name, ...facts.details },
    cause: facts.cause,
  });

/** The lost connection, the full disk and the like are no answer of the check. */
const isAnswer = (error: unknown): error is TidemarkError =>
  isTidemarkError(error) &&
  ['sql_failed', 'permission_denied', 'constraint_violated'].includes(error.code) &&
  error.details['kind'] !== 'connection';

const ask = async (
  session: Session,
  statement: Fragment,
  target: Target,
  check: Check,
): Promise<readonly Row[]> => {
  try {
    return await session.rows(statement);
  } catch (error) {
    if (!isAnswer(error)) throw error;
    throw failed(target, check, {
      found: `cannot be asked: ${error.message}`,
      details: { engine: error.message },
      cause: error,
    });
  }
};

/** `changed`: lay the images of `work` over the table; without them it is asked as it stands. */
export const runChecks = async (session: Session, work: TargetWork, changed: boolean): Promise<void> => {
  const { target } = work;
  for (const check of target.checks) {
    const rows = await ask(
      session,
      checkRows({ after: targetAfter(work, changed), name: target.name, sql: check.sql }, named),
      target,
      check,
    );
    if (rows.length === 0) continue;
    const more = rows.length === named ? ' (the first ones)' : '';
    throw failed(target, check, { found: `found bad rows: ${showRows(rows)}${more}`, details: { rows } });
  }
};
