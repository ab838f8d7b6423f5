// One source of a freeze: how it is read this time, its images, and what speaks against taking them.
import { findDeleted, nothingIsGone } from '../../detect/deleted.ts';
import { compareKeys } from '../../detect/keys.ts';
import { compareAll, compareWindow, countRows, nextWatermark, type Comparison } from '../../detect/mirror.ts';
import type { MirrorPlan } from '../../detect/mirror-plan.ts';
import type { Source } from '../../dictionary/dictionary.ts';
import type { Problem } from '../../errors/tidemark-error.ts';
import { changedRows, nothing, type ImageSummary } from '../../reconcile/relation-view.ts';
import { readSummary, summarize, type SummaryRow } from '../../reconcile/summary.ts';
import type { EventTable } from '../../sql/events.ts';
import { verbatim } from '../../sql/fragment.ts';
import type { ImageTable } from '../../sql/images.ts';
import type { TableName } from '../../sql/table-name.ts';
import { instantMs } from '../../store/state.ts';
import type { Session } from '../../warehouse/port.ts';
import type { BatchContext } from '../context.ts';
import { guard } from '../compute/guards.ts';
import { countLate, lateRows, windowStart } from './late-rows.ts';
import { refusal } from '../left-out.ts';
import type { FrozenLog } from './frozen-log.ts';
import { respectHolds } from './held-rows.ts';
import { holdBackDeletes, type Absent } from './missing-keys.ts';
import { refuseBadKeys, type Counted } from './refuse-keys.ts';

export type Reading =
  /** First run of a source: every row, no ledger. */
  | { readonly kind: 'bootstrap' }
  | { readonly kind: 'all' }
  | { readonly kind: 'window'; readonly from: string; readonly deletes: boolean }
  /** Only the keys that somebody named. */
  | { readonly kind: 'keys'; readonly keys: TableName }
  /** Staging was not read: changes of earlier batches are taken back. */
  | { readonly kind: 'undo' };

export interface FrozenSource {
  readonly source: Source;
  readonly reading: Reading;
  readonly images: ImageTable;
  /** Of a source that tells every change: each event behind the images, for histories. */
  readonly events?: EventTable | undefined;
  readonly summary: ImageSummary;
  readonly watermark: string | undefined;
  readonly plan: MirrorPlan;
  /** Of a log: what is kept of it, and which of its events were set aside. */
  readonly log?: FrozenLog | undefined;
  /** With `delete_after`, where this freeze looked for deleted keys. */
  readonly absent?: Absent | undefined;
  /** Scratch: the keys of holds that end with this batch. */
  readonly endedHolds?: TableName | undefined;
  readonly warnings: readonly Problem[];
}

/** A comparison with the scratch that must be there before the snapshot is taken. */
export interface PreparedMirror extends Comparison {
  readonly kind: 'mirror';
  readonly absent: TableName;
  readonly keys: TableName | undefined;
  readonly ended: TableName | undefined;
}

export const planOf = (context: BatchContext, source: Source): MirrorPlan => {
  const plan = context.mirrors.get(source.name);
  if (plan === undefined) throw new RangeError(`nothing is known of the mirror of ${source.name}`);
  return plan;
};

type StagingReading = Exclude<Reading, { readonly kind: 'undo' }>;

const readingOf = (
  context: BatchContext,
  { source, keys }: PreparedMirror,
  nowMs: number,
): StagingReading => {
  if (keys !== undefined) return { kind: 'keys', keys };
  const plan = planOf(context, source);
  if (plan.rows === undefined) return { kind: 'bootstrap' };
  const behind = context.known.relations.get(source.name)?.behind !== undefined;
  if (behind || plan.readInFull || context.healing.sources.has(source.name)) return { kind: 'all' };
  const position = context.known.positions.get(source.name);
  const { watermark, fullCompareAtMs, deleteCheckAtMs } = position ?? {};
  const { deletes } = source.detect;
  if (source.detect.watermark === undefined || watermark === undefined || fullCompareAtMs === undefined)
    return { kind: 'all' };
  if (nowMs - fullCompareAtMs >= source.fullCompareMs) return { kind: 'all' };
  const due =
    deletes.kind === 'every run' ||
    (deletes.kind === 'every' && nowMs - (deleteCheckAtMs ?? 0) >= deletes.ms);
  return { kind: 'window', from: watermark, deletes: due };
};

