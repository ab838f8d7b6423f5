// `tidemark verify`: what it takes and what help says of it.
import type { CommandSpec } from '../command-spec.ts';
import { flag, metricsFile, text, wait } from './options.ts';

export const verifySpec = {
  summary: 'prove that targets are what the mappings yield from the mirrors',
  options: [
    flag('--mirrors', 'compare mirrors with staging instead: was every change found?'),
    text('--budget', 'TIME', 'stop after this long; the next one goes on: `30s`'),
    text('--samples', 'N', 'differing rows shown per target (default 3)'),
    metricsFile,
    wait,
  ],
  select: 'several',
  examples: [
    ['tidemark verify', 'all targets'],
    ['tidemark verify -s fact_order,fact_vendor', 'some'],
    ['tidemark verify --budget 30s', 'a part each night: what is proved is kept'],
    ['tidemark verify --mirrors', 'do the mirrors hold what staging holds?'],
  ],
  exits: [0, 1, 2, 3, 4, 5],
  load: async () => (await import('../commands/verify.ts')).verify,
} as const satisfies CommandSpec;
