// The sources as staging holds them now, filters applied, without a mirror: what questions about real rows are asked
// of before the first run as well as after it.
import { alive, stagingRows } from '../../detect/mirror.ts';
import type { Source } from '../../dictionary/dictionary.ts';
import type { RelationView } from '../../reconcile/relation-view.ts';

const stagingView = (source: Source): RelationView => ({
  name: source.name,
  key: source.key,
  columns: source.columns,
  base: stagingRows(source, alive(source)),
});

export const stagingViews = (sources: Iterable<Source>): Map<string, RelationView> =>
  new Map([...sources].map((source) => [source.name, stagingView(source)]));
