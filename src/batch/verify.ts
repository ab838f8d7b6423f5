// Verify: proves target == f(mirrors), over all keys and not committed; within a budget slice by slice; and mirrors against
// staging.
import { TidemarkError } from '../errors/tidemark-error.ts';
import type { Source, Target } from '../dictionary/dictionary.ts';
import { relationsOf, sourcesOf } from '../graph/graph.ts';
import { changedRows, type RelationView } from '../reconcile/relation-view.ts';
import { readBatches } from '../store/batches.ts';
import { versionWithVerified } from '../store/verified.ts';
import type { Warehouse } from '../warehouse/port.ts';
import type { BatchContext } from './context.ts';
import { leaveOut, refusal } from './left-out.ts';
import { withContext, withWarehouse } from './open.ts';
import type { TargetSamples } from './plan.ts';
import { refuseUnknownTargets } from './refuse-unknown.ts';
import { notErrors, type BehindReport } from './report.ts';
import { advance, inTurn } from './verify/budget.ts';
import { compareTarget, type Compared } from './verify/compare-target.ts';
import { verifyMirrorOf, type VerifiedMirror } from './verify/mirrors.ts';
import { proofOf } from './verify/proof.ts';
import type { VerifiedTarget, VerifyOptions, VerifyResult } from './verify/report.ts';
import { sourceView, targetView } from './views.ts';

export type { VerifyOptions, VerifyResult } from './verify/report.ts';

/** The named targets in dependency order; all of them when none is named. */
export const selectTargets = (context: BatchContext, names: readonly string[]): readonly Target[] => {
  const { targets, order } = context.graph;
  refuseUnknownTargets(names, [...targets.keys()]);
  return names.length === 0 ? order : order.filter((target) => names.includes(target.name));
};

/** The named sources, and those that named targets read. */
const selectSources = (context: BatchContext, names: readonly string[]): readonly Source[] => {
  const { sources, targets } = context.graph;
  refuseUnknownTargets(names, [...sources.keys(), ...targets.keys()]);
  if (names.length === 0) return [...sources.values()];
  const read = names.flatMap((name) => {
    const target = targets.get(name);
    return target === undefined ? [name] : [...sourcesOf(context.graph, target)];
  });
  return [...sources.values()].filter(({ name }) => read.includes(name));
};

const verifiedOf = (name: string, { rows, summary, faults }: Compared): VerifiedTarget => ({
  name,
  rows,
  different: summary.updated,
  missing: summary.inserted,
  extra: summary.deleted,
  columns: Object.fromEntries(summary.columns),
  ...(faults === undefined ? {} : { rules: faults }),
});

const isEqual = ({ different, missing, extra, rules }: VerifiedTarget): boolean =>
  different + missing + extra === 0 && Object.values(rules ?? {}).every((versions) => versions === 0);

const committedViews = (context: BatchContext): Map<string, RelationView> => {
  const views = new Map<string, RelationView>();
  for (const source of context.graph.sources.values())
    views.set(source.name, sourceView(context, source, undefined));
  for (const target of context.graph.order) views.set(target.name, targetView(target, undefined));
  return views;
};

const mirrorsAt = async (context: BatchContext): Promise<string | null> => {
  if (context.known.version === 0) return null;
  const [last] = await context.warehouse.session((session) =>
    readBatches(session, context.project.schemas.state, { limit: 1 }),
  );
  return last?.moment ?? null;
};

const neverRun = (): TidemarkError =>
  new TidemarkError('unknown_batch', {
    message: 'there are no mirrors to verify against: no batch was committed yet',
    hint: '`tidemark run` makes them',
  });

/** What would be compared is not what the mapping speaks of: a run has to settle that first. */
const refuseUnverifiable = (context: BatchContext, target: Target): void => {
  const refused = context.refused.get(target.name);
  if (refused !== undefined) throw refused;
  if (target.form.kind === 'history' && !context.known.histories.has(target.name))
    throw refusal(
      'source_stale',
      `history \`${target.name}\` was not taken over yet: there are no events that it follows from`,
      '`tidemark run` takes them',
    );
  const remade = relationsOf(target).find((name) => context.mirrors.get(name)?.remake === true);
  if (remade === undefined) return;
  throw refusal(
    'source_stale',
    `target \`${target.name}\` reads \`${remade}\`, whose mirror the next run makes anew`,
    '`tidemark run` first',
  );
};

interface Found {
  readonly verified: readonly VerifiedTarget[];
  readonly samples: readonly TargetSamples[];
  readonly behind: readonly BehindReport[];
  readonly unfinished?: readonly string[];
}

const lastBatchNow = async ({ warehouse, project }: BatchContext): Promise<number> => {
  const [last] = await warehouse.session((session) =>
    readBatches(session, project.schemas.state, { limit: 1 }),
  );
  return last?.batch ?? 0;
};

/** Mirrors and target are read one after the other: a batch that was committed in between makes them differ. */
const tries = 3;

const untilUndisturbed = async (
  context: BatchContext,
  compare: () => Promise<Compared>,
): Promise<Compared> => {
  if (!context.warehouse.dialect.capabilities.concurrentWriters) return compare();
  for (let attempt = 1; ; attempt += 1) {
    const before = await lastBatchNow(context);
    const compared = await compare();
    if (changedRows(compared.summary) === 0 || attempt === tries) return compared;
    if ((await lastBatchNow(context)) === before) return compared;
  }
};

