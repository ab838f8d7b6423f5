// Against data: what each mapping would write from the rows that staging holds now, compared with what its target
// holds. The way to trust a new mapping; it needs no mirror, and writes nothing but scratch.
import type { Target } from '../../dictionary/dictionary.ts';
import { relationsOf, type Graph } from '../../graph/graph.ts';
import { changedRows, type RelationView } from '../../reconcile/relation-view.ts';
import { readSample, sampleImages, type Sample, type SampleRow } from '../../reconcile/samples.ts';
import { rootView, type TargetWork } from '../../reconcile/target-work.ts';
import { sql, table } from '../../sql/fragment.ts';
import { computeTarget, workFor } from '../compute/compute-target.ts';
import { tableInfo, type BatchContext } from '../context.ts';
import { leaveOut } from '../left-out.ts';
import { targetView } from '../views.ts';
import { currentVersions } from './current-versions.ts';
import { sampled } from './sample.ts';
import { stagingViews } from './staging-views.ts';

interface ColumnMatch {
  readonly name: string;
  /** Cells that differ, of rows that are on both sides. */
  readonly different: number;
  /** Percent of cells that are equal; null where no row is on both sides. */
  readonly match: number | null;
}

export interface TargetMatch {
  readonly name: string;
  /** Rows that the mapping yields. */
  readonly rows: number;
  /** Of them in the target, too. */
  readonly compared: number;
  /** Of those compared: rows with a cell that differs. */
  readonly different: number;
  readonly missing: number;
  /** Rows that the mapping does not yield; null in a sample. */
  readonly extra: number | null;
  readonly columns: readonly ColumnMatch[];
  readonly samples: readonly Sample[];
}

export interface AgainstData {
  /** Percent of the rows that were looked at. */
  readonly sample: number | null;
  readonly targets: readonly TargetMatch[];
  readonly notCompared: readonly { readonly name: string; readonly reason: string }[];
}

export interface AgainstWish {
  readonly select: readonly string[];
  readonly samplePercent?: number | undefined;
  /** Rows that differ, shown per target. */
  readonly samples: number;
}

/** Percent with two digits; never 100 while a cell differs. */
const rate = (different: number, compared: number): number | null => {
  if (compared === 0) return null;
  const percent = Math.round((1 - different / compared) * 10_000) / 100;
  return different > 0 ? Math.min(percent, 99.99) : percent;
};

const sampledWork = (work: TargetWork, percent: number | undefined): TargetWork => {
  if (percent === undefined) return work;
  const root = sampled(rootView(work), percent);
  // What a sample does not yield may be yielded by the rest.
  const target: Target = { ...work.target, onDelete: { kind: 'keep' } };
  return { ...work, target, views: new Map([...work.views, [root.name, root]]) };
};

const compareTarget = async (
  context: BatchContext,
  work: TargetWork,
  { samplePercent, samples }: AgainstWish,
): Promise<{ readonly match: TargetMatch; readonly view: RelationView }> => {
  const { target } = work;
  return context.warehouse.session(async (session) => {
    const { summary, causes } = await computeTarget(context, session, sampledWork(work, samplePercent));
    const [counted] = await session.rows<{ rows: string }>(
      sql`select count(*) as rows from ${table(work.scratch.desired)}`,
    );
    const rows = Number(counted?.rows ?? 0);
    const compared = target.exists ? rows - summary.inserted : 0;
    const differing =
      changedRows(summary) === 0 || samples === 0
        ? []
        : await session.rows<SampleRow>(
            sampleImages(context.warehouse.dialect, work.scratch.images, samples),
          );
    const match: TargetMatch = {
      name: target.name,
      rows,
      compared,
      different: summary.updated,
      missing: summary.inserted,
      extra: samplePercent === undefined ? summary.deleted : null,
      columns: target.columns.map(({ name }) => {
        const different = summary.columns.get(name) ?? 0;
        return { name, different, match: rate(different, compared) };
      }),
      samples: differing.map((row) => readSample(row, work.scratch.images)),
    };
    const images = changedRows(summary) === 0 ? undefined : { table: work.scratch.images, summary, causes };
    return { match, view: targetView(target, samplePercent === undefined ? images : undefined) };
  });
};

/** Of a history its current versions: what was is told by its events, `verify` looks at those. */
const comparable = (context: BatchContext, target: Target): Promise<Target> => {
  const { form } = target;
  return form.kind === 'history'
    ? context.warehouse.session((session) => currentVersions(context, session, target, form.history))
    : Promise.resolve(target);
};

const feeding = (graph: Graph, names: ReadonlySet<string>): ReadonlySet<string> => {
  const needed = new Set(names);
  for (const target of graph.order.toReversed()) {
    if (!needed.has(target.name)) continue;
    for (const name of relationsOf(target)) needed.add(name);
  }
  return needed;
};

export const againstData = async (context: BatchContext, wish: AgainstWish): Promise<AgainstData> => {
  const { graph } = context;
  const asked = new Set(wish.select.length === 0 ? graph.order.map(({ name }) => name) : wish.select);
  const needed = feeding(graph, asked);
  const views = stagingViews(graph.sources.values(), {
    dialect: context.warehouse.dialect,
    columnsOf: ({ table: name }) => tableInfo(context, name)?.columns ?? [],
  });
  const targets: TargetMatch[] = [];
  const notCompared: { readonly name: string; readonly reason: string }[] = [];
  for (const target of graph.order) {
    views.set(target.name, targetView(target, undefined));
    if (!needed.has(target.name)) continue;
    context.progress.step('compute', target.name, needed.size);
    // Whoever reads a history reads its versions as they are.
    if (target.form.kind === 'history' && !asked.has(target.name)) continue;
    try {
      const compared = await comparable(context, target);
      const { match, view } = await compareTarget(context, workFor(context, compared, views, 'all'), wish);
      if (compared === target) views.set(target.name, view);
      if (asked.has(target.name)) targets.push(match);
    } catch (error) {
      const { reason } = leaveOut(target.name, 'target', error);
      if (asked.has(target.name)) notCompared.push({ name: target.name, reason });
    }
  }
  return { sample: wish.samplePercent ?? null, targets, notCompared };
};
