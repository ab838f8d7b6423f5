// The work on one history: where its events are, which scratch it needs, and whether what is stored still fits.
import { createHash } from 'node:crypto';
import { isLog, type Target } from '../../dictionary/dictionary.ts';
import { historyOf } from '../../dictionary/history-of.ts';
import { relationOf } from '../../graph/reads.ts';
import type { HistoryScratch, HistoryWork } from '../../reconcile/history/history-work.ts';
import { eventStoreOf } from '../../reconcile/history/event-store.ts';
import { rootView, viewOf, type TargetWork } from '../../reconcile/target-work.ts';
import type { Column } from '../../sql/dialect.ts';
import type { TableName } from '../../sql/table-name.ts';
import type { KnownHistory } from '../../store/histories.ts';
import type { BatchContext } from '../context.ts';

/** What a mirror tells is in the order of the batches that found it. */
const byBatch: readonly Column[] = [{ name: 'batch', type: 'bigint', nullable: false }];

/** Of another root, or of one with another key, the events say nothing. */
const shapeOf = (work: TargetWork, sequence: readonly Column[], isTold: boolean): string =>
  createHash('sha256')
    .update(
      JSON.stringify([
        relationOf(work.target, work.target.root.alias),
        rootView(work).key.map(({ name, type }) => [name, work.dialect.baseType(type)]),
        isTold,
        sequence.map(({ type }) => work.dialect.baseType(type)),
      ]),
    )
    .digest('hex')
    .slice(0, 16);

const longestName = 60;

/** Ours alone; the events of another shape stay where they are, and take the plain name. */
const eventsTable = (context: BatchContext, { name }: Target, shape: string): TableName => {
  const lost = context.known.lost.get(name);
  if (lost !== undefined) return { ...context.project.schemas.state, name: lost };
  const known = context.known.histories.get(name);
  const plain = `events_${name}`;
  const full =
    known === undefined && new TextEncoder().encode(plain).length <= longestName
      ? plain
      : `events_${createHash('sha256').update(name).digest('hex').slice(0, 16)}_${shape.slice(0, 8)}`;
  return { ...context.project.schemas.state, name: full };
};

export interface HistoryPlace extends HistoryWork {
  readonly shape: string;
  readonly known: KnownHistory | undefined;
}

const scratchOf = (context: BatchContext, { name }: Target): HistoryScratch => ({
  stored: context.scratch.name(`told_${name}`),
  fresh: context.scratch.name(`events_${name}`),
  timeline: context.scratch.name(`timeline_${name}`),
  numbers: context.scratch.name(`numbers_${name}`),
});

/** A log orders its events itself. */
const sequenceOf = (context: BatchContext, work: TargetWork): readonly Column[] | undefined => {
  const source = context.graph.sources.get(relationOf(work.target, work.target.root.alias));
  if (source === undefined || !isLog(source)) return undefined;
  return source.detect.sequence.map(({ name, type }) => ({ name, type, nullable: false }));
};

export const historyWork = (context: BatchContext, work: TargetWork): HistoryPlace => {
  const { target } = work;
  const history = historyOf(target);
  if (history === undefined) throw new RangeError(`${target.name} is no history`);
  const told = sequenceOf(context, work);
  const sequence = told ?? byBatch;
  const shape = shapeOf(work, sequence, told !== undefined);
  const stored = context.known.histories.get(target.name);
  const known = stored?.shape === shape ? stored : undefined;
  return {
    work,
    history,
    shape,
    known,
    scratch: scratchOf(context, target),
    store: eventStoreOf({
      target,
      table: known?.events ?? eventsTable(context, target, shape),
      stored: known && new Map(known.columns.map(({ name, type }) => [name, type])),
      sequence,
      isLog: told !== undefined,
      view: (alias) => viewOf(work, alias),
    }),
  };
};

/** The events that are stored are those of this history. */
export const isTaken = (context: BatchContext, work: TargetWork): boolean =>
  historyWork(context, work).known !== undefined;
