// `tidemark release`: what it takes and what help says of it.
import type { CommandSpec } from '../command-spec.ts';
import { wait } from './options.ts';

export const releaseSpec = {
  summary: 'believe staging again where a rollback holds rows',
  argument: { name: 'BATCH', about: 'the undone batch, or its rollback' },
  options: [wait],
  select: 'none',
  examples: [['tidemark release 42', 'what batch 42 took over may come again']],
  exits: [0, 1, 2, 4],
  load: async () => (await import('../commands/release.ts')).release,
} as const satisfies CommandSpec;
