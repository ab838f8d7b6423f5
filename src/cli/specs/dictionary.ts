// `tidemark dictionary`: what it takes and what help says of it.
import type { CommandSpec } from '../command-spec.ts';
import { flag, text, wait } from './options.ts';

export const dictionarySpec = {
  summary: 'print which source column feeds which target column',
  options: [
    text('--format', 'FORMAT', '`text`, `yaml`, `json` or `python`; `tidemark import` reads them back'),
    flag('--schema', 'write the JSON Schema by which editors complete and check this dictionary'),
    flag('--no-modeline', 'with --schema: leave the mapping files as they are'),
    flag('--offline', 'with --schema: ask no warehouse, take the kept catalog'),
    wait,
  ],
  select: 'several',
  examples: [
    ['tidemark dictionary', 'every source column and the target columns that it feeds'],
    ['tidemark dictionary -s fact_vendor', 'of one target'],
    ['tidemark dictionary --format python', 'as a Python module'],
    ['tidemark dictionary --schema', 'for the editor: after tables got new columns, too'],
  ],
  exits: [0, 1, 2, 4],
  load: async () => (await import('../commands/dictionary.ts')).dictionary,
} as const satisfies CommandSpec;
