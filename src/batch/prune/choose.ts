// Which batches lose their records: always the oldest ones without a gap, so that whatever stays can be undone as if
// nothing had been pruned.
import type { Retention } from '../../project/project.ts';
import type { BatchRecord } from '../../store/batches.ts';
import type { RecordSize } from '../../store/prune.ts';

export interface Chosen {
  /** Oldest first. */
  readonly batches: readonly BatchRecord[];
  /** The batch that stays though it is old or too much: changes are numbered on from it. */
  readonly spared: number | undefined;
}

interface Known {
  /** Newest first. */
  readonly records: readonly BatchRecord[];
  readonly sizes: ReadonlyMap<number, RecordSize>;
  readonly nowMs: number;
  /** The batch of the last change that was numbered. */
  readonly lastNumbered: number | undefined;
}

const bytesOf = (sizes: Known['sizes'], batch: number): number => sizes.get(batch)?.bytes ?? 0;

/** The last of those old batches before which there is none that is younger. */
const byAge = (oldestFirst: readonly BatchRecord[], before: number): number => {
  const young = oldestFirst.findIndex(({ committedAt }) => Date.parse(committedAt) >= before);
  return (young < 0 ? oldestFirst : oldestFirst.slice(0, young)).at(-1)?.batch ?? 0;
};

/** The newest batch with which those after it and its own records would be more than may stay. */
const bySize = ({ records, sizes }: Known, keep: number): number => {
  let kept = 0;
  for (const { batch } of records) {
    kept += bytesOf(sizes, batch);
    if (kept > keep) return batch;
  }
  return 0;
};

export const choosePruned = (known: Known, { ageMs, bytes }: Retention): Chosen => {
  const oldestFirst = known.records.toReversed();
  const upTo = Math.max(
    ageMs === undefined ? 0 : byAge(oldestFirst, known.nowMs - ageMs),
    bytes === undefined ? 0 : bySize(known, bytes),
  );
  const { lastNumbered: spare = Number.POSITIVE_INFINITY } = known;
  return {
    batches: oldestFirst.filter(
      ({ batch, prunedAt }) => batch <= upTo && batch < spare && prunedAt === undefined,
    ),
    spared: spare <= upTo ? spare : undefined,
  };
};

/** What can be undone today and could not any more. */
export const undoableAmong = (batches: readonly BatchRecord[]): readonly BatchRecord[] =>
  batches.filter(
    ({ kind, undoneBy, changes, rows }) =>
      kind !== 'bootstrap' && undoneBy === undefined && changes + rows > 0,
  );

/** So many records at once, at the most one batch more: a transaction that can be waited for. */
const rowsAtOnce = 200_000;

/** The last batch of each transaction. */
export const steps = (batches: readonly BatchRecord[], sizes: Known['sizes']): readonly number[] => {
  const ends: number[] = [];
  let rows = 0;
  for (const { batch } of batches) {
    const { changes = 0, audit = 0 } = sizes.get(batch) ?? {};
    rows += changes + audit;
    if (rows < rowsAtOnce) continue;
    ends.push(batch);
    rows = 0;
  }
  const last = batches.at(-1)?.batch;
  return last === undefined || ends.at(-1) === last ? ends : [...ends, last];
};
