// The history of one row, or of one of its cells: every batch that wrote it, with the values before and after. Reads the
// audit only.
import type { Project } from '../project/project.ts';
import { readable, type Values } from '../sql/readable.ts';
import { readBatches, type BatchRecord, type Since } from '../store/batches.ts';
import { stateVersion } from '../store/migrate.ts';
import { prunedUpTo } from '../store/prune.ts';
import { readLedger, readTrail, type TrailEntry } from '../store/trail.ts';
import type { Target } from '../dictionary/dictionary.ts';
import { changedByAny } from './changed-by.ts';
import { entryOf, withState, type HistoryEntry, type HistoryReport } from './history.ts';
import { checkDictionary } from './open.ts';
import { keyOf, operations, targetNamed } from './why.ts';

export interface RowHistoryOptions {
  readonly project: Project;
  readonly target: string;
  /** A value for each column of its key. */
  readonly key: Readonly<Record<string, string>>;
  /** Only what was written into this column. */
  readonly column?: string | undefined;
  readonly since?: Since | undefined;
  readonly limit?: number | undefined;
  readonly waitMs?: number | undefined;
}

interface RowRecords {
  readonly records: readonly BatchRecord[];
  readonly trail: readonly TrailEntry[];
  readonly changedBy: (entry: TrailEntry) => readonly string[];
}

const entriesOf = (
  target: Target,
  column: string | undefined,
  { records, trail, changedBy }: RowRecords,
): readonly HistoryEntry[] => {
  const shown = (values: Values | null): Values | null => {
    if (values === null) return null;
    const all = readable(values, target.tableColumns);
    return column === undefined ? all : { [column]: all[column] ?? null };
  };
  return trail.flatMap((each) => {
    const record = records.find(({ batch }) => batch === each.batch);
    const operation = operations[each.operation] ?? 'update';
    const row = {
      operation,
      before: shown(each.before),
      after: shown(each.after),
      actor: each.actor,
      changed_by: changedBy(each),
    };
    return record === undefined ? [] : [{ ...entryOf(record), row }];
  });
};

/** Newest first. */
export const rowHistory = async (options: RowHistoryOptions): Promise<HistoryReport> => {
  const { project, column, since, limit = 20 } = options;
  const schema = project.schemas.state;
  const { batches, pruned } = await withState(
    project,
    options.waitMs,
    async (warehouse) => {
      const { dictionary } = await checkDictionary(warehouse, project);
      const target = targetNamed(dictionary.targets, options.target, column);
      const key = keyOf(target, options.key);
      const version = await stateVersion(warehouse, schema);
      return warehouse.session(async (session) => {
        const trail = await readTrail(session, schema, warehouse.dialect, {
          target: target.name,
          key,
          column,
          since,
          limit,
        });
        const numbers = trail.map(({ batch }) => batch);
        const records = await readBatches(session, schema, { batches: numbers });
        const ledger = await readLedger(session, schema, [...new Set(trail.flatMap(({ causes }) => causes))]);
        const sources = new Map(dictionary.sources.map((source) => [source.name, source]));
        const changedBy = ({ causes }: TrailEntry): readonly string[] =>
          changedByAny(
            causes.flatMap((change) => ledger.get(change) ?? []),
            sources,
          );
        return {
          batches: entriesOf(target, column, { records, trail, changedBy }),
          pruned: await prunedUpTo(session, schema, version),
        };
      });
    },
    () => ({ batches: [], pruned: undefined }),
  );
  return {
    schema: 'tidemark/history/1',
    project: project.name,
    environment: project.environment,
    batches,
    ...(pruned === undefined ? {} : { pruned_up_to: pruned }),
  };
};
