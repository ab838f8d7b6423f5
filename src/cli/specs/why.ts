// `tidemark why`: what it takes and what help says of it.
import type { CommandSpec } from '../command-spec.ts';
import { text, wait } from './options.ts';

export const whySpec = {
  summary: 'the chain behind a value: batches, source changes, mapping line',
  argument: {
    name: 'TARGET',
    about: 'then its key as `column=value`, then a column to look at',
    several: true,
  },
  options: [text('--where', 'SQL', 'rows for which this is true (at most ten), instead of a key'), wait],
  select: 'none',
  examples: [
    ['tidemark why fact_vendor vendor_id=5', 'all that was ever written into this row'],
    ['tidemark why fact_vendor vendor_id=5 vendor_name', 'one of its cells'],
  ],
  exits: [0, 1, 2, 4],
  load: async () => (await import('../commands/why.ts')).why,
} as const satisfies CommandSpec;
