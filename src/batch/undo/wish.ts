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
  readonly key?: NamedKey | undefined;
  readonly onConflict?: OnConflict | undefined;
  /** Staging is believed again at once, rather than held. */
  readonly reapply?: boolean | undefined;
  /** Goes on though cells do not return to what they were. */
  readonly accept?: boolean | undefined;
}

export const isNarrowed = ({ change, source, key }: UndoWish): boolean =>
  (change ?? source ?? key) !== undefined;
