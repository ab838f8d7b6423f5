// Release: rows that an undo holds are read again by the next run, whatever the watermark, and taken over if staging
// still says what was undone. Writes no data.
import type { Project } from '../../project/project.ts';
import { readBatches, unknownBatch } from '../../store/batches.ts';
import { releaseHolds } from '../../store/holds.ts';
import { migrate, stateVersion } from '../../store/migrate.ts';
import type { Warehouse } from '../../warehouse/port.ts';
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
  readonly status: 'released' | 'nothing held';
  /** Source rows that the next run reads again. */
  readonly rows: number;
}

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
    return {
      schema: 'tidemark/release/1',
      project: project.name,
      environment: project.environment,
      batch,
      status: rows === 0 ? 'nothing held' : 'released',
      rows,
    };
  });
};

export const release = (options: ReleaseOptions): Promise<ReleaseReport> =>
  withWarehouse(options.project, { waitMs: options.waitMs ?? 10_000 }, (warehouse) =>
    releaseIn(warehouse, options),
  );
