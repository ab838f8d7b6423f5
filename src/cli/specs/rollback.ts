// `tidemark rollback`: what it takes and what help says of it.
import type { CommandSpec } from '../command-spec.ts';
import { flag, list, meta, owner, text, waitForLease } from './options.ts';

export const rollbackSpec = {
  summary: 'take a batch back, with all that followed from it',
  argument: { name: 'BATCH', about: 'its number, or `last`' },
  options: [
    flag('--to', 'take back every batch after this one instead'),
    text('--change', 'ID', 'only this change: `c123`, as `show --rows` names it'),
    text('--source', 'NAME', 'only the changes of this source'),
    list('--key', 'COLUMN=VALUE', 'only this row of it, or of the one target'),
    flag('--with-writes', 'also backfills, repairs and adoptions, beside source changes'),
    text('--on-conflict', 'fail|skip|force', 'cells changed since: only list them, leave, overwrite'),
    flag('--dry-run', 'show what would be written; write nothing'),
    flag('--reapply', 'hold no rows: the next run believes staging again'),
    flag('--accept', 'go on though rows do not return to what they were'),
    waitForLease,
    owner,
    meta,
  ],
  select: 'several',
  examples: [
    ['tidemark rollback 42 --dry-run', 'what would be taken back, and is anything in the way?'],
    ['tidemark rollback 42', 'take batch 42 back, under later batches as well'],
    ['tidemark rollback last --source companies --key id=5', 'one row of it'],
    ['tidemark rollback 44 -s fact_order', 'what 44 backfilled or repaired in this target'],
    ['tidemark rollback 43', 'where 43 is the rollback of 42: do it again'],
  ],
  exits: [0, 1, 2, 3, 4, 5, 6, 130],
  load: async () => (await import('../commands/rollback.ts')).rollback,
} as const satisfies CommandSpec;
