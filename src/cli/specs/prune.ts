// `tidemark prune`: what it takes and what help says of it.
import type { CommandSpec } from '../command-spec.ts';
import { flag, text, waitForLease } from './options.ts';

export const pruneSpec = {
  summary: 'drop ledger and audit of old batches',
  options: [
    text('--older-than', 'TIME', 'of batches committed so long ago: `90d`'),
    text('--keep-size', 'SIZE', 'of the oldest, until the rest is no more than this: `5GB`'),
    flag('--redacted', 'hide what was recorded before `redact:`; drop nothing'),
    flag('--dry-run', 'say what would go; drop nothing'),
    waitForLease,
  ],
  select: 'none',
  examples: [
    ['tidemark prune --older-than 90d --dry-run', 'what would go?'],
    ['tidemark prune', 'as `retention:` in tidemark.yml says'],
    ['tidemark prune --redacted', 'hide older values of redacted columns'],
  ],
  exits: [0, 1, 2, 4],
  load: async () => (await import('../commands/prune.ts')).prune,
} as const satisfies CommandSpec;
