// `tidemark import`: what it takes and what help says of it.
import type { CommandSpec } from '../command-spec.ts';
import { flag, text, wait } from './options.ts';

export const importSpec = {
  summary: 'write mapping files from a dictionary in Python, JSON or YAML',
  argument: { name: 'FILE', about: '`{source: {column: {target: column}}}`; read as data, never run' },
  options: [
    text('--variable', 'NAME', 'which dict of a Python module that assigns several'),
    flag('--dry-run', 'say what would be written; write nothing'),
    wait,
  ],
  select: 'none',
  examples: [
    ['tidemark import expanded_dictionary.py', 'keys and joins are guessed, and every guess is marked'],
    ['tidemark import dictionary.json --dry-run', 'look first'],
  ],
  exits: [0, 1, 2, 4],
  load: async () => (await import('../commands/import.ts')).importFile,
} as const satisfies CommandSpec;
