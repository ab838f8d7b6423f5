// `tidemark verify`: what it takes and what help says of it.
import type { CommandSpec } from '../command-spec.ts';
import { text, wait } from './options.ts';

export const verifySpec = {
  summary: 'prove that targets are what the mappings yield from the mirrors',
  options: [text('--samples', 'N', 'differing rows shown per target (default 3)'), wait],
  select: 'several',
  examples: [
    ['tidemark verify', 'all targets'],
    ['tidemark verify -s fact_order,fact_vendor', 'some'],
  ],
  exits: [0, 1, 2, 3, 4, 5],
  load: async () => (await import('../commands/verify.ts')).verify,
} as const satisfies CommandSpec;
