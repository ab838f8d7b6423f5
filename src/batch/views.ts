// The relations of a batch as its computations see them: tables as committed, with the batch's images.
import type { Source, Target } from '../dictionary/dictionary.ts';
import { relationsOf } from '../graph/graph.ts';
import { modelView } from '../reconcile/model/relation-states.ts';
import { changedRows, type RelationImages, type RelationView } from '../reconcile/relation-view.ts';
import type { Dialect } from '../sql/dialect.ts';
import { table } from '../sql/fragment.ts';
import type { BatchContext } from './context.ts';
import type { Frozen } from './freeze/freeze.ts';

export const sourceView = (
  context: BatchContext,
  source: Source,
  images: RelationImages | undefined,
): RelationView => ({
  name: source.name,
  key: source.key,
  columns: [...source.columns, ...(context.mirrors.get(source.name)?.kept ?? [])],
  base: context.mirrors.get(source.name)?.rows,
  images,
});

export const targetView = (target: Target, images: RelationImages | undefined): RelationView => ({
  name: target.name,
  key: target.key,
  columns: target.tableColumns,
  base: target.exists ? table(target.table) : undefined,
  images,
});

/** Views of all sources after a freeze. Change numbers run on from source to source. */
export const sourceViews = (context: BatchContext, frozen: Frozen): Map<string, RelationView> => {
  const views = new Map<string, RelationView>();
  for (const source of context.graph.sources.values())
    views.set(source.name, sourceView(context, source, undefined));
  let offset = 0;
  for (const { source, images, reading, summary } of frozen.sources) {
    const rows = changedRows(summary);
    if (rows === 0) continue;
    const numbered = reading.kind !== 'bootstrap';
    const causes = numbered ? ({ kind: 'numbered', offset } as const) : ({ kind: 'none' } as const);
    views.set(source.name, sourceView(context, source, { table: images, summary, causes }));
    if (numbered) offset += rows;
  }
  return views;
};

/** The views that one target reads, its own rows among them when it is its own root; of a dbt model what its SQL yields over them. */
export const viewsFor = (
  target: Target,
  views: ReadonlyMap<string, RelationView>,
  dialect: Dialect,
): ReadonlyMap<string, RelationView> => {
  const read = new Map<string, RelationView>();
  for (const name of relationsOf(target)) {
    const view = views.get(name);
    if (view !== undefined) read.set(name, view);
  }
  const { root } = target;
  if (root.kind === 'this') read.set(target.name, targetView(target, undefined));
  if (root.kind === 'query')
    read.set(root.relation, modelView({ dialect, target, query: root.query, views: read }));
  return read;
};
