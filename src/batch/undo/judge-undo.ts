// Whether an undo may be committed: not with conflicts that nobody decided, and not where a cell would not return to
// what it was. An ordinary batch goes straight on.
import type { Problem } from '../../errors/tidemark-error.ts';
import type { Computed } from '../compute/compute.ts';
import type { BatchContext } from '../context.ts';
import type { Frozen } from '../freeze/freeze.ts';
import { reportOf, type BatchReport, type ReportFacts } from '../report.ts';
import type { FrozenUndo } from './frozen-undo.ts';
import { proveUndo, type UndoProof } from './prove.ts';
import { notUndoable } from './refusals.ts';

export interface Judged {
  readonly computed: Computed;
  readonly proof?: UndoProof | undefined;
  readonly refused: boolean;
}

/** A target that follows from its sources is compared in full later; what was to be set back would stay as it is. */
const refuseLeftOut = ({ leftOut }: Computed, { writes }: FrozenUndo): void => {
  const out = leftOut.find(({ name }) => writes.has(name));
  if (out !== undefined) throw notUndoable(out.reason, out.problem.hint);
};

export const judgeUndo = async (
  context: BatchContext,
  frozen: Frozen,
  compute: () => Promise<Computed>,
): Promise<Judged> => {
  const { undo } = frozen;
  if (undo === undefined) return { computed: await compute(), refused: false };
  const { onConflict = 'fail', accept = false } = undo.scope.wish;
  if (undo.conflictCount > 0 && onConflict === 'fail') {
    const nothing = { ...frozen, sources: [] };
    return { computed: { frozen: nothing, targets: [], leftOut: [], events: [], digest: '' }, refused: true };
  }
  const computed = await compute();
  refuseLeftOut(computed, undo);
  const proof = await proveUndo(context, computed, undo);
  return { computed, proof, refused: proof.failed.length > 0 && !accept };
};

const rows = (number: number): string => `${number.toLocaleString('en-US')} row${number === 1 ? '' : 's'}`;

const hintOf = (undo: FrozenUndo | undefined): string =>
  undo?.conflicts.some(({ redacted }) => redacted === true) === true
    ? 'of redacted columns the values from before are not kept: `--on-conflict skip` leaves what they have now and takes everything else back'
    : '`--on-conflict skip` leaves these cells as they are, `--on-conflict force` gives them the value from before';

const problems = ({ computed: { frozen }, proof }: Judged): readonly Problem[] => {
  const conflicts = frozen.undo?.conflictCount ?? 0;
  const lost =
    frozen.undo?.conflicts.some(({ redacted }) => redacted === true) === true ? ', or is redacted' : '';
  if (proof === undefined) {
    return [
      {
        code: 'undo_conflicts',
        severity: 'error',
        message: `${conflicts} conflict${conflicts === 1 ? '' : 's'}: what the batch wrote was changed since${lost}; nothing was written`,
        hint: hintOf(frozen.undo),
        details: { conflicts },
      },
    ];
  }
  return proof.failed.map(({ target, rows: number, keys }) => ({
    code: 'undo_unproved',
    severity: 'error',
    message: `target \`${target}\`: ${rows(number)} would not return to what they were before, for instance ${keys.map((key) => JSON.stringify(key)).join(', ')}; nothing was written`,
    hint: '`--dry-run` shows what would be written; `--accept` goes on all the same',
    details: { relation: target, rows: number, keys },
  }));
};

export const refusedReport = (context: BatchContext, judged: Judged, facts: ReportFacts): BatchReport => {
  const report = reportOf(context, judged.computed, { ...facts, refused: true });
  return { ...report, errors: [...report.errors, ...problems(judged)] };
};
