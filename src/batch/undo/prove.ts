// Proves, before the commit of an undo, that the targets return to what they were; and says of which cells that cannot
// be said, and why. I1 decides those: they are what the mapping yields.
import type { Target } from '../../dictionary/dictionary.ts';
import { relationsOf } from '../../graph/graph.ts';
import type { Graph } from '../../graph/graph.ts';
import { aliasesOf, columnsRead, relationOf } from '../../graph/reads.ts';
import { changedRows } from '../../reconcile/relation-view.ts';
import { unproved } from '../../reconcile/undo/proof.ts';
import { sql, table } from '../../sql/fragment.ts';
import { readable, type Values } from '../../sql/readable.ts';
import type { BatchRecord } from '../../store/batches.ts';
import { stateTable } from '../../store/state.ts';
import type { ComputedTarget } from '../compute/compute-target.ts';
import type { Computed } from '../compute/compute.ts';
import type { BatchContext } from '../context.ts';
import { shortMapping } from '../drift/mapping-hash.ts';
import type { FrozenUndo } from './frozen-undo.ts';
import type { UndoScope } from './scope.ts';
import { ofTargets } from './wish.ts';

export interface NotProved {
  readonly target: string;
  readonly reason: string;
}

interface Unproved {
  readonly target: string;
  readonly rows: number;
  readonly keys: readonly Values[];
}

export interface UndoProof {
  /** Targets all of whose cells return to what they were. */
  readonly proved: readonly string[];
  readonly notProved: readonly NotProved[];
  /** Rows that would not. */
  readonly failed: readonly Unproved[];
}

const shownKeys = 5;

/** Columns of the sources that a target depends on, through other targets as well. */
const sourceColumns = (graph: Graph, target: Target): ReadonlyMap<string, ReadonlySet<string>> => {
  const found = new Map<string, Set<string>>();
  const collect = (each: Target): void => {
    for (const alias of aliasesOf(each)) {
      const name = relationOf(each, alias);
      if (!graph.sources.has(name)) continue;
      const columns = found.get(name) ?? new Set<string>();
      for (const column of columnsRead(each, alias)) columns.add(column);
      found.set(name, columns);
    }
    for (const name of relationsOf(each)) {
      const upstream = graph.targets.get(name);
      if (upstream !== undefined && upstream !== each) collect(upstream);
    }
  };
  collect(target);
  return found;
};

const upstreamOf = (graph: Graph, target: Target): readonly string[] => {
  const names = relationsOf(target).flatMap((name) => {
    const upstream = graph.targets.get(name);
    return upstream === undefined || upstream === target ? [] : upstreamOf(graph, upstream);
  });
  return [...new Set([target.name, ...names])];
};

/** What a later batch that is in effect did to a target's ground. */
const laterChange = (
  { later }: UndoScope,
  name: string,
  reads: ReadonlyMap<string, ReadonlySet<string>>,
): string | undefined => {
  for (const { batch, sources, targets } of later) {
    if (targets.some((each) => each.name === name)) return `batch ${batch} wrote it since`;
    for (const source of sources) {
      const columns = reads.get(source.name);
      if (columns === undefined) continue;
      const column = Object.keys(source.columns).find((each) => columns.has(each));
      if (column !== undefined) return `batch ${batch} changed \`${source.name}.${column}\` since`;
      if (source.inserted + source.deleted > 0)
        return `batch ${batch} changed which rows \`${source.name}\` has`;
    }
  }
  return undefined;
};

const mappingsOf = ({ mapping }: BatchRecord): ReadonlyMap<string, string> =>
  new Map(
    mapping.split(' ').map((entry) => {
      const at = entry.lastIndexOf(':');
      return [entry.slice(0, at), entry.slice(at + 1)] as const;
    }),
  );

const mappedOtherwise = (context: BatchContext, scope: UndoScope, names: readonly string[]): boolean =>
  scope.batches.some((batch) => {
    const then = mappingsOf(batch);
    return names.some((name) => then.get(name) !== shortMapping(context.mappings.get(name) ?? ''));
  });

