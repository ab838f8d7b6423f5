// tidemark prune
import { prune as pruneRecords } from '../../batch/prune/prune.ts';
import type { HiddenFigures, PruneReport } from '../../batch/prune/prune-report.ts';
import type { Retention } from '../../project/project.ts';
import { holderWords } from '../../store/lease-holder.ts';
import type { Command, Invocation, Outcome } from '../invocation.ts';
import { durationOf, isOn, sizeOf } from '../read-options.ts';
import { bytesText, count, instantUtc, number } from '../render/text.ts';
import { waitingFor } from '../waiting.ts';

const leaseWaitMs = 90_000;

type Figures = PruneReport['no_longer_undoable'];

const numbers = ({ batches, first, last }: Figures): string =>
  batches === 1 ? `batch ${first}` : `batches ${first} to ${last}`;

const records = ({ pruned }: PruneReport): string =>
  `${count(pruned.changes, 'change')} and ${number(pruned.audit)} audited rows (${bytesText(pruned.bytes)})`;

/** What nobody can undo afterwards: said before it is so. */
const lost = ({ no_longer_undoable: undoable }: PruneReport, verb: string): string =>
  undoable.batches === 0
    ? 'none of them could be undone'
    : `${numbers(undoable)} ${verb} no longer be undone (${number(undoable.batches)} in all), and \`rollback --to\` goes back no further`;

const warning = (planned: PruneReport): string =>
  `pruning ${numbers(planned.pruned)}, ${records(planned)}: ${lost(planned, 'can')}`;

const spared = ({ spared: batch }: PruneReport): readonly string[] =>
  batch === null ? [] : [`batch ${batch} stays: changes are numbered on from it`];

const renderHidden = (status: PruneReport['status'], { changes, audit, rejected }: HiddenFigures): string => {
  if (status === 'nothing') return 'no record holds a value of a redacted column';
  const held = `${count(changes, 'change')}, ${number(audit)} audited rows and ${number(rejected)} rejected events`;
  return status === 'pending'
    ? `would hide the values of redacted columns in ${held}\nnothing was changed`
    : `hid the values of redacted columns in ${held}\nan undo leaves these cells as they are (\`--on-conflict skip\`)`;
};

const render = (report: PruneReport): string => {
  if (report.redacted !== undefined) return renderHidden(report.status, report.redacted);
  const { status, pruned, kept } = report;
  const left =
    kept.batches === 0
      ? 'no batch has records'
      : `${numbers(kept)} ${kept.batches === 1 ? 'keeps its' : 'keep their'} records (${bytesText(kept.bytes)})`;
  if (status === 'nothing') return ['nothing to prune', left, ...spared(report)].join('\n');
  const pending = status === 'pending';
  const until =
    pruned.committed_before === null ? '' : `, committed until ${instantUtc(pruned.committed_before)}`;
  return [
    `${pending ? 'would prune' : 'pruned'} ${numbers(pruned)}${until}: ${records(report)}`,
    lost(report, pending ? 'could' : 'can'),
    left,
    ...spared(report),
    ...(pending ? ['nothing was pruned'] : []),
  ].join('\n');
};

const retentionOf = ({ options }: Invocation): Retention | undefined => {
  const ageMs = durationOf(options, 'olderThan');
  const bytes = sizeOf(options, 'keepSize');
  return ageMs === undefined && bytes === undefined ? undefined : { ageMs, bytes };
};

const execute = async (invocation: Invocation): Promise<Outcome> => {
  const { options, signal, log } = invocation;
  const retention = retentionOf(invocation);
  const dryRun = isOn(options, 'dryRun');
  const waitMs = durationOf(options, 'wait') ?? leaseWaitMs;
  const project = await invocation.project();
  const report = await waitingFor(project, invocation, waitMs, (ms) =>
    pruneRecords({
      project,
      retention,
      redacted: isOn(options, 'redacted'),
      dryRun,
      waitMs: ms,
      signal,
      onPlan: (planned) => log.info(warning(planned)),
      onWait: (holder) => log.info(`waiting: ${holderWords(holder)} holds the lease`),
    }),
  );
  return { exit: 0, json: report, text: () => render(report) };
};

export const prune: Command = { endsOnSignal: true, execute };
