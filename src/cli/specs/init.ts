// `tidemark init`: what it takes and what help says of it.
import type { CommandSpec } from '../command-spec.ts';
import { flag, text, wait } from './options.ts';

export const initSpec = {
  summary: 'write a first project file and mappings from a dbt project',
  options: [
    flag('--yes', 'write without asking; without it a terminal is asked, and a script writes nothing'),
    flag('--update', 'mappings are there already: add what is new, and leave them as they are'),
    text('--sample', 'PERCENT', 'compare a part of the rows, chosen by their key: `5%`'),
    text('--dbt', 'DIR', 'the folder of dbt_project.yml (default: here, or the one folder below)'),
    text('--dbt-target', 'TARGET', "of dbt's profile (default: as dbt)"),
    text('--manifest', 'FILE', '(default: `manifest.json` where dbt writes it)'),
    text('--duckdb', 'FILE', 'without dbt: a DuckDB file that holds the tables'),
    text('--postgres', 'VARIABLE', 'without dbt: the environment variable that holds the URL'),
    wait,
  ],
  select: 'several',
  examples: [
    ['tidemark init', 'in the folder of a dbt project, after `dbt build`'],
    ['tidemark init --select fct_orders --yes', 'one fact first'],
    ['tidemark init --duckdb shop.duckdb', 'a warehouse without dbt'],
  ],
  exits: [0, 1, 2, 4],
  load: async () => (await import('../commands/init.ts')).initProject,
} as const satisfies CommandSpec;