/** Why nothing is proved of a target as a whole. */
const whyNot = (
  context: BatchContext,
  undo: FrozenUndo,
  { target, undone }: ComputedTarget,
): string | undefined => {
  const { scope, conflicts } = undo;
  if (target.form.kind === 'history') return 'it is a history: its versions follow from its events';
  if (undone === undefined) return 'what was written into it is not known any more';
  if (scope.narrowed) return 'only a part of the batch is undone';
  const reads = sourceColumns(context.graph, target);
  const skipped = conflicts.find(({ source }) => reads.has(source));
  if (skipped !== undefined) return `\`${skipped.source}\` has conflicts`;
  const named = [...upstreamOf(context.graph, target), ...reads.keys()];
  if (mappedOtherwise(context, scope, named)) return 'its mapping is another one now';
  return laterChange(scope, target.name, reads);
};

/** What is set back is what the audit has, but for what somebody changed since. */
const conflicted = ({ conflicts }: FrozenUndo, { name }: Target): string | undefined =>
  conflicts.some((conflict) => conflict.in === 'target' && conflict.source === name)
    ? 'it has conflicts'
    : undefined;

const uncausedRows = async (context: BatchContext, scope: UndoScope, target: string): Promise<number> => {
  const audit = table(stateTable(context.project.schemas.state, 'audit'));
  const batches = sql.join(scope.batches.map(({ batch }) => sql.lit(batch)));
  const [row] = await context.warehouse.session((session) =>
    session.rows<{ rows: string }>(
      sql`select count(*) as rows from ${audit} as r where r.target = ${target} and r.batch in (${batches}) and r.causes is null`,
    ),
  );
  return Number(row?.rows ?? 0);
};

const proveTarget = async (
  context: BatchContext,
  undo: FrozenUndo,
  computed: ComputedTarget,
): Promise<NotProved | Unproved | 'proved'> => {
  const { target, work, undone, summary, setBack } = computed;
  const why = setBack === undefined ? whyNot(context, undo, computed) : conflicted(undo, target);
  if (why !== undefined || undone === undefined) return { target: target.name, reason: why ?? '' };
  const proof = { work, undone, changed: changedRows(summary) > 0, redactKey: context.project.redactKey };
  const rows = await context.warehouse.session((session) =>
    session.rows<Record<string, unknown>>(unproved(proof, shownKeys)),
  );
  if (rows.length === 0) return 'proved';
  if (setBack === undefined && (await uncausedRows(context, undo.scope, target.name)) > 0)
    return {
      target: target.name,
      reason:
        'it was compared in full: what was written for no source change stays (`--with-writes` takes it back)',
    };
  return {
    target: target.name,
    rows: Number(rows[0]?.['tidemark.rows'] ?? rows.length),
    keys: rows.map(({ 'tidemark.rows': _, ...key }) => readable(key, target.key)),
  };
};

/** Columns that were written and are not ours to write any more, or not now. */
const lostColumns = (
  context: BatchContext,
  scope: UndoScope,
  { target, setBack }: ComputedTarget,
): readonly NotProved[] => {
  if (target.form.kind === 'history') return [];
  const mapped = new Set(target.columns.map(({ name }) => name));
  const written = scope.batches.flatMap(({ targets }) =>
    targets.filter(({ name }) => name === target.name).flatMap(({ columns }) => Object.keys(columns)),
  );
  const held = new Set((context.held.get(target.name) ?? []).map(({ column }) => column));
  // Set back like the others.
  if (setBack !== undefined) for (const column of held) mapped.add(column);
  return [...new Set(written)]
    .filter((column) => !mapped.has(column))
    .map((column) => ({
      target: target.name,
      reason: `its column \`${column}\` is ${held.has(column) ? 'held' : 'not mapped any more'}`,
    }));
};

export const proveUndo = async (
  context: BatchContext,
  computed: Computed,
  undo: FrozenUndo,
): Promise<UndoProof> => {
  const { scope } = undo;
  const written = scope.batches.flatMap(({ targets }) => targets.map(({ name }) => name));
  const names = new Set(written.filter((name) => !ofTargets(scope.wish) || undo.writes.has(name)));
  const proved: string[] = [];
  const notProved: NotProved[] = [];
  const failed: Unproved[] = [];
  for (const each of computed.targets) {
    if (!names.delete(each.target.name)) continue;
    notProved.push(...lostColumns(context, undo.scope, each));
    const result = await proveTarget(context, undo, each);
    if (result === 'proved') proved.push(each.target.name);
    else if ('reason' in result) notProved.push(result);
    else failed.push(result);
  }
  for (const name of names) {
    const known = context.graph.targets.has(name);
    notProved.push({
      target: name,
      reason: known ? 'it is left out of this batch' : 'it is not mapped any more',
    });
  }
  return { proved, notProved, failed };
};
