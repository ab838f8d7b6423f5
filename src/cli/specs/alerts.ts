// `tidemark alerts`: what it takes and what help says of it.
import type { CommandSpec } from '../command-spec.ts';
import { flag, names } from './options.ts';

export const alertsSpec = {
  summary: 'who is told when something is wrong, and what is open',
  options: [
    flag('--test', 'send each channel a message that says that it works; exit 1 when one is not reached'),
    names('--channel', 'NAME', 'only these channels'),
  ],
  select: 'none',
  examples: [
    ['tidemark alerts', 'channels, and what was reported and is not over yet'],
    ['tidemark alerts --test', 'after a change of the channels'],
  ],
  exits: [0, 1, 2],
  load: async () => (await import('../commands/alerts.ts')).alerts,
} as const satisfies CommandSpec;
