// The events of a history that a batch finds, put into scratch. They are stored with the batch even where the
// history itself is left out: its versions can wait, what happened cannot be asked for again.
import { relationOf } from '../../graph/reads.ts';
import { affectedColumns, fillRoot, rootScratchColumns } from '../../reconcile/desired/root.ts';
import { multipliedEvents } from '../../reconcile/history/checks.ts';
import { eventStoreColumns } from '../../reconcile/history/event-store.ts';
import { fillFresh } from '../../reconcile/history/fresh-events.ts';
import {
  readEventColumns,
  readEvents,
  somePartial,
  someSetAside,
  someTied,
  type EventsWish,
} from '../../reconcile/history/all-events.ts';
import { affectedByOlder, fillOlder } from '../../reconcile/history/older-events.ts';
import { affectedByOlderUndone, affectedByUndo } from '../../reconcile/history/set-aside.ts';
import type { Undone } from '../../reconcile/history/history-work.ts';
import { affectedByLog, fillFromLog } from '../../reconcile/history/log-events.ts';
import { fillSeeds } from '../../reconcile/history/seeds.ts';
import type { TargetWork } from '../../reconcile/target-work.ts';
import type { EventTable } from '../../sql/events.ts';
import { sql, table, type Fragment } from '../../sql/fragment.ts';
import type { Session } from '../../warehouse/port.ts';
import type { BatchContext } from '../context.ts';
import type { Frozen } from '../freeze/freeze.ts';
import type { FrozenUndo } from '../undo/frozen-undo.ts';
import type { UndoScope } from '../undo/scope.ts';
import { findAffected } from './find-affected.ts';
import { historyWork, type HistoryPlace } from './history-work.ts';
import { ambiguousLookUp } from './refuse-rows.ts';

export interface TakenEvents {
  readonly place: HistoryPlace;
  readonly rows: number;
  readonly wish: EventsWish;
  /** Of the batch; none where no batch is made. */
  readonly moment?: string;
  readonly undo?: UndoScope | undefined;
  /** Some row of the root may look different. */
  readonly affected: boolean;
}

/** Of a root that is a log: what this batch read of it. */
interface Told {
  readonly events: EventTable;
  /** What its change numbers are moved by. */
  readonly offset: number;
}

const toldBy = (frozen: Frozen | undefined, { target, views }: TargetWork): Told | undefined => {
  const root = relationOf(target, target.root.alias);
  const events = frozen?.sources.find(({ source }) => source.name === root)?.events;
  if (events === undefined) return undefined;
  const causes = views.get(root)?.images?.causes;
  return { events, offset: causes?.kind === 'numbered' ? causes.offset : 0 };
};

const holdsRows = async (session: Session, { work: { target } }: HistoryPlace): Promise<boolean> =>
  target.exists &&
  (await session.rows(sql`select 1 as found from ${table(target.table)} limit 1`)).length > 0;

/** An event is one row of the root. */
const refuseMultiplied = async (session: Session, place: HistoryPlace): Promise<void> => {
  if ((await session.rows(multipliedEvents(place))).length === 0) return;
  const ambiguous = await ambiguousLookUp(session, place.work);
  if (ambiguous !== undefined) throw ambiguous;
};

/** Events reach keys whose rows end as they were. */
const addKeys = async (
  session: Session,
  { work }: HistoryPlace,
  keys: Fragment,
  found: boolean,
): Promise<boolean> => {
  const { dialect, scratch } = work;
  if (!found) {
    // Made by an earlier look that found nothing.
    for (const name of [scratch.affected, scratch.root]) await session.execute(dialect.dropScratch(name));
    await session.execute(dialect.createScratch(scratch.affected, affectedColumns(work)));
    await session.execute(dialect.createScratch(scratch.root, rootScratchColumns(work)));
  }
  const rows = await session.execute(keys);
  if (dialect.capabilities.wantsAnalyze) await session.execute(dialect.analyze(scratch.affected));
  return found || rows > 0;
};

/** Events that are undone and reached by no change; the row now says whether one is needed in their stead. */
const addUndoneKeys = async (
  session: Session,
  place: HistoryPlace,
  undo: FrozenUndo,
  found: boolean,
): Promise<boolean> => {
  const { target } = place.work;
  const looked = undo.looked.get(relationOf(target, target.root.alias));
  let any = found;
  if (!undo.scope.narrowed) any = await addWithRows(session, place, affectedByOlderUndone(place), any);
  return addWithRows(session, place, affectedByUndo(place, looked, undo.scope.narrowed), any);
};

