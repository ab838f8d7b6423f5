// What a failed attempt of a batch teaches the next one: whom to leave out, and whom to look at in full.
import { isTidemarkError, TidemarkError } from '../errors/tidemark-error.ts';
import { showTable } from '../sql/table-name.ts';
import type { HeldColumn } from '../store/relations.ts';
import { MirrorRefused } from './drift/apply-drift.ts';
import { ColumnsHeld } from './drift/held.ts';
import { leaveOut, refusal, type LeftOut } from './left-out.ts';
import { TargetRefused, WrittenMeanwhile } from './commit/written-meanwhile.ts';

/** How often a batch is done again because somebody wrote what it was about to write. */
const tries = 3;

/** What failed attempts of this batch taught. */
export interface Lessons {
  readonly without: LeftOut[];
  readonly suspects: Set<string>;
  readonly failures: Map<string, number>;
  /** Columns whose changed mapping would change too much, by target. */
  readonly held: Map<string, readonly HeldColumn[]>;
}

export const nothingLearnt = (suspects: Iterable<string>): Lessons => ({
  without: [],
  suspects: new Set(suspects),
  failures: new Map(),
  held: new Map(),
});

const countFailure = (lessons: Lessons, name: string): number => {
  const count = (lessons.failures.get(name) ?? 0) + 1;
  lessons.failures.set(name, count);
  return count;
};

const passing = new Set<string>(['serialization_failure', 'deadlock', 'write_conflict']);

/** A table or column that vanished since the batch began is not found again: the next look at the dictionary names
 *  the line that maps it. */
const mayPass = (error: unknown): boolean =>
  isTidemarkError(error) && (passing.has(error.code) || error.details['kind'] === 'missing_object');

/** Learns from an attempt's failure, or throws it when there is nothing to learn. */
export const learn = (error: unknown, lessons: Lessons, sources: ReadonlySet<string>): void => {
  if (error instanceof ColumnsHeld) {
    lessons.held.set(error.target, [...(lessons.held.get(error.target) ?? []), ...error.columns]);
    return;
  }
  if (error instanceof MirrorRefused) {
    lessons.without.push(leaveOut(error.source.name, 'source', mirrorStays(error)));
    return;
  }
  if (error instanceof TargetRefused) {
    lessons.without.push(leaveOut(error.relation, 'target', refusedBy(error)));
    return;
  }
  if (error instanceof WrittenMeanwhile) {
    lessons.suspects.add(error.relation);
    if (countFailure(lessons, error.relation) < tries) return;
    const again = `${error.message}, ${tries} times in a row`;
    if (sources.has(error.relation)) {
      throw refusal(
        'write_conflict',
        `the mirror ${again}`,
        'nobody but tidemark may write mirrors: find out who does',
      );
    }
    lessons.without.push(
      leaveOut(
        error.relation,
        'target',
        refusal('written_meanwhile', again, 'run again when the other writer is done'),
      ),
    );
    return;
  }
  if (!mayPass(error) || countFailure(lessons, '') >= tries) throw error;
};

const mirrorStays = ({ source, cause }: MirrorRefused): unknown =>
  refusal(
    'source_changed',
    `the mirror \`${showTable(source.mirror)}\` could not follow its source: ${cause instanceof Error ? cause.message : String(cause)}; source \`${source.name}\` was left out`,
    'take away what depends on the mirror (a view, an index), or drop the mirror: the next run makes it',
    { source: source.name },
  );

const refusedBy = (error: TargetRefused): unknown => {
  const { cause } = error;
  if (!isTidemarkError(cause)) return cause;
  const { code, details } = cause;
  if (code !== 'constraint_violated' && details['kind'] !== 'value') {
    return new TidemarkError('target_failed', {
      message: `target \`${error.relation}\` cannot be written: ${cause.message}`,
      hint:
        cause.hint ??
        'what refuses it is in the warehouse: a trigger of the table, or a right that is missing',
      details,
      cause,
    });
  }
  return new TidemarkError(code === 'constraint_violated' ? 'constraint_violated' : 'value_does_not_fit', {
    message: `target \`${error.relation}\`: ${cause.message}`,
    hint: cause.hint ?? 'the table refuses what the mapping yields: change the constraint or the mapping',
    details,
    cause,
  });
};
