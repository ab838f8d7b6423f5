// `tidemark reconcile`: what it takes and what help says of it.
import type { CommandSpec } from '../command-spec.ts';
import { adopt, allow, meta, names, owner, waitForLease } from './options.ts';

export const reconcileSpec = {
  summary: 'compare targets in full and write what differs',
  options: [
    names('--column', 'NAME', 'take these held columns of the target in again'),
    adopt,
    allow,
    waitForLease,
    owner,
    meta,
  ],
  select: 'several',
  examples: [
    ['tidemark reconcile', 'all targets'],
    ['tidemark reconcile -s fact_order', 'heal one, or retry what is behind'],
    ['tidemark reconcile -s fact_order --column country', 'backfill a column that was held'],
  ],
  exits: [0, 1, 2, 4, 5, 6, 130],
  load: async () => (await import('../commands/reconcile.ts')).reconcile,
} as const satisfies CommandSpec;
