// History: committed batches. It reads our own tables only.
import type { Project } from '../project/project.ts';
import { readBatches, sinceWhen, type BatchRecord, type Since } from '../store/batches.ts';
import type { Values } from '../sql/readable.ts';
import { stateVersion } from '../store/migrate.ts';
import type { Warehouse } from '../warehouse/port.ts';
import { refuseStranger } from './known-state.ts';
import { withWarehouse } from './open.ts';

/** What one batch did to the row. */
export interface RowChange {
  readonly operation: 'insert' | 'update' | 'delete';
  /** The columns that were written, or the one that was asked for. */
  readonly before: Values | null;
  readonly after: Values | null;
  /** Who ran the batch. */
  readonly actor: string | null;
  /** Who changed the sources' rows behind it, as their `actor` columns say. */
  readonly changed_by: readonly string[];
}

export interface HistoryEntry {
  readonly batch: number;
  readonly status: string;
  readonly kind: string;
  readonly started_at: string;
  readonly duration_ms: number;
  readonly changes: number;
  readonly rows: number;
  readonly cells: number;
  readonly undone_by?: number;
  /** Its ledger and audit were dropped then: it cannot be undone any more. */
  readonly pruned_at?: string;
  /** Of the history of one row. */
  readonly row?: RowChange;
}

export interface HistoryReport {
  readonly schema: 'tidemark/history/1';
  readonly project: string;
  readonly environment: string;
  readonly batches: readonly HistoryEntry[];
  /** Of the history of one row: what batches up to this one wrote is not known any more. */
  readonly pruned_up_to?: number;
}

export interface HistoryOptions {
  readonly project: Project;
  readonly limit?: number | undefined;
  readonly target?: string | undefined;
  readonly since?: Since | undefined;
  readonly waitMs?: number | undefined;
}

/** Some work on our own tables, read-only; `otherwise` where there are none yet. */
export const withState = <T>(
  project: Project,
  waitMs: number | undefined,
  work: (warehouse: Warehouse) => Promise<T>,
  otherwise: () => T,
): Promise<T> =>
  withWarehouse(project, { readOnly: true, waitMs: waitMs ?? 10_000 }, async (warehouse) => {
    if ((await stateVersion(warehouse, project.schemas.state)) === 0) return otherwise();
    await warehouse.session((session) => refuseStranger(session, project));
    return work(warehouse);
  });

export const entryOf = (record: BatchRecord): HistoryEntry => ({
  batch: record.batch,
  status: record.status,
  kind: record.kind,
  started_at: record.startedAt,
  duration_ms: record.durationMs,
  changes: record.changes,
  rows: record.rows,
  cells: record.cells,
  ...(record.undoneBy === undefined ? {} : { undone_by: record.undoneBy }),
  ...(record.prunedAt === undefined ? {} : { pruned_at: record.prunedAt }),
});

export const history = async (options: HistoryOptions): Promise<HistoryReport> => {
  const { project, limit, target, since } = options;
  const batches = await withState(
    project,
    options.waitMs,
    (warehouse) =>
      warehouse.session((session) =>
        readBatches(session, project.schemas.state, {
          limit: limit ?? 20,
          target,
          ...(since === undefined ? {} : { since: sinceWhen(warehouse.dialect, since) }),
        }),
      ),
    () => [],
  );
  return {
    schema: 'tidemark/history/1',
    project: project.name,
    environment: project.environment,
    batches: batches.map(entryOf),
  };
};
