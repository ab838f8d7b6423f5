// What `run` and `plan` tell: one shape, so that a plan can be laid beside its run.
import { policyOf } from '../errors/policy.ts';
import type { Problem } from '../errors/tidemark-error.ts';
import type { SourceFigures, TargetFigures } from '../store/batches.ts';
import { instantIso } from '../store/state.ts';
import type { BatchContext } from './context.ts';
import type { LeftOut } from './left-out.ts';
import type { Conflict } from './undo/conflicts.ts';
import type { NotProved, UndoProof } from './undo/prove.ts';
import { isIdle, isWhole, kindOf } from './commit/commit.ts';
import type { Computed } from './compute/compute.ts';
import { figuresOf } from './figures.ts';
import { healNotices } from './drift/heal-notices.ts';
import { heldProblems } from './drift/held.ts';
import { mappingNotices } from './drift/mapping-notices.ts';

export interface BehindReport {
  readonly name: string;
  readonly since: number | null;
  readonly code: string;
  readonly reason: string;
  readonly retryable: boolean;
}

export interface BatchReport {
  readonly schema: 'tidemark/batch/1';
  readonly command: 'run' | 'plan' | 'rollback';
  readonly project: string;
  readonly environment: string;
  readonly batch: number | null;
  /** Where it was more than one: a target was compared in parts. */
  readonly batches?: readonly number[];
  readonly kind: 'bootstrap' | 'run' | 'rollback' | 'reconcile';
  readonly status: 'idle' | 'applied' | 'partial' | 'failed' | 'skipped' | 'pending' | 'refused';
  readonly digest: string;
  readonly started_at: string;
  readonly duration_ms: number;
  readonly sources: readonly SourceFigures[];
  readonly targets: readonly TargetFigures[];
  /** Tables that were taken over: they hold what their mapping says, or were made to. */
  readonly adopted: readonly string[];
  readonly behind: readonly BehindReport[];
  readonly guards: readonly Problem[];
  readonly warnings: readonly Problem[];
  readonly errors: readonly Problem[];
  /** Of a rollback: the batches that it takes back. */
  readonly undoes?: readonly number[];
  readonly conflicts?: readonly Conflict[];
  /** Of which targets it is not proved that they return to what they were, and why. */
  readonly not_proved?: readonly NotProved[];
}

export interface ReportFacts {
  readonly command: 'run' | 'plan' | 'rollback';
  /** A reconcile is a run that somebody asked for by name. */
  readonly kind?: 'run' | 'reconcile' | 'rollback' | undefined;
  /** Of a rollback: what was proved; none where it stopped at its conflicts. */
  readonly proof?: UndoProof | undefined;
  readonly refused?: boolean | undefined;
  readonly batch: number | undefined;
  readonly durationMs: number;
}

const statusOf = (context: BatchContext, computed: Computed, facts: ReportFacts): BatchReport['status'] => {
  if (facts.refused === true) return 'refused';
  if (!isWhole(context, computed)) return 'partial';
  if (isIdle(computed)) return 'idle';
  return facts.batch === undefined ? 'pending' : 'applied';
};

/** Of a target that was left out nothing is decided. */
const heldIn = (context: BatchContext, computed: Computed, which: 'new' | 'old'): readonly Problem[] =>
  computed.targets.flatMap(({ target }) =>
    heldProblems(target.name, context.held.get(target.name) ?? [], which),
  );

const undoPart = (
  { frozen: { undo } }: Computed,
  { proof }: ReportFacts,
): Pick<BatchReport, 'undoes' | 'conflicts' | 'not_proved'> =>
  undo === undefined
    ? {}
    : {
        undoes: undo.scope.batches.map(({ batch }) => batch),
        conflicts: undo.conflicts,
        not_proved: proof?.notProved ?? [],
      };

/** Sources, then targets as they depend on one another: not as parallel jobs happened to end. */
const inOrder = ({ graph }: BatchContext, leftOut: readonly LeftOut[]): readonly LeftOut[] => {
  const names = [...graph.sources.keys(), ...graph.order.map(({ name }) => name)];
  const ranks = new Map(names.map((name, rank) => [name, rank]));
  const rankOf = ({ name }: LeftOut): number => ranks.get(name) ?? names.length;
  return leftOut.toSorted((left, right) => rankOf(left) - rankOf(right));
};

export const reportOf = (context: BatchContext, computed: Computed, facts: ReportFacts): BatchReport => {
  const { sources, targets } = figuresOf(computed);
  const leftOut = inOrder(context, computed.leftOut);
  return {
    schema: 'tidemark/batch/1',
    command: facts.command,
    project: context.project.name,
    environment: context.project.environment,
    batch: facts.batch ?? null,
    kind: kindOf(computed, facts.kind ?? 'run'),
    status: statusOf(context, computed, facts),
    digest: computed.digest,
    started_at: instantIso(computed.frozen.moment),
    duration_ms: Math.round(facts.durationMs),
    sources,
    targets,
    adopted: computed.targets
      .filter(
        ({ target }) => target.exists && context.known.relations.get(target.name)?.firstBatch === undefined,
      )
      .map(({ target }) => target.name),
    behind: leftOut.map(({ name, code, reason, retryable }) => ({
      name,
      since: context.known.relations.get(name)?.behind?.since ?? context.known.lastBatch,
      code,
      reason,
      retryable,
    })),
    guards: [
      ...leftOut.filter(({ code }) => code.startsWith('guard_')).map(({ problem }) => problem),
      ...heldIn(context, computed, 'new'),
    ],
    warnings: [
      ...computed.frozen.sources.flatMap(({ warnings }) => warnings),
      ...context.notices,
      ...(computed.frozen.older?.warnings ?? []),
      ...mappingNotices(context, computed.targets, facts.batch === undefined ? 'plan' : 'run'),
      ...healNotices(computed.targets),
      ...heldIn(context, computed, 'old'),
    ],
    errors: leftOut
      .filter(({ code }) => !notErrors.has(code) && !code.startsWith('guard_'))
      .map(({ problem }) => problem),
    ...undoPart(computed, facts),
  };
};

/** Left out on purpose, or on account of another relation that is listed itself. */
export const notErrors: ReadonlySet<string> = new Set(['upstream_behind', 'paused', 'set_back']);

/** 5 when a person must decide, 6 when the next run retries, 0 otherwise. */
export const exitOf = (context: BatchContext, computed: Computed): 0 | 5 | 6 => {
  const causes = computed.leftOut.filter(({ code }) => !notErrors.has(code));
  if (heldIn(context, computed, 'new').length > 0) return 5;
  if (causes.length === 0) return 0;
  return causes.some(({ code }) => policyOf(code).exit === 5) ? 5 : 6;
};
