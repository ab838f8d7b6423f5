// Mirrors that others gave a key twice: a comparison with staging sees nothing wrong in rows that are alike, and cannot
// say which of two is too many. Such a mirror is made anew. Looked for only where somebody else wrote it.
import { mirrorRebuilt } from '../../detect/drift-problems.ts';
import { notRemade } from '../../detect/judge-drift.ts';
import { isEnforced } from '../../dictionary/keys.ts';
import type { Source } from '../../dictionary/dictionary.ts';
import { repeatedKeys } from '../../reconcile/checks.ts';
import { showTable } from '../../sql/table-name.ts';
import type { TableInfo, Warehouse } from '../../warehouse/port.ts';
import type { KnownState } from '../known-state.ts';
import { isOurMirror, remadeMirror, type Drift } from './source-drift.ts';
import type { Observation } from './watch.ts';

interface Question {
  readonly warehouse: Warehouse;
  readonly tables: ReadonlyMap<string, TableInfo>;
  readonly known: KnownState;
  readonly observed: ReadonlyMap<string, Observation>;
}

const isRepeated = async ({ warehouse, tables }: Question, source: Source): Promise<boolean> => {
  const info = tables.get(showTable(source.mirror));
  if (info === undefined || isEnforced(source.key, info)) return false;
  const rows = await warehouse.session((session) => session.rows(repeatedKeys(source.mirror, source.key, 1)));
  return rows.length > 0;
};

const why = 'it held a key more than once';

export const remakeRepeated = async (drift: Drift, question: Question): Promise<Drift> => {
  const mirrors = new Map(drift.mirrors);
  const refused = new Map(drift.refused);
  const notices = [...drift.notices];
  for (const source of drift.sources) {
    if (question.observed.get(source.name)?.moved !== true || refused.has(source.name)) continue;
    if (mirrors.get(source.name)?.rows === undefined || !(await isRepeated(question, source))) continue;
    const error = notRemade(source, why, isOurMirror(source, question.known.relations.get(source.name)));
    if (error !== undefined) refused.set(source.name, error);
    else {
      mirrors.set(source.name, remadeMirror);
      notices.push(mirrorRebuilt(source, why));
    }
  }
  return { ...drift, mirrors, refused, notices };
};
