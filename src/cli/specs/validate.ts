// `tidemark validate`: what it takes and what help says of it.
import type { CommandSpec } from '../command-spec.ts';
import { wait } from './options.ts';

export const validateSpec = {
  summary: 'find all mistakes in project file and mappings at once',
  options: [wait],
  select: 'none',
  examples: [['tidemark validate', 'after editing a mapping, and in continuous integration']],
  exits: [0, 1, 2, 4],
  load: async () => (await import('../commands/validate.ts')).validate,
} as const satisfies CommandSpec;
