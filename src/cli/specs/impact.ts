// `tidemark impact`: what it takes and what help says of it.
import type { CommandSpec } from '../command-spec.ts';
import { flag, text, wait } from './options.ts';

export const impactSpec = {
  summary: 'show every target column that a source column reaches, and how',
  argument: {
    name: 'SOURCE.COLUMN',
    about: 'one or several; `SOURCE` alone means all its columns',
    several: true,
  },
  options: [
    flag('--pending', 'what waits in staging: rows and cells per target that the next run writes'),
    text('--diff', 'REVISION', 'what the mappings mean now against what they meant in git then'),
    flag('--rows', 'count the rows of each target that hang on it, now, in the warehouse'),
    flag('--dbt', 'on to the models and exposures that dbt builds of it, and how sure that is'),
    text('--format', 'FORMAT', '`text`, `json`, `mermaid`, or `markdown` for a pull request'),
    flag('--offline', 'never ask the warehouse, not even for a column that no mapping names'),
    wait,
  ],
  select: 'none',
  examples: [
    ['tidemark impact companies.name', 'where does this column go?'],
    ['tidemark impact companies', 'what hangs on this table?'],
    ['tidemark impact companies.name --rows', 'and how many rows is that?'],
    ['tidemark impact companies.name --dbt', 'and what does dbt build of it?'],
    ['tidemark impact --diff main --format markdown', 'for the comment on a pull request'],
  ],
  exits: [0, 1, 2, 4],
  load: async () => (await import('../commands/impact.ts')).impact,
} as const satisfies CommandSpec;
