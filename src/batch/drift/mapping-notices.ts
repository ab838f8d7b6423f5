// What a changed mapping rewrites, said of each target that a batch computes: in a plan, before it is deployed.
import type { Problem } from '../../errors/tidemark-error.ts';
import { rowsIn } from '../../reconcile/fingerprint.ts';
import { changedRows } from '../../reconcile/relation-view.ts';
import type { ComputedTarget } from '../compute/compute-target.ts';
import type { BatchContext } from '../context.ts';
import { mappingChange, readTargetMemory, type MappingChange } from './mapping-hash.ts';

/** Against the mapping that the target was last in step with; nothing where it is the same or the first. */
export const changeOfMapping = (context: BatchContext, name: string): MappingChange | undefined => {
  const was = readTargetMemory(context.known.relations.get(name)?.mapping);
  const now = readTargetMemory(context.mappings.get(name));
  if (was === undefined || now === undefined) return undefined;
  const change = mappingChange(was, now);
  return change.base || change.columns.length > 0 ? change : undefined;
};

const count = (figure: number): string => figure.toLocaleString('en-US');

const noticeFor = (
  context: BatchContext,
  { target, summary }: ComputedTarget,
  would: string,
): Problem | undefined => {
  const change = changeOfMapping(context, target.name);
  const observed = context.observed.get(target.name);
  if (change === undefined || observed === undefined) return undefined;
  const rows = rowsIn(observed.fingerprint.cells);
  const cells = change.columns.reduce((sum, column) => sum + (summary.columns.get(column) ?? 0), 0);
  const what = change.base
    ? 'its rows, joins or rules'
    : change.columns.map((column) => `\`${column}\``).join(', ');
  const effect = change.base
    ? `${count(changedRows(summary))} rows ${would}`
    : `${count(cells)} cells ${would}`;
  return {
    code: 'mapping_changed',
    severity: 'warning',
    message: `target \`${target.name}\`: mapping of ${what} changed: ${count(rows)} rows compared, ${effect}`,
    at: target.at,
    details: {
      target: target.name,
      base: change.base,
      columns: change.columns,
      compared: rows,
      rows: changedRows(summary),
      cells,
    },
  };
};

export const mappingNotices = (
  context: BatchContext,
  targets: readonly ComputedTarget[],
  command: 'run' | 'plan',
): readonly Problem[] =>
  targets.flatMap(
    (target) => noticeFor(context, target, command === 'plan' ? 'would change' : 'changed') ?? [],
  );
