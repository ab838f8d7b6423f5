// `tidemark pause`: what it takes and what help says of it.
import type { CommandSpec } from '../command-spec.ts';
import { text, wait } from './options.ts';

export const pauseSpec = {
  summary: 'leave a source or target out of all batches until it is resumed',
  argument: { name: 'NAME', about: 'a source or target' },
  options: [text('--reason', 'TEXT', 'why: whoever finds it paused will ask'), wait],
  select: 'none',
  examples: [['tidemark pause orders --reason reload', 'its mirror and what it feeds stay as they are']],
  exits: [0, 1, 2, 4],
  load: async () => (await import('../commands/pause.ts')).pause,
} as const satisfies CommandSpec;
