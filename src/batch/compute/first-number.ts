// The first surrogate key that no version of a history was given yet.
import { highestNumber } from '../../reconcile/history/numbers.ts';
import type { Session } from '../../warehouse/port.ts';
import type { HistoryPlace } from './history-work.ts';

/** A table that others wrote, or wrote meanwhile, may hold higher ones than we gave. */
export const firstNumber = async (session: Session, place: HistoryPlace): Promise<number> => {
  const statement = highestNumber(place);
  const [row] = statement === undefined ? [] : await session.rows<{ highest: string | number }>(statement);
  return Math.max(place.known?.nextNumber ?? 1, Number(row?.highest ?? 0) + 1);
};
