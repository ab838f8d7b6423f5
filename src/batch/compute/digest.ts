// What a batch is about to write, in one word: a plan and the run that does what it said have the same.
import { createHash } from 'node:crypto';
import { changedRows } from '../../reconcile/relation-view.ts';
import type { Frozen } from '../freeze/freeze.ts';
import type { ComputedTarget } from './compute-target.ts';

/** Order-free over all images of all relations. */
export const digestOf = (frozen: Frozen, targets: readonly ComputedTarget[]): string => {
  const lines = [
    ...frozen.sources
      .filter(({ summary }) => changedRows(summary) > 0)
      .map(({ source, summary }) => `source ${source.name} ${summary.digest}`),
    ...targets
      .filter(({ summary }) => changedRows(summary) > 0)
      .map(({ target, summary }) => `target ${target.name} ${summary.digest}`),
  ];
  return createHash('sha256').update(lines.toSorted().join('\n')).digest('hex');
};
