// What our tables hold once a batch is written: as observed before it, moved by the sums of its images.
import { changedRows, type ImageSummary } from '../../reconcile/relation-view.ts';
import { moved, readMoves, readMovesBesides } from '../../reconcile/fingerprint.ts';
import type { ImageTable } from '../../sql/images.ts';
import type { Fingerprint } from '../../store/fingerprints.ts';
import type { Session } from '../../warehouse/port.ts';
import type { TableName } from '../../sql/table-name.ts';
import { instantMs } from '../../store/state.ts';
import { shapeHash } from '../drift/shape-hash.ts';
import { readBesides } from '../drift/watch.ts';
import type { BatchContext } from '../context.ts';
import { reshaped } from '../drift/apply-drift.ts';
import type { Computed } from '../compute/compute.ts';
import { targetView } from '../views.ts';
import type { Target } from '../../dictionary/dictionary.ts';

interface Written {
  readonly name: string;
  readonly table: TableName;
  readonly images: ImageTable;
  readonly summary: ImageSummary;
  /** Not compared in full: what others wrote is still to be noticed by a later run. */
  readonly inPart: boolean;
  /** Of a target. */
  readonly target?: Target | undefined;
}

const writtenBy = (computed: Computed): readonly Written[] => [
  ...computed.frozen.sources.map(({ source, reading, images, summary }) => ({
    name: source.name,
    table: source.mirror,
    images,
    summary,
    inPart: reading.kind === 'keys' || reading.kind === 'undo',
  })),
  // Of other columns than before: it is read once it is written.
  ...computed.targets
    .filter(({ setBack }) => setBack === undefined)
    .map(({ target, work, summary }) => ({
      name: target.name,
      table: target.table,
      images: work.scratch.images,
      summary,
      inPart: false,
      target,
    })),
];

/** A table that this batch makes holds nothing before it. */
const madeNow = ({ table, images }: Written, nowMs: number): Fingerprint => ({
  shape: shapeHash({ table, key: images.key, columns: images.columns, reads: [] }),
  cells: '0:0',
  reads: '',
  scannedAtMs: nowMs,
});

/** Rows that come and go bring and take columns that no image carries. */
const readsAfter = async (
  context: BatchContext,
  session: Session,
  { target, images, summary }: Written,
  before: string,
): Promise<string> => {
  if (target === undefined || before === '' || summary.inserted + summary.deleted === 0) return before;
  const view = targetView(target, undefined);
  const changed = { table: images, summary, causes: { kind: 'none' } } as const;
  const [moves] = await session.rows<{ taken: string; added: string }>(
    readMovesBesides(
      context.warehouse.dialect,
      { ...view, images: changed },
      readBesides(context.graph, target),
    ),
  );
  return moves === undefined ? before : moved(before, moves);
};

const advance = async (
  context: BatchContext,
  session: Session,
  { written, moment }: { written: Written; moment: string },
): Promise<Fingerprint | undefined> => {
  const before = context.observed.get(written.name)?.fingerprint ?? madeNow(written, instantMs(moment));
  const rows = changedRows(written.summary);
  if (rows === 0) return before;
  const [moves] = await session.rows<{ taken: string; added: string }>(
    readMoves(context.warehouse.dialect, written.images),
  );
  if (moves === undefined) return undefined;
  return {
    ...before,
    cells: moved(before.cells, moves),
    reads: await readsAfter(context, session, written, before.reads),
    writes: before.writes === undefined ? undefined : before.writes + rows,
  };
};

export const fingerprintsAfter = async (
  context: BatchContext,
  computed: Computed,
): Promise<ReadonlyMap<string, Fingerprint>> =>
  context.warehouse.session(async (session) => {
    const after = new Map<string, Fingerprint>();
    const anew = new Set(
      computed.frozen.sources
        .filter((frozen) => reshaped(context, frozen) !== undefined)
        .map(({ source }) => source.name),
    );
    for (const written of writtenBy(computed)) {
      // Its images say nothing of the columns that come or go: it is read once it is written.
      if (anew.has(written.name)) continue;
      if (written.inPart && context.observed.get(written.name)?.moved === true) continue;
      const fingerprint = await advance(context, session, { written, moment: computed.frozen.moment });
      if (fingerprint !== undefined) after.set(written.name, fingerprint);
    }
    return after;
  });
