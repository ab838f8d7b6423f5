// `tidemark dictionary`: what it takes and what help says of it.
import type { CommandSpec } from '../command-spec.ts';
import { text } from './options.ts';

export const dictionarySpec = {
  summary: 'print which source column feeds which target column',
  options: [
    text('--format', 'FORMAT', '`text`, `yaml`, `json` or `python`; `tidemark import` reads them back'),
  ],
  select: 'several',
  examples: [
    ['tidemark dictionary', 'every source column and the target columns that it feeds'],
    ['tidemark dictionary -s fact_vendor', 'of one target'],
    ['tidemark dictionary --format python', 'as a Python module'],
  ],
  exits: [0, 2],
  load: async () => (await import('../commands/dictionary.ts')).dictionary,
} as const satisfies CommandSpec;
