// One part of a target that is compared in parts: a batch of its own, the target behind until the last of them.
import type { KeyRange } from '../../reconcile/target-work.ts';
import type { PartsProgress } from '../../store/parts.ts';
import { leaveOut, refusal, type LeftOut } from '../left-out.ts';

export interface Part {
  readonly target: string;
  readonly range: KeyRange;
  /** Only these columns, of rows that are there. */
  readonly columns: readonly string[];
  readonly place: number;
  readonly of: number;
  /** Once this part is committed; none with the last one. */
  readonly progress: PartsProgress | undefined;
  /** Targets whose turn is later: they are left out until then. */
  readonly later: ReadonlySet<string>;
}

/** The same text for every part: what is kept of a target that is behind changes with its reason only. */
export const unfinished = (name: string): LeftOut =>
  leaveOut(
    name,
    'target',
    refusal(
      'reconciling',
      `target \`${name}\` is being compared in parts, and not yet all of it`,
      `\`tidemark reconcile -s ${name}\` goes on where it stopped; a run compares all of it at once`,
      { target: name },
    ),
  );
