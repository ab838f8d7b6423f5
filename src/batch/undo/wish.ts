// What somebody asks to be taken back.
import type { OnConflict } from '../../reconcile/undo/inverse.ts';
import type { NamedKey } from '../freeze/changed-keys.ts';

export interface UndoWish {
  readonly batch: number;
  /** Everything after that batch, instead of it. */
  readonly to?: boolean | undefined;
  /** Only these of its changes. */
  readonly change?: number | undefined;
  readonly source?: string | undefined;
  /** Only what was written into these targets for no source change; nothing of the sources. */
  readonly targets?: readonly string[] | undefined;
  /** Also what was written into targets for no source change, where there are source changes as well. */
  readonly withWrites?: boolean | undefined;
  /** Of the source, or of the one target. */
  readonly key?: NamedKey | undefined;
  readonly onConflict?: OnConflict | undefined;
  /** Staging is believed again at once, rather than held. */
  readonly reapply?: boolean | undefined;
  /** Goes on though cells do not return to what they were. */
  readonly accept?: boolean | undefined;
}

export const ofTargets = ({ targets = [] }: UndoWish): boolean => targets.length > 0;

export const isNarrowed = (wish: UndoWish): boolean =>
  (wish.change ?? wish.source ?? wish.key) !== undefined || ofTargets(wish);
