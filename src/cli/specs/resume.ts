// `tidemark resume`: what it takes and what help says of it.
import type { CommandSpec } from '../command-spec.ts';
import { wait } from './options.ts';

export const resumeSpec = {
  summary: 'take a paused source or target in again',
  argument: { name: 'NAME', about: 'a source or target' },
  options: [wait],
  select: 'none',
  examples: [['tidemark resume orders', 'the next run compares it in full']],
  exits: [0, 1, 2, 4],
  load: async () => (await import('../commands/pause.ts')).resume,
} as const satisfies CommandSpec;