const behindOf = (
  context: BatchContext,
  relation: string,
  kind: 'source' | 'target',
  error: unknown,
): BehindReport => {
  const { name, code, reason, retryable } = leaveOut(relation, kind, error);
  return { name, since: context.known.lastBatch, code, reason, retryable };
};

const verifyWhole = async (context: BatchContext, options: VerifyOptions): Promise<Found> => {
  const views = committedViews(context);
  const verified: VerifiedTarget[] = [];
  const shown: TargetSamples[] = [];
  const behind: BehindReport[] = [];
  const targets = selectTargets(context, options.select ?? []);
  const comparing = { views, samples: options.samples ?? 3, checks: true, of: targets.length };
  for (const target of targets) {
    try {
      refuseUnverifiable(context, target);
      const compared = await untilUndisturbed(context, () =>
        compareTarget(context, { ...comparing, target }),
      );
      verified.push(verifiedOf(target.name, compared));
      shown.push({ target: target.name, samples: compared.samples });
    } catch (error) {
      behind.push(behindOf(context, target.name, 'target', error));
    }
  }
  return { verified, samples: shown, behind };
};

const refuseOldState = ({ known }: BatchContext): void => {
  if (known.version >= versionWithVerified) return;
  throw new TidemarkError('usage', {
    message: '`--budget` keeps what it proved in a table that is not there yet',
    hint: '`tidemark run` makes it',
  });
};

const verifyWithin = async (
  context: BatchContext,
  options: VerifyOptions,
  budgetMs: number,
): Promise<Found> => {
  refuseOldState(context);
  const until = performance.now() + budgetMs;
  const isOver = (): boolean => performance.now() >= until;
  const views = committedViews(context);
  const verified: VerifiedTarget[] = [];
  const shown: TargetSamples[] = [];
  const behind: BehindReport[] = [];
  const unfinished: string[] = [];
  for (const target of await inTurn(context, selectTargets(context, options.select ?? []))) {
    if (isOver() && verified.length + behind.length > 0) {
      unfinished.push(target.name);
      continue;
    }
    try {
      refuseUnverifiable(context, target);
      const { samples = 3, sliceRows } = options;
      const budget = { views, samples, sliceRows, undisturbed: untilUndisturbed };
      const { compared, progress, isComplete } = await advance(context, target, budget, isOver);
      const proof = proofOf(progress, isComplete);
      verified.push({ ...verifiedOf(target.name, compared), proof });
      shown.push({ target: target.name, samples: compared.samples });
      if (!isComplete) unfinished.push(target.name);
    } catch (error) {
      behind.push(behindOf(context, target.name, 'target', error));
    }
  }
  return { verified, samples: shown, behind, unfinished };
};

const verifyMirrors = async (
  context: BatchContext,
  options: VerifyOptions,
): Promise<{ readonly mirrors: readonly VerifiedMirror[]; readonly behind: readonly BehindReport[] }> => {
  const mirrors: VerifiedMirror[] = [];
  const behind: BehindReport[] = [];
  const sources = selectSources(context, options.select ?? []);
  for (const source of sources) {
    try {
      mirrors.push(await verifyMirrorOf(context, source, sources.length));
    } catch (error) {
      behind.push(behindOf(context, source.name, 'source', error));
    }
  }
  return { mirrors, behind };
};

const resultOf = async (
  context: BatchContext,
  found: Found & { readonly mirrors?: readonly VerifiedMirror[] },
): Promise<VerifyResult> => {
  const { verified, samples, behind, unfinished, mirrors } = found;
  // What a person left out on purpose is told of, and is no trouble.
  const troubled = behind.some(({ code }) => !notErrors.has(code));
  const equal = verified.every(isEqual) && (mirrors ?? []).every(({ missed }) => missed === 0);
  return {
    report: {
      schema: 'tidemark/verify/1',
      project: context.project.name,
      environment: context.project.environment,
      status: equal && !troubled ? 'equal' : 'different',
      mirrors_at: await mirrorsAt(context),
      targets: verified,
      behind,
      ...(mirrors === undefined ? {} : { mirrors }),
      ...(unfinished === undefined ? {} : { unfinished }),
    },
    samples: samples.filter((each) => each.samples.length > 0),
    exit: troubled ? 5 : equal ? 0 : 3,
  };
};

const verifyAll = async (context: BatchContext, options: VerifyOptions): Promise<VerifyResult> => {
  if (context.known.lastBatch === 0) throw neverRun();
  if (options.mirrors === true) {
    const found = await verifyMirrors(context, options);
    return resultOf(context, { verified: [], samples: [], ...found });
  }
  const { budgetMs } = options;
  return resultOf(
    context,
    budgetMs === undefined
      ? await verifyWhole(context, options)
      : await verifyWithin(context, options, budgetMs),
  );
};

/** On a warehouse that is open already; whoever opened it closes it. */
export const verifyIn = (warehouse: Warehouse, options: VerifyOptions): Promise<VerifyResult> =>
  withContext({ project: options.project, warehouse, progress: options.progress }, (context) =>
    verifyAll(context, options),
  );

export const verify = (options: VerifyOptions): Promise<VerifyResult> =>
  withWarehouse(
    options.project,
    { readOnly: options.budgetMs === undefined, waitMs: options.waitMs ?? 10_000 },
    (warehouse) => verifyIn(warehouse, options),
  );
