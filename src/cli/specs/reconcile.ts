// `tidemark reconcile`: what it takes and what help says of it.
import type { CommandSpec } from '../command-spec.ts';
import { adopt, allow, flag, list, meta, names, owner, strict, text, waitForLease } from './options.ts';

export const reconcileSpec = {
  summary: 'compare targets in full and write what differs',
  options: [
    names('--column', 'NAME', 'only these columns of the target, held ones as well'),
    text('--chunk', 'ROWS', 'compare in parts of so many rows, a batch each'),
    text('--pause', 'TIME', 'wait so long between two parts: `5s`'),
    flag('--rejected', 'read the events of logs again that were set aside; of targets only those named'),
    text('--history', 'FILE|TABLE', 'merge versions from before a history began into it'),
    list('--as', 'COLUMN=NAME', 'with --history: how a column of the history is called there'),
    flag('--dry-run', 'with --history: show what would be written; write nothing'),
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
    ['tidemark reconcile -s fact_order --chunk 100000', 'a big one in parts; again: where it stopped'],
    ['tidemark reconcile -s customers_scd --history old.csv --dry-run', 'known older versions, from a file'],
    ['tidemark reconcile --rejected', 'take up the events that were set aside, once they are mended'],
  ],
  exits: [0, 1, 2, 4, 5, 6, 130],
  load: async () => (await import('../commands/reconcile.ts')).reconcile,
} as const satisfies CommandSpec;
