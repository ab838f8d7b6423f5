// The events of a history that a batch finds, put into scratch. They are stored with the batch even where the
// history itself is left out: its versions can wait, what happened cannot be asked for again.
import { historyOf } from '../../dictionary/history-of.ts';
import { multipliedEvents } from '../../reconcile/history/checks.ts';
import { fillFresh } from '../../reconcile/history/fresh-events.ts';
import { eventStoreColumns } from '../../reconcile/history/event-store.ts';
import { fillSeeds } from '../../reconcile/history/seeds.ts';
import type { TargetWork } from '../../reconcile/target-work.ts';
import { sql, table } from '../../sql/fragment.ts';
import type { Session } from '../../warehouse/port.ts';
import type { BatchContext } from '../context.ts';
import { findAffected } from './find-affected.ts';
import { ambiguousLookUp } from './refuse-rows.ts';
import { historyWork, type HistoryPlace } from './history-work.ts';

export interface TakenEvents {
  readonly place: HistoryPlace;
  readonly rows: number;
  /** Of the batch; none where no batch is made. */
  readonly moment?: string;
  /** Some row of the root may look different. */
  readonly affected: boolean;
}

const placeOf = (context: BatchContext, work: TargetWork): HistoryPlace => {
  const history = historyOf(work.target);
  if (history === undefined) throw new RangeError(`${work.target.name} is no history`);
  return historyWork(context, work, history);
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

export const takeEvents = async (
  context: BatchContext,
  session: Session,
  work: TargetWork,
  moment: string,
): Promise<TakenEvents> => {
  const { dialect, target } = work;
  const place = placeOf(context, work);
  if (work.scope === 'affected' && !(await findAffected(context, session, work)))
    return { place, rows: 0, affected: false, moment };
  await session.execute(dialect.createScratch(place.scratch.fresh, eventStoreColumns(place.store)));
  const isNew = place.known === undefined && (await holdsRows(session, place));
  const seeded = isNew ? await session.execute(fillSeeds(place, moment)) : 0;
  const taken = { batch: context.known.lastBatch + 1, moment, partial: false, fresh: seeded > 0 };
  const found = await session.execute(fillFresh(place, taken));
  if (target.joins.length > 0) await refuseMultiplied(session, place);
  if (dialect.capabilities.wantsAnalyze) await session.execute(dialect.analyze(place.scratch.fresh));
  return { place, rows: seeded + found, affected: true, moment };
};

/** A history as its stored events have it: what verify compares. */
export const storedEvents = (context: BatchContext, work: TargetWork): TakenEvents => {
  return { place: placeOf(context, work), rows: 0, affected: true };
};
