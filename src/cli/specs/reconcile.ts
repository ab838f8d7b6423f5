// `tidemark reconcile`: what it takes and what help says of it.
import type { CommandSpec } from '../command-spec.ts';
import { adopt, allow, flag, meta, names, owner, strict, waitForLease } from './options.ts';

export const reconcileSpec = {
  summary: 'compare targets in full and write what differs',
  options: [
    names('--column', 'NAME', 'take these held columns of the target in again'),
    flag('--rejected', 'read the events of logs again that were set aside; of targets only those named'),
    adopt,
    allow,
    strict,
    waitForLease,
    owner,
    meta,
  ],
  select: 'several',
  examples: [
    ['tidemark reconcile', 'all targets'],
    ['tidemark reconcile -s fact_order', 'heal one, or retry what is behind'],
    ['tidemark reconcile -s fact_order --column country', 'backfill a column that was held'],
    ['tidemark reconcile --rejected', 'take up the events that were set aside, once they are mended'],
  ],
  exits: [0, 1, 2, 4, 5, 6, 130],
  load: async () => (await import('../commands/reconcile.ts')).reconcile,
} as const satisfies CommandSpec;
