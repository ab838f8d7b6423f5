// `tidemark run`: what it takes and what help says of it.
import type { CommandSpec } from '../command-spec.ts';
import { adopt, allow, meta, metricsFile, owner, rebind, strict, text, waitForLease } from './options.ts';

export const runSpec = {
  summary: 'take over what changed in staging, as one batch; what cron calls',
  options: [
    text('--plan', 'FILE', 'run only what this plan says; stop when the data has moved on'),
    adopt,
    allow,
    text('--changes', 'FILE|-', 'look only at these keys: `{companies: [5, 7]}`, JSON or YAML'),
    strict,
    rebind,
    waitForLease,
    text('--if-busy', 'fail|skip', 'when somebody else is at work: exit 4, or say so and exit 0'),
    metricsFile,
    owner,
    meta,
  ],
  select: 'none',
  examples: [
    ['tidemark run', 'one batch'],
    ['tidemark run --plan plan.json', 'exactly what was planned, or exit 3'],
    ['tidemark run --adopt fact_sales', 'take a table over that dbt built differently'],
    ['tidemark run --if-busy skip --quiet', 'from cron, every few minutes'],
  ],
  exits: [0, 1, 2, 3, 4, 5, 6, 130],
  load: async () => (await import('../commands/run.ts')).run,
} as const satisfies CommandSpec;