const addWithRows = async (
  session: Session,
  place: HistoryPlace,
  keys: Fragment | undefined,
  found: boolean,
): Promise<boolean> => {
  if (keys === undefined || !(await addKeys(session, place, keys, found))) return found;
  await findRows(session, place);
  return true;
};

/** The rows of keys that were added. */
const findRows = async (session: Session, { work }: HistoryPlace): Promise<void> => {
  const { dialect, scratch } = work;
  await session.execute(dialect.dropScratch(scratch.root));
  await session.execute(dialect.createScratch(scratch.root, rootScratchColumns(work)));
  await session.execute(fillRoot(work));
};

const readStored = async (session: Session, place: HistoryPlace): Promise<HistoryPlace> => {
  const read = readEvents(place);
  if (read === undefined) return place;
  const { dialect } = place.work;
  await session.execute(dialect.createScratch(place.scratch.stored, readEventColumns(place)));
  await session.execute(read);
  if (dialect.capabilities.wantsAnalyze) await session.execute(dialect.analyze(place.scratch.stored));
  return { ...place, isRead: true };
};

/** Where a log is not undone itself, what it told stays. */
const undoneOf = ({ target }: TargetWork, undo: FrozenUndo | undefined): Undone | undefined =>
  undo && {
    ...undo.scope.events,
    onlyLookUps: !undo.scope.sources.some(({ name }) => name === relationOf(target, target.root.alias)),
  };

const nothingSpecial: EventsWish = { fresh: false, partial: false, tied: false, patched: false };

/** What is special about the events, which most logs do not have and which costs when it is looked after. */
const wishOf = async (session: Session, place: HistoryPlace, fresh: boolean): Promise<EventsWish> => {
  const patched = place.store.stored !== undefined && (await session.rows(someSetAside(place))).length > 0;
  if (!place.store.isLog) return { fresh, partial: false, tied: false, patched };
  const partial = (await session.rows(somePartial(place, { fresh, patched }))).length > 0;
  return {
    fresh,
    partial,
    tied: (await session.rows(someTied(place, { fresh, patched }))).length > 0,
    patched,
  };
};

export const takeEvents = async (
  context: BatchContext,
  session: Session,
  work: TargetWork,
  frozen: Frozen,
): Promise<TakenEvents> => {
  const { dialect, target } = work;
  const { moment } = frozen;
  const told = toldBy(frozen, work);
  const undo = frozen.undo?.scope;
  const older = frozen.older?.target === target.name ? frozen.older.versions : undefined;
  const own = historyWork(context, work);
  const undone = undoneOf(work, frozen.undo);
  let place: HistoryPlace = {
    ...own,
    undone: undone && { ...undone, onlyLookUps: own.store.isLog && undone.onlyLookUps },
  };
  if (work.scope === 'affected') {
    let any = await findAffected(context, session, work);
    if (told !== undefined)
      any = await addKeys(session, place, affectedByLog(place, told.events, told.offset), any);
    if (frozen.undo !== undefined) any = await addUndoneKeys(session, place, frozen.undo, any);
    if (older !== undefined) any = await addWithRows(session, place, affectedByOlder(place, older), any);
    if (!any) return { place, rows: 0, affected: false, wish: nothingSpecial, moment, undo };
    place = await readStored(session, place);
    if (told !== undefined && place.isRead === true && (await session.rows(someSetAside(place))).length > 0)
      await findRows(session, place);
  }
  await session.execute(dialect.createScratch(place.scratch.fresh, eventStoreColumns(place.store)));
  let rows = 0;
  if (place.known === undefined && (await holdsRows(session, place)))
    rows += await session.execute(fillSeeds(place, moment));
  if (older !== undefined) rows += await session.execute(fillOlder(place, older, moment));
  if (told !== undefined) rows += await session.execute(fillFromLog(place, told.events, moment));
  const before = await wishOf(session, place, rows > 0);
  rows += await session.execute(fillFresh(place, { batch: context.known.lastBatch + 1, moment, ...before }));
  if (target.joins.length > 0) await refuseMultiplied(session, place);
  if (dialect.capabilities.wantsAnalyze) await session.execute(dialect.analyze(place.scratch.fresh));
  return { place, rows, affected: true, wish: await wishOf(session, place, rows > 0), moment, undo };
};

/** A history as its stored events have it: what verify compares. */
export const storedEvents = async (
  context: BatchContext,
  session: Session,
  work: TargetWork,
): Promise<TakenEvents> => {
  const place = historyWork(context, work);
  return { place, rows: 0, affected: true, wish: await wishOf(session, place, false) };
};
