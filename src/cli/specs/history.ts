// `tidemark history`: what it takes and what help says of it.
import type { CommandSpec } from '../command-spec.ts';
import { text, wait } from './options.ts';

export const historySpec = {
  summary: 'list the batches, newest first',
  options: [text('--limit', 'N', 'how many (default 20)'), wait],
  select: 'one',
  examples: [
    ['tidemark history', 'the last 20 batches'],
    ['tidemark history -s fact_order', 'those that wrote into one target'],
  ],
  exits: [0, 1, 2, 4],
  load: async () => (await import('../commands/history.ts')).history,
} as const satisfies CommandSpec;
