// Uninstall: every object that we made is listed and dropped, in one transaction under the lease; targets, and whatever
// somebody else put beside our tables, stay.
import { randomUUID } from 'node:crypto';
import { isTidemarkError, TidemarkError } from '../../errors/tidemark-error.ts';
import type { Project, SchemaName } from '../../project/project.ts';
import { id, sql, table } from '../../sql/fragment.ts';
import type { LeaseHolder } from '../../store/lease-holder.ts';
import { takeLease, type Lease } from '../../store/lease.ts';
import { migrate, stateVersion } from '../../store/migrate.ts';
import type { Session, Warehouse } from '../../warehouse/port.ts';
import { refuseStranger } from '../known-state.ts';
import { withWarehouse } from '../open.ts';
import { exportRecords, type ExportedFile } from './export-records.ts';
import { filesOf, removeFiles } from './files.ts';
import { findOurs, showSchema, type Kept, type Ours, type Owned } from './owned.ts';

export interface UninstallOptions {
  readonly project: Project;
  /** Only list it. */
  readonly dryRun?: boolean | undefined;
  /** Folder for batches, ledger and audit, written first. */
  readonly exportTo?: string | undefined;
  readonly waitMs?: number | undefined;
  readonly onWait?: ((holder: LeaseHolder) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface UninstallReport {
  readonly schema: 'tidemark/uninstall/1';
  readonly project: string;
  readonly environment: string;
  readonly status: 'pending' | 'removed' | 'nothing';
  /** In the order in which they are dropped. */
  readonly objects: readonly Owned[];
  readonly kept: readonly Kept[];
  readonly exported: readonly ExportedFile[];
}

const reportOf = (
  { name, environment }: Project,
  { tables, schemas, kept }: Ours,
  done: { readonly status: 'pending' | 'removed'; readonly exported: readonly ExportedFile[] },
): UninstallReport => {
  const objects = [
    ...tables.map(({ name: shown, kind }) => ({ name: shown, kind })),
    ...schemas.map((schema) => ({ name: showSchema(schema), kind: 'schema' as const })),
  ];
  const status = objects.length === 0 ? 'nothing' : done.status;
  return {
    schema: 'tidemark/uninstall/1',
    project: name,
    environment,
    status,
    objects,
    kept,
    exported: done.exported,
  };
};

const stillUsed = (error: unknown): unknown =>
  !isTidemarkError(error) || error.code !== 'sql_failed'
    ? error
    : new TidemarkError('sql_failed', {
        message: `${error.message}; nothing was removed`,
        hint: 'drop or change first what depends on it',
        details: error.details,
      });

/** Where DDL ends a transaction each stands alone, and whoever is interrupted begins again. */
const dropAll = async (warehouse: Warehouse, { tables }: Ours, lease: Lease | undefined): Promise<void> => {
  const drop = async (session: Session): Promise<void> => {
    for (const { table: name } of tables) await session.execute(sql`drop table ${table(name)}`);
  };
  if (!warehouse.dialect.capabilities.transactionalDdl) {
    await warehouse.transaction(async (session) => lease?.check(session));
    return warehouse.session(drop);
  }
  return warehouse.transaction(async (session) => {
    await lease?.check(session);
    await drop(session);
  });
};

const dropTables = (warehouse: Warehouse, ours: Ours, lease: Lease | undefined): Promise<void> =>
  dropAll(warehouse, ours, lease).catch((error: unknown) => {
    throw stillUsed(error);
  });

/** Each by itself: functions, types and sequences of others in it are not known before the engine refuses. */
const dropSchemas = async (warehouse: Warehouse, ours: Ours): Promise<Ours> => {
  const dropped: SchemaName[] = [];
  const kept: Kept[] = [];
  for (const schema of ours.schemas) {
    const name = schema.database === undefined ? id(schema.schema) : id(schema.database, schema.schema);
    try {
      const drop = (session: Session): Promise<number> => session.execute(sql`drop schema ${name}`);
      await warehouse.transaction(drop);
      dropped.push(schema);
    } catch (error) {
      if (!isTidemarkError(error)) throw error;
      kept.push({ name: showSchema(schema), reason: error.message });
    }
  }
  return { ...ours, schemas: dropped, kept: [...ours.kept, ...kept] };
};

const removeAll = async (
  warehouse: Warehouse,
  options: UninstallOptions,
  lease: Lease | undefined,
): Promise<UninstallReport> => {
  const { project, exportTo } = options;
  const version = await stateVersion(warehouse, project.schemas.state);
  const exported =
    exportTo === undefined || version === 0
      ? []
      : await exportRecords(warehouse, project.schemas.state, exportTo);
  const ours = await findOurs(warehouse, project, version);
  await dropTables(warehouse, ours, lease);
  lease?.forget();
  return reportOf(project, await dropSchemas(warehouse, ours), { status: 'removed', exported });
};

const remove = async (warehouse: Warehouse, options: UninstallOptions): Promise<UninstallReport> => {
  const { project, waitMs = 90_000, onWait, signal } = options;
  const schema = project.schemas.state;
  if ((await stateVersion(warehouse, schema)) === 0) return removeAll(warehouse, options, undefined);
  await warehouse.session((session) => refuseStranger(session, project));
  await migrate(warehouse, schema);
  const lease = await takeLease(warehouse, schema, {
    owner: randomUUID(),
    command: 'uninstall',
    waitMs,
    onWait,
    signal,
  });
  try {
    return await removeAll(warehouse, options, lease);
  } catch (error) {
    // Where it cannot be given back it expires by itself; the first failure is the reason.
    await lease.release().catch(() => undefined);
    throw error;
  }
};

const list = async (warehouse: Warehouse, project: Project): Promise<UninstallReport> => {
  const version = await stateVersion(warehouse, project.schemas.state);
  if (version > 0) await warehouse.session((session) => refuseStranger(session, project));
  return reportOf(project, await findOurs(warehouse, project, version), { status: 'pending', exported: [] });
};

export const uninstall = async (options: UninstallOptions): Promise<UninstallReport> => {
  const { project, waitMs = 90_000, dryRun = false } = options;
  const files = filesOf(project);
  const report = await withWarehouse(project, { readOnly: dryRun, waitMs }, (warehouse) =>
    dryRun ? list(warehouse, project) : remove(warehouse, options),
  );
  if (!dryRun) removeFiles(project);
  return report.status === 'nothing' ? report : { ...report, objects: [...report.objects, ...files] };
};
