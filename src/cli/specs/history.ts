// `tidemark history`: what it takes and what help says of it.
import type { CommandSpec } from '../command-spec.ts';
import { list, text, wait } from './options.ts';

export const historySpec = {
  summary: 'list the batches, newest first',
  options: [
    text('--limit', 'N', 'how many (default 20)'),
    text('--since', 'TIME|DATE', 'only those committed since: `7d`, `2026-01-31`'),
    list('--key', 'COLUMN=VALUE', 'with -s: those that wrote this row; once for each key column'),
    text('--column', 'NAME', 'with --key: those that changed this cell'),
    wait,
  ],
  select: 'one',
  examples: [
    ['tidemark history', 'the last 20 batches'],
    ['tidemark history -s fact_order', 'those that wrote into one target'],
    ['tidemark history -s dim_customer --key customer_id=5 --column name', 'the trail of one cell'],
  ],
  exits: [0, 1, 2, 4],
  load: async () => (await import('../commands/history.ts')).history,
} as const satisfies CommandSpec;
