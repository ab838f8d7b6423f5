// Compute: every target from the frozen images, level by level, independent ones at once. A target that fails or
// is refused is left out with those it feeds. Nothing but scratch is written; a plan ends here.
import pLimit from 'p-limit';
import type { Target } from '../../dictionary/dictionary.ts';
import { relationsOf, sourcesOf } from '../../graph/graph.ts';
import { changedRows, type RelationView } from '../../reconcile/relation-view.ts';
import type { TargetWork } from '../../reconcile/target-work.ts';
import { refuseStrangers } from './adoption.ts';
import { readLastChanged } from './changed-at.ts';
import { runChecks } from './check-target.ts';
import type { BatchContext } from '../context.ts';
import { computeHistory } from './compute-history.ts';
import { countHealed } from './count-healed.ts';
import { digestOf } from './digest.ts';
import { computeTarget, workFor, type ComputedTarget } from './compute-target.ts';
import type { Frozen } from '../freeze/freeze.ts';
import { allowance, guard, rowsBefore } from './guards.ts';
import { holdLargeChanges, type ChangedColumns } from '../drift/held.ts';
import { isReleased } from '../drift/set-back.ts';
import { leaveOut, pausedBy, type LeftOut } from '../left-out.ts';
import { changeOfMapping } from '../drift/mapping-notices.ts';
import type { Session } from '../../warehouse/port.ts';
import { sourceViews, targetView } from '../views.ts';
import { unfinished } from '../parts/part.ts';
import { layWrites } from '../undo/lay-writes.ts';
import { isTaken } from './history-work.ts';
import { partOf, workOf } from './work-of.ts';
import { readsUnread, sourceStale, upstreamBehind } from './stale.ts';
import { takeEvents, type TakenEvents } from './take-events.ts';

export interface Computed {
  readonly frozen: Frozen;
  /** Every target that is not left out, changed or not, in dependency order. */
  readonly targets: readonly ComputedTarget[];
  /** Sources and targets. */
  readonly leftOut: readonly LeftOut[];
  /** Of histories, those that are left out included. */
  readonly events: readonly TakenEvents[];
  readonly digest: string;
}

/** Where only columns are mapped anew, each of them is judged by itself, and the rest of the target goes on. */
const touchedBesides = (
  context: BatchContext,
  about: Pick<ChangedColumns, 'target' | 'summary' | 'limits'>,
): number | undefined => {
  const { name } = about.target;
  const change = changeOfMapping(context, name);
  if (change === undefined || change.base || context.options.allow.has(allowance(name, 'touched')))
    return undefined;
  return holdLargeChanges({
    ...about,
    columns: change.columns,
    rowsBefore: rowsBefore(context, name),
    known: context.known,
  });
};

/** Taking a table over was decided by a person, whatever it changes; so was taking it in again. */
const guardTarget = (context: BatchContext, { target, summary }: ComputedTarget): void => {
  if (context.options.adopt.has(target.name) || isReleased(context.known, target.name)) return;
  const { name, table } = target;
  const limits = target.limits ?? context.project.limits;
  guard(context, {
    name,
    kind: 'target',
    table,
    summary,
    limits,
    touched: touchedBesides(context, { target, summary, limits }),
  });
};

const onlyPart = ({ options }: BatchContext): string =>
  options.changes === undefined ? 'no source is read' : 'only named keys are read';

interface Progressing {
  readonly views: Map<string, RelationView>;
  readonly leftOut: LeftOut[];
  readonly done: ComputedTarget[];
  readonly events: TakenEvents[];
}

/** What speaks against computing a target, before anything of it is looked at. */
const whyNot = (
  context: BatchContext,
  frozen: Frozen,
  target: Target,
  so: Progressing,
): LeftOut | undefined => {
  const reason = context.known.relations.get(target.name)?.paused;
  if (reason !== undefined) return leaveOut(target.name, 'target', pausedBy(target.name, reason));
  if (context.options.part?.later.has(target.name) === true) return unfinished(target.name);
  const isSetBack = frozen.undo?.writes.has(target.name) === true;
  const refused =
    context.refused.get(target.name) ?? (isSetBack ? undefined : context.setBack.get(target.name));
  if (refused !== undefined) return leaveOut(target.name, 'target', refused);
  const unread = readsUnread(context, frozen, target);
  if (unread !== undefined) return unread;
  const unusable = relationsOf(target).find((name) => {
    const view = so.views.get(name);
    return (
      view === undefined || (view.base === undefined && view.images === undefined && isLeftOut(so, name))
    );
  });
  const behind =
    unusable ?? relationsOf(target).find((name) => context.graph.targets.has(name) && isLeftOut(so, name));
  if (behind !== undefined) return upstreamBehind(target, behind);
  const stale = [...sourcesOf(context.graph, target)].find((name) => isLeftOut(so, name));
  const keysOnly = (context.options.changes ?? context.options.undo ?? context.options.older) !== undefined;
  if (isSetBack) return undefined;
  if ((stale !== undefined || keysOnly) && context.healing.targets.has(target.name))
    return sourceStale(target, stale === undefined ? onlyPart(context) : `\`${stale}\` is left out`);
  return undefined;
};

