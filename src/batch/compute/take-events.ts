// The events of a history that a batch finds, put into scratch. They are stored with the batch even where the
// history itself is left out: its versions can wait, what happened cannot be asked for again.
import { relationOf } from '../../graph/reads.ts';
import { affectedColumns, rootScratchColumns } from '../../reconcile/desired/root.ts';
import { multipliedEvents } from '../../reconcile/history/checks.ts';
import { eventStoreColumns } from '../../reconcile/history/event-store.ts';
import { fillFresh } from '../../reconcile/history/fresh-events.ts';
import { somePartial, someTied, type EventsWish } from '../../reconcile/history/all-events.ts';
import { affectedByLog, fillFromLog } from '../../reconcile/history/log-events.ts';
import { fillSeeds } from '../../reconcile/history/seeds.ts';
import type { TargetWork } from '../../reconcile/target-work.ts';
import type { EventTable } from '../../sql/events.ts';
import { sql, table } from '../../sql/fragment.ts';
import type { Session } from '../../warehouse/port.ts';
import type { BatchContext } from '../context.ts';
import type { Frozen } from '../freeze/freeze.ts';
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

/** Events of a log reach keys whose rows end as they were. */
const findToldKeys = async (
  session: Session,
  place: HistoryPlace,
  told: Told,
  found: boolean,
): Promise<boolean> => {
  const { dialect, scratch } = place.work;
  if (!found) {
    await session.execute(dialect.dropScratch(scratch.affected));
    await session.execute(dialect.createScratch(scratch.affected, affectedColumns(place.work)));
    await session.execute(dialect.createScratch(scratch.root, rootScratchColumns(place.work)));
  }
  const rows = await session.execute(affectedByLog(place, told.events, told.offset));
  if (dialect.capabilities.wantsAnalyze) await session.execute(dialect.analyze(scratch.affected));
  return found || rows > 0;
};

const nothingSpecial: EventsWish = { fresh: false, partial: false, tied: false };

/** What is special about the events, which most logs do not have and which costs when it is looked after. */
const wishOf = async (session: Session, place: HistoryPlace, fresh: boolean): Promise<EventsWish> => {
  if (!place.store.isLog) return { fresh, partial: false, tied: false };
  const partial = (await session.rows(somePartial(place, fresh))).length > 0;
  return { fresh, partial, tied: (await session.rows(someTied(place, fresh))).length > 0 };
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
  const place = { ...historyWork(context, work), undone: undo?.batches.map(({ batch }) => batch) };
  if (work.scope === 'affected') {
    const changed = await findAffected(context, session, work);
    const any = told === undefined ? changed : await findToldKeys(session, place, told, changed);
    if (!any) return { place, rows: 0, affected: false, wish: nothingSpecial, moment, undo };
  }
  await session.execute(dialect.createScratch(place.scratch.fresh, eventStoreColumns(place.store)));
  let rows = 0;
  if (place.known === undefined && (await holdsRows(session, place)))
    rows += await session.execute(fillSeeds(place, moment));
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
