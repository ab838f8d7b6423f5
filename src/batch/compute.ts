// Compute: every target from the frozen images, level by level, independent ones at once. A target that fails or
// is refused is left out with those it feeds. Nothing but scratch is written; a plan ends here.
import { createHash } from 'node:crypto';
import pLimit from 'p-limit';
import type { Target } from '../dictionary/dictionary.ts';
import { relationsOf, sourcesOf } from '../graph/graph.ts';
import { changedRows, type RelationView } from '../reconcile/relation-view.ts';
import type { TargetWork } from '../reconcile/target-work.ts';
import { refuseStrangers } from './adoption.ts';
import type { BatchContext } from './context.ts';
import { computeTarget, workFor, type ComputedTarget } from './compute-target.ts';
import type { Frozen } from './freeze.ts';
import { guard } from './guards.ts';
import { leaveOut, pausedBy, refusal, type LeftOut } from './left-out.ts';
import { sourceViews, targetView } from './views.ts';

export interface Computed {
  readonly frozen: Frozen;
  /** Every target that is not left out, changed or not, in dependency order. */
  readonly targets: readonly ComputedTarget[];
  /** Sources and targets. */
  readonly leftOut: readonly LeftOut[];
  readonly digest: string;
}

/** All rows are compared when nothing says that the table was in step before; otherwise what the images reach. */
export const scopeOf = (context: BatchContext, frozen: Frozen, target: Target): TargetWork['scope'] => {
  const known = context.known.relations.get(target.name);
  const inStep =
    target.exists &&
    known?.firstBatch !== undefined &&
    known.behind === undefined &&
    known.mapping === context.mappings.get(target.name);
  if (!inStep || context.healing.targets.has(target.name)) return 'all';
  const reads = new Set(relationsOf(target));
  const first = frozen.sources.some(({ source, reading }) => reading.kind === 'bootstrap' && reads.has(source.name));
  return first ? 'all' : 'affected';
};

/** Taking a table over was decided by a person, whatever it changes. */
const guardTarget = (context: BatchContext, { target, summary }: ComputedTarget): void => {
  if (context.options.adopt.has(target.name)) return;
  guard(context, {
    name: target.name,
    kind: 'target',
    table: target.table,
    summary,
    limits: target.limits ?? context.project.limits,
  });
};

const upstreamBehind = (target: Target, because: string): LeftOut =>
  leaveOut(
    target.name,
    'target',
    refusal('upstream_behind', `target \`${target.name}\` reads \`${because}\`, which was left out`),
  );

/** What the others built may come from newer staging than our mirror: comparing them would turn it back. */
const sourceStale = (target: Target, source: string): LeftOut =>
  leaveOut(
    target.name,
    'target',
    refusal(
      'source_stale',
      `target \`${target.name}\` was written by somebody else and is not compared while \`${source}\` is left out`,
      'it is compared in full as soon as its sources are read again',
    ),
  );

interface Progressing {
  readonly views: Map<string, RelationView>;
  readonly leftOut: LeftOut[];
  readonly done: ComputedTarget[];
}

const computeOne = async (context: BatchContext, frozen: Frozen, target: Target, so: Progressing): Promise<void> => {
  const reason = context.known.relations.get(target.name)?.paused;
  if (reason !== undefined) {
    so.leftOut.push(leaveOut(target.name, 'target', pausedBy(target.name, reason)));
    return;
  }
  const unusable = relationsOf(target).find((name) => {
    const view = so.views.get(name);
    return view === undefined || (view.base === undefined && view.images === undefined && isLeftOut(so, name));
  });
  const behind = unusable ?? relationsOf(target).find((name) => context.graph.targets.has(name) && isLeftOut(so, name));
  if (behind !== undefined) {
    so.leftOut.push(upstreamBehind(target, behind));
    return;
  }
  const stale = [...sourcesOf(context.graph, target)].find((name) => isLeftOut(so, name));
  if (stale !== undefined && context.healing.targets.has(target.name)) {
    so.leftOut.push(sourceStale(target, stale));
    return;
  }
  const work = workFor(context, target, so.views, scopeOf(context, frozen, target));
  try {
    const computed = await context.warehouse.session(async (session) => {
      const result = await computeTarget(context, session, work);
      await refuseStrangers(context, session, result);
      guardTarget(context, result);
      return result;
    });
    const { summary, causes } = computed;
    const images =
      changedRows(summary) === 0 ? undefined : { table: work.scratch.images, summary, causes };
    so.views.set(target.name, targetView(target, images));
    so.done.push(computed);
  } catch (error) {
    so.leftOut.push(leaveOut(target.name, 'target', error));
  }
};

const isLeftOut = (so: Progressing, name: string): boolean => so.leftOut.some((each) => each.name === name);

/** Order-free over all images of all relations: equal for a plan and the run that does what it said. */
const digestOf = (frozen: Frozen, targets: readonly ComputedTarget[]): string => {
  const lines = [
    ...frozen.sources.filter(({ summary }) => changedRows(summary) > 0).map(({ source, summary }) => `source ${source.name} ${summary.digest}`),
    ...targets.filter(({ summary }) => changedRows(summary) > 0).map(({ target, summary }) => `target ${target.name} ${summary.digest}`),
  ];
  return createHash('sha256').update(lines.toSorted().join('\n')).digest('hex');
};

/** `without` names targets that an earlier attempt of this batch had to leave out. */
export const compute = async (
  context: BatchContext,
  frozen: Frozen,
  without: readonly LeftOut[] = [],
): Promise<Computed> => {
  const { graph, warehouse } = context;
  const so: Progressing = { views: sourceViews(context, frozen), leftOut: [...frozen.leftOut, ...without], done: [] };
  const limit = pLimit(warehouse.dialect.capabilities.parallelSessions);
  for (const level of graph.levels) {
    const jobs = level
      .filter((target) => !without.some((each) => each.name === target.name))
      .map((target) => limit(() => computeOne(context, frozen, target, so)));
    const settled = await Promise.allSettled(jobs);
    for (const result of settled) if (result.status === 'rejected') throw result.reason;
  }
  const order = new Map(graph.order.map((target, place) => [target.name, place]));
  const place = (name: string): number => order.get(name) ?? -1;
  const targets = so.done.toSorted((a, b) => place(a.target.name) - place(b.target.name));
  const leftOut = so.leftOut.toSorted((a, b) => place(a.name) - place(b.name));
  return { frozen, targets, leftOut, digest: digestOf(frozen, targets) };
};
