// Show: one batch in full, from our own tables; the models of dbt that it left stale, from dbt's manifest.
import { readManifest } from '../dbt/read-manifest.ts';
import { selectorOf, staleBelow } from '../dbt/stale.ts';
import { TidemarkError } from '../errors/tidemark-error.ts';
import { databaseName } from '../project/database-name.ts';
import type { Project } from '../project/project.ts';
import type { Dialect } from '../sql/dialect.ts';
import { readable } from '../sql/readable.ts';
import { readTable, sameTable, type TableName } from '../sql/table-name.ts';
import { readAudit, type AuditRow } from '../store/audit.ts';
import {
  readBatches,
  unknownBatch,
  type BatchRecord,
  type SourceFigures,
  type TargetFigures,
} from '../store/batches.ts';
import { readRelations, type KnownRelation } from '../store/relations.ts';
import { runOf, type BatchRun } from '../store/runs.ts';
import { undoneBy, versionWithUndos } from '../store/undos.ts';
import { stateVersion } from '../store/migrate.ts';
import type { Session, Warehouse } from '../warehouse/port.ts';
import { actorsOfBatch, type ActorCount } from './changed-by.ts';
import { withState } from './history.ts';

export interface ShowOptions {
  readonly project: Project;
  readonly batch: number;
  /** Every audit row, a page at a time. */
  readonly rows?: boolean | undefined;
  readonly limit?: number | undefined;
  readonly offset?: number | undefined;
  /** Also which models of dbt are stale since. */
  readonly dbt?: boolean | undefined;
  readonly waitMs?: number | undefined;
}

/** A model of dbt that was built before this batch wrote what it reads. */
export interface StaleModel {
  readonly node: string;
  readonly name: string;
  /** As dbt's `--select` takes it. */
  readonly select: string;
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
  /** Who changed the sources' rows, as their `actor` columns say, and how many each; the twenty with most changes. */
  readonly changed_by: readonly ActorCount[];
  /** What started it, and as which run. */
  readonly command: string | null;
  readonly run: string;
  /** Hash of the mappings that it was computed by. */
  readonly mapping: string;
  readonly undoes?: readonly number[];
  /** With `dbt`. */
  readonly stale?: readonly StaleModel[];
  readonly undone_by?: number;
  readonly pruned_at?: string;
}

/** How many audit rows a page of `show` has. */
const pageSize = 100;
const samplesPerTarget = 3;

interface StoredBatch {
  readonly record: BatchRecord;
  readonly audit: readonly AuditRow[];
  readonly run: BatchRun;
  readonly undoes: readonly number[];
  readonly relations: ReadonlyMap<string, KnownRelation>;
  readonly actors: readonly ActorCount[];
}

const readStored = async (
  session: Session,
  dialect: Dialect,
  options: ShowOptions,
  version: number,
): Promise<StoredBatch> => {
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
    run: await runOf(session, schema, batch),
    undoes: version < versionWithUndos ? [] : await undoneBy(session, schema, batch),
    relations: await readRelations(session, schema),
    actors: await actorsOfBatch(session, dialect, project, batch),
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

const tablesOf = (
  relations: StoredBatch['relations'],
  wanted: (relation: KnownRelation) => boolean,
): readonly TableName[] =>
  [...relations.values()]
    .filter((relation) => relation.kind === 'target' && wanted(relation))
    .map((relation) => readTable(relation.table));

const staleModels = (project: Project, { record, relations }: StoredBatch): readonly StaleModel[] => {
  if (project.manifest === undefined)
    throw new TidemarkError('usage', {
      message: "which models are downstream stands in dbt's manifest, which this project does not name",
      hint: '`manifest: target/manifest.json` in tidemark.yml',
    });
  const written = new Set(
    record.targets
      .filter(({ inserted, updated, deleted }) => inserted + updated + deleted > 0)
      .map(({ name }) => name),
  );
  const nodes = staleBelow(readManifest(project.manifest), {
    written: tablesOf(relations, ({ name }) => written.has(name)),
    ours: tablesOf(relations, () => true),
    database: databaseName(project.connection),
  });
  return nodes.map((node) => ({ node: node.id, name: node.name, select: selectorOf(node) }));
};

export const show = async (options: ShowOptions): Promise<ShowReport> => {
  const { project, batch } = options;
  const found = await withState(
    project,
    options.waitMs,
    async (warehouse) => {
      const version = await stateVersion(warehouse, project.schemas.state);
      const stored = await warehouse.session((session) =>
        readStored(session, warehouse.dialect, options, version),
      );
      return { ...stored, audit: await readableAudit(warehouse, stored) };
    },
    () => {
      throw unknownBatch(batch, 0);
    },
  );
  const { record, audit, run, undoes, actors } = found;
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
    phases: run.phases,
    command: run.command ?? null,
    run: record.runId,
    mapping: record.mapping,
    actor: record.actor ?? null,
    host: record.host ?? null,
    meta: record.meta,
    digest: record.digest,
    sources: record.sources,
    targets: record.targets,
    audit,
    changed_by: actors,
    ...(undoes.length === 0 ? {} : { undoes }),
    ...(record.undoneBy === undefined ? {} : { undone_by: record.undoneBy }),
    ...(record.prunedAt === undefined ? {} : { pruned_at: record.prunedAt }),
    ...(options.dbt === true ? { stale: staleModels(project, found) } : {}),
  };
};
