// History and show: committed batches, and one of them in full. They read our own tables only.
import type { Project } from '../project/project.ts';
import { readAudit, type AuditRow } from '../store/audit.ts';
import {
  readBatches,
  sinceWhen,
  unknownBatch,
  type BatchRecord,
  type Since,
  type SourceFigures,
  type TargetFigures,
} from '../store/batches.ts';
import { readable, type Values } from '../sql/readable.ts';
import { readTable, sameTable } from '../sql/table-name.ts';
import { stateVersion } from '../store/migrate.ts';
import { readRelations, type KnownRelation } from '../store/relations.ts';
import { phasesOf } from '../store/runs.ts';
import type { Session, Warehouse } from '../warehouse/port.ts';
import { refuseStranger } from './known-state.ts';
import { withWarehouse } from './open.ts';

/** What one batch did to the row. */
export interface RowChange {
  readonly operation: 'insert' | 'update' | 'delete';
  /** The columns that were written, or the one that was asked for. */
  readonly before: Values | null;
  readonly after: Values | null;
  readonly actor: string | null;
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
  /** Of the history of one row. */
  readonly row?: RowChange;
}

export interface HistoryReport {
  readonly schema: 'tidemark/history/1';
  readonly project: string;
  readonly environment: string;
  readonly batches: readonly HistoryEntry[];
}

export interface HistoryOptions {
  readonly project: Project;
  readonly limit?: number | undefined;
  readonly target?: string | undefined;
  readonly since?: Since | undefined;
  readonly waitMs?: number | undefined;
}

export interface ShowOptions {
  readonly project: Project;
  readonly batch: number;
  /** Every audit row, a page at a time. */
  readonly rows?: boolean | undefined;
  readonly limit?: number | undefined;
  readonly offset?: number | undefined;
  readonly waitMs?: number | undefined;
}

export interface ShowReport {
  readonly schema: 'tidemark/show/1';
  readonly project: string;
  readonly environment: string;
  readonly batch: number;
  readonly status: string;
  readonly kind: string;
  readonly started_at: string;
  /** The moment of the freeze: the data is as of then. */
  readonly moment: string;
  readonly committed_at: string;
  readonly duration_ms: number;
  readonly phases: Readonly<Record<string, number>>;
  readonly actor: string | null;
  readonly host: string | null;
  readonly meta: Readonly<Record<string, string>>;
  readonly digest: string;
  readonly sources: readonly SourceFigures[];
  readonly targets: readonly TargetFigures[];
  readonly audit: readonly AuditRow[];
  readonly undone_by?: number;
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

/** How many audit rows a page of `show` has. */
const pageSize = 100;
const samplesPerTarget = 3;

interface StoredBatch {
  readonly record: BatchRecord;
  readonly audit: readonly AuditRow[];
  readonly phases: Readonly<Record<string, number>>;
  readonly relations: ReadonlyMap<string, KnownRelation>;
}

const readStored = async (session: Session, options: ShowOptions): Promise<StoredBatch> => {
  const { batch, project } = options;
  const schema = project.schemas.state;
  const [record] = await readBatches(session, schema, { batch });
  if (record === undefined) {
    const [last] = await readBatches(session, schema, { limit: 1 });
    throw unknownBatch(batch, last?.batch ?? 0);
  }
  const page =
    options.rows === true
      ? { limit: options.limit ?? pageSize, offset: options.offset ?? 0 }
      : { perTarget: samplesPerTarget };
  return {
    record,
    audit: await readAudit(session, schema, { batch, ...page }),
    phases: await phasesOf(session, schema, batch),
    relations: await readRelations(session, schema),
  };
};

/** The audit keeps wide integers as text; which ones they are is known from the targets' tables. */
const readableAudit = async (
  warehouse: Warehouse,
  { audit, relations }: StoredBatch,
): Promise<readonly AuditRow[]> => {
  const names = [...new Set(audit.map(({ target }) => target))];
  const tables = new Map(
    names.flatMap((name) => {
      const shown = relations.get(name)?.table;
      return shown === undefined ? [] : [[name, readTable(shown)] as const];
    }),
  );
  const found = await warehouse.introspect([...tables.values()]);
  return audit.map((row) => {
    const table = tables.get(row.target);
    const columns = found.find((each) => table !== undefined && sameTable(each.table, table))?.columns ?? [];
    return {
      ...row,
      key: readable(row.key, columns),
      before: row.before === null ? null : readable(row.before, columns),
      after: row.after === null ? null : readable(row.after, columns),
    };
  });
};

export const show = async (options: ShowOptions): Promise<ShowReport> => {
  const { project, batch } = options;
  const found = await withState(
    project,
    options.waitMs,
    async (warehouse) => {
      const stored = await warehouse.session((session) => readStored(session, options));
      return { ...stored, audit: await readableAudit(warehouse, stored) };
    },
    () => {
      throw unknownBatch(batch, 0);
    },
  );
  const { record, audit, phases } = found;
  return {
    schema: 'tidemark/show/1',
    project: project.name,
    environment: project.environment,
    batch,
    status: record.status,
    kind: record.kind,
    started_at: record.startedAt,
    moment: record.moment,
    committed_at: record.committedAt,
    duration_ms: record.durationMs,
    phases,
    actor: record.actor ?? null,
    host: record.host ?? null,
    meta: record.meta,
    digest: record.digest,
    sources: record.sources,
    targets: record.targets,
    audit,
    ...(record.undoneBy === undefined ? {} : { undone_by: record.undoneBy }),
  };
};
