// Prune: ledger and audit of old batches are dropped, some batches a transaction, each under the lease by itself, so that
// a run that waits has its turn in between. Events of histories are no records of batches: they stay.
import { randomUUID } from 'node:crypto';
import { TidemarkError } from '../../errors/tidemark-error.ts';
import { takeLease } from '../../store/lease.ts';
import { migrate, stateVersion } from '../../store/migrate.ts';
import { pruneUpTo } from '../../store/prune.ts';
import type { Warehouse } from '../../warehouse/port.ts';
import { withWarehouse } from '../open.ts';
import { steps } from './choose.ts';
import { hideRedacted } from './hide.ts';
import { findOld, reportOf, type Found, type PruneOptions, type PruneReport } from './prune-report.ts';

const bothAsked = (): TidemarkError =>
  new TidemarkError('usage', {
    message:
      '`--redacted` hides values and drops nothing; `--older-than` and `--keep-size` say what is dropped; nothing was done',
    hint: 'one after the other',
  });

const noRetention = (): TidemarkError =>
  new TidemarkError('usage', {
    message: 'how much is to stay? neither a flag nor the project file says it; nothing was pruned',
    hint: '`--older-than 90d`, `--keep-size 5GB`, or `retention: { age: 90d }` in tidemark.yml',
  });

const dropRecords = async (warehouse: Warehouse, options: PruneOptions, found: Found): Promise<void> => {
  const { project, waitMs = 90_000, onWait, signal } = options;
  const schema = project.schemas.state;
  for (const upTo of steps(found.chosen.batches, found.sizes)) {
    if (signal?.aborted === true)
      throw new TidemarkError('interrupted', {
        message: 'interrupted; what was pruned so far stays pruned',
        hint: '`tidemark prune` goes on',
      });
    const lease = await takeLease(warehouse, schema, {
      owner: randomUUID(),
      command: 'prune',
      waitMs,
      onWait,
      signal,
    });
    try {
      await warehouse.transaction(async (session) => {
        await lease.check(session);
        await pruneUpTo(session, schema, warehouse.dialect, upTo);
        await lease.check(session);
      });
    } finally {
      // Where it cannot be given back it expires by itself.
      await lease.release().catch(() => undefined);
    }
  }
};

export const prune = (options: PruneOptions): Promise<PruneReport> => {
  const { project, retention = project.retention ?? {}, dryRun = false, waitMs = 90_000 } = options;
  if (options.redacted === true)
    return options.retention === undefined ? hideRedacted(options) : Promise.reject(bothAsked());
  if (retention.ageMs === undefined && retention.bytes === undefined) return Promise.reject(noRetention());
  return withWarehouse(project, { readOnly: dryRun, waitMs }, async (warehouse) => {
    const schema = project.schemas.state;
    if ((await stateVersion(warehouse, schema)) === 0)
      return reportOf(project, retention, undefined, 'pending');
    const found = await findOld(warehouse, project, retention);
    const planned = reportOf(project, retention, found, 'pending');
    if (dryRun || planned.status === 'nothing') return planned;
    options.onPlan?.(planned);
    await migrate(warehouse, schema);
    await dropRecords(warehouse, options, found);
    return { ...planned, status: 'pruned' };
  });
};
