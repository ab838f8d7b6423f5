// What the guards let through where older versions are merged into a history.
import { allowance } from '../compute/guards.ts';
import type { OlderWish } from './wish.ts';

/** Whoever hands versions in wants them written, however many. */
export const mergedInto = (older: OlderWish | undefined): readonly string[] =>
  older === undefined ? [] : [allowance(older.target, 'touched')];
