// How much of a target is looked at: what the images reach, a part of it, or all of it.
import type { Target } from '../../dictionary/dictionary.ts';
import { relationsOf } from '../../graph/graph.ts';
import { changesUntraced } from '../../reconcile/model/relation-states.ts';
import type { RelationView } from '../../reconcile/relation-view.ts';
import type { TargetWork } from '../../reconcile/target-work.ts';
import type { BatchContext } from '../context.ts';
import type { Frozen } from '../freeze/freeze.ts';
import type { Part } from '../parts/part.ts';
import { workFor } from './compute-target.ts';
import { isTaken } from './history-work.ts';

export const partOf = ({ options: { part } }: BatchContext, { name }: Target): Part | undefined =>
  part?.target === name ? part : undefined;

/** All rows are compared when nothing says that the table was in step before; otherwise what the images reach. */
const scopeOf = (context: BatchContext, frozen: Frozen, target: Target): TargetWork['scope'] => {
  const known = context.known.relations.get(target.name);
  const inStep =
    target.exists &&
    known?.firstBatch !== undefined &&
    known.behind === undefined &&
    known.mapping === context.mappings.get(target.name);
  // What is set back is not compared: the audit says what it must be.
  if (frozen.undo?.writes.has(target.name) === true || partOf(context, target) !== undefined)
    return 'affected';
  const looked = target.changedAt === undefined || context.known.positions.has(target.name);
  if (!inStep || !looked || context.healing.targets.has(target.name)) return 'all';
  const reads = new Set(relationsOf(target));
  const first = frozen.sources.some(
    ({ source, reading }) => reading.kind === 'bootstrap' && reads.has(source.name),
  );
  return first ? 'all' : 'affected';
};

/** A history whose first events are yet to be taken, or are those of another root, is looked at in full; so is a dbt
 *  model when something changes of which it is not known which rows it reaches. */
export const workOf = (
  context: BatchContext,
  frozen: Frozen,
  target: Target,
  views: ReadonlyMap<string, RelationView>,
): TargetWork => {
  const part = partOf(context, target);
  const work = { ...workFor(context, target, views, scopeOf(context, frozen, target)), part };
  const { root, form } = target;
  const isSet = part !== undefined || frozen.undo?.writes.has(target.name) === true;
  const inFull =
    (form.kind === 'history' && !isTaken(context, work)) ||
    (root.kind === 'query' && !isSet && changesUntraced(root.query, views));
  return inFull ? { ...work, scope: 'all' } : work;
};
