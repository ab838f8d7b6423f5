// `tidemark validate`: what it takes and what help says of it.
import type { CommandSpec } from '../command-spec.ts';
import { flag, text, wait } from './options.ts';

export const validateSpec = {
  summary: 'find all mistakes in project file and mappings at once',
  options: [
    flag('--offline', 'ask no warehouse: check against the kept catalog, or that of dbt'),
    flag('--save-catalog', 'keep columns and types of the tables in tidemark.catalog.json, for --offline'),
    flag('--against-data', 'compare what each mapping would write with what its target holds now'),
    text('--sample', 'P%', 'with --against-data: look at so many percent of the rows only'),
    text('--samples', 'N', 'with --against-data: differing rows shown per target (default 3)'),
    flag('--no-data', 'do not look at the rows of staging: at keys, look-ups and values that do not fit'),
    flag('--no-tests', 'do not run the mapping tests'),
    text(
      '--on',
      'PLACE',
      "where mapping tests run: `memory` (default), or `warehouse`: schemas of their own in the project's",
    ),
    wait,
  ],
  select: 'several',
  examples: [
    ['tidemark validate', 'after editing a mapping, and in continuous integration'],
    ['tidemark validate --against-data -s fact_vendor', 'how well a new mapping matches the table'],
    ['tidemark validate -s fact_vendor', 'expressions and tests of one target'],
  ],
  exits: [0, 1, 2, 4],
  load: async () => (await import('../commands/validate.ts')).validate,
} as const satisfies CommandSpec;
