// The sources as staging holds them now, filters applied, without a mirror: what questions about real rows are asked
// of before the first run as well as after it.
import { currentRows } from '../../detect/log/current-rows.ts';
import { alive, stagingRows } from '../../detect/mirror.ts';
import { isLog, type Source } from '../../dictionary/dictionary.ts';
import type { RelationView } from '../../reconcile/relation-view.ts';
import type { Column, Dialect } from '../../sql/dialect.ts';

export interface Staging {
  readonly dialect: Dialect;
  /** The columns of a source's own table. */
  readonly columnsOf: (source: Source) => readonly Column[];
}

const stagingView = (source: Source, { dialect, columnsOf }: Staging, moment: string): RelationView => ({
  name: source.name,
  key: source.key,
  columns: source.columns,
  base: isLog(source)
    ? currentRows({ dialect, source, columns: columnsOf(source), moment })
    : stagingRows(source, alive(source)),
});

export const stagingViews = (sources: Iterable<Source>, staging: Staging): Map<string, RelationView> => {
  const moment = new Date().toISOString();
  return new Map([...sources].map((source) => [source.name, stagingView(source, staging, moment)]));
};
