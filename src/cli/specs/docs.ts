// `tidemark docs`: what it takes and what help says of it.
import type { CommandSpec } from '../command-spec.ts';
import { flag, text, wait } from './options.ts';

export const docsSpec = {
  summary: "tell dbt's docs what the mappings say of each column",
  options: [
    flag('--write', 'write it; without it the lines are shown'),
    flag('--check', 'exit 3 where the files are not as they would be written, for CI'),
    flag('--remove', 'the other way: take away every line that it ever wrote'),
    text('--dbt', 'DIR', 'the folder of dbt_project.yml (default: above the manifest)'),
    wait,
  ],
  select: 'none',
  examples: [
    ['tidemark docs', 'what would be written'],
    ['tidemark docs --write', 'then `dbt docs generate` shows it, and the lineage leads there'],
    ['tidemark docs --remove --write', 'every file as it was'],
  ],
  exits: [0, 1, 2, 3, 4],
  load: async () => (await import('../commands/docs.ts')).docs,
} as const satisfies CommandSpec;
