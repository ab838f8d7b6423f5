// A mapped value of a history could not be computed: which column, found by computing them one at a time.
import { isTidemarkError, TidemarkError } from '../../errors/tidemark-error.ts';
import { fillTimeline } from '../../reconcile/history/timeline.ts';
import type { Session } from '../../warehouse/port.ts';
import { quietly } from '../quiet.ts';
import type { HistoryPlace } from './history-work.ts';

const isValueError = (error: unknown): error is TidemarkError =>
  isTidemarkError(error) && error.details['kind'] === 'value';

export const explainValue = async (
  session: Session,
  { place, wish }: { readonly place: HistoryPlace; readonly wish: Parameters<typeof fillTimeline>[1] },
  error: unknown,
): Promise<unknown> => {
  if (!isValueError(error)) return error;
  const { target } = place.work;
  for (const [at, column] of target.columns.entries()) {
    try {
      await session.execute(fillTimeline(place, { ...wish, only: at }));
    } catch (failure) {
      if (!isValueError(failure)) throw failure;
      const fits = /length|too long|overflow|out of range|precision/i.test(failure.message);
      const words = quietly(target, failure);
      return new TidemarkError(fits ? 'value_does_not_fit' : 'expression_failed', {
        message: `history \`${target.name}\`: \`${column.name}\` cannot be computed: ${words.message}`,
        hint: fits
          ? `the column is \`${column.type}\`: widen it, or shorten the value in the mapping`
          : 'make the expression total, for example with `case`, `nullif` or a safe cast',
        at: column.expression.at,
        cause: words,
        details: { target: target.name, column: column.name, engine: words.message },
      });
    }
  }
  return quietly(target, error);
};
