// Unlock: shows who holds the lease and, when told to, takes it away.
import { TidemarkError } from '../errors/tidemark-error.ts';
import type { Project } from '../project/project.ts';
import { breakLease, leaseHeld, leaseHolder } from '../store/lease.ts';
import type { LeaseHolder } from '../store/lease-holder.ts';
import { stateVersion } from '../store/migrate.ts';
import { refuseStranger } from './known-state.ts';
import { withWarehouse } from './open.ts';

export interface UnlockOptions {
  readonly project: Project;
  /** Also when the holder's lease has not expired. */
  readonly force: boolean;
  readonly waitMs?: number | undefined;
}

export interface UnlockReport {
  readonly schema: 'tidemark/unlock/1';
  readonly status: 'free' | 'released';
  readonly holder: LeaseHolder | null;
}

export const unlock = (options: UnlockOptions): Promise<UnlockReport> =>
  withWarehouse(options.project, { waitMs: options.waitMs ?? 10_000 }, async (warehouse) => {
    const schema = options.project.schemas.state;
    const free: UnlockReport = { schema: 'tidemark/unlock/1', status: 'free', holder: null };
    if ((await stateVersion(warehouse, schema)) === 0) return free;
    const holder = await warehouse.session(async (session) => {
      await refuseStranger(session, options.project);
      return leaseHolder(session, warehouse, schema);
    });
    if (holder === undefined) return free;
    const gone = holder.expired || !warehouse.dialect.capabilities.concurrentWriters;
    if (!gone && !options.force) {
      const held = leaseHeld(holder);
      throw new TidemarkError('lease_held', {
        message: held.message,
        hint: `it expires at ${holder.expiresAt} unless it is renewed; \`tidemark unlock --force\` takes it away now: that process will not be able to commit`,
        details: held.details,
      });
    }
    await breakLease(warehouse, schema);
    return { schema: 'tidemark/unlock/1', status: 'released', holder };
  });
