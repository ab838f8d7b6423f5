// Which of the targets that somebody wants compared are compared in parts, and where each part ends: big ones, and
// those of which only some columns are wanted. One that stopped half way is taken up where it stopped.
import type { Target } from '../../dictionary/dictionary.ts';
import { boundName, readBounds } from '../../reconcile/desired/part.ts';
import { rowsIn } from '../../reconcile/fingerprint.ts';
import type { PartsProgress } from '../../store/parts.ts';
import type { Session } from '../../warehouse/port.ts';
import { workFor } from '../compute/compute-target.ts';
import type { BatchContext } from '../context.ts';
import { mappingChange, readTargetMemory } from '../drift/mapping-hash.ts';
import { sourceView, targetView } from '../views.ts';
import type { RelationView } from '../../reconcile/relation-view.ts';

export interface Parts extends PartsProgress {
  readonly target: string;
}

/** Rows of a part, and of a target that is compared in one. */
const rowsOfPart = 1_000_000;

export interface PartsWish {
  readonly targets: readonly string[];
  readonly columns: readonly string[];
  /** Rows of a part; none: parts for big targets only. */
  readonly size: number | undefined;
}

const committedViews = ({ graph }: BatchContext, context: BatchContext): ReadonlyMap<string, RelationView> =>
  new Map([
    ...[...graph.sources.values()].map(
      (source) => [source.name, sourceView(context, source, undefined)] as const,
    ),
    ...graph.order.map((target) => [target.name, targetView(target, undefined)] as const),
  ]);

/** Of a history the key says nothing of its order; a key that may be NULL has no place in one. */
const canBeParted = ({ known, refused }: BatchContext, target: Target): boolean =>
  target.exists &&
  target.form.kind !== 'history' &&
  target.key.every(({ nullable }) => !nullable) &&
  !refused.has(target.name) &&
  known.relations.get(target.name)?.firstBatch !== undefined &&
  known.relations.get(target.name)?.paused === undefined;

/** Everything but these columns is in step. */
const narrowedTo = (context: BatchContext, target: Target, columns: readonly string[]): readonly string[] => {
  const known = context.known.relations.get(target.name);
  const own = columns.filter((name) => target.columns.some((column) => column.name === name));
  const memory = readTargetMemory(known?.mapping);
  const now = readTargetMemory(context.mappings.get(target.name));
  if (own.length === 0 || memory === undefined || now === undefined || known?.behind !== undefined) return [];
  if (context.observed.get(target.name)?.moved !== false || context.healing.targets.has(target.name))
    return [];
  const change = mappingChange(memory, now);
  return change.base || change.columns.some((name) => !own.includes(name)) ? [] : own;
};

const boundsOf = async (
  context: BatchContext,
  session: Session,
  target: Target,
  size: number,
): Promise<PartsProgress['bounds']> => {
  const work = workFor(context, target, committedViews(context, context), 'all');
  const rows = await session.rows<Readonly<Record<string, string>>>(readBounds(work, size));
  return rows.map((row) =>
    target.key.map((_, place) => {
      const value: unknown = JSON.parse(row[boundName(place)] ?? 'null');
      return typeof value === 'string' ? value : JSON.stringify(value);
    }),
  );
};

/** Nothing happened to it since but the parts that are done. */
const stoppedAt = (
  { known, mappings }: BatchContext,
  target: Target,
  columns: readonly string[],
): PartsProgress | undefined => {
  const stored = known.parts.get(target.name);
  const same =
    stored?.columns.join(',') === columns.filter((name) => stored?.columns.includes(name)).join(',');
  return known.relations.get(target.name)?.behind?.code === 'reconciling' &&
    stored?.mapping === mappings.get(target.name) &&
    same
    ? stored
    : undefined;
};

export const planParts = async (context: BatchContext, wish: PartsWish): Promise<readonly Parts[]> => {
  const planned: Parts[] = [];
  for (const target of context.graph.order) {
    const { name } = target;
    if (!wish.targets.includes(name) || !canBeParted(context, target)) continue;
    const stopped = stoppedAt(context, target, wish.columns);
    if (stopped !== undefined) {
      planned.push({ ...stopped, target: name });
      continue;
    }
    const observed = context.observed.get(name);
    const rows = observed === undefined ? 0 : rowsIn(observed.fingerprint.cells);
    const size = wish.size ?? rowsOfPart;
    const isBig = rows > (wish.size ?? 2 * rowsOfPart);
    const columns = narrowedTo(context, target, wish.columns);
    if (!isBig && columns.length === 0) continue;
    const bounds = isBig
      ? await context.warehouse.session((session) => boundsOf(context, session, target, size))
      : [];
    const mapping = context.mappings.get(name) ?? '';
    planned.push({ target: name, mapping, columns, bounds, done: 0 });
  }
  return planned;
};
