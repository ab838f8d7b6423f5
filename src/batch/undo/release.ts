// Release: rows that an undo holds are read again by the next run, whatever the watermark, and taken over if staging
// still says what was undone; columns and targets that it set back are compared again. Writes no data.
import type { Project, SchemaName } from '../../project/project.ts';
import { readBatches, unknownBatch } from '../../store/batches.ts';
import { heldOfLogs, releaseHolds } from '../../store/holds.ts';
import { migrate, stateVersion } from '../../store/migrate.ts';
import { allColumns, readRelations, saveHeld, type HeldColumn } from '../../store/relations.ts';
import type { Session, Warehouse } from '../../warehouse/port.ts';
import { claim } from '../known-state.ts';
import { withWarehouse } from '../open.ts';

export interface ReleaseOptions {
  readonly project: Project;
  /** The undone batch, or its rollback. */
  readonly batch: number;
  readonly waitMs?: number | undefined;
}

export interface ReleaseReport {
  readonly schema: 'tidemark/release/1';
  readonly project: string;
  readonly environment: string;
  readonly batch: number;
  readonly status: 'released' | 'nothing held' | 'held by a log';
  /** Source rows that the next run reads again. */
  readonly rows: number;
  /** What the next run compares with its mapping again: a column, or, null, the target as a whole. */
  readonly targets: readonly { readonly target: string; readonly column: string | null }[];
  /** Held rows of logs, whose events come once: only the undo of the rollback brings them again. */
  readonly logs: readonly { readonly source: string; readonly rows: number }[];
}

const isOf = ({ by, undone }: HeldColumn, batch: number): boolean =>
  by === batch || undone?.includes(batch) === true;

const releaseTargets = async (
  session: Session,
  schema: SchemaName,
  batch: number,
): Promise<ReleaseReport['targets']> => {
  const released: { target: string; column: string | null }[] = [];
  for (const { name, held } of (await readRelations(session, schema)).values()) {
    const own = held.filter((each) => each.released !== true && isOf(each, batch));
    if (own.length === 0) continue;
    const now = held.map((each) => (own.includes(each) ? { ...each, released: true as const } : each));
    await saveHeld(session, schema, name, now);
    released.push(
      ...own.map(({ column }) => ({ target: name, column: column === allColumns ? null : column })),
    );
  }
  return released.toSorted((a, b) => (a.target < b.target ? -1 : 1));
};

export const releaseIn = async (
  warehouse: Warehouse,
  { project, batch }: ReleaseOptions,
): Promise<ReleaseReport> => {
  const schema = project.schemas.state;
  if ((await stateVersion(warehouse, schema)) === 0) throw unknownBatch(batch, 0);
  await migrate(warehouse, schema);
  await claim(warehouse, project);
  return warehouse.transaction(async (session) => {
    const [record] = await readBatches(session, schema, { batch });
    if (record === undefined) {
      const [last] = await readBatches(session, schema, { limit: 1 });
      throw unknownBatch(batch, last?.batch ?? 0);
    }
    const rows = await releaseHolds(session, schema, batch);
    const targets = await releaseTargets(session, schema, batch);
    const logs = [...(await heldOfLogs(session, schema, batch))].map(([source, count]) => ({
      source,
      rows: count,
    }));
    const nothing = logs.length === 0 ? 'nothing held' : 'held by a log';
    return {
      schema: 'tidemark/release/1',
      project: project.name,
      environment: project.environment,
      batch,
      status: rows + targets.length === 0 ? nothing : 'released',
      rows,
      targets,
      logs,
    };
  });
};

export const release = (options: ReleaseOptions): Promise<ReleaseReport> =>
  withWarehouse(options.project, { waitMs: options.waitMs ?? 10_000 }, (warehouse) =>
    releaseIn(warehouse, options),
  );
