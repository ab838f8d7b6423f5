// `tidemark status`: what it takes and what help says of it.
import type { CommandSpec } from '../command-spec.ts';
import { flag, text, wait } from './options.ts';

export const statusSpec = {
  summary: 'how old the data is, what is behind and why, who has the lease',
  options: [
    text('--fail-if-lag', 'TIME', 'exit with 3 when anything is older than this: `1h`'),
    flag('--watch', 'show it on the terminal, again and again, until Ctrl-C'),
    text('--every', 'TIME', 'how often `--watch` looks (default 2s)'),
    wait,
  ],
  select: 'none',
  examples: [
    ['tidemark status', 'look'],
    ['tidemark status --watch', 'while something goes on'],
    ['tidemark status --fail-if-lag 1h --quiet', 'alert'],
  ],
  exits: [0, 1, 2, 3, 4, 5, 6, 130],
  load: async () => (await import('../commands/status.ts')).status,
} as const satisfies CommandSpec;
