// A target that is set back from the audit: its rows as the audit has them, over what the mapping makes of it. What the
// mapping would not have done of its own is held from then on, or the next batch would do it again.
import {
  countForced,
  dropCauses,
  fillLaid,
  forcedName,
  type Laid,
} from '../../reconcile/undo/lay-restored.ts';
import { changedRows, type ImageSummary } from '../../reconcile/relation-view.ts';
import { readSummary, summarize, type SummaryRow } from '../../reconcile/summary.ts';
import type { TargetWork } from '../../reconcile/target-work.ts';
import { imageColumns, type ImageTable } from '../../sql/images.ts';
import type { Session } from '../../warehouse/port.ts';
import type { ComputedTarget } from '../compute/compute-target.ts';
import type { BatchContext } from '../context.ts';
import { scratch } from './compose.ts';
import type { FrozenWrites } from './frozen-undo.ts';
import type { SetBack } from './set-back.ts';
import { findRestored } from './undone-target.ts';

const forcedOf = ({ inserted, deleted, columns }: ImageSummary): SetBack => ({
  columns: [...columns.keys()],
  rows: inserted + deleted > 0,
});

const readForced = async (session: Session, laid: Laid): Promise<SetBack> => {
  const [row] = await session.rows<Readonly<Record<string, string>>>(countForced(laid));
  return {
    rows: Number(row?.['rows'] ?? 0) > 0,
    columns: laid.restored.columns
      .filter((_, place) => Number(row?.[forcedName(place)] ?? 0) > 0)
      .map(({ name }) => name),
  };
};

interface Both {
  readonly images: ImageTable;
  readonly summary: ImageSummary;
  readonly setBack: SetBack;
}

const layBoth = async (
  context: BatchContext,
  session: Session,
  { target, work, causes }: ComputedTarget,
  { images: restored }: FrozenWrites,
): Promise<Both> => {
  const { dialect } = context.warehouse;
  const laid = { dialect, target: target.table, ordinary: work.scratch.images, restored };
  const name = await scratch(context, session, `laid_${target.name}`, imageColumns(restored));
  const images = { ...restored, table: name };
  await session.execute(fillLaid(laid, images));
  if (causes.kind === 'listed') await session.execute(dropCauses(laid, causes.table));
  if (dialect.capabilities.wantsAnalyze) await session.execute(dialect.analyze(name));
  const [row] = await session.rows<SummaryRow>(summarize(dialect, images));
  return { images, summary: readSummary(images, row ?? {}), setBack: await readForced(session, laid) };
};

export const layWrites = async (
  context: BatchContext,
  session: Session,
  computed: ComputedTarget,
  writes: FrozenWrites,
): Promise<ComputedTarget> => {
  const { images, summary, setBack } =
    changedRows(computed.summary) === 0
      ? { ...writes, setBack: forcedOf(writes.summary) }
      : await layBoth(context, session, computed, writes);
  // Scratch holds the rows of affected keys only: whole rows are read from the table.
  const work: TargetWork = {
    ...computed.work,
    scope: 'all',
    scratch: { ...computed.work.scratch, images },
  };
  const { undone } = writes;
  const restored = await findRestored(session, work, undone);
  return { ...computed, work, summary, undone, restored, setBack };
};