const computeOne = async (
  context: BatchContext,
  frozen: Frozen,
  target: Target,
  so: Progressing,
): Promise<void> => {
  const reason = whyNot(context, frozen, target, so);
  if (reason !== undefined) {
    so.leftOut.push(reason);
    await takeOnlyEvents(context, frozen, target, so);
    return;
  }
  const work = workOf(context, frozen, target, so.views);
  try {
    const computed = await context.warehouse.session(async (session) => {
      const seen = await readLastChanged(context, session, work, frozen.moment);
      const rows = await computeRows(context, session, { work, frozen, so });
      const heals = await countHealed(context, session, rows, { frozen, events: so.events });
      const result = { ...rows, seen, heals };
      await refuseStrangers(context, session, result);
      guardTarget(context, result);
      const changed = changedRows(result.summary) > 0;
      // What was there before is not judged by checks that came later.
      if (result.setBack === undefined && (changed || work.scope === 'all'))
        await runChecks(session, work, changed);
      return result;
    });
    const { summary, causes, restored } = computed;
    const { images: table } = computed.work.scratch;
    const images = changedRows(summary) === 0 ? undefined : { table, summary, causes, restored };
    so.views.set(target.name, targetView(target, images));
    so.done.push(computed);
    // Written, and not in step: what it feeds waits.
    if (partOf(context, target)?.progress !== undefined) so.leftOut.push(unfinished(target.name));
  } catch (error) {
    so.leftOut.push(leaveOut(target.name, 'target', error));
  }
};

interface Rows {
  readonly work: TargetWork;
  readonly frozen: Frozen;
  readonly so: Progressing;
}

const computeRows = async (
  context: BatchContext,
  session: Session,
  { work, frozen, so }: Rows,
): Promise<ComputedTarget> => {
  const { target } = work;
  const writes = frozen.undo?.writes.get(target.name);
  const back = (computed: ComputedTarget): Promise<ComputedTarget> | ComputedTarget =>
    writes === undefined ? computed : layWrites(context, session, computed, writes);
  if (target.form.kind !== 'history')
    return back(await computeTarget(context, session, work, frozen.undo?.scope));
  context.progress.step('compute', target.name, context.graph.order.length);
  const taken = await takeEvents(context, session, work, frozen);
  so.events.push(taken);
  return back(await computeHistory(context, session, work, taken));
};

/** A history that is left out: what happened is kept, its versions wait. */
const takeOnlyEvents = async (
  context: BatchContext,
  frozen: Frozen,
  target: Target,
  so: Progressing,
): Promise<void> => {
  if (target.form.kind !== 'history') return;
  const views = new Map(so.views);
  for (const name of relationsOf(target)) {
    const feeder = context.graph.targets.get(name);
    if (feeder !== undefined && !views.has(name)) views.set(name, targetView(feeder, undefined));
  }
  const work = workFor(context, target, views, 'affected');
  if (!isTaken(context, work)) return;
  try {
    so.events.push(await context.warehouse.session((session) => takeEvents(context, session, work, frozen)));
  } catch (error) {
    // It is left out already. When it is taken in again, all keys are compared with their newest events.
    leaveOut(target.name, 'target', error);
  }
};

const isLeftOut = (so: Progressing, name: string): boolean => so.leftOut.some((each) => each.name === name);

/** `without` names targets that an earlier attempt of this batch had to leave out. */
export const compute = async (
  context: BatchContext,
  frozen: Frozen,
  without: readonly LeftOut[] = [],
): Promise<Computed> => {
  const { graph, warehouse } = context;
  const so: Progressing = {
    views: sourceViews(context, frozen),
    leftOut: [...frozen.leftOut, ...without],
    done: [],
    events: [],
  };
  const limit = pLimit(warehouse.dialect.capabilities.parallelSessions);
  for (const level of graph.levels) {
    const jobs = level.map((target) =>
      limit(() =>
        without.some((each) => each.name === target.name)
          ? takeOnlyEvents(context, frozen, target, so)
          : computeOne(context, frozen, target, so),
      ),
    );
    const settled = await Promise.allSettled(jobs);
    for (const result of settled) if (result.status === 'rejected') throw result.reason;
  }
  const order = new Map(graph.order.map((target, place) => [target.name, place]));
  const place = (name: string): number => order.get(name) ?? -1;
  const targets = so.done.toSorted((a, b) => place(a.target.name) - place(b.target.name));
  const leftOut = so.leftOut.toSorted((a, b) => place(a.name) - place(b.name));
  // A table that was not taken over has no events yet.
  const events = so.events.filter(
    ({ place: { known, work } }) =>
      known !== undefined || targets.some(({ target }) => target.name === work.target.name),
  );
  return { frozen, targets, leftOut, events, digest: digestOf(frozen, targets) };
};
