// `tidemark plan`: what it takes and what help says of it.
import type { CommandSpec } from '../command-spec.ts';
import { adopt, allow, flag, rebind, strict, text, wait } from './options.ts';

export const planSpec = {
  summary: 'show exactly what a run would write; write nothing',
  options: [
    text('--out', 'FILE', 'write the plan to a file, for `run --plan FILE`'),
    flag('--exit-code', 'exit with 3 when there is something to do'),
    flag('--rows', 'more samples per target (20), and row values in the JSON as well'),
    text('--samples', 'N', 'changed rows shown per target (default 3)'),
    adopt,
    allow,
    strict,
    rebind,
    wait,
  ],
  select: 'none',
  examples: [
    ['tidemark plan', 'what would the next run write?'],
    ['tidemark plan --out plan.json', 'keep it, to run exactly this after somebody agreed'],
    ['tidemark plan --exit-code --quiet', 'in a script: 0 nothing to do, 3 something'],
  ],
  exits: [0, 1, 2, 3, 4, 5, 6],
  load: async () => (await import('../commands/plan.ts')).plan,
} as const satisfies CommandSpec;
