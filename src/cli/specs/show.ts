// `tidemark show`: what it takes and what help says of it.
import type { CommandSpec } from '../command-spec.ts';
import { flag, text, wait } from './options.ts';

export const showSpec = {
  summary: 'show one batch in full',
  argument: { name: 'BATCH', about: 'its number, from `tidemark history`; `last` for the newest' },
  options: [
    flag('--rows', 'every row that was written, a page at a time'),
    text('--limit', 'N', 'rows on the page (default 100)'),
    text('--offset', 'N', 'rows to pass over'),
    flag('--dbt-select', 'only the models of dbt that are stale since, as its --select takes them'),
    wait,
  ],
  select: 'none',
  examples: [
    ['tidemark show 42', 'figures and a few rows of each target'],
    ['tidemark show last --dbt-select', 'what dbt has to build anew'],
    ['tidemark show last --rows', 'every cell with its value before and after'],
  ],
  exits: [0, 1, 2, 4],
  load: async () => (await import('../commands/show.ts')).show,
} as const satisfies CommandSpec;
