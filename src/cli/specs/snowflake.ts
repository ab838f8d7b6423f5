// `tidemark snowflake`: what it takes and what help says of it.
import type { CommandSpec } from '../command-spec.ts';
import { flag, text } from './options.ts';

export const snowflakeSpec = {
  summary: 'a pipeline of streams and tasks that Snowflake runs itself',
  argument: {
    name: 'ACTION',
    about: '`generate` the scripts, `deploy` them, `diff` them with the account, `drop` what was deployed',
  },
  options: [
    text('--path', 'DIR', 'where the scripts stand (default sql/snowflake)'),
    flag('--force', 'generate: write over files that were edited by hand'),
    flag('--offline', 'generate: ask no warehouse, take the kept catalog'),
    text('--schema', 'NAME', 'generate: the schema of the pipeline (default: that of the state, _PIPELINE)'),
    text('--warehouse', 'NAME', "generate: what tasks run on (default: the connection's)"),
    text('--role', 'NAME', 'generate: the role that owns the pipeline (default: named as its schema)'),
    text('--every', 'TIME', 'generate: capture on a schedule, `10m`, instead of when a stream has data'),
    text('--cron', 'EXPRESSION', 'generate: the same, `0 * * * * UTC`'),
    text('--reconcile', 'EXPRESSION', 'generate: when all rows are compared (default `17 3 * * * UTC`)'),
    text('--lag', 'TIME', 'generate: of dynamic tables (default 5m)'),
    text('--refresh', 'MODE', 'generate: of dynamic tables: `incremental` (default), `full` or `auto`'),
    text('--notify', 'INTEGRATION:ADDRESS', 'generate: alerts send mail by this integration'),
    flag('--yes', 'drop: without it, the command refuses'),
  ],
  select: 'none',
  examples: [
    ['tidemark snowflake generate', 'write the scripts, to be read and committed'],
    ['tidemark snowflake diff', 'what would a deployment change? exit 3 if anything'],
    ['tidemark snowflake deploy', 'run them, start the tasks'],
    ['tidemark snowflake drop --yes', 'take everything back; target tables stay'],
  ],
  exits: [0, 1, 2, 3],
  load: async () => (await import('../commands/snowflake.ts')).snowflake,
} as const satisfies CommandSpec;
