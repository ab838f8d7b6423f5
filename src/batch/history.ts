// History and show: committed batches, and one of them in full. They read our own tables only.
import { TidemarkError } from '../errors/tidemark-error.ts';
import type { Project } from '../project/project.ts';
import { readAudit, type AuditRow } from '../store/audit.ts';
import { readBatches, type BatchRecord, type SourceFigures, type TargetFigures } from '../store/batches.ts';
import { stateVersion } from '../store/migrate.ts';
import { phasesOf } from '../store/runs.ts';
import { openWarehouse } from '../warehouse/open.ts';
import type { Session } from '../warehouse/port.ts';
import { refuseStranger } from './known-state.ts';

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
export const withState = async <T>(
  project: Project,
  waitMs: number | undefined,
  work: (session: Session) => Promise<T>,
  otherwise: () => T,
): Promise<T> => {
  const warehouse = await openWarehouse(project.connection, { readOnly: true, waitMs: waitMs ?? 10_000 });
  try {
    if ((await stateVersion(warehouse, project.schemas.state)) === 0) return otherwise();
    return await warehouse.session(async (session) => {
      await refuseStranger(session, project);
      return work(session);
    });
  } finally {
    await warehouse.close();
  }
};

const entryOf = (record: BatchRecord): HistoryEntry => ({
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
  const { project, limit, target } = options;
  const batches = await withState(
    project,
    options.waitMs,
    (session) => readBatches(session, project.schemas.state, { limit: limit ?? 20, target }),
    () => [],
  );
  return {
    schema: 'tidemark/history/1',
    project: project.name,
    environment: project.environment,
    batches: batches.map(entryOf),
  };
};

const unknownBatch = (batch: number, last: number): TidemarkError =>
  new TidemarkError('unknown_batch', {
    message: last === 0 ? 'no batch was committed yet' : `there is no batch ${batch}; the last one is ${last}`,
    hint: '`tidemark history` lists them',
  });

/** How many audit rows a page of `show` has. */
const pageSize = 100;
const samplesPerTarget = 3;

export const show = async (options: ShowOptions): Promise<ShowReport> => {
  const { project, batch } = options;
  const schema = project.schemas.state;
  const found = await withState(
    project,
    options.waitMs,
    async (session) => {
      const [record] = await readBatches(session, schema, { batch });
      if (record === undefined) {
        const [last] = await readBatches(session, schema, { limit: 1 });
        throw unknownBatch(batch, last?.batch ?? 0);
      }
      const page = options.rows === true
        ? { limit: options.limit ?? pageSize, offset: options.offset ?? 0 }
        : { perTarget: samplesPerTarget };
      const audit = await readAudit(session, schema, { batch, ...page });
      return { record, audit, phases: await phasesOf(session, schema, batch) };
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
