// `tidemark unlock`: what it takes and what help says of it.
import type { CommandSpec } from '../command-spec.ts';
import { flag, wait } from './options.ts';

export const unlockSpec = {
  summary: 'give back a lease whose holder is gone',
  options: [flag('--force', 'also while its holder seems alive: it will not be able to commit'), wait],
  select: 'none',
  examples: [['tidemark unlock', 'says who holds it, and frees it when that lease has expired']],
  exits: [0, 1, 2, 4],
  load: async () => (await import('../commands/unlock.ts')).unlock,
} as const satisfies CommandSpec;