/** The loader says whether its load is complete. */
export const refuseUnready = async (session: Session, source: Source): Promise<void> => {
  if (source.ready === undefined) return;
  const rows = await session.rows(verbatim(source.ready));
  const [first] = rows;
  if (first !== undefined && Object.values(first)[0] === true) return;
  throw refusal(
    'not_ready',
    `source \`${source.name}\` is not ready: \`${source.ready.trim()}\` did not return true; it was left out`,
    'the next run looks again',
  );
};

const lookForDeleted = async (session: Session, comparison: Comparison): Promise<number> => {
  const asked = nothingIsGone(comparison);
  const [first] = asked === undefined ? [] : await session.rows<{ same: boolean }>(asked);
  return first?.same === true ? 0 : session.execute(findDeleted(comparison));
};

interface Compared {
  /** Deleted keys were looked for. */
  readonly looked: boolean;
  /** Images that were written. */
  readonly found: number;
}

/** Fills the images. */
const compare = async (
  context: BatchContext,
  session: Session,
  comparison: Comparison,
  reading: StagingReading,
): Promise<Compared> => {
  switch (reading.kind) {
    case 'keys':
      return { looked: true, found: await session.execute(compareKeys(comparison, reading.keys)) };
    case 'window': {
      const start = windowStart(context, comparison.source, reading.from);
      const changed = await session.execute(compareWindow(comparison, start));
      const gone = reading.deletes ? await lookForDeleted(session, comparison) : 0;
      return { looked: reading.deletes, found: changed + gone };
    }
    case 'all':
    case 'bootstrap':
      return { looked: reading.kind === 'all', found: await session.execute(compareAll(comparison)) };
  }
};

const countedRows = (row: SummaryRow | undefined, { inserted, deleted }: ImageSummary): Counted | undefined =>
  row?.['staged'] === undefined
    ? undefined
    : { staged: Number(row['staged']), mirrored: Number(row['mirrored']) + inserted - deleted };

export const freezeSource = async (
  context: BatchContext,
  session: Session,
  comparison: PreparedMirror,
  moment: string,
): Promise<FrozenSource> => {
  const { source, images, dialect } = comparison;
  const reading = readingOf(context, comparison, instantMs(moment));
  await refuseUnready(session, source);
  const { looked, found } = await compare(context, session, comparison, reading);
  const plan = planOf(context, source);
  const endedHolds = await respectHolds(context, session, {
    comparison,
    ended: comparison.ended,
    reading: reading.kind === 'bootstrap' || reading.kind === 'all' ? reading.kind : 'part',
    keys: comparison.keys,
    remade: plan.remake,
  });
  const absent = looked
    ? await holdBackDeletes(context, session, { comparison, absent: comparison.absent, moment })
    : undefined;
  const column = source.columns.find((each) => each.name === source.detect.watermark);
  const old = plan.restart ? undefined : context.known.positions.get(source.name)?.watermark;
  const extra = [
    ...(column === undefined || reading.kind === 'keys' ? [] : [nextWatermark(images, column, old, moment)]),
    ...(reading.kind === 'all' ? countLate(context, source, images) : []),
    ...(reading.kind === 'all' && !source.keyIsEnforced ? countRows(comparison) : []),
  ];
  // Most sources of most runs: nothing to count, and the watermark stays where it is.
  const unchanged = reading.kind === 'window' && found === 0 && comparison.ended === undefined;
  const [row] = unchanged
    ? [{ watermark: old ?? null }]
    : await session.rows<SummaryRow>(summarize(dialect, images, { extra }));
  const summary = unchanged ? nothing : readSummary(images, row ?? {});
  await refuseBadKeys(session, comparison, {
    changed: changedRows(summary) > 0,
    counted: countedRows(row, summary),
  });
  guard(context, {
    name: source.name,
    kind: 'source',
    table: source.table,
    summary,
    limits: context.project.limits,
  });
  const watermark = row?.['watermark'];
  return {
    source,
    reading,
    images,
    summary,
    watermark: typeof watermark === 'string' ? watermark : undefined,
    plan,
    absent,
    endedHolds,
    warnings: lateRows(source, Number(row?.['late'] ?? 0)),
  };
};
