// One history: its events in order, the versions that follow from them, their numbers, and the diff.
import { TidemarkError } from '../../errors/tidemark-error.ts';
import { desiredColumns } from '../../reconcile/desired/desired.ts';
import { currentColumns } from '../../reconcile/current-rows.ts';
import { keysColumns } from '../../reconcile/desired/root.ts';
import { backwardEvents, brokenVersions } from '../../reconcile/history/checks.ts';
import { timelineColumns } from '../../reconcile/history/history-work.ts';
import { numbersColumns, numberVersions } from '../../reconcile/history/numbers.ts';
import { digestedVersion } from '../../reconcile/history/digest.ts';
import { fillTimeline, fillVersions } from '../../reconcile/history/timeline.ts';
import { fillCurrentVersions, fillVersionKeys } from '../../reconcile/history/version-keys.ts';
import { nothing } from '../../reconcile/relation-view.ts';
import type { TargetWork } from '../../reconcile/target-work.ts';
import type { ScratchColumn } from '../../sql/dialect.ts';
import type { TableName } from '../../sql/table-name.ts';
import { knowsHistories } from '../../store/histories.ts';
import { stateTable } from '../../store/state.ts';
import type { Session } from '../../warehouse/port.ts';
import type { BatchContext } from '../context.ts';
import { diffTarget, type ComputedTarget } from './compute-target.ts';
import { explainValue } from './explain-history.ts';
import { firstNumber } from './first-number.ts';
import type { HistoryPlace } from './history-work.ts';
import { composeTarget, findRestored } from '../undo/undone-target.ts';
import { refuseBadRows, showRows } from './refuse-rows.ts';
import type { TakenEvents } from './take-events.ts';

/** How many rows a message names. */
const named = 5;

const refuseBackwards = async (session: Session, place: HistoryPlace): Promise<void> => {
  if (place.history.backwards !== 'refuse') return;
  const rows = await session.rows(backwardEvents(place, named));
  if (rows.length === 0) return;
  const { target } = place.work;
  throw new TidemarkError('time_went_back', {
    message: `history \`${target.name}\`: the time of a change is not after that of the change before it: ${showRows(rows)}`,
    hint: '`history: { backwards: sequence }` orders such changes by their sequence; or mend the times',
    at: place.history.at?.at ?? target.at,
    details: { target: target.name, rows },
  });
};

const refuseBroken = async (session: Session, place: HistoryPlace): Promise<void> => {
  const rows = await session.rows(brokenVersions(place, named));
  if (rows.length === 0) return;
  const { target } = place.work;
  throw new TidemarkError('check_failed', {
    message: `history \`${target.name}\` would hold versions that overlap, or are current and are not: ${showRows(rows)}`,
    hint: 'its columns of validity must tell instants apart: `valid_from` and `valid_to` of one type',
    at: target.at,
    details: { target: target.name, rows },
  });
};

/** Answers how many numbers were used that were never given before. */
const giveNumbers = async (
  context: BatchContext,
  session: Session,
  place: HistoryPlace,
): Promise<number | undefined> => {
  if (!place.history.columns.some(({ role }) => role === 'surrogate_key')) return undefined;
  const { dialect } = place.work;
  await session.execute(dialect.createScratch(place.scratch.numbers, numbersColumns(place)));
  const given = knowsHistories(context.known.version)
    ? stateTable(context.project.schemas.state, 'version_keys')
    : undefined;
  const next = await firstNumber(session, place);
  const { old, fresh, lay } = numberVersions(place, { given, next });
  for (const statement of old) await session.execute(statement);
  const used = await session.execute(fresh);
  await session.execute(lay);
  return next + used;
};

export const computeHistory = async (
  context: BatchContext,
  session: Session,
  work: TargetWork,
  { place, affected, wish, moment, undo }: TakenEvents,
): Promise<ComputedTarget> => {
  const { dialect, scratch, target } = work;
  const undone = undo === undefined ? undefined : await composeTarget(context, session, undo, target);
  if (!affected) return { target, work, summary: nothing, causes: { kind: 'none' }, undone };
  const create = (name: TableName, columns: readonly ScratchColumn[]) =>
    session.execute(dialect.createScratch(name, columns));
  const analyze = async (name: TableName): Promise<void> => {
    if (dialect.capabilities.wantsAnalyze) await session.execute(dialect.analyze(name));
  };
  await create(place.scratch.timeline, timelineColumns(place));
  try {
    await session.execute(fillTimeline(place, wish));
  } catch (error) {
    throw await explainValue(session, { place, wish }, error);
  }
  await analyze(place.scratch.timeline);
  await refuseBackwards(session, place);
  await create(scratch.desired, desiredColumns(work));
  await session.execute(fillVersions(place));
  await analyze(scratch.desired);
  await refuseBadRows(session, work);
  await refuseBroken(session, place);
  if (work.scope === 'affected') {
    await create(scratch.current, currentColumns(work));
    await session.execute(fillCurrentVersions(place));
    await analyze(scratch.current);
    await create(scratch.keys, keysColumns(work));
    await session.execute(fillVersionKeys(place));
    await analyze(scratch.keys);
  }
  const nextNumber = await giveNumbers(context, session, place);
  const computed = await diffTarget(session, work, { digested: digestedVersion(place, moment) });
  const restored = undone === undefined ? undefined : await findRestored(session, work, undone);
  return { ...computed, undone, restored, nextNumber };
};
